import numpy as np
import pytest

from lupus_outcomes.analysis.change import estimate_change
from lupus_outcomes.analysis.inference import P_HIDDEN
from lupus_outcomes.derive.selection import select_patients
from tests.drawn import draw_cohort
from tests.reference_cohort import reference_cohort

PATIENTS = """
    anna: sex=female
      0    rash arthritis ga=2 clasi=10
      180  rash ga=1 clasi=4
    bea: sex=female
      0    rash ga=1.5 clasi=6
      180  ga=0.5 clasi=?
    cleo: sex=male
      0    arthritis ga=1
      180  arthritis ga=?
    dora: sex=male stop=100/other
      0    arthritis ga=2
      180  ga=0
    eva: index=2026-10-01
      0    arthritis ga=3
      100  ga=0
"""


@pytest.fixture(scope="module")
def cohort():
    return draw_cohort(PATIENTS)


def row(cohort, measure, months, level="all", **how):
    selection = select_patients(cohort, how.pop("filters", ()), how.pop("group", None))
    table = estimate_change(cohort, selection, (measure,)).table
    return table[(table["timepoint_months"] == months) & (table["level"] == level)].iloc[0]


def test_those_seen_on_the_drug_with_a_known_value_count(cohort):
    at = row(cohort, "physician_ga", 6)

    assert at[["n_due", "n_seen", "n", "n_paired", "n_not_due"]].tolist() == [4, 3, 2, 2, 1]
    assert at["mean"] == pytest.approx(0.75)
    assert at["mean_change"] == pytest.approx(-1)


def test_month_0_is_the_baseline_of_everyone(cohort):
    at = row(cohort, "physician_ga", 0)

    assert at[["n", "n_due"]].tolist() == [5, 5]
    assert at["mean"] == pytest.approx(1.9)
    assert at["mean_change"] == 0


def test_skin_is_only_for_those_with_skin_involvement(cohort):
    assert row(cohort, "clasi_activity", 0)[["n_due", "n"]].tolist() == [2, 2]
    assert row(cohort, "clasi_activity", 6)[["n_due", "n"]].tolist() == [2, 1]


def test_a_group_is_described_like_the_whole(cohort):
    at = row(cohort, "physician_ga", 6, "female", group="sex")

    assert at[["n", "n_paired"]].tolist() == [2, 2]
    assert row(cohort, "physician_ga", 6, "male", group="sex")["n"] == 0


def test_p_is_hidden_under_a_filter():
    cohort = reference_cohort()
    selection = select_patients(cohort, (("sex", ("female",)),))
    result = estimate_change(cohort, selection, ("sledai_2k",))

    assert result.table["p_value"].isna().all()
    assert result.table["model_change"].notna().any()
    assert P_HIDDEN in result.notes
    assert "p <" not in result.finding
    assert row(cohort, "sledai_2k", 12)["p_value"] < 1e-6


def test_what_is_not_collected_is_said(cohort):
    result = estimate_change(cohort, select_patients(cohort), ("physician_ga", "sf36_pcs"))

    assert set(result.table["measure"]) == {"physician_ga"}
    assert "Not collected in this dataset: SF-36 physical." in result.notes


def test_nothing_chosen_is_a_sentence(cohort):
    result = estimate_change(cohort, select_patients(cohort), ())

    assert result.table.empty
    assert result.finding == "No measure is chosen that this dataset has."


def test_nothing_known_yet_is_a_sentence():
    cohort = draw_cohort("anna:\n 0 ga=1")
    finding = estimate_change(cohort, select_patients(cohort), ("physician_ga",)).finding
    assert finding == "Physician global assessment is not known at any time point yet."


def test_nobody_is_not_estimable(cohort):
    at = row(cohort, "physician_ga", 60)
    figures = ["mean", "sd", "median", "mean_change", "ci_low", "p_value", "model_change"]

    assert at["n"] == 0
    assert np.isnan(at[figures].astype(float)).all()


def test_the_finding_has_the_numbers_of_the_headline():
    cohort = reference_cohort()
    finding = estimate_change(cohort, select_patients(cohort), ("sledai_2k",)).finding

    assert finding == (
        "At 12 months, SLEDAI-2K (points) averaged 2.9 in the 158 seen on the drug with a known "
        "value; at baseline 8.3 (N = 229). The 150 with both values changed by −5.1 (95 % CI −5.8 "
        "to −4.5; paired t, p < 0.0001). The mixed model gives −5.3 (−5.9 to −4.7)."
    )
