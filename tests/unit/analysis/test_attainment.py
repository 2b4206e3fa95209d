"""Attainment: every patient due has one fate, groups add up, the words carry the numbers."""

import numpy as np
import pytest

from lupus_outcomes.analysis.attainment import COLUMNS, estimate_attainment
from lupus_outcomes.derive.outcomes import HANDLINGS
from lupus_outcomes.derive.selection import parse_filters, select_patients
from lupus_outcomes.derive.visits import Definitions
from lupus_outcomes.indices.doris import DorisOptions
from tests.drawn import draw_cohort
from tests.reference_cohort import reference_cohort

FATES = ["n_assessed", "n_undecided", "n_missed", "n_stopped", "n_died", "n_lost"]
COUNTS = [*FATES, "n_enrolled", "n_due", "n_pending", "n_not_due", "n", "responders"]
KEY = ["endpoint", "timepoint_months", "handling"]


def attainment(cohort, *filters, group=None, **how):
    selection = select_patients(cohort, parse_filters(filters), group)
    return estimate_attainment(cohort, selection, **how)


@pytest.fixture(scope="module")
def whole():
    return attainment(reference_cohort()).table


def test_the_columns_of_the_contract_come_first(whole):
    assert list(whole.columns[:13]) == [
        "endpoint", "timepoint_months", "handling", "group", "level", "n_enrolled", "n_due",
        "n_assessed", "n", "responders", "proportion", "ci_low", "ci_high",
    ]  # fmt: skip


def test_one_row_an_endpoint_handling_and_time_point(whole):
    cohort = reference_cohort()

    assert not whole.duplicated(KEY).any()
    assert len(whole) == len(cohort.outcomes) * len(HANDLINGS) * len(cohort.protocol.timepoints)
    assert whole["timepoint_months"].unique().tolist() == [3, 6, 12, 24, 36, 48, 60]


def test_everyone_due_has_one_fate(whole):
    assert (whole[FATES].sum(axis=1) == whole["n_due"]).all()
    outside = whole["n_pending"] + whole["n_not_due"]
    assert (whole["n_due"] + outside == whole["n_in_denominator"]).all()
    assert (whole["n_in_denominator"] <= whole["n_enrolled"]).all()


def test_the_denominator_of_each_handling(whole):
    by = {handling: rows.reset_index() for handling, rows in whole.groupby("handling")}

    assert (by["nri"]["n"] == by["nri"]["n_due"]).all()
    assert (by["observed"]["n"] == by["observed"]["n_assessed"]).all()
    assert (by["treatment_policy"]["n"] >= by["observed"]["n"]).all()
    assert (by["locf"]["n"] >= by["observed"]["n"]).all()
    assert (by["nri"]["responders"] == by["observed"]["responders"]).all()


def test_exclusive_groups_add_up_to_all(whole):
    grouped = attainment(reference_cohort(), group="centre").table
    centres = grouped[grouped["group"] == "centre"].groupby(KEY)[COUNTS].sum()
    everyone = grouped[grouped["group"] == "all"].set_index(KEY)[COUNTS]

    assert centres.loc[everyone.index].equals(everyone)
    assert everyone.equals(whole.set_index(KEY)[COUNTS])


def test_overlapping_groups_do_not():
    cohort = draw_cohort("""
        both:
          0    rash arthritis
          180
        none:
          0
          180
    """)
    rows = attainment(cohort, group="manifestation", endpoints=("doris",), handlings=("nri",)).table
    at_6 = rows[rows["timepoint_months"] == 6].set_index("level")["n_due"]

    assert at_6.to_dict() == {"all": 2, "skin": 1, "joints": 1}


def test_a_filter_leaves_what_its_group_shows():
    cohort = reference_cohort()
    filtered = attainment(cohort, "centre=Centre 01").table.drop(columns=["group", "level"])
    grouped = attainment(cohort, group="centre").table
    of_group = grouped[grouped["level"] == "Centre 01"].drop(columns=["group", "level"])
    ours, theirs = (frame.set_index(KEY).sort_index() for frame in (filtered, of_group))

    assert ours.equals(theirs)


def test_only_what_is_asked():
    table = attainment(reference_cohort(), endpoints=("lldas",), handlings=("observed",)).table

    assert table["endpoint"].unique().tolist() == ["lldas"]
    assert table["handling"].unique().tolist() == ["observed"]


def test_nobody_in_the_denominator_is_not_estimable():
    cohort = draw_cohort("anna:\n 0\n 180")
    row = attainment(cohort, endpoints=("glucocorticoid_off",)).table.iloc[0]

    assert (row["n_due"], row["n"]) == (0, 0)
    assert np.isnan([row["proportion"], row["ci_low"], row["ci_high"]]).all()


class TestWords:
    def test_the_finding_has_proportion_count_limits_and_handling(self):
        found = attainment(reference_cohort()).finding

        assert found.startswith(
            "At 12 months: DORIS remission 33 % (71 of 217; 95 % CI 27–39), "
            "LLDAS 36 % (78 of 217; 95 % CI 30–43); "
        )
        assert found.endswith("(non-responder imputation).")

    def test_it_names_the_filter(self):
        found = attainment(reference_cohort(), "centre=Centre 01").finding

        assert found.startswith("At 12 months (Centre: Centre 01): DORIS remission ")

    def test_it_does_not_claim_an_effect_or_a_cause(self):
        result = attainment(reference_cohort())

        for word in ("effect", "predict", "because", "caused", "superior"):
            assert word not in (result.finding + result.method + result.denominator).lower()

    def test_before_anybody_is_due(self):
        cohort = draw_cohort("anna:\n 0", as_of=10)

        assert attainment(cohort).finding == "Nobody is due at any time point yet."

    def test_where_nobody_due_could_be_judged(self):
        cohort = draw_cohort("anna:\n 0\n 180 ga=?\n 365 ga=?")
        found = attainment(cohort, endpoints=("doris",), handlings=("observed",)).finding

        assert "DORIS remission could be judged in none of the 1 patients due" in found

    def test_at_the_nearest_time_point_reached(self):
        found = attainment(draw_cohort("anna:\n 0\n 180", as_of=300)).finding

        assert found.startswith("At 6 months: DORIS remission 100 % (1 of 1; 95 % CI 21–100)")

    def test_what_cannot_be_told_is_noted_with_the_missing_column(self):
        result = attainment(draw_cohort("anna:\n 0 treatment_stable=?\n 180 treatment_stable=?"))

        assert "doris" not in set(result.table["endpoint"])
        assert result.notes[0] == (
            "DORIS remission cannot be told in this dataset: it lacks visits.treatment_stable."
        )

    def test_an_assumption_is_noted(self):
        text = "anna:\n 0 treatment_stable=?\n 180 treatment_stable=?"
        result = attainment(draw_cohort(text, treatment_stable=True), endpoints=("doris",))

        assert result.notes == (
            "Assumed throughout, because the registry does not collect it: treatment stable = yes.",
        )


def test_a_definition_changes_the_numbers_but_not_who_is_due():
    text = "anna:\n 0 dose=10\n 180 dose=5"
    strict = draw_cohort(text, definitions=Definitions(doris=DorisOptions(glucocorticoid="<5")))
    rows = [attainment(c, endpoints=("doris",)).table.iloc[1] for c in (draw_cohort(text), strict)]

    assert [row["n_due"] for row in rows] == [1, 1]
    assert [row["responders"] for row in rows] == [1, 0]


def test_an_empty_result_has_its_columns():
    table = attainment(draw_cohort("anna:"), endpoints=("bicla",)).table

    assert list(table.columns) == list(COLUMNS)
    assert table.empty
