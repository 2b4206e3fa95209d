"""Doses against their schedule: due, too soon, late, missed, switched, unusual."""

import pytest

from lupus_outcomes.derive.infusions import derive_infusions
from tests.drawn import draw_cohort


def derive(text, cut=2600):
    cohort = draw_cohort(text, cut=cut)
    return derive_infusions(cohort.tables["infusions"], cohort.follow_up)


@pytest.mark.parametrize(
    ("stop", "due"), [(0, 1), (1, 1), (28, 1), (29, 2), (56, 2), (57, 3), (364, 13)]
)
def test_doses_are_due_every_four_weeks_before_the_stop(stop, due):
    found = derive(f"anna: stop={stop}/other\n given 0")

    assert found.n_expected.tolist() == [due]
    assert found.n_given.tolist() == [1]


def test_under_the_skin_doses_are_due_weekly_from_the_first_one():
    found = derive("anna: stop=70/other\n given 0 28\n given 56 63 route=sc dose_mg=120")

    # Days 0 and 28 into a vein; 56 and 63 under the skin.
    assert found.n_expected.tolist() == [4]
    assert found.count(found.is_switch).tolist() == [1]
    assert not found.is_other_dose.any()


def test_a_first_dose_under_the_skin_is_no_switch():
    found = derive("anna: stop=15/other\n given 0 7 14 route=sc dose_mg=120")

    assert found.n_expected.tolist() == [3]
    assert not found.is_switch.any()


def test_only_doses_on_the_drug_count():
    found = derive("anna: stop=60/other\n given 0 28 60 61\nbea: contact=40\n given 0 28 56")

    assert found.n_given.tolist() == [3, 2]


@pytest.mark.parametrize(
    ("gap", "too_soon", "late", "missed"),
    [
        (13, True, False, 0),
        (14, False, False, 0),
        (41, False, False, 0),
        (43, False, False, 1),
        (56, False, False, 1),
        (57, False, True, 1),
        (84, False, True, 2),
    ],
)
def test_intervals_are_judged_between_infusions(gap, too_soon, late, missed):
    found = derive(f"anna:\n given 0 {gap}")

    assert found.is_too_soon.tolist() == [False, too_soon]
    assert found.is_late.tolist() == [False, late]
    assert found.n_missed.tolist() == [0, missed]


def test_doses_under_the_skin_have_no_shortest_interval():
    found = derive("anna:\n given 0 7 14 route=sc dose_mg=120")

    assert not found.is_too_soon.any()
    assert not found.is_late.any()


def test_patients_do_not_share_intervals():
    found = derive("anna:\n given 0 28\nbea:\n given 0 100\ncleo:")

    assert found.n_given.tolist() == [2, 2, 0]
    assert found.count(found.is_late).tolist() == [0, 1, 0]
    assert found.count(found.n_missed).tolist() == [0, 3, 0]


def test_another_dose_is_known_to_be_another():
    found = derive("anna:\n given 0 dose_mg=150\n given 28 dose_mg=?\n given 56")

    assert found.is_other_dose.tolist() == [True, False, False]


def test_without_any_dose_nothing_breaks():
    found = derive("anna: stop=57/other")

    assert found.n_given.tolist() == [0]
    assert found.n_expected.tolist() == [3]
    assert not len(found.n_missed)
