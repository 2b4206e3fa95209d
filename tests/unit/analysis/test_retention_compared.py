"""Groups compared: when there is a test, when there is a ratio, and what is said instead."""

import numpy as np
import pytest

from lupus_outcomes.analysis.inference import P_HIDDEN
from lupus_outcomes.analysis.retention_compared import compare_retention
from lupus_outcomes.analysis.retention_ratios import estimate_retention_ratios
from lupus_outcomes.derive.selection import select_patients
from tests.drawn import draw_cohort
from tests.reference_cohort import reference_cohort


def many(prefix, n, words):
    return [f"{prefix}{i}: {words} stop={100 + 3 * i}/other" for i in range(n)]


def compare(text, group, filters=()):
    cohort = draw_cohort(text)
    return compare_retention(cohort, select_patients(cohort, filters, group))


def ratios(lines, filters=()):
    cohort = draw_cohort("\n".join(lines))
    return estimate_retention_ratios(cohort, select_patients(cohort, filters))


def test_the_test_says_groups_patients_and_stops():
    cohort = reference_cohort()
    result = compare_retention(cohort, select_patients(cohort, group="sex"))

    assert result.finding == (
        "Between the 2 groups by sex: log-rank 2.85 on 1 degree of freedom, p = 0.091 (240 "
        "patients, 92 stops)."
    )
    table = result.table
    assert table["test"].tolist() == ["logrank", *["gray"] * 7]
    assert table["reason"].iloc[0] == "any"
    assert table["n_stopped"].iloc[1:].sum() == table["n_stopped"].iloc[0] == 92


def test_only_reasons_that_somebody_stopped_for_are_tested():
    result = compare("a: sex=female stop=100/pregnancy\nb: sex=male", "sex")

    assert result.table[["test", "reason"]].to_numpy().tolist() == [
        ["logrank", "any"],
        ["gray", "pregnancy"],
    ]


def test_under_a_filter_there_is_a_statistic_and_no_p():
    cohort = reference_cohort()
    filters = (("smoking", ("never",)),)
    result = compare_retention(cohort, select_patients(cohort, filters, "sex"))

    assert np.isnan(result.table["p_value"].iloc[0])
    assert "p = " not in result.finding
    assert P_HIDDEN in result.notes


def test_groups_that_share_patients_are_not_tested():
    cohort = reference_cohort()
    result = compare_retention(cohort, select_patients(cohort, group="manifestation"))

    assert result.table.empty
    assert "share patients" in result.finding


@pytest.mark.parametrize(
    ("group", "said"), [(None, "Choose a grouping"), ("sex", "only one group")]
)
def test_without_two_groups_it_says_so(group, said):
    result = compare("a: sex=female\nb: sex=female", group)

    assert result.table.empty
    assert said in result.finding


def test_a_level_needs_five_stops_and_so_does_its_reference():
    enough = ratios([*many("a", 9, "sex=female"), *many("b", 5, "sex=male")]).table
    too_few = ratios([*many("a", 9, "sex=female"), *many("b", 4, "sex=male")]).table

    assert enough.query("level == 'male'")["hazard_ratio"].notna().all()
    assert too_few.query("level == 'male'")["hazard_ratio"].isna().all()
    assert too_few.query("level == 'male'")["why_not"].tolist() == ["too few stops"]
    assert too_few["p_difference"].isna().all()


def test_a_reference_with_few_stops_is_said():
    lines = [*many("a", 6, "sex=male"), *(f"c{i}: sex=female" for i in range(8))]
    table = ratios(lines).table.set_index("level")

    assert table.loc["female", "why_not"] == "reference"
    assert table.loc["male", "why_not"] == "too few stops in the reference"


def test_the_natural_reference_goes_before_the_largest():
    lines = [*many("a", 6, "smoking=never"), *many("b", 9, "smoking=current")]
    table = ratios(lines).table.query("characteristic_id == 'smoking'").set_index("level")

    assert table.loc["never", "is_reference"]
    assert not table.loc["current", "is_reference"]


def test_identical_groups_have_a_ratio_of_one():
    lines = [*many("a", 8, "sex=female"), *many("b", 8, "sex=male")]
    row = ratios(lines).table.query("level == 'male' or level == 'female'")
    row = row[row["hazard_ratio"].notna()].iloc[0]

    assert row["hazard_ratio"] == pytest.approx(1)
    assert row["p_difference"] == pytest.approx(1)


def test_patients_whose_level_is_unknown_are_left_out():
    lines = [*many("a", 8, "smoking=never"), *many("b", 8, "smoking=current"), *many("c", 3, "")]
    table = ratios(lines).table.query("characteristic_id == 'smoking'")

    assert table["n"].sum() == 16
    assert "unknown" not in set(table["level"])


def test_a_manifestation_is_compared_with_those_seen_without_it():
    def seen(prefix, words, n=6):
        return [
            line
            for i, first in enumerate(many(prefix, n, ""))
            for line in (first, f"  {-1 - i % 5} {words}")
        ]

    lines = [*seen("a", "rash"), *seen("b", ""), *many("c", 6, "")]
    table = ratios(lines).table.query("characteristic_id == 'manifestation'")

    assert table["level"].tolist() == ["skin"]
    assert table["n"].tolist() == [6]
    assert table["hazard_ratio"].notna().all()
    # The six never seen at baseline are nobody's reference: with them it would not be one.
    assert table["hazard_ratio"].iloc[0] == pytest.approx(1)


def test_what_has_no_ratio_is_said_for_all():
    result = ratios(many("a", 4, "sex=female"))

    assert "Too few patients have stopped anifrolumab to compare groups" in result.finding


def test_the_number_of_comparisons_and_changing_ratios_are_noted():
    cohort = reference_cohort()
    result = estimate_retention_ratios(cohort, select_patients(cohort))

    assert "17 comparisons were made" in result.notes[0]
    assert "disease duration" in result.notes[1]
    assert "vasculitis" in result.finding


def test_no_p_is_shown_under_a_filter():
    cohort = reference_cohort()
    table = estimate_retention_ratios(
        cohort, select_patients(cohort, (("sex", ("female",)),))
    ).table

    assert table["hazard_ratio"].notna().any()
    assert table["p_difference"].isna().all()
    assert table["p_proportional"].isna().all()
