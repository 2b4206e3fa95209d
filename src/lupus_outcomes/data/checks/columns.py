"""Checking a dataset against the dictionary: tables, columns, keys, ranges, codes.

What lies between columns and between tables is checked in the modules named ``check_…``. Errors
refuse the dataset; a value set aside becomes unknown (``set_aside``); a query is kept. Nothing is
corrected: 50 is not taken for 5.0.
"""

from collections.abc import Iterable, Iterator, Mapping

import numpy as np
import pandas as pd
import pandera.errors
from numpy.typing import NDArray

from lupus_outcomes.data.findings import Finding, find_whole, lay_aside, query, refuse
from lupus_outcomes.dictionary import (
    MANDATORY_TABLES,
    TABLES,
    columns_with_role,
    mandatory_columns,
    spec_of,
)

Tables = Mapping[str, pd.DataFrame]

KEYS = {"patients": ("patient_id", "index_date", "centre", "last_contact_date")}
# With one of these there is nothing that the other rules could look at.
STRUCTURE_RULES = ("missing_table", "missing_column", "no_header", "empty_table")
# Rules whose finding takes the whole row out of use, not a cell.
ROW_RULES = ("visit_after_death",)


def check_structure(tables: Tables, ignored: Iterable[str]) -> Iterator[Finding]:
    """Mandatory tables and columns are there; what the dictionary does not know is named."""
    for table in MANDATORY_TABLES:
        if table not in tables:
            yield find_whole("error", "missing_table", table, "", "the table is missing", "Add it.")
    for table, frame in tables.items():
        yield from _check_columns(table, frame)
        if frame.empty:
            severity = "error" if table in MANDATORY_TABLES else "query"
            message = "the table has no rows"
            yield find_whole(severity, "empty_table", table, "", message, "Export it again.")
    for name in ignored:
        message = "the table is not in the dictionary and is ignored"
        yield find_whole("query", "unknown_table", name, "", message, "Rename or remove it.")


def _check_columns(table: str, frame: pd.DataFrame) -> Iterator[Finding]:
    known = TABLES[table].columns
    if not any(column in known for column in frame.columns):
        # Without a header the first row holds a patient's values: none of them is repeated here.
        message = "the first row names no column of the dictionary"
        way_out = "Put the names of the columns there."
        yield find_whole("error", "no_header", table, "", message, way_out)
        return
    for column in mandatory_columns(table):
        if column not in frame.columns:
            message = "the mandatory column is missing"
            way_out = "Add it, or name its field in the mapping."
            yield find_whole("error", "missing_column", table, column, message, way_out)
    for column in sorted(set(frame.columns) - set(known)):
        message = "the column is not in the dictionary and is ignored"
        way_out = "Rename it if it stands for a column of the dictionary."
        yield find_whole("query", "unknown_column", table, column, message, way_out)


def check_dictionary(table: str, frame: pd.DataFrame) -> Iterator[Finding]:
    """Ranges, codes, keys, whole numbers and plausible values of one typed table."""
    yield from _empty_mandatory(table, frame)
    try:
        TABLES[table].validate(frame, lazy=True)
    except pandera.errors.SchemaErrors as failed:
        yield from _from_pandera(table, failed.failure_cases, len(frame))
    for name in frame.columns:
        values = frame[name]
        if spec_of(TABLES[table].columns[name]).is_whole:
            fraction = (values % 1 != 0) & values.notna()
            yield from lay_aside("not_whole", table, name, fraction, "not a whole number")
        yield from _implausible(table, name, values)


def _empty_mandatory(table: str, frame: pd.DataFrame) -> Iterator[Finding]:
    keys = KEYS.get(table, columns_with_role(table, "key"))
    for name in mandatory_columns(table):
        is_empty, message = frame[name].isna(), "the cell is empty"
        if name in keys:
            way_out = "Fill it in the source."
            yield from refuse("empty_key", table, name, is_empty, message, way_out)
        else:
            way_out = "Fill it, or the row is left out where it is needed."
            yield from lay_aside("empty_mandatory", table, name, is_empty, message, way_out)


def _from_pandera(table: str, cases: pd.DataFrame, n_rows: int) -> Iterator[Finding]:
    is_key = cases["check"].eq("multiple_fields_uniqueness")
    if is_key.any():
        key = ", ".join(TABLES[table].unique or ())
        rows = _positions(cases.loc[is_key, "index"], n_rows)
        message = "the key occurs more than once"
        yield from refuse("duplicate_key", table, key, rows, message, "Keep one of the rows.")
    in_order = list(TABLES[table].columns)
    by_rule = cases[~is_key].groupby(["column", "check"], sort=False)
    for rule_of, failed in sorted(by_rule, key=lambda part: in_order.index(part[0][0])):
        column, check = map(str, rule_of)
        spec = spec_of(TABLES[table].columns[column])
        rule, message = "unknown_code", f"not one of {', '.join(spec.codes)}"
        if not check.startswith("isin"):
            high = "" if spec.high is None else f" to {spec.high:g}"
            rule, message = "out_of_range", f"outside {spec.low:g}{high}"
        rows = _positions(failed["index"], n_rows)
        yield from lay_aside(rule, table, column, rows, message)


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
    is_possible = values.between(
        -np.inf if spec.low is None else spec.low, np.inf if spec.high is None else spec.high
    )
    # A laboratory writes 0 for "none found"; it is no sign of another unit.
    outside = is_possible & (((values < low) & (values != 0)) | (values > high))
    message = f"implausible in {spec.unit}: another unit?"
    way_out = f"Check the unit; the dictionary asks for {spec.unit}."
    yield from query("implausible", table, name, outside, message, way_out)


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
        column.iloc[positions] = np.nan if column.dtype == "float64" else pd.NA
        cleaned[finding.table] = frame.assign(**{finding.column: column})
    for table, positions in dropped.items():
        keep = np.ones(len(cleaned[table]), dtype=np.bool_)
        keep[list(positions)] = False
        cleaned[table] = cleaned[table][keep]
    return cleaned
