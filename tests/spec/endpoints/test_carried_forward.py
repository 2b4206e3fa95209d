"""The last decided visit on the drug, carried forward; never across a known change of the dose."""

import pytest

from tests.drawn import draw_cohort, signs

IN_LLDAS, NOT_IN_LLDAS = "rash ga=0.5 dose=5", "rash arthritis ga=1.5 dose=5"


def carried(*visits, patient="anna:", endpoint="lldas"):
    """The sign at 6 months after a baseline visit and those given."""
    cohort = draw_cohort("\n".join([patient, " 0 rash ga=1.5 dose=10", *visits]))
    return signs(cohort, endpoint, "locf")


def test_a_decided_visit_is_not_replaced():
    assert carried(f"80 {IN_LLDAS}", f"180 {NOT_IN_LLDAS}") == "-"


def test_an_undecided_visit_takes_the_last_decided_one():
    assert carried(f"40 {NOT_IN_LLDAS}", f"80 {IN_LLDAS}", "120 rash ga=?", "180 rash ga=?") == "+"


def test_a_missed_visit_takes_the_last_decided_one():
    assert carried(f"80 {IN_LLDAS}") == "+"


def test_baseline_is_never_carried():
    assert carried("180 rash ga=?") == "?"
    assert carried() == "?"


def test_nothing_is_carried_backwards():
    assert carried("180 rash ga=?", f"200 {IN_LLDAS}") == "?"


def test_after_the_stop_the_last_value_on_the_drug_stays():
    stopped = "anna: stop=100/adverse_event"

    assert carried(f"80 {IN_LLDAS}", f"180 {NOT_IN_LLDAS}", patient=stopped) == "+"
    assert carried(f"80 {IN_LLDAS}", patient=stopped) == "+"
    assert carried(f"120 {IN_LLDAS}", patient=stopped) == "?"


def test_after_death_the_last_value_stays():
    assert carried(f"80 {IN_LLDAS}", patient="anna: death=100") == "+"


@pytest.mark.parametrize(
    ("then", "now", "sign", "why"),
    [
        ("5", "5", "+", "no change"),
        ("5", "7.5", "+", "still within the limit of LLDAS"),
        ("5", "?", "+", "the dose is not known to have changed"),
        ("?", "5", "-", "LLDAS had failed otherwise, and the dose then is not known"),
    ],
)
def test_carried_where_the_dose_stays_on_its_side_of_the_limit(then, now, sign, why):
    before = f"80 rash ga={'1.5' if then == '?' else '0.5'} dose={then}"

    assert carried(before, f"180 rash ga=? dose={now}") == sign, why


def test_beyond_the_limit_since_is_not_attained():
    off_drug = "anna: stop=100/adverse_event"

    assert carried(f"80 {IN_LLDAS}", "180 rash ga=0.5 dose=7.6", patient=off_drug) == "-"
    assert carried(f"80 {IN_LLDAS}", "180 phone dose=7.6") == "-"


def test_down_to_the_limit_since_is_unknown():
    too_high = "80 rash ga=0.5 dose=10"

    assert carried(too_high) == "-"
    assert carried(too_high, "180 rash ga=? dose=7.5") == "?"
    assert carried(too_high, "120 phone dose=7.5", "180 rash ga=? dose=?") == "?"


def test_each_endpoint_has_its_own_limit():
    visits = (f"80 {IN_LLDAS}", "180 rash ga=? dose=6")

    assert carried(*visits, endpoint="lldas") == "+"
    assert carried(*visits, endpoint="lldas5") == "-"


def test_without_a_dose_in_the_definition_the_dose_does_not_matter():
    cohort = draw_cohort("""
        anna:
          0    clasi=10 dose=10
          80   clasi=5 dose=10
          180  clasi=? dose=0
    """)

    assert signs(cohort, "clasi50", "locf") == "+"
