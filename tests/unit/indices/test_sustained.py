import numpy as np
import pytest

from lupus_outcomes.indices import sustained
from tests.unit.indices.drawn import three


@pytest.mark.parametrize(
    ("response", "first", "twice", "to_end"),
    [
        ("- + - + + +", 1, 3, 3),
        ("- + + + + -", 1, 1, -1),
        ("+ + + + + +", 0, 0, 0),
        ("- + ? + + +", 1, 1, 1),
        ("- + ? ? + +", 1, 1, 4),
        ("+ ? - + ? +", 0, 3, 3),
        ("- - - - - +", 5, -1, 5),
        ("- + + + + ?", 1, 1, -1),
        ("? - - ? - -", -1, -1, -1),
        ("? + ? + - -", 1, 1, -1),
    ],
)
def test_one_patient(response, first, twice, to_end):
    drawn, patient = three(response), np.zeros(6, dtype=int)

    assert sustained.find_first_attainment(drawn, patient, 1) == [first]
    assert sustained.find_sustained_k(drawn, patient, 1) == [twice]
    assert sustained.find_sustained_to_end(drawn, patient, 1) == [to_end]


def test_patients_do_not_run_into_each_other():
    #                 0      1        2 has no visit    3
    response = three("- +    + -                        ? +")
    patient = np.array([0, 0, 1, 1, 3, 3])

    assert sustained.find_first_attainment(response, patient, 4).tolist() == [1, 2, -1, 5]
    assert sustained.find_sustained_k(response, patient, 4).tolist() == [-1, -1, -1, -1]
    assert sustained.find_sustained_to_end(response, patient, 4).tolist() == [1, -1, -1, 5]


def test_nobody_at_all():
    nothing, nobody = np.zeros(0, dtype=np.int8), np.zeros(0, dtype=int)
    for find in (
        sustained.find_first_attainment,
        sustained.find_sustained_k,
        sustained.find_sustained_to_end,
    ):
        assert find(nothing, nobody, 2).tolist() == [-1, -1]


def test_three_in_a_row():
    response, patient = three("+ + - + ? + +"), np.zeros(7, dtype=int)
    assert sustained.find_sustained_k(response, patient, 1, k=3) == [3]
