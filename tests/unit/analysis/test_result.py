"""The words around a number."""

import numpy as np
import pytest

from lupus_outcomes.analysis.result import of_whom, percent
from lupus_outcomes.derive.selection import parse_filters, select_patients
from tests.drawn import draw_cohort


@pytest.mark.parametrize(
    ("proportion", "words"),
    [
        (0.0, "0 %"),
        (0.001, "<1 %"),
        (0.006, "1 %"),
        (0.544, "54 %"),
        (0.994, "99 %"),
        (0.997, ">99 %"),
        (1.0, "100 %"),
        (np.nan, "not estimable"),
    ],
)
def test_percent(proportion, words):
    assert percent(proportion) == words


def test_of_whom_is_silent_about_all():
    cohort = draw_cohort("anna: sex=female\n 0")

    assert of_whom(select_patients(cohort)) == ""
    assert of_whom(select_patients(cohort, parse_filters(["sex=female"]))) == " (Sex: female)"
