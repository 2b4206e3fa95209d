"""Retention by hand: curve, fixed times, reasons, median, and what is said when there is little."""

import numpy as np
import pytest

from lupus_outcomes.analysis.discontinuation import (
    estimate_discontinuation,
    estimate_discontinuation_curve,
)
from lupus_outcomes.analysis.retention import (
    estimate_retention,
    estimate_retention_milestones,
    estimate_time_on_drug,
)
from lupus_outcomes.derive.selection import select_patients
from lupus_outcomes.release.disclosure import release
from tests.drawn import draw_cohort
from tests.reference_cohort import reference_cohort

# The worked example of definitions 12.4, a month taken as 30 days.
WORKED = """
    a: stop=90/primary_inefficacy sex=female
    b: stop=150/adverse_event sex=female
    c: contact=180 sex=female
    d: stop=240/secondary_inefficacy sex=male
    e: contact=360 sex=male
    f: stop=450/pregnancy sex=female
    g: stop=600/lost_to_follow_up sex=female
    h: contact=720 sex=female
    i: contact=720 sex=female
    j: contact=900 sex=female
"""


def estimate(function, text=WORKED, group=None, filters=(), **options):
    cohort = draw_cohort(text)
    selection = select_patients(cohort, filters, group)
    return release(function(cohort, selection, **options), cohort, selection).result


def test_the_worked_example_has_its_curve():
    table = estimate(estimate_retention).table.set_index("day")

    assert table["survival"].to_dict() == pytest.approx(
        {
            90: 0.9, 150: 0.8, 180: 0.8, 240: 0.685714, 360: 0.685714, 450: 0.548571, 600: 0.548571,
            720: 0.548571, 900: 0.548571,
        },
        abs=1e-6,
    )  # fmt: skip
    assert table["n_at_risk"].tolist() == [10, 9, 8, 7, 6, 5, 4, 3, 1]
    assert table["n_events"].tolist() == [1, 1, 0, 1, 0, 1, 0, 0, 0]
    assert table["n_censored"].tolist() == [0, 0, 1, 0, 1, 0, 1, 2, 1]


def test_the_worked_example_has_its_reasons():
    table = estimate(estimate_discontinuation).table
    at_24 = table[table["milestone_months"] == 24].set_index("reason")["cumulative_incidence"]

    assert at_24["primary_inefficacy"] + at_24["secondary_inefficacy"] == pytest.approx(
        0.1 + 0.8 / 7
    )
    assert at_24["adverse_event"] == pytest.approx(0.1)
    assert at_24["pregnancy"] == pytest.approx(0.137143, abs=1e-6)


def test_reasons_and_retention_are_one_at_every_fixed_time():
    cohort = reference_cohort()
    table = estimate_discontinuation(cohort, select_patients(cohort, group="centre")).table
    seen = table[table["survival"].notna()].groupby(["level", "milestone_months"])
    whole = seen["cumulative_incidence"].sum() + seen["survival"].first()

    assert len(whole) > 50
    np.testing.assert_allclose(whole, 1, atol=1e-12)


def test_counts_at_fixed_times_are_those_by_then():
    table = estimate(estimate_retention_milestones).table.set_index("milestone_months")

    assert table.loc[6, ["n_at_risk", "n_stopped", "n_censored"]].tolist() == [7, 2, 1]
    assert table.loc[24, ["n_at_risk", "n_stopped", "n_censored"]].tolist() == [1, 4, 5]


def test_after_the_last_follow_up_nothing_is_estimated():
    table = estimate(estimate_retention_milestones).table.set_index("milestone_months")

    assert table.loc[24, "survival"] == pytest.approx(0.548571, abs=1e-6)
    assert np.isnan(table.loc[36, "survival"])
    assert (
        estimate(estimate_discontinuation)
        .table.query("milestone_months == 36")["cumulative_incidence"]
        .isna()
        .all()
    )


def test_the_finding_has_share_limits_patients_and_median():
    finding = estimate(estimate_retention_milestones).finding

    assert finding.startswith("At 12 months 69 % (95 % CI 30–")
    assert (
        "of 10 patients were still on anifrolumab; 5 had been followed on it that long." in finding
    )
    assert "By the data cut 4 had stopped. Fewer than half have stopped" in finding


def test_the_reasons_of_the_finding_are_the_most_frequent():
    finding = estimate(estimate_discontinuation, "\n".join(
        [*(f"a{n}: stop=100/remission" for n in range(3)), "b: stop=90/other", "c:", "d:"]
    )).finding  # fmt: skip

    assert finding.startswith("By 12 months 67 % had stopped anifrolumab (4 patients), most often")
    assert "for remission 50 % (95 % CI" in finding
    assert "; 3) and other 17 %" in finding


def test_time_on_the_drug_of_a_group():
    table = estimate(estimate_time_on_drug, group="sex", months=12).table.set_index("level")

    assert table.loc["male", ["n", "n_stopped"]].tolist() == [2, 1]
    assert table.loc["male", "person_years"] == pytest.approx(600 / 365.25)
    assert table.loc["male", "median_months"] == pytest.approx((240 + 360) / 2 / 30.4375)


def test_a_mean_beyond_the_follow_up_is_not_estimated():
    result = estimate(estimate_time_on_drug, "a: contact=100\nb: contact=90", months=12)

    assert np.isnan(result.table["mean_months"].iloc[0])
    assert result.finding == "Nobody has been followed for 12 months yet."


@pytest.mark.parametrize(
    "function",
    [estimate_retention, estimate_retention_milestones, estimate_time_on_drug,
     estimate_discontinuation, estimate_discontinuation_curve],
)  # fmt: skip
@pytest.mark.parametrize(
    "text", ["a: contact=0", "a: stop=0/other", "a: contact=20\nb: stop=9/other"]
)
def test_one_patient_breaks_nothing(function, text):
    assert estimate(function, text, group="centre").n_patients == text.count(":")


def test_a_group_without_patients_breaks_nothing():
    filters = (("sex", ("female",)),)
    for function in (
        estimate_retention_milestones,
        estimate_discontinuation,
        estimate_time_on_drug,
    ):
        table = estimate(function, group="sex", filters=filters).table
        assert table.loc[table["level"] == "male"].select_dtypes("number").notna().sum().sum() > 0


def test_few_patients_are_said_to_have_no_curve():
    assert (
        "Only 9 patients"
        in estimate(
            estimate_retention, WORKED.replace("    j: contact=900 sex=female\n", "")
        ).notes[0]
    )
    assert not estimate(estimate_retention).notes


def test_reasons_day_by_day_end_as_at_fixed_times():
    daily = estimate(estimate_discontinuation_curve).table
    last = daily.groupby("reason")["cumulative_incidence"].last()

    assert set(last.index) == {
        "primary_inefficacy", "secondary_inefficacy", "adverse_event", "pregnancy"
    }  # fmt: skip
    assert last.sum() + daily["survival"].iloc[-1] == pytest.approx(1)
