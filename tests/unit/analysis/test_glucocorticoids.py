"""Glucocorticoids: means, limits and shares by hand, paths, and the cumulative dose."""

import numpy as np
import pytest
from scipy import stats

from lupus_outcomes.analysis.attainment import estimate_attainment
from lupus_outcomes.analysis.glucocorticoid_paths import (
    estimate_cumulative_dose,
    estimate_dose_paths,
)
from lupus_outcomes.analysis.glucocorticoids import (
    BANDS,
    estimate_dose_bands,
    estimate_glucocorticoids,
)
from lupus_outcomes.derive.selection import select_patients
from tests.drawn import draw_cohort
from tests.reference_cohort import reference_cohort

BEFORE = np.array([10, 20, 7.5, 5, 40, 12.5])
AFTER = np.array([5, 7.5, 0, 5, 10, 2.5])
PATIENTS = "\n".join(
    f"p{n}:\n 0 dose={before}\n 180 dose={after}"
    for n, (before, after) in enumerate(zip(BEFORE, AFTER, strict=True))
)
OTHERS = """
    no_baseline:
      180  dose=15
    dose_unknown:
      0    dose=10
      180  dose=?
    off_drug: stop=100/other
      0    dose=10
      180  dose=30
    not_due: index=2026-10-01
      0    dose=10
      100  dose=60
"""


@pytest.fixture(scope="module")
def cohort():
    return draw_cohort(PATIENTS + OTHERS)


@pytest.fixture(scope="module")
def table(cohort):
    return estimate_glucocorticoids(cohort, select_patients(cohort)).table


def row(table, months, handling="observed"):
    return table[(table["timepoint_months"] == months) & (table["handling"] == handling)].iloc[0]


def test_the_dose_of_those_seen_with_a_known_dose(table):
    values = [*AFTER, 15]
    at = row(table, 6)

    assert at["n"] == 7
    assert at["mean"] == pytest.approx(np.mean(values))
    assert at["sd"] == pytest.approx(np.std(values, ddof=1))
    assert at[["q1", "median", "q3"]].tolist() == np.percentile(values, [25, 50, 75]).tolist()


def test_the_change_is_paired_with_baseline_and_has_t_limits(table):
    change = AFTER - BEFORE
    at = row(table, 6)
    low, high = stats.t.interval(0.95, 5, change.mean(), stats.sem(change))

    assert at["n_paired"] == 6
    assert at["mean_change"] == pytest.approx(change.mean())
    assert (at["ci_low"], at["ci_high"]) == pytest.approx((low, high))


def test_the_targets_are_inclusive(table):
    assert row(table, 6)[["n_le7_5", "n_le5", "n_off"]].tolist() == [5, 4, 1]


def test_off_the_drug_counts_under_treatment_policy_only(table):
    assert row(table, 6, "treatment_policy")["n"] == 8
    assert row(table, 6, "treatment_policy")["mean"] == pytest.approx(np.mean([*AFTER, 15, 30]))


def test_month_0_is_the_baseline_visit_of_all(table):
    at = row(table, 0)

    assert at["n"] == 9
    assert at["mean_change"] == 0


def test_nobody_known_is_not_estimable(table):
    at = row(table, 60)

    assert at["n"] == 0
    assert np.isnan(at[["mean", "sd", "median", "mean_change", "ci_low"]].astype(float)).all()


def test_bands_hold_everyone_once(cohort):
    bands = estimate_dose_bands(cohort, select_patients(cohort)).table
    at_6 = bands[bands["timepoint_months"] == 6].set_index("dose_mg_day")

    assert at_6["n_in_band"].to_dict() == dict(zip(BANDS, [1, 3, 1, 1, 1], strict=True))
    assert at_6["proportion"].sum() == pytest.approx(1)


def test_paths_hold_everyone_with_both_doses_once(cohort):
    paths = estimate_dose_paths(cohort, select_patients(cohort)).table
    at_6 = paths[paths["timepoint_months"] == 6]
    moved = at_6[at_6["n_in_band"] > 0].set_index(["baseline_mg_day", "dose_mg_day"])["n_in_band"]

    assert moved.to_dict() == {
        ("up to 5", "up to 5"): 1,
        ("above 5 to 7.5", "none"): 1,
        ("above 7.5 to 10", "up to 5"): 1,
        ("above 10", "up to 5"): 1,
        ("above 10", "above 5 to 7.5"): 1,
        ("above 10", "above 7.5 to 10"): 1,
    }
    assert (at_6.groupby("baseline_mg_day")["n_in_band"].sum() == at_6.groupby("baseline_mg_day")[
        "n_from"
    ].first()).all()  # fmt: skip


class TestCumulativeDose:
    def grams(self, text, months=6, **how):
        cohort = draw_cohort(text, **how)
        table = estimate_cumulative_dose(cohort, select_patients(cohort)).table
        return table[table["timepoint_months"] == months].iloc[0]

    def test_a_dose_holds_until_the_next(self):
        at = self.grams("anna:\n -5 dose=20\n 30 dose=10\n 100 dose=5")
        milligrams = 20 * 30 + 10 * 70 + 5 * (182.625 - 100)

        assert at["n"] == 1
        assert at["mean_g"] == pytest.approx(milligrams / 1000)
        assert at["mean_g_at_baseline_dose"] == pytest.approx(20 * 182.625 / 1000)

    def test_the_dose_decided_comes_before_the_dose_taken(self):
        at = self.grams("anna:\n 0 dose=20 prednisone_after_mg_day=10\n 100 dose=10")

        assert at["mean_g"] == pytest.approx(10 * 182.625 / 1000)

    def test_a_visit_without_a_dose_changes_nothing(self):
        at = self.grams("anna:\n 0 dose=10\n 60 dose=?\n 120 dose=0")

        assert at["mean_g"] == pytest.approx(10 * 120 / 1000)

    @pytest.mark.parametrize(
        "text",
        [
            "anna:\n 30 dose=10\n 180 dose=5",  # no dose at the start
            "anna: contact=150\n 0 dose=10",  # not followed to the day
            "anna: death=150\n 0 dose=10",
            "anna: left=150\n 0 dose=10",
        ],
    )
    def test_who_is_not_followed_from_the_start_to_the_day_does_not_count(self, text):
        assert self.grams(text)["n"] == 0

    def test_one_patient_does_not_run_into_the_next(self):
        at = self.grams("anna:\n 0 dose=10\nbea:\n 0 dose=20")

        assert at["n"] == 2
        assert at["mean_g"] == pytest.approx(15 * 182.625 / 1000)


def test_low_dose_agrees_with_attainment_in_the_cohort():
    cohort = reference_cohort()
    selection = select_patients(cohort)
    doses = estimate_glucocorticoids(cohort, selection).table
    attained = estimate_attainment(cohort, selection, ("glucocorticoid_le5",)).table
    both = doses.merge(attained, on=["timepoint_months", "handling"], suffixes=("", "_attained"))

    assert len(both) == 14
    assert (both["n"] == both["n_attained"]).all()
    assert (both["n_le5"] == both["responders"]).all()
