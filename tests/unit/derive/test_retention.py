"""The clock of retention: what stops it, what only ends the follow-up."""

from lupus_outcomes.derive.retention import (
    REASON_WORDS,
    REASONS,
    derive_retention,
    select_treated,
)
from lupus_outcomes.derive.selection import select_patients
from tests.drawn import draw_cohort


def clock(text, cut=1000, **how):
    found = derive_retention(draw_cohort(text, cut=cut, **how).follow_up)
    reasons = ("", *REASONS)
    return [
        (int(day), reasons[cause])
        for day, cause in zip(found.follow_up_days, found.cause, strict=True)
    ]


def test_a_stop_ends_the_clock_for_its_reason():
    assert clock("anna: stop=200/adverse_event") == [(200, "adverse_event")]


def test_being_lost_ends_the_follow_up_without_a_stop():
    assert clock("anna: stop=200/lost_to_follow_up") == [(200, "")]


def test_a_death_on_the_drug_is_a_stop_on_its_day():
    assert clock("anna: death=300") == [(300, "death")]


def test_a_death_after_the_stop_changes_nothing():
    assert clock("anna: stop=200/other death=300") == [(200, "other")]


def test_whoever_is_on_the_drug_is_followed_to_the_last_contact_or_the_cut():
    assert clock("anna: contact=700\nbea: contact=990\ncleo:", cut=800) == [
        (700, ""),
        (800, ""),
        (800, ""),
    ]


def test_a_stop_after_the_data_cut_has_not_happened_yet():
    assert clock("anna: stop=200/other", as_of=150) == [(150, "")]


def test_a_stop_on_the_day_of_the_cut_counts():
    assert clock("anna: stop=200/other", as_of=200) == [(200, "other")]


def test_a_withdrawal_of_consent_ends_the_follow_up():
    assert clock("anna: left=250 contact=900") == [(250, "")]


def test_a_restart_within_ninety_days_is_no_stop():
    assert clock("anna: stop=200/other restart=290\nbea: stop=200/other restart=291") == [
        (1000, ""),
        (200, "other"),
    ]


def test_a_stop_without_a_reason_is_for_another_one():
    assert clock("anna: stop=200") == [(200, "other")]


def test_every_reason_has_words():
    assert tuple(REASON_WORDS) == REASONS


def test_patients_on_standard_of_care_have_nothing_to_stay_on():
    cohort = draw_cohort(
        "anna: sex=female\nbea: sex=female treatment_group=standard_of_care\ncleo: sex=male",
        "nct07000110",
    )
    selection = select_patients(cohort, group="sex")
    treated = select_treated(cohort, selection)

    assert selection.n_patients == 3
    assert treated.members.tolist() == [True, False, True]
    assert {group.level: int(group.members.sum()) for group in treated.groups} == {
        "all": 2,
        "female": 1,
        "male": 1,
    }
