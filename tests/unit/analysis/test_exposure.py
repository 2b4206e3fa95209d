"""Doses against the schedule, told for a selection and its groups."""

import pytest

from lupus_outcomes.analysis.exposure import (
    NO_INTERVAL,
    NOT_RECORDED,
    describe_exposure,
    describe_interval_days,
    describe_intervals,
)
from lupus_outcomes.derive.selection import select_patients
from tests.drawn import draw_cohort
from tests.reference_cohort import reference_cohort

PATIENTS = """
    anna: stop=112/other sex=female
      given 0 28 56 84
    bea: stop=112/other sex=female
      given 0 10 84 dose_mg=150
    cleo: stop=112/other sex=male
      given 0 28
      given 56 63 70 route=sc dose_mg=120
    dora: contact=100 sex=male
"""


def describe(function, text=PATIENTS, group=None):
    cohort = draw_cohort(text)
    return function(cohort, select_patients(cohort, group=group))


def test_doses_given_and_due_add_up():
    row = describe(describe_exposure).table.iloc[0]

    assert row[["n", "n_recorded"]].tolist() == [4, 3]
    # Due: 4 and 4; cleo two into a vein by day 56, then weekly to day 112.
    assert row[["n_given", "n_doses_due"]].tolist() == [4 + 3 + 5, 4 + 4 + 2 + 8]
    assert row["relative"] == pytest.approx(12 / 18)
    assert row["median_relative"] == pytest.approx(3 / 4)
    assert row["n_below_80"] == 2
    assert row["n_switched"] == 1


def test_other_and_missed_doses_are_counted_with_their_patients():
    row = describe(describe_exposure).table.iloc[0]

    assert row[["n_other_dose", "n_patients_other_dose"]].tolist() == [3, 1]
    # Days 10 to 84: two doses left out.
    assert row[["n_missed_doses", "n_patients_missed"]].tolist() == [2, 1]


def test_time_counts_those_without_a_recorded_dose_too():
    row = describe(describe_exposure).table.iloc[0]

    assert row["person_years_on_drug"] == pytest.approx((3 * 112 + 100) / 365.25)
    assert row["person_years_at_risk"] == pytest.approx((3 * 140 + 100) / 365.25)


def test_a_group_has_its_own_doses():
    table = describe(describe_exposure, group="sex").table.set_index("level")

    assert table.loc["female", "n_given"] == 7
    assert table.loc["male", ["n", "n_recorded", "n_given"]].tolist() == [2, 1, 5]


def test_intervals_outside_the_label_are_told():
    result = describe(describe_intervals)
    table = result.table.set_index("interval")

    assert table.loc["under 14 days", ["n_intervals", "n_patients"]].tolist() == [1, 1]
    assert table.loc["57 to 90 days", ["n_intervals", "n_patients"]].tolist() == [1, 1]
    assert table.loc["25 to 31 days", "n_intervals"] == 4
    assert table["n_intervals"].sum() == 6
    assert result.finding == (
        "Of 6 intervals between infusions, 1 (in 1 patients) lasted less than 14 days and 1 (in 1 "
        "patients) more than eight weeks."
    )


def test_intervals_by_day_are_those_of_the_bands():
    assert describe(describe_interval_days).table.to_numpy().tolist() == [[10, 1], [28, 4], [74, 1]]


def test_a_dataset_without_doses_says_so():
    exposure, intervals = (
        describe(function, "anna:\nbea:") for function in (describe_exposure, describe_intervals)
    )

    assert exposure.finding == NOT_RECORDED
    assert exposure.table.empty
    assert intervals.finding == NO_INTERVAL
    assert intervals.table.empty


def test_the_reference_cohort_has_its_doses():
    cohort = reference_cohort()
    result = describe_exposure(cohort, select_patients(cohort))

    assert result.finding.startswith(
        "240 patients were given 7,076 doses, 98 % of the 7,240 due while they were on anifrolumab"
    )
