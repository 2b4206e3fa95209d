"""Time to response: curves by hand on drawn patients, words, groups, and methods beside another."""

import numpy as np
import pytest

from lupus_outcomes.analysis.response_curves import METHODS, estimate_rise
from lupus_outcomes.analysis.response_methods import METHODS_DISAGREE_BY, compare_response_methods
from lupus_outcomes.analysis.time_to_response import (
    CURVE_COLUMNS,
    MILESTONE_COLUMNS,
    MILESTONES,
    estimate_response_curves,
    estimate_response_medians,
    estimate_responses,
    estimate_time_to_response,
)
from lupus_outcomes.derive.response_times import derive_endpoint_times
from lupus_outcomes.derive.selection import select_patients
from tests.drawn import draw_cohort
from tests.reference_cohort import reference_cohort

LE5 = ("glucocorticoid_le5",)
# Of five at risk: responses on days 100 and 300, a stop on day 200, two censored on days 250, 400.
FIVE = """
    anna: sex=female
      0    dose=10
      100  dose=5
    bea: sex=female
      0    dose=10
      150  dose=10
      300  dose=5
    carl: stop=200/adverse_event sex=male
      0    dose=10
      180  dose=10
      220  dose=5
    dora: sex=female
      0    dose=10
      250  dose=10
    emil: sex=male
      0    dose=10
      400  dose=10
    already: sex=female
      0    dose=5
      100  dose=5
"""


@pytest.fixture(scope="module")
def five():
    return draw_cohort(FIVE)


@pytest.fixture(scope="module")
def whole():
    cohort = reference_cohort()
    return list(estimate_responses(cohort, select_patients(cohort)))


def at(cohort, months, method="kaplan_meier", definition="first"):
    table = estimate_time_to_response(cohort, select_patients(cohort), LE5).table
    row = (
        (table["milestone_months"] == months)
        & (table["method"] == method)
        & (table["definition"] == definition)
    )
    return table[row].iloc[0]


class TestByHand:
    def test_kaplan_meier_censors_at_the_stop(self, five):
        assert at(five, 6)["probability"] == pytest.approx(1 / 5)
        # Bea's response finds herself and Emil at risk: Carl stopped, Dora was last seen before.
        assert at(five, 12)["probability"] == pytest.approx(1 - 4 / 5 * 1 / 2)

    def test_aalen_johansen_counts_those_who_stopped_as_not_responding(self, five):
        at_300 = 4 / 5 * 3 / 4  # neither responded nor stopped before

        assert at(five, 12, "aalen_johansen")["probability"] == pytest.approx(1 / 5 + at_300 / 2)

    def test_the_counts_behind_it(self, five):
        row = at(five, 12)

        assert row[["n", "n_responded", "n_at_risk"]].tolist() == [5, 2, 1]

    def test_after_the_last_day_a_curve_stays_where_it_is(self, five):
        assert at(five, 60)["probability"] == at(five, 12)["probability"]
        assert at(five, 60)["n_at_risk"] == 0

    def test_one_visit_is_not_sustained(self, five):
        assert at(five, 60, definition="sustained_2")["probability"] == 0

    def test_medians_with_the_counts(self, five):
        table = estimate_response_medians(five, select_patients(five), LE5, ("first",)).table
        row = table[table["method"] == "kaplan_meier"].iloc[0]

        assert row["median_months"] == pytest.approx(300 / 30.4375)
        assert row[["n", "n_responded", "n_stopped_first", "n_attained_before"]].tolist() == [
            5, 2, 1, 1,
        ]  # fmt: skip

    def test_the_curve_has_a_row_for_each_day_that_ends_a_follow_up(self, five):
        table = estimate_response_curves(five, select_patients(five), LE5, ("first",)).table
        days = table[table["method"] == "aalen_johansen"].set_index("day")

        assert days.index.tolist() == [100, 200, 250, 300, 400]
        assert days["n_events"].tolist() == [1, 0, 0, 1, 0]
        assert days["n_stopped"].tolist() == [0, 1, 0, 0, 0]
        assert days["n_censored"].tolist() == [0, 0, 1, 0, 1]


class TestTurnbull:
    def test_a_response_between_two_visits_may_have_begun_any_day(self):
        cohort = draw_cohort("anna:\n 0 dose=10\n 100 dose=10\n 300 dose=5")
        rise = estimate_rise(derive_endpoint_times(cohort, LE5[0]), np.array([True]), "turnbull")

        # Spread evenly over days 101 to 300.
        assert float(rise.on(182)[0]) == pytest.approx(82 / 200)
        assert float(rise.on(300)[0]) == pytest.approx(1)

    def test_responses_are_seen_later_than_they_begin(self):
        cohort = reference_cohort()
        everybody = np.ones(cohort.n_patients, dtype=bool)
        times = derive_endpoint_times(cohort, "doris")
        by_visit = estimate_rise(times, everybody, "kaplan_meier")
        between = estimate_rise(times, everybody, "turnbull")
        day = np.array([91, 182, 365])

        assert (between.on(day)[0] > by_visit.on(day)[0]).all()


class TestEveryCurve:
    def test_the_columns_of_the_files(self, whole):
        milestones, curves, _ = (result.table for result in whole)

        assert tuple(milestones.columns) == MILESTONE_COLUMNS
        assert tuple(curves.columns) == CURVE_COLUMNS
        assert [result.id for result in whole] == [
            "time_to_response",
            "time_to_response_curve",
            "time_to_response_medians",
        ]
        assert len(milestones) == 11 * 2 * 3 * len(MILESTONES)

    def test_they_rise_from_0_to_at_most_1_within_their_limits(self, whole):
        curves = whole[1].table
        for _, curve in curves.groupby(["endpoint", "definition", "method"]):
            assert curve["day"].is_monotonic_increasing
            assert (curve["probability"].diff().dropna() >= -1e-9).all()
            assert curve["probability"].between(0, 1 + 1e-9).all()
            known = curve.dropna(subset=["ci_low", "ci_high"])
            assert (known["ci_low"] <= known["probability"] + 1e-9).all()
            assert (known["ci_high"] >= known["probability"] - 1e-9).all()

    def test_stopping_first_can_only_lower_the_share(self, whole):
        wide = whole[0].table.pivot_table(
            index=["endpoint", "definition", "milestone_months"],
            columns="method",
            values="probability",
        )

        assert (wide["aalen_johansen"] <= wide["kaplan_meier"] + 1e-12).all()

    def test_sustained_is_never_more_than_first(self, whole):
        wide = whole[0].table.pivot_table(
            index=["endpoint", "method", "milestone_months"],
            columns="definition",
            values="n_responded",
        )

        assert (wide["sustained_2"] <= wide["first"]).all()

    def test_what_cannot_be_told_is_said(self, whole):
        assert "SRI-4 cannot be told in this dataset: it lacks" in " ".join(whole[0].notes)


class TestWords:
    def test_the_finding_has_share_limits_n_and_median(self):
        cohort = reference_cohort()
        found = estimate_time_to_response(cohort, select_patients(cohort))

        assert found.finding == (
            "By 12 months: DORIS remission 49 % (95 % CI 42–56; 240 not in it at baseline), half "
            "by 12.1 months (95 % CI 11.5–17.7); LLDAS 66 % (95 % CI 59–72; 240 not in it at "
            "baseline), half by 6.5 months (95 % CI 6.0–9.1). Kaplan–Meier, stopping anifrolumab "
            "censors."
        )

    def test_nobody_at_risk_is_a_sentence(self):
        cohort = draw_cohort("anna:\n 0 dose=0")
        found = estimate_time_to_response(cohort, select_patients(cohort), LE5)

        assert found.finding == "Nobody is at risk: all had attained it at baseline already."
        assert found.table["probability"].isna().all()

    def test_no_endpoint_is_a_sentence(self, five):
        found = estimate_time_to_response(five, select_patients(five), ())

        assert found.finding == "No endpoint is chosen that this dataset can tell."
        assert found.table.empty


class TestGroups:
    def test_levels_are_compared_by_log_rank(self, five):
        found = estimate_response_medians(five, select_patients(five, (), "sex"), LE5)

        assert found.table["level"].unique().tolist() == ["all", "female", "male"]
        assert "log-rank test, stopping censored, p = " in found.finding

    def test_no_p_value_under_a_filter(self, five):
        selection = select_patients(five, (("sex", ("female", "male")),), "sex")
        found = estimate_response_medians(five, selection, LE5)

        assert "p = " not in found.finding
        assert any("hidden while a filter is on" in note for note in found.notes)

    def test_overlapping_groups_are_not_compared(self):
        cohort = reference_cohort()
        selection = select_patients(cohort, (), "manifestation")

        found = estimate_response_medians(cohort, selection, ("doris",), ("first",), METHODS[:1])
        assert found.finding.startswith("Attained: DORIS remission half by ")
        assert "log-rank" not in found.finding

    def test_the_sentence_says_by_when_half_have_responded(self, five):
        found = estimate_response_medians(five, select_patients(five), LE5, ("first",), METHODS[:1])
        row = found.table.iloc[0]

        assert f"half by {row['median_months']:.1f} months" in found.finding
        assert f"{row['n']} not in it at baseline" in found.finding


class TestMethods:
    def test_a_large_difference_is_explained(self):
        cohort = reference_cohort()
        found = compare_response_methods(cohort, select_patients(cohort), ("doris",))
        at_year = found.table.set_index("milestone_months").loc[12]

        assert at_year["largest_difference"] == pytest.approx(0.090, abs=5e-4)
        assert "Kaplan–Meier 49 %, Aalen–Johansen 45 %, Turnbull 54 %" in found.finding
        assert "differ by more than 5 percentage points at month 6, 12, 24, 36" in found.finding
        assert "had nobody stopped" in found.finding

    def test_no_difference_is_said_too(self):
        often = "\n".join(f" {day} dose=10" for day in range(100))
        cohort = draw_cohort("\n".join(f"p{n}:\n{often}\n {100 + n} dose=5" for n in range(3)))
        found = compare_response_methods(cohort, select_patients(cohort), LE5)

        assert found.table["largest_difference"].max() <= METHODS_DISAGREE_BY
        assert "At no milestone do the methods differ by more than 5" in found.finding

    def test_no_endpoint_is_a_sentence(self, five):
        found = compare_response_methods(five, select_patients(five), ())

        assert found.table.empty
        assert found.finding == "No endpoint is chosen that this dataset can tell."
