"""Rows of patients: nobody stands alone with what others know of him, and no more is withheld."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lupus_outcomes.errors import UsageError
from lupus_outcomes.release.row_level import find_withheld

pytestmark = pytest.mark.slow


def classes(codes, withheld):
    return Counter(zip(*np.where(withheld, -9, codes).tolist(), strict=True))


def drawn(*columns):
    return np.array(columns)


@st.composite
def patients(draw):
    n = draw(st.integers(5, 80))
    column = st.lists(st.integers(-1, 4), min_size=n, max_size=n)
    return np.array([draw(column) for _ in range(3)])


@given(patients())
def test_everyone_shares_what_is_told_with_four_others(codes):
    withheld = find_withheld(codes)
    assert min(classes(codes, withheld).values()) >= 5


@given(patients(), st.randoms())
def test_the_order_of_the_patients_does_not_matter_for_how_many(codes, random):
    order = list(range(codes.shape[1]))
    random.shuffle(order)
    shuffled = find_withheld(codes[:, order])
    if find_withheld(codes).all(axis=0).any():
        return  # whose class joins the others may depend on a tie
    assert (shuffled == find_withheld(codes)[:, order]).all()


def test_nothing_is_withheld_of_five_alike():
    assert not find_withheld(drawn([1] * 5 + [2] * 6, [1] * 11, [1] * 11)).any()


def test_the_age_is_given_up_first():
    codes = drawn([1, 1, 1, 1, 2, *[3] * 5], [1] * 10, [1] * 10)
    withheld = find_withheld(codes)
    assert withheld[0].tolist() == [True] * 5 + [False] * 5
    assert not withheld[1:].any()


def test_then_the_centre_then_the_sex():
    codes = drawn([1] * 10, [1] * 5 + [2, 2, 3, 3, 4], [1] * 10)
    withheld = find_withheld(codes)
    assert withheld[:2, 5:].all()
    assert not withheld[2].any()
    codes[2, 9] = 2
    withheld = find_withheld(codes)
    # One alone with nothing told needs four others: the smallest class joins.
    assert withheld[:, 5:].all()
    assert not withheld[:, :5].any()


def test_an_unknown_age_is_a_class_like_any_other():
    assert not find_withheld(drawn([-1] * 5, [1] * 5, [1] * 5)).any()


def test_of_four_patients_no_row_is_told():
    with pytest.raises(UsageError, match="Only 4 patients"):
        find_withheld(np.ones((3, 4), dtype=int))
