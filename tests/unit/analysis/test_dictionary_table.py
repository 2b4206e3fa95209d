"""The dictionary in words, and how much of it a drawn dataset fills."""

import pytest

from lupus_outcomes.analysis.dictionary_table import declared_columns, describe_coverage
from lupus_outcomes.derive.selection import select_patients
from lupus_outcomes.dictionary import every_column
from tests.drawn import draw_cohort

DRAWN = """
    anna:
      0   ga=1.5
      90  ga=?
    bea:
      0   ga=?
      90  ga=?
"""


@pytest.fixture(scope="module")
def cohort():
    return draw_cohort(DRAWN)


def coverage(cohort, **asked):
    result = describe_coverage(cohort, select_patients(cohort), **asked)
    return result.table.set_index(["table", "column"])


def test_every_column_is_declared_once():
    declared = declared_columns()

    assert len(declared) == sum(1 for _ in every_column())
    assert not declared.duplicated(["table", "column"]).any()
    assert (declared["meaning"] != "").all()


def test_ranges_and_codes_in_words():
    declared = declared_columns().set_index(["table", "column"])

    assert declared.loc[("visits", "physician_ga"), "range"] == "0 to 3"
    assert declared.loc[("visits", "eq5d_index"), "range"] == "−1 to 1"
    assert declared.loc[("patients", "months_of_history"), "range"] == "from 0"
    assert declared.loc[("visits", "sledai_2k"), "type"] == "whole number"
    assert declared.loc[("infusions", "route"), "codes"] == "iv, sc; empty means iv"
    assert declared.loc[("visits", "visit_date"), "mandatory"] == "yes"


def test_the_share_filled_counts_rows_with_a_value(cohort):
    table = coverage(cohort)

    assert table.loc[("visits", "physician_ga"), ["n_filled", "missing"]].tolist() == [1, 3]
    assert table.loc[("visits", "visit_date"), "proportion_filled"] == 1
    assert table.loc[("patients", "index_date"), "proportion_filled"] == 1
    assert table.loc[("visits", "pain_vas"), "collected"] == "no"


def test_what_is_assumed_is_said():
    cohort = draw_cohort(
        "anna:\n 0 phone sledai_2k=4\n 90 phone sledai_2k=2", investigational_drug=False
    )

    assert coverage(cohort).loc[("visits", "investigational_drug"), "collected"] == "assumed no"


def test_a_table_and_words_narrow_it(cohort):
    assert set(coverage(cohort, table="flares").index.get_level_values("table")) == {"flares"}
    clasi = coverage(cohort, table="visits", words="ClAsI ")
    assert clasi.index.get_level_values("column").tolist() == ["clasi_activity", "clasi_damage"]


def test_nothing_found_is_said(cohort):
    result = describe_coverage(cohort, select_patients(cohort), words="no such words")

    assert result.table.empty
    assert result.finding == "No column matches."
