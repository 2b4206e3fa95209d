"""Checking a dataset: pandera judges each column by the dictionary, the rules what lies between columns.

Each ``check_`` function takes typed tables and yields findings. Errors refuse the dataset; a value
set aside becomes unknown (``set_aside``); a query is kept. Nothing is corrected: 50 is not taken
for 5.0.
"""

from collections.abc import Iterable, Iterator, Mapping

import numpy as np
import pandas as pd
import pandera.errors
from numpy.typing import NDArray

from lupus_outcomes.data.findings import Finding, Severity, row_numbers
from lupus_outcomes.dictionary import (
    MANDATORY_TABLES,
    TABLES,
    columns_with_role,
    mandatory_columns,
    spec_of,
)
from lupus_outcomes.indices.sledai import DESCRIPTORS

Tables = Mapping[str, pd.DataFrame]

ONE_DAY = pd.Timedelta(days=1)
EARLIEST_VISIT = pd.Timedelta(days=3 * 30.4375)
EVENT_DATES = {
    "visits": "visit_date",
    "infusions": "infusion_date",
    "treatments": "start_date",
    "flares": "flare_date",
    "adverse_events": "onset_date",
    "samples": "sample_date",
}
ENDS = {"treatments": ("start_date", "stop_date"), "adverse_events": ("onset_date", "end_date")}
KEYS = {"patients": ("patient_id", "index_date", "centre", "last_contact_date")}
# Rules whose finding takes the whole row out of use, not a cell.
ROW_RULES = ("visit_after_death",)

CORRECT = "Correct it in the source."


def check_structure(tables: Tables, ignored: Iterable[str]) -> Iterator[Finding]:
    """Mandatory tables and columns are there; what the dictionary does not know is named."""
    for table in MANDATORY_TABLES:
        if table not in tables:
            yield _whole("error", "missing_table", table, "", "the table is missing", "Add it.")
    for table, frame in tables.items():
        for column in mandatory_columns(table):
            if column not in frame.columns:
                yield _whole(
                    "error",
                    "missing_column",
                    table,
                    column,
                    "the mandatory column is missing",
                    "Add it, or name its field in the mapping.",
                )
        for column in sorted(set(frame.columns) - set(TABLES[table].columns)):
            yield _whole(
                "query",
                "unknown_column",
                table,
                column,
                "the column is not in the dictionary and is ignored",
                "Rename it if it stands for a column of the dictionary.",
            )
    for name in ignored:
        yield _whole(
            "query", "unknown_table", name, "", "the table is ignored", "Rename or remove it."
        )


def check_dictionary(table: str, frame: pd.DataFrame) -> Iterator[Finding]:
    """Ranges, codes, keys, whole numbers and plausible values of one typed table."""
    yield from _empty_mandatory(table, frame)
    try:
        TABLES[table].validate(frame, lazy=True)
    except pandera.errors.SchemaErrors as failed:
        yield from _from_pandera(table, failed.failure_cases, len(frame))
    for name in frame.columns:
        spec = spec_of(TABLES[table].columns[name])
        values = frame[name]
        if spec.is_whole:
            fraction = (values % 1 != 0) & values.notna()
            yield from _some(
                "set_aside", "not_whole", table, name, fraction, "not a whole number", CORRECT
            )
        yield from _implausible(table, name, values)


def _empty_mandatory(table: str, frame: pd.DataFrame) -> Iterator[Finding]:
    keys = KEYS.get(table, columns_with_role(table, "key"))
    for name in mandatory_columns(table):
        is_key = name in keys
        yield from _some(
            "error" if is_key else "set_aside",
            "empty_key" if is_key else "empty_mandatory",
            table,
            name,
            frame[name].isna(),
            "the cell is empty",
            "Fill it in the source."
            if is_key
            else "Fill it, or the row is left out where it is needed.",
        )


def _from_pandera(table: str, cases: pd.DataFrame, n_rows: int) -> Iterator[Finding]:
    is_key = cases["check"].eq("multiple_fields_uniqueness")
    if is_key.any():
        key = ", ".join(TABLES[table].unique)
        rows = _positions(cases.loc[is_key, "index"], n_rows)
        yield from _some(
            "error",
            "duplicate_key",
            table,
            key,
            rows,
            "the key occurs more than once",
            "Keep one of the rows.",
        )
    for (column, check), failed in cases[~is_key].groupby(["column", "check"], sort=False):
        is_code = str(check).startswith("isin")
        spec = spec_of(TABLES[table].columns[column])
        high = "" if spec.high is None else f" to {spec.high:g}"
        yield from _some(
            "set_aside",
            "unknown_code" if is_code else "out_of_range",
            table,
            column,
            _positions(failed["index"], n_rows),
            f"not one of {', '.join(spec.codes)}" if is_code else f"outside {spec.low:g}{high}",
            CORRECT,
        )


def _positions(index: pd.Series, n_rows: int) -> NDArray[np.bool_]:
    is_bad = np.zeros(n_rows, dtype=np.bool_)
    is_bad[index.astype(int).to_numpy()] = True
    return is_bad


def _implausible(table: str, name: str, values: pd.Series) -> Iterator[Finding]:
    spec = spec_of(TABLES[table].columns[name])
    if spec.plausible_low is None and spec.plausible_high is None:
        return
    low = -np.inf if spec.plausible_low is None else spec.plausible_low
    high = np.inf if spec.plausible_high is None else spec.plausible_high
    # A laboratory writes 0 for "none found"; it is no sign of another unit.
    outside = ((values < low) & (values != 0)) | (values > high)
    yield from _some(
        "query",
        "implausible",
        table,
        name,
        outside,
        f"implausible in {spec.unit}: another unit?",
        f"Check the unit; the dictionary asks for {spec.unit}.",
    )


def check_patients(patients: pd.DataFrame, data_cut: pd.Timestamp) -> Iterator[Finding]:
    """Dates of each patient against one another and the data cut."""
    index, contact = patients["index_date"], patients["last_contact_date"]
    for column, is_bad, message in (
        ("last_contact_date", contact < index, "last contact before the index date"),
        ("index_date", index > data_cut, "index date after the data cut"),
    ):
        yield from _some("error", f"{column}_order", "patients", column, is_bad, message, CORRECT)
    if "diagnosis_date" in patients:
        late = patients["diagnosis_date"] > index
        yield from _some(
            "set_aside", "diagnosis_after_index", "patients", "diagnosis_date", late,
            "diagnosis after the index date", CORRECT,
        )  # fmt: skip
    if "death_date" in patients:
        early = patients["death_date"] < index
        yield from _some(
            "set_aside", "death_before_index", "patients", "death_date", early,
            "death before the index date", CORRECT,
        )  # fmt: skip
        alive_later = patients["death_date"] < contact
        yield from _some(
            "query", "contact_after_death", "patients", "last_contact_date", alive_later & ~early,
            "last contact alive after the death", "Correct one of the two; the death counts.",
        )  # fmt: skip
    for column in ("death_date", "last_contact_date"):
        if column in patients:
            late = patients[column] > data_cut + ONE_DAY
            yield from _some(
                "query", "after_data_cut", "patients", column, late,
                "after the data cut", "Check the date; nothing after the data cut counts.",
            )  # fmt: skip


def check_events(tables: Tables, data_cut: pd.Timestamp) -> Iterator[Finding]:
    """Each event belongs to a patient, lies before the data cut and death, and ends after it began."""
    patients = tables["patients"].drop_duplicates("patient_id").set_index("patient_id")
    for table, frame in tables.items():
        if table == "patients":
            continue
        orphan = frame["patient_id"].notna() & ~frame["patient_id"].isin(patients.index)
        yield from _some(
            "error", "orphan_patient", table, "patient_id", orphan,
            "no such patient in patients", "Add the patient, or remove the rows.",
        )  # fmt: skip
    for table, column in EVENT_DATES.items():
        if table in tables:
            yield from _check_event_dates(table, column, tables[table], patients, data_cut)
    for table, (start, end) in ENDS.items():
        if table in tables and end in tables[table]:
            frame = tables[table]
            yield from _some(
                "set_aside", "end_before_start", table, end, frame[end] < frame[start],
                f"before {start}", CORRECT,
            )  # fmt: skip


def _check_event_dates(
    table: str, column: str, frame: pd.DataFrame, patients: pd.DataFrame, data_cut: pd.Timestamp
) -> Iterator[Finding]:
    late = frame[column] > data_cut + ONE_DAY
    is_visit = table == "visits"
    yield from _some(
        "error" if is_visit else "set_aside", "after_data_cut", table, column, late,
        "after the data cut", "Correct the date, or move data_cut in dataset.toml.",
    )  # fmt: skip
    if "death_date" in patients and table != "treatments":
        died = frame["patient_id"].map(patients["death_date"])
        yield from _some(
            "set_aside", "visit_after_death" if is_visit else "after_death", table, column,
            (frame[column] > died) & ~late, "after the patient's death", "Correct one of the two dates.",
        )  # fmt: skip
    if is_visit:
        index = frame["patient_id"].map(patients["index_date"])
        yield from _some(
            "query", "visit_long_before_index", table, column, frame[column] < index - EARLIEST_VISIT,
            "more than 3 months before the first infusion", "Check the date; no baseline is taken from it.",
        )  # fmt: skip


def check_visits(visits: pd.DataFrame) -> Iterator[Finding]:
    """Counts and totals of one visit against one another, and damage along time."""
    if {"swollen_joints_28", "tender_joints_28"} <= set(visits.columns):
        more = visits["swollen_joints_28"] > visits["tender_joints_28"]
        yield from _some(
            "query", "more_swollen_than_tender", "visits", "swollen_joints_28", more,
            "more swollen than tender joints", "Check whether the two were exchanged.",
        )  # fmt: skip
    for column, descriptors in (
        ("sledai_2k", DESCRIPTORS),
        ("clinical_sledai", tuple(d for d in DESCRIPTORS if d.is_clinical)),
    ):
        names = [d.id for d in descriptors]
        if {column, *names} <= set(visits.columns):
            weights = [d.weight for d in descriptors]
            known = visits[names].notna().all(axis=1)
            total = visits[names].fillna(False).to_numpy(dtype=np.int64) @ weights
            differs = known & visits[column].notna() & (visits[column] != total)
            yield from _some(
                "query", "total_differs", "visits", column, differs,
                "not the sum of the descriptors", "Check it; the descriptors count.",
            )  # fmt: skip
    if "slicc_damage_index" in visits:
        ordered = visits.sort_values(["patient_id", "visit_date"], kind="stable")
        damage = ordered["slicc_damage_index"]
        falls = damage < damage.groupby(ordered["patient_id"]).cummax()
        yield from _some(
            "query", "damage_falls", "visits", "slicc_damage_index", falls.sort_index(),
            "below an earlier value", "Check it; the highest earlier value is carried.",
        )  # fmt: skip


def set_aside(tables: Tables, findings: Iterable[Finding]) -> dict[str, pd.DataFrame]:
    """The tables with every value set aside made unknown, and rows out of use left out."""
    cleaned = dict(tables)
    dropped: dict[str, set[int]] = {}
    for finding in findings:
        if finding.severity != "set_aside":
            continue
        positions = [row - 2 for row in finding.rows]
        if finding.rule in ROW_RULES:
            dropped.setdefault(finding.table, set()).update(positions)
            continue
        frame = cleaned[finding.table]
        column = frame[finding.column].copy()
        column.iloc[positions] = pd.NA if column.dtype != "float64" else np.nan
        cleaned[finding.table] = frame.assign(**{finding.column: column})
    for table, positions in dropped.items():
        keep = np.ones(len(cleaned[table]), dtype=np.bool_)
        keep[list(positions)] = False
        cleaned[table] = cleaned[table][keep]
    return cleaned


def _some(
    severity: Severity, rule: str, table: str, column: str, is_bad, message: str, way_out: str
) -> Iterator[Finding]:
    bad = np.asarray(pd.Series(is_bad).fillna(False), dtype=np.bool_)
    if bad.any():
        yield Finding(severity, rule, table, column, row_numbers(bad), message, way_out)


def _whole(
    severity: Severity, rule: str, table: str, column: str, message: str, way_out: str
) -> Finding:
    return Finding(severity, rule, table, column, (), message, way_out)
