"""SRI-4 and BICLA: one patient with an A and a B at baseline, SLEDAI 10, global assessment 2.0."""

import dataclasses

import pytest

from lupus_outcomes.indices.bicla import compute_bicla
from lupus_outcomes.indices.sledai import Score
from lupus_outcomes.indices.sri import (
    ResponderInputs,
    can_respond,
    compute_modified_sri_4,
    compute_sri_4,
)
from tests.unit.indices.drawn import grades, numbers, signs, three


def total(low, high=None):
    return Score(numbers(low), numbers(high or low))


RESPONDER = ResponderInputs(
    sledai_baseline=total("10"),
    sledai_now=total("6"),
    bilag_baseline=grades("A B C"),
    bilag_now=grades("B C C"),
    physician_ga_baseline=numbers("2.0"),
    physician_ga_now=numbers("2.0"),
)


@pytest.mark.parametrize(
    ("change", "sri_4", "bicla"),
    [
        ({}, "+", "+"),
        ({"sledai_now": total("7")}, "-", "+"),
        ({"sledai_now": total("11")}, "-", "-"),
        ({"sledai_now": total("4", "6")}, "+", "+"),
        ({"sledai_now": total("6", "8")}, "?", "+"),
        ({"sledai_now": total("9", "11")}, "-", "?"),
        ({"physician_ga_now": numbers("2.29")}, "+", "+"),
        ({"physician_ga_now": numbers("2.3")}, "-", "-"),
        ({"physician_ga_now": numbers(".")}, "?", "?"),
        ({"bilag_now": grades("B B C")}, "+", "-"),
        ({"bilag_now": grades("A C C")}, "+", "-"),
        ({"bilag_now": grades("B C A")}, "-", "-"),
        ({"bilag_now": grades("B C B")}, "+", "+"),
        ({"bilag_now": grades("B C B B")}, "-", "-"),
        ({"bilag_now": grades(". C C")}, "+", "?"),
        ({"bilag_now": grades("B C .")}, "?", "?"),
        ({"bilag_baseline": grades("C C C"), "bilag_now": grades("C C C")}, "+", "?"),
    ],
)
def test_response(change, sri_4, bicla):
    drawn = dataclasses.replace(RESPONDER, **change)

    assert signs(compute_sri_4(drawn)) == sri_4
    assert signs(compute_bicla(drawn)) == bicla


def test_the_modified_index_does_not_look_at_bilag():
    worse = dataclasses.replace(RESPONDER, bilag_now=grades("A A A"))
    assert signs(compute_modified_sri_4(worse)) == "+"


def test_the_original_form_allows_a_rise_of_a_tenth_of_the_scale():
    risen = dataclasses.replace(RESPONDER, physician_ga_now=numbers("2.3"))
    assert signs(compute_bicla(risen, "original")) == "+"


def test_in_a_trial_failure_of_treatment_is_failure():
    assert signs(compute_sri_4(RESPONDER, three("+"))) == "-"
    assert signs(compute_bicla(RESPONDER, treatment_failed=three("+"))) == "-"


def test_four_points_cannot_fall_from_three():
    assert signs(can_respond(Score(numbers("3 4 2"), numbers("3 4 6")))) == "- + ?"
