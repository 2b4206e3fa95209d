"""Retention of the independent cohort: against another program's results and R's survival."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from lupus_outcomes.analysis.discontinuation import estimate_discontinuation
from lupus_outcomes.analysis.retention import (
    estimate_retention_milestones,
    estimate_time_on_drug,
)
from lupus_outcomes.analysis.retention_compared import compare_retention
from lupus_outcomes.analysis.retention_ratios import estimate_retention_ratios
from lupus_outcomes.derive.selection import select_patients
from tests.reference_cohort import expected, reference_cohort

TOLERANCE = 1e-9


@pytest.fixture(scope="module")
def of_r():
    found = pd.read_csv(Path(__file__).parent / "retention_expected.csv")
    return dict(zip(found["name"], found["value"], strict=True))


def estimate(function, group=None, **options):
    cohort = reference_cohort()
    return function(cohort, select_patients(cohort, group=group), **options).table


def test_retention_at_fixed_times_is_the_same():
    theirs = expected("retention_milestones")
    both = theirs.merge(
        estimate(estimate_retention_milestones), on="milestone_months", suffixes=("_expected", "")
    )

    assert len(both) == len(theirs) == 6
    for column in ("survival", "ci_low", "ci_high"):
        np.testing.assert_allclose(both[column], both[f"{column}_expected"], atol=TOLERANCE)


def test_reasons_of_stopping_are_the_same():
    theirs = expected("discontinuation")
    ours = estimate(estimate_discontinuation)
    both = theirs.merge(ours, on=["reason", "milestone_months"], suffixes=("_expected", ""))

    assert len(both) == len(theirs) == 42
    np.testing.assert_allclose(
        both["cumulative_incidence"], both["cumulative_incidence_expected"], atol=TOLERANCE
    )
    # The one reason it does not list is a death on the drug, of which there was none.
    rest = ours[~ours["reason"].isin(theirs["reason"])]
    assert set(rest["reason"]) == {"death"}
    assert (rest["cumulative_incidence"] == 0).all()


def test_time_on_the_drug_is_that_of_r(of_r):
    row = estimate(estimate_time_on_drug, months=24).iloc[0]

    for name in ("median_months", "mean_months", "median_follow_up_months"):
        assert row[name] == pytest.approx(of_r[name], rel=TOLERANCE)
    assert row["person_years"] == pytest.approx(of_r["person_years"], rel=TOLERANCE)
    half_width = (row["mean_high"] - row["mean_low"]) / 2
    assert half_width / 1.959963984540054 == pytest.approx(of_r["mean_se"], rel=TOLERANCE)
    assert row["median_low"] == pytest.approx(of_r["median_ci_low"], rel=TOLERANCE)
    assert np.isnan(row["median_high"])


@pytest.mark.parametrize(("group", "df"), [("sex", 1), ("centre", 8)])
def test_the_log_rank_test_is_that_of_r(of_r, group, df):
    row = estimate(compare_retention, group).iloc[0]

    assert row["statistic"] == pytest.approx(of_r[f"logrank_{group}"], rel=TOLERANCE)
    assert row["df"] == df


@pytest.mark.parametrize("reason", ["primary inefficacy", "adverse event"])
def test_the_gray_test_of_a_reason_is_that_of_r(of_r, reason):
    row = estimate(compare_retention, "smoking").set_index("reason").loc[reason]

    name = reason.replace(" ", "_")
    assert row["statistic"] == pytest.approx(of_r[f"gray_{name}"], rel=1e-6)
    assert row["p_value"] == pytest.approx(of_r[f"gray_{name}_p"], rel=1e-6)
    assert row["df"] == 2


def test_hazard_ratios_are_those_of_r(of_r):
    table = estimate(estimate_retention_ratios).set_index(["characteristic_id", "level"])

    for name, level in (
        ("smoking", "former"), ("smoking", "current"), ("hydroxychloroquine", "yes")
    ):  # fmt: skip
        row = table.loc[(name, level)]
        for column, of in (("hazard_ratio", "ratio"), ("ci_low", "ci_low"), ("ci_high", "ci_high")):
            assert row[column] == pytest.approx(of_r[f"{level}.{of}"], rel=1e-7)
    smoking, drug = table.loc[("smoking", "former")], table.loc[("hydroxychloroquine", "yes")]
    assert smoking["p_difference"] == pytest.approx(of_r["smoking_p"], rel=1e-6)
    assert smoking["p_proportional"] == pytest.approx(of_r["smoking_proportional_p"], rel=1e-4)
    assert drug["p_difference"] == pytest.approx(of_r["yes_p"], rel=1e-6)
