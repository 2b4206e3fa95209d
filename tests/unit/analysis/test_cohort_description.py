"""Who is in the registry, who meets the criteria, what is missing: counted on drawn patients."""

import numpy as np

from lupus_outcomes.analysis.attrition import describe_attrition
from lupus_outcomes.analysis.completeness import describe_denominators
from lupus_outcomes.analysis.describe import describe_baseline
from lupus_outcomes.analysis.enrolment import describe_centres, describe_enrolment
from lupus_outcomes.analysis.missing import describe_missing, describe_missing_by_centre
from lupus_outcomes.derive.selection import select_patients
from lupus_outcomes.release.disclosure import find_small_counts
from tests.drawn import draw_cohort
from tests.reference_cohort import reference_cohort

THREE = """
anna: centre=West sex=female index=2020-01-10
  0
  180 ga=?
bea: centre=West sex=female index=2020-03-01
  0 ga=?
  180
cleo: centre=Lucca sex=male index=2020-03-20
  0
"""


def described(describe, text=THREE, group=None, filters=(), **how):
    cohort = draw_cohort(text, cut=400)
    return describe(cohort, select_patients(cohort, filters, group), **how)


class TestEnrolment:
    def test_every_month_counts_also_an_empty_one(self):
        table = described(describe_enrolment).table
        assert table.iloc[:3][["month", "n", "n_cumulative"]].to_numpy().tolist() == [
            ["2020-01", 1, 1],
            ["2020-02", 0, 1],
            ["2020-03", 2, 3],
        ]
        assert table["month"].iloc[-1] == "2021-02"
        assert (table["n_cumulative"].iloc[3:] == 3).all()

    def test_it_says_whether_the_plan_is_reached(self):
        assert described(describe_enrolment).finding == (
            "3 patients at 2 centres since 2020-01-10; 150 are planned."
        )
        cohort = reference_cohort()
        found = describe_enrolment(cohort, select_patients(cohort)).finding
        assert found.endswith("; the planned 150 were reached in 2023-12.")

    def test_under_a_filter_nothing_is_planned(self):
        result = described(describe_enrolment, filters=(("sex", ("female",)),))
        assert result.table["planned"].isna().all()
        assert result.finding == (
            "2 of 3 enrolled patients (Sex: female) at 1 centre since 2020-01-10."
        )

    def test_centres_the_largest_first(self):
        result = described(describe_centres)
        assert result.table[["centre", "n"]].to_numpy().tolist() == [["West", 2], ["Lucca", 1]]
        assert result.finding == "West has most, 2 of 3 patients (67 %); Lucca fewest, 1."


class TestBaseline:
    def test_its_first_row_is_the_number_of_patients(self):
        first = described(describe_baseline, group="sex").table.iloc[0]
        assert first[["characteristic", "summary", "female", "male"]].tolist() == [
            "Patients",
            "3",
            "2",
            "1",
        ]

    def test_a_grouping_is_not_compared_with_itself(self):
        assert "Sex" in described(describe_baseline).table["characteristic"].tolist()
        grouped = described(describe_baseline, group="sex").table
        assert "Sex" not in grouped["characteristic"].tolist()

    def test_the_measurement_that_was_cut_into_groups_has_no_difference(self):
        cohort = reference_cohort()
        result = describe_baseline(cohort, select_patients(cohort, group="baseline_dose"))
        dose = result.table.set_index("characteristic").loc["Prednisone equivalent, mg/day"]
        assert np.isnan(dose["smd"])

    def test_small_groups_are_flagged(self):
        cohort = reference_cohort()
        table = describe_baseline(cohort, select_patients(cohort, group="sex")).table
        row = table[(table["level"] == "muscle")].iloc[0]
        assert (row["male"], row["n_fewest"]) == ("3 (10 %)", 3)
        assert find_small_counts(table)[row.name]

    def test_the_largest_difference_is_said(self):
        cohort = reference_cohort()
        found = describe_baseline(cohort, select_patients(cohort, group="sex")).finding
        assert (
            "By sex, groups differ most in Manifestations at baseline: muscle (SMD 0.32)" in found
        )


class TestAttrition:
    def test_unknown_stays_and_is_named(self):
        drawn = "anna: age_years=30\n 0 rash\nbea: age_years=12\n 0 rash\ncleo:\n 0 rash"
        result = described(describe_attrition, drawn)
        adult = result.table.iloc[1]
        assert adult[["n_remaining", "n_excluded", "n_unknown"]].tolist() == [2, 1, 1]
        assert "could not be judged on “" in result.finding
        assert "intention to treat: all 3 enrolled are in it" in result.finding


class TestDenominators:
    def test_the_parts_add_up(self):
        cohort = reference_cohort()
        table = describe_denominators(cohort, select_patients(cohort), "lldas").table
        parts = ["n_assessable", "n_undecided", "n_not_seen", "n_pending", "n_not_due"]
        assert (table[parts].sum(axis=1) == table["n"]).all()
        assert (table["n_seen"] == table["n_assessable"] + table["n_undecided"]).all()

    def test_outside_the_denominator_nobody_is_due(self):
        cohort = reference_cohort()
        result = describe_denominators(cohort, select_patients(cohort), "clasi50")
        assert result.table["n"].unique().tolist() == [56]
        assert result.denominator == (
            "the 56 selected patients with CLASI activity of at least 10 at baseline"
        )

    def test_an_endpoint_without_its_columns_cannot_be_told(self):
        cohort = reference_cohort()
        result = describe_denominators(cohort, select_patients(cohort), "bicla")
        assert result.table.empty
        assert "cannot be told for anybody in this dataset: it lacks" in result.finding


class TestMissing:
    def test_cells_by_time_point(self):
        table = described(describe_missing).table
        ga = table[table["column"] == "physician_ga"].set_index("timepoint")
        counts = ga[["n_missing", "n_visits"]]
        assert counts.loc["baseline"].tolist() == [1, 3]
        assert counts.loc["6 months"].tolist() == [1, 2]
        assert counts.loc["all visits"].tolist() == [2, 5]

    def test_cells_by_centre(self):
        result = described(describe_missing_by_centre)
        ga = result.table[result.table["column"] == "physician_ga"].set_index("centre")
        assert ga["proportion"].to_dict() == {"West": 0.5, "Lucca": 0.0, "all visits": 0.4}
        assert result.finding == (
            "Centres differ most in Physician global assessment: missing at 50 % of 4 visits at "
            "West, at 0 % of 1 at Lucca."
        )

    def test_what_was_never_collected_is_said_first(self):
        notes = described(describe_missing).notes
        assert notes[0].startswith("Never collected, so not shown below: ")
        assert "BILAG-2004 (all 9 columns)" in notes[0]
        table = described(describe_missing).table
        assert "bilag_renal" not in set(table["column"])

    def test_the_worst_column_comes_first(self):
        table = described(describe_missing).table
        assert table["column"].iloc[0] == "physician_ga"
        assert described(describe_missing).finding.startswith(
            "At 5 visits, most often missing: Physician global assessment (40 %)"
        )
