import numpy as np
import pytest

from lupus_outcomes.indices import doris
from lupus_outcomes.indices.sledai import compute_clinical_sledai
from tests.unit.indices.drawn import descriptors, numbers, signs, three


def items(visit="", ga="0.4", dose="5", stable="+", **options):
    return doris.compute_doris_items(
        compute_clinical_sledai(descriptors(visit)),
        numbers(ga),
        numbers(dose),
        three(stable),
        doris.DorisOptions(**options),
    )


@pytest.mark.parametrize(
    ("drawn", "state"),
    [
        ({"visit": "low_complement anti_dsdna"}, "+"),
        ({"visit": "leukopenia"}, "-"),
        ({"visit": "rash?"}, "?"),
        ({"visit": "rash?", "dose": "5.01"}, "-"),
        ({"ga": "0.5"}, "-"),
        ({"ga": "."}, "?"),
        ({"dose": "."}, "?"),
        ({"stable": "-"}, "-"),
        ({"stable": "?"}, "?"),
    ],
)
def test_remission(drawn, state):
    assert signs(doris.compute_doris_2021(items(**drawn))) == state


@pytest.mark.parametrize(
    ("drawn", "state"),
    [
        ({"dose": "5", "glucocorticoid": "<5"}, "-"),
        ({"ga": "0.5", "physician_ga": "<=0.5"}, "+"),
        ({"stable": "?", "assume_stable": True}, "+"),
        ({"stable": "-", "assume_stable": True}, "-"),
    ],
)
def test_named_readings(drawn, state):
    assert signs(doris.compute_doris_2021(items(**drawn))) == state


def test_off_treatment_needs_no_stability_but_no_treatment():
    untreated = items(dose="0", stable="?")

    assert signs(doris.compute_doris_off_treatment(untreated, numbers("0"), three("-"))) == "+"
    assert signs(doris.compute_doris_off_treatment(untreated, numbers("0"), three("+"))) == "-"
    assert signs(doris.compute_doris_off_treatment(untreated, numbers("1"), three("-"))) == "-"
    assert signs(doris.compute_doris_off_treatment(untreated, numbers("."), three("-"))) == "?"


def test_complete_remission_needs_known_negative_serology():
    assert signs(doris.compute_doris_complete(three("+ + + -"), three("- + ? ?"))) == "+ - ? -"


def test_glucocorticoid_free_remission_may_be_on_anifrolumab():
    free = doris.compute_doris_glucocorticoid_free(three("+ + +"), numbers("0 1 ."))
    assert signs(free) == "+ - ?"


def test_activity_sledai_cannot_see_is_queried_only_where_remission_is_met():
    queried = doris.query_blind_spot(three("+ + + ?"), three("+ - ? +"), three("- - - -"))

    np.testing.assert_array_equal(queried, [True, False, False, False])
