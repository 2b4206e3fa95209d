import numpy as np
import pytest

from lupus_outcomes.indices.three_valued import (
    above,
    at_least,
    at_least_within,
    at_most,
    at_most_within,
    below,
    every,
    fallen_by,
    is_known,
    negate,
    some,
)
from tests.unit.indices.drawn import numbers, signs, three


def test_a_false_part_makes_the_whole_false_however_much_is_unknown():
    assert signs(every(three("+ + + ? ? -"), three("+ ? - ? - -"))) == "+ ? - ? - -"


def test_a_true_part_is_enough_for_some():
    assert signs(some(three("+ + + ? ? -"), three("+ ? - ? - -"))) == "+ + + ? ? -"


def test_the_opposite_of_unknown_is_unknown():
    assert signs(negate(three("+ ? -"))) == "- ? +"


@pytest.mark.parametrize(
    ("compare", "drawn"),
    [(at_most, "+ + - ?"), (below, "+ - - ?"), (at_least, "- + + ?"), (above, "- - + ?")],
)
def test_limits_are_inclusive_or_strict_and_missing_is_unknown(compare, drawn):
    assert signs(compare(numbers("4.99 5 5.01 ."), 5)) == drawn


def test_bounds_decide_a_limit_when_they_do_not_straddle_it():
    low, high = numbers("0 2 5"), numbers("4 6 9")

    assert signs(at_most_within(low, high, 4)) == "+ ? -"
    assert signs(at_least_within(low, high, 5)) == "- ? +"


def test_nothing_falls_from_zero_and_a_fifth_is_a_fifth_in_binary():
    assert signs(fallen_by(numbers("0 10 10 ."), numbers("0 8 8.01 1"), 0.2)) == "? + - ?"


def test_known_is_true_or_false():
    assert is_known(three("+ ? -")).tolist() == [True, False, True]
    assert every(three("+")).dtype == np.int8
