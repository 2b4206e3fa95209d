"""Kleene's strong logic: the laws that survive when a third value is let in."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from lupus_outcomes.indices.three_valued import UNKNOWN, every, negate, some

codes = arrays(np.int8, 6, elements=st.sampled_from([-1, 0, 1]))


@given(codes, codes, codes)
def test_order_and_grouping_do_not_matter(a, b, c):
    for combine in (every, some):
        np.testing.assert_array_equal(combine(a, b), combine(b, a))
        np.testing.assert_array_equal(combine(a, combine(b, c)), combine(combine(a, b), c))
        np.testing.assert_array_equal(combine(a, b, c), combine(a, combine(b, c)))


@given(codes, codes, codes)
def test_each_distributes_over_the_other(a, b, c):
    np.testing.assert_array_equal(every(a, some(b, c)), some(every(a, b), every(a, c)))
    np.testing.assert_array_equal(some(a, every(b, c)), every(some(a, b), some(a, c)))


@given(codes, codes)
def test_de_morgan_absorption_and_double_negation(a, b):
    np.testing.assert_array_equal(negate(every(a, b)), some(negate(a), negate(b)))
    np.testing.assert_array_equal(every(a, some(a, b)), a)
    np.testing.assert_array_equal(negate(negate(a)), a)


@pytest.mark.parametrize("combine", [every, some])
@pytest.mark.parametrize("drawn", list(itertools.product([-1, 0, 1], repeat=2)))
def test_decided_exactly_when_every_completion_agrees(combine, drawn):
    choices = ([-1, 1] if part == UNKNOWN else [part] for part in drawn)
    answers = {
        int(combine(*(np.array([part], dtype=np.int8) for part in filled))[0])
        for filled in itertools.product(*choices)
    }
    answer = int(combine(*(np.array([part], dtype=np.int8) for part in drawn))[0])

    assert answer == (answers.pop() if len(answers) == 1 else UNKNOWN)
