"""Flares: rates by hand, by year and state, the first one, recurrent ones, agreement."""

import numpy as np
import pytest

from lupus_outcomes.analysis.first_flare import (
    compare_flares,
    estimate_free_of_flares,
    estimate_time_to_flare,
)
from lupus_outcomes.analysis.flares import (
    estimate_flares,
    estimate_flares_by_state,
    estimate_flares_by_year,
)
from lupus_outcomes.analysis.intervals import compute_garwood
from lupus_outcomes.analysis.recurrent_flares import (
    estimate_flare_ratios,
    estimate_mean_flares,
    estimate_mean_flares_by,
)
from lupus_outcomes.derive.selection import select_patients
from tests.drawn import draw_cohort
from tests.reference_cohort import reference_cohort

YEAR = 365.25
# 730 days at risk each; flares in the first and in the second year.
TEXT = """
    anna: contact=730 sex=female
      0
      100  arthritis
      200
      flare 100 mild_moderate
      flare 400 severe
    bea: contact=730 sex=female
      0
      300
    carl: contact=730 sex=male
      0
      flare 50 mild_moderate
      flare 60 mild_moderate
      flare 70 mild_moderate
"""


@pytest.fixture(scope="module")
def drawn():
    return draw_cohort(TEXT)


@pytest.fixture(scope="module")
def everybody(drawn):
    return select_patients(drawn)


class TestRates:
    def test_all_flares_over_all_time_with_exact_limits(self, drawn, everybody):
        table = estimate_flares(drawn, everybody).table.set_index(["source", "severity"])
        row = table.loc[("recorded", "any")]
        limits = compute_garwood(5, 3 * 730 / YEAR, 100)

        assert row[["n_flares", "n_patients", "n"]].tolist() == [5, 2, 3]
        assert row["person_years"] == pytest.approx(3 * 730 / YEAR)
        assert row["rate_per_100py"] == pytest.approx(500 / (3 * 730 / YEAR))
        assert (row["ci_low"], row["ci_high"]) == pytest.approx((limits.low, limits.high))

    def test_severities_add_up(self):
        cohort = reference_cohort()
        table = estimate_flares(cohort, select_patients(cohort, (), "sex")).table
        wide = table.pivot_table(index=["source", "level"], columns="severity", values="n_flares")

        assert (wide["mild_moderate"] + wide["severe"] == wide["any"]).all()

    def test_levels_add_up_to_all(self):
        cohort = reference_cohort()
        table = estimate_flares(cohort, select_patients(cohort, (), "sex")).table
        for _, rows in table.groupby(["source", "severity"]):
            of_all = rows["group"] == "all"
            for name in ("n_flares", "n_patients", "person_years"):
                assert rows.loc[~of_all, name].sum() == pytest.approx(rows.loc[of_all, name].sum())

    def test_the_finding_tells_both_sources(self):
        cohort = reference_cohort()
        found = estimate_flares(cohort, select_patients(cohort))

        assert found.finding == (
            "Flares on the drug: recorded by clinicians 32.0 per 100 patient-years (177 flares in "
            "106 patients; 95 % CI 27.4–37.1), severe 5.6; derived from visits 45.2 per 100 "
            "patient-years (250 flares in 144 patients; 95 % CI 39.8–51.1), severe 2.7."
        )
        assert "349 of 1,659 visits" in " ".join(found.notes)
        assert "bliss_modified" in found.method

    def test_a_registry_without_recorded_flares_says_so(self):
        cohort = draw_cohort("anna:\n 0\n 90 arthritis")
        found = estimate_flares(cohort, select_patients(cohort))

        assert set(found.table["source"]) == {"derived"}
        assert "Clinicians' own flares are not recorded in this dataset." in found.notes

    def test_what_follows_is_then_of_derived_flares(self):
        cohort = draw_cohort("anna:\n 0\n 90 arthritis")
        selection = select_patients(cohort)

        assert estimate_time_to_flare(cohort, selection).id == "time_to_flare_derived"
        for estimate in (estimate_flares_by_year, estimate_flares_by_state, estimate_flare_ratios):
            table = estimate(cohort, selection).table
            assert set(table["source"]) == {"derived"}
            assert table["n_flares"].sum() == 1


class TestByYearAndState:
    def test_years_divide_flares_and_time(self, drawn, everybody):
        table = estimate_flares_by_year(drawn, everybody).table

        assert table["n_flares"].tolist() == [4, 1, 0, 0, 0]
        assert table["n"].tolist() == [3, 3, 0, 0, 0]
        assert table["person_years"].sum() == pytest.approx(3 * 730 / YEAR)
        assert table["rate_per_100py"].isna().tolist() == [False, False, True, True, True]

    def test_states_divide_flares_and_time(self):
        cohort = reference_cohort()
        selection = select_patients(cohort)
        whole = estimate_flares(cohort, selection, ("recorded",)).table.iloc[0]
        table = estimate_flares_by_state(cohort, selection).table

        assert table["n_flares"].sum() == whole["n_flares"]
        assert table["person_years"].sum() == pytest.approx(whole["person_years"])
        assert "DORIS 31.3 per 100 patient-years (51 flares in 39 patients" in (
            estimate_flares_by_state(cohort, selection).finding
        )

    def test_one_flare_is_in_the_singular(self, drawn, everybody):
        assert "(1 flare in 1 patient; " in estimate_flares_by_year(drawn, everybody).finding


class TestFirstFlare:
    def test_free_of_flares_by_hand(self, drawn, everybody):
        table = estimate_time_to_flare(drawn, everybody).table

        assert table["day"].tolist() == [50, 100, 730]
        assert table["survival"].tolist() == pytest.approx([2 / 3, 1 / 3, 1 / 3])
        assert table["n_censored"].tolist() == [0, 0, 1]

    def test_milestones_end_with_follow_up(self, drawn, everybody):
        table = estimate_free_of_flares(drawn, everybody).table.set_index("milestone_months")

        assert table.loc[12, "survival"] == pytest.approx(1 / 3)
        assert table["n_at_risk"].tolist() == [2, 1, 1, 0, 0, 0, 0]
        assert np.isnan(table.loc[36, "survival"])

    def test_the_file_of_derived_flares_has_its_own_name(self, drawn, everybody):
        assert estimate_time_to_flare(drawn, everybody).id == "time_to_flare"
        assert estimate_time_to_flare(drawn, everybody, "derived").id == "time_to_flare_derived"

    def test_nobody_followed_so_far_is_a_sentence(self):
        cohort = draw_cohort("anna: contact=30\n 0")
        found = estimate_free_of_flares(cohort, select_patients(cohort))

        assert found.finding == "Nobody has been followed for 12 months yet."


class TestRecurrent:
    def test_the_mean_number_by_hand(self, drawn, everybody):
        table = estimate_mean_flares(drawn, everybody).table

        assert table["day"].tolist() == [50, 60, 70, 100, 400, 730]
        assert table["mean_flares"].tolist() == pytest.approx(np.array([1, 2, 3, 4, 5, 5]) / 3)
        assert table["flares_low"].lt(table["mean_flares"]).all()

    def test_by_milestones(self, drawn, everybody):
        table = estimate_mean_flares_by(drawn, everybody).table.set_index("milestone_months")

        assert table.loc[12, "mean_flares"] == pytest.approx(4 / 3)
        assert table.loc[12, ["n_flares", "n_at_risk"]].tolist() == [4, 3]
        assert np.isnan(table.loc[36, "mean_flares"])

    def test_flares_hardly_more_varied_than_chance_are_fitted_all_the_same(self):
        cohort = reference_cohort()
        row = estimate_flare_ratios(cohort, select_patients(cohort)).table.iloc[0]

        # glm.nb of R's MASS 7.3: 0.3198585, at a theta it stops short of.
        assert row["fit"] == "converged"
        assert row["theta"] > 800
        assert row["rate_per_100py"] == pytest.approx(31.98585, abs=5e-4)

    def test_ratios_are_to_the_first_level(self):
        cohort = reference_cohort()
        found = estimate_flare_ratios(cohort, select_patients(cohort, (), "smoking"), "derived")
        table = found.table.set_index("level")
        rates, ratios = table["rate_per_100py"], table["rate_ratio"]
        reference = ratios[ratios == 1].index[0]

        assert np.isnan(ratios["all"])
        # One dispersion for all levels or one each: nearly the same ratio.
        np.testing.assert_allclose(
            ratios.drop("all"), rates.drop("all") / rates[reference], rtol=0.05
        )

    def test_groups_that_share_patients_are_not_compared(self):
        cohort = reference_cohort()
        found = estimate_flare_ratios(
            cohort, select_patients(cohort, (), "manifestation"), "derived"
        )

        assert found.table["rate_ratio"].isna().all()
        assert "Groups share patients, so they are not compared." in found.notes

    def test_no_flares_is_a_sentence(self):
        cohort = draw_cohort("anna:\n 0\n 90")
        found = estimate_flare_ratios(cohort, select_patients(cohort), "derived")

        assert found.finding == "There are no such flares."


class TestAgreement:
    def test_periods_are_cross_tabulated(self):
        cohort = reference_cohort()
        found = compare_flares(cohort, select_patients(cohort))
        row = found.table.iloc[0]

        assert row[["n_both", "n_only_derived", "n_only_recorded", "n_no_flare"]].tolist() == [
            29, 221, 92, 828,
        ]  # fmt: skip
        assert row["n_periods"] == 1170
        assert "Recorded flares after the last such visit, in no period: 40." in found.notes

    def test_no_visit_to_judge_is_a_sentence(self):
        cohort = draw_cohort("anna:\n 0")

        assert compare_flares(cohort, select_patients(cohort)).finding == (
            "At no visit on the drug can a flare be judged."
        )
