"""What the dataset holds and lacks, by hand; findings without a value."""

from dataclasses import replace

from lupus_outcomes.analysis.dataset_report import (
    MOST_ROWS_LISTED,
    describe_blind_spots,
    describe_findings,
    describe_not_collected,
    describe_tables,
)
from lupus_outcomes.data.findings import Finding
from lupus_outcomes.derive.selection import select_patients
from tests.drawn import draw_cohort

DRAWN = """
    anna:
      0
      90   haemolytic_anaemia
    bea:
      0    rash haemolytic_anaemia
      90   gastrointestinal_activity
"""


def drawn(text=DRAWN, **assume):
    cohort = draw_cohort(text, **assume)
    return cohort, select_patients(cohort)


def with_findings(*findings):
    cohort, selection = drawn()
    return replace(cohort, dataset=replace(cohort.dataset, findings=findings)), selection


def test_tables_count_rows_patients_and_columns():
    table = describe_tables(*drawn()).table.set_index("table")

    assert table.loc["visits", ["n_rows", "n_patients"]].tolist() == [4, 2]
    assert table.loc["samples", ["n_rows", "columns_filled"]].tolist() == [0, 0]


def test_remission_with_unseen_activity_names_the_rows_of_the_file():
    result = describe_blind_spots(*drawn())
    table = result.table.set_index("activity")

    # Bea's first visit has a rash and is not in remission.
    assert table.loc["Haemolytic anaemia", ["n_visits", "rows"]].tolist() == [1, "3"]
    assert table.loc["Gastrointestinal activity", ["n_visits", "rows"]].tolist() == [1, "5"]
    assert "haemolytic anaemia at 1, gastrointestinal activity at 1" in result.finding


def test_findings_keep_place_rule_and_way_out():
    aside = Finding(
        "set_aside", "range", "visits", "physician_ga", (4, 9), "out of 0–3", "Mend it."
    )
    query = Finding("query", "often_missing", "visits", "pain_vas", (2,), "missing", "Ask.")
    cohort, selection = with_findings(aside, query)
    result = describe_findings(cohort, selection)

    assert result.table["rows"].tolist() == ["4 9", "2"]
    assert result.finding.startswith("2 findings: 1 setting aside in 2 rows")
    assert "1 query in 1 row (" in result.finding


def test_findings_of_one_table():
    query = Finding("query", "order", "flares", "flare_date", (2,), "early", "Look.")
    cohort, selection = with_findings(query)

    assert describe_findings(cohort, selection, "visits").finding == "Nothing was found wrong."
    assert len(describe_findings(cohort, selection, "flares").table) == 1


def test_a_cell_of_a_workbook_can_hold_the_rows():
    many = Finding("query", "order", "visits", "", tuple(range(2, 100_000)), "m", "w")
    rows = describe_findings(*with_findings(many)).table["rows"].iloc[0]

    assert len(rows) < 32_767
    assert rows.endswith(f"and {99_998 - MOST_ROWS_LISTED} more")


def test_an_absent_column_names_what_it_disables():
    result = describe_not_collected(*drawn())
    table = result.table.set_index(["table", "column"])

    assert "SRI-4" in table.loc[("visits", "bilag_mucocutaneous"), "cannot_be_told"]
    assert ("visits", "rash") not in table.index
    assert result.table["cannot_be_told"].iloc[0] != ""
