"""What is in a dataset and what was wrong with it: counts and places, never a value."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from lupus_outcomes.analysis.result import Result
from lupus_outcomes.data.findings import SEVERITIES, SEVERITY_WORDS, Finding
from lupus_outcomes.derive.cohort import Cohort
from lupus_outcomes.derive.columns import three_valued
from lupus_outcomes.derive.selection import Selection
from lupus_outcomes.dictionary import TABLES, every_column, label_of
from lupus_outcomes.endpoints import ENDPOINTS
from lupus_outcomes.indices.doris import query_blind_spot
from lupus_outcomes.indices.three_valued import TRUE

# A spreadsheet cell holds 32,767 characters.
MOST_ROWS_LISTED = 3_000
BLIND_SPOTS = ("haemolytic_anaemia", "gastrointestinal_activity")
SEVERITY_NAMES = {
    "error": ("error", "errors"),
    "set_aside": ("setting aside", "settings aside"),
    "query": ("query", "queries"),
}
WHOLE_DATASET = "the whole dataset, before the data cut and without filters"


def describe_tables(cohort: Cohort, selection: Selection) -> Result:
    """Rows, patients and columns with values of each table."""
    dataset = cohort.dataset
    rows = []
    for name, schema in TABLES.items():
        frame = dataset.tables[name]
        filled = sum(f"{name}.{column}" not in dataset.not_collected for column in schema.columns)
        patient = frame.index if name == "patients" else frame["patient"]
        rows.append(
            {
                "table": name,
                "title": schema.title,
                "n_rows": len(frame),
                "n_patients": int(patient.nunique()),
                "columns_filled": filled if len(frame) else 0,
                "columns_declared": len(schema.columns),
            }
        )
    table = pd.DataFrame(rows)
    n_errors, n_aside, n_queries = (
        sum(finding.severity == severity for finding in dataset.findings) for severity in SEVERITIES
    )
    found = (
        f" Found: {n_errors} errors, {n_aside} rules broken by values that were set aside, "
        f"{n_queries} queries."
    )
    if dataset.centres is not None:
        found = ""
    return Result(
        id="dataset_tables",
        title="Tables of the dataset",
        finding=(
            f"{len(dataset.patients):,} patients with {len(dataset.tables['visits']):,} visits, "
            f"data cut {dataset.data_cut.isoformat()}.{found}"
        ),
        table=table,
        n_patients=selection.n_patients,
        denominator=WHOLE_DATASET,
        method="A column counts as filled when at least one of its rows has a value.",
    )


def describe_findings(cohort: Cohort, selection: Selection, table: str | None = None) -> Result:
    """Every finding with its rule, place, rows, message and way out; ``table``: only of it."""
    found = [f for f in cohort.dataset.findings if table in (None, f.table)]
    rows = [_finding_row(finding) for finding in found]
    return Result(
        id="findings",
        title="What was wrong with the dataset",
        finding=findings_in_words(found),
        table=pd.DataFrame(rows, columns=list(FINDING_COLUMNS)),
        n_patients=selection.n_patients,
        denominator=WHOLE_DATASET,
        method=(
            "Rows are numbered as a spreadsheet numbers them: the header is row 1. Values are "
            "never listed. The same list comes from lupus-outcomes check DATASET."
        ),
    )


FINDING_COLUMNS = ("severity", "rule", "table", "column", "n_rows", "rows", "message", "way_out")


def _finding_row(finding: Finding) -> dict[str, object]:
    return {
        "severity": finding.severity,
        "rule": finding.rule,
        "table": finding.table,
        "column": finding.column,
        "n_rows": len(finding.rows),
        "rows": _listed(finding.rows),
        "message": finding.message,
        "way_out": finding.way_out,
    }


def _listed(rows: tuple[int, ...]) -> str:
    listed = " ".join(str(row) for row in rows[:MOST_ROWS_LISTED])
    more = len(rows) - MOST_ROWS_LISTED
    return f"{listed} and {more} more" if more > 0 else listed


def findings_in_words(found: Sequence[Finding]) -> str:
    """How many there are of each severity, and what becomes of the values."""
    if not found:
        return "Nothing was found wrong."
    parts = []
    for severity in SEVERITIES:
        of_it = [f for f in found if f.severity == severity]
        if of_it:
            n_rows = sum(len(f.rows) for f in of_it)
            rows = f"{n_rows:,} row{'' if n_rows == 1 else 's'}"
            name = SEVERITY_NAMES[severity][len(of_it) > 1]
            parts.append(f"{len(of_it)} {name} in {rows} ({SEVERITY_WORDS[severity]})")
    return f"{len(found)} finding{'' if len(found) == 1 else 's'}: {'; '.join(parts)}."


def describe_not_collected(cohort: Cohort, selection: Selection) -> Result:
    """Columns without any value, what is assumed in their place and which endpoints need them."""
    dataset = cohort.dataset
    disabled = _disabled_by_column(cohort)
    rows = [
        {
            "table": table,
            "column": name,
            "meaning": column.title,
            "cannot_be_told": ", ".join(disabled.get(f"{table}.{name}", ())),
            "assumed": _assumed(cohort, table, name),
        }
        for table, name, column in every_column()
        if f"{table}.{name}" in dataset.not_collected
    ]
    columns = ["table", "column", "meaning", "cannot_be_told", "assumed"]
    absent = pd.DataFrame(rows, columns=columns)
    matters = absent["cannot_be_told"].ne("") | absent["assumed"].ne("")
    in_order = pd.concat([absent[matters], absent[~matters]], ignore_index=True)
    return Result(
        id="not_collected",
        title="What is never collected",
        finding=_not_collected_in_words(cohort, len(absent)),
        table=in_order,
        n_patients=selection.n_patients,
        denominator=WHOLE_DATASET,
        method=(
            "A column is never collected when it is absent or empty in every row. That is unknown, "
            "not no; what a registry declares in dataset.toml under assume is taken instead."
        ),
    )


def _disabled_by_column(cohort: Cohort) -> dict[str, list[str]]:
    """Labels of the endpoints that each absent column makes impossible."""
    disabled: dict[str, list[str]] = {}
    for endpoint, needs in cohort.missing_columns.items():
        for column in (column for need in needs for column in need.split(" or ")):
            disabled.setdefault(column, []).append(ENDPOINTS[endpoint].label)
    return disabled


def _assumed(cohort: Cohort, table: str, name: str) -> str:
    value = cohort.dataset.assumptions.get(name) if table == "visits" else None
    return "" if value is None else "yes" if value else "no"


def _not_collected_in_words(cohort: Cohort, n_absent: int) -> str:
    n_declared = sum(1 for _ in every_column())
    lost = [ENDPOINTS[endpoint].label for endpoint in cohort.missing_columns]
    if not lost:
        consequence = "Every endpoint of the study can be told all the same."
    else:
        consequence = f"Because of that {', '.join(lost)} cannot be told."
    return f"{n_absent} of {n_declared} columns have no value. {consequence}"


def describe_blind_spots(cohort: Cohort, selection: Selection) -> Result:
    """Visits in DORIS remission at which activity is recorded that SLEDAI-2K cannot see."""
    visits = cohort.tables["visits"]
    doris = cohort.states["doris"].to_numpy()
    nowhere = np.zeros_like(doris)
    rows = []
    for name in _collected_blind_spots(cohort):
        is_seen = query_blind_spot(doris, three_valued(visits[name]), nowhere)
        rows.append(
            {
                "activity": label_of("visits", name),
                "n_visits": int(is_seen.sum()),
                "n_patients": int(visits.loc[is_seen, "patient"].nunique()),
                "rows": _listed(tuple(sorted(visits.loc[is_seen, "source_row"].tolist()))),
            }
        )
    table = pd.DataFrame(rows, columns=["activity", "n_visits", "n_patients", "rows"])
    return Result(
        id="blind_spots",
        title="In DORIS remission with activity that SLEDAI-2K cannot see",
        finding=_blind_spots_in_words(cohort, table, int((doris == TRUE).sum())),
        table=table,
        n_patients=selection.n_patients,
        denominator="all visits up to the data cut that are in DORIS remission",
        method=(
            "Clinical SLEDAI-2K has no item for haemolytic anaemia or for the gut; DORIS relies on "
            "the physician's global for them. The literal result is kept and the visit is queried."
        ),
        sources=(ENDPOINTS["doris"].source,),
    )


def _collected_blind_spots(cohort: Cohort) -> list[str]:
    absent = cohort.dataset.not_collected
    return [name for name in BLIND_SPOTS if f"visits.{name}" not in absent]


def _blind_spots_in_words(cohort: Cohort, table: pd.DataFrame, n_remission: int) -> str:
    collected = _collected_blind_spots(cohort)
    if not collected:
        return "Haemolytic anaemia and gut activity are not collected: this cannot be checked."
    if not table["n_visits"].any():
        words = " or ".join(name.replace("_", " ") for name in collected)
        return f"None of the {n_remission:,} visits in DORIS remission has {words} recorded."
    found = [
        f"{name.replace('_', ' ')} at {n}"
        for name, n in zip(collected, table["n_visits"], strict=True)
    ]
    return (
        f"Of {n_remission:,} visits in DORIS remission: {', '.join(found)}. The state stays as "
        "defined; these visits are to be looked at."
    )
