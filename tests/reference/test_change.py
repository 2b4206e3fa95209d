"""Change from baseline in the independent cohort, against R and against another program."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from lupus_outcomes.analysis.change import estimate_change
from lupus_outcomes.derive.measured import derive_measured, derive_schedule, is_meant_for
from lupus_outcomes.derive.selection import select_patients
from lupus_outcomes.measures import MEASURES
from tests.reference_cohort import expected, reference_cohort

FOLDER = Path(__file__).parent
KEY = ["measure", "timepoint_months"]
TOLERANCE = 1e-6
FIGURES = (
    "mean", "sd", "q1", "median", "q3", "mean_change", "ci_low", "ci_high", "p_value",
    "model_change", "model_ci_low", "model_ci_high",
)  # fmt: skip


@pytest.fixture(scope="module")
def table():
    cohort = reference_cohort()
    return estimate_change(cohort, select_patients(cohort)).table


def test_the_activity_of_those_seen_is_the_same(table):
    theirs = expected("change")
    both = theirs.merge(table, on=KEY, suffixes=("_expected", ""))

    assert len(both) == len(theirs) == 6
    assert (both["n"] == both["n_expected"]).all()
    np.testing.assert_allclose(both["mean"], both["mean_expected"], rtol=0, atol=TOLERANCE)


def test_what_r_was_given_is_what_is_measured():
    cohort = reference_cohort()
    schedule = derive_schedule(cohort)
    given = pd.read_csv(FOLDER / "change_values.csv")

    for name, rows in given.groupby("measure"):
        values = derive_measured(cohort, MEASURES[name], schedule)
        values = np.where(is_meant_for(cohort, MEASURES[name]), values, np.nan)
        time = rows["timepoint_months"].map(schedule.months.index)
        assert (values[time, rows["patient"] - 1] == rows["value"]).all()
        assert np.isfinite(values).sum() == len(rows)


@pytest.mark.parametrize("figure", FIGURES)
def test_level_change_and_mixed_model_are_those_of_r(table, figure):
    theirs = pd.read_csv(FOLDER / "change_expected.csv")
    both = theirs.merge(table, on=KEY, suffixes=("_expected", ""))

    assert len(both) == len(theirs) == 28
    assert (both["n"] == both["n_expected"]).all()
    assert (both["n_paired"] == both["n_paired_expected"]).all()
    np.testing.assert_allclose(both[figure], both[f"{figure}_expected"], rtol=0, atol=TOLERANCE)
