"""The cells of one column of the dataset, made row by row from the fields of an export."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lupus_outcomes.data.conversion.cell_kinds import BOOLEANS, normalise
from lupus_outcomes.data.conversion.export import (
    BOX,
    GROUP,
    STATUS,
    Export,
    box_column,
    field_of,
    forms_by_column,
    opened_forms,
)
from lupus_outcomes.data.conversion.mapping import Mapping as MappingFile
from lupus_outcomes.data.conversion.mapping_column import ColumnMapping, Condition
from lupus_outcomes.data.numbers_text import detect_decimal_mark, detect_file_mark, parse_numbers
from lupus_outcomes.dictionary import TABLES, Spec, spec_of

COMPLETE = "2"
NO_GROUP = "No assignment"  # as REDCap itself lists records that are in no data access group


@dataclass(frozen=True, slots=True)
class Problem:
    """Rows whose value became unknown: (n,) booleans, and why."""

    rule: str
    is_bad: NDArray[np.bool_]
    message: str
    way_out: str


@dataclass(frozen=True, slots=True)
class Cells:
    """One column for every row of the export, '' for unknown."""

    text: pd.Series
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of an export with missing codes emptied, and what is known of their forms."""

    frame: pd.DataFrame
    forms: Mapping[str, str]
    opened: Mapping[str, NDArray[np.bool_]]
    groups: Mapping[str, str]
    missing_codes: tuple[str, ...]
    date_format: str
    file_mark: str | None


def prepare_rows(export: Export, mapping: MappingFile) -> Rows:
    """Empty the missing codes, and see which forms were opened in which rows."""
    codes = dict.fromkeys(mapping.missing_codes, "")
    record = mapping.patient_field
    frame = export.frame
    emptied = {
        column: cells if column == record else _replace(cells, codes)
        for column, cells in frame.items()
    }
    frame = pd.DataFrame(emptied, index=frame.index)
    return Rows(
        frame=frame,
        forms=forms_by_column(export.columns),
        opened=opened_forms(frame, record),
        groups=export.groups,
        missing_codes=mapping.missing_codes,
        date_format=mapping.date_format,
        file_mark=detect_file_mark(
            detect_decimal_mark(frame[field]) for field in _number_fields(mapping)
        ),
    )


def _replace(cells: pd.Series, meanings: Mapping[str, str]) -> pd.Series:
    if not meanings:
        return cells
    found = cells.map(meanings)
    return cells.where(found.isna(), found)


def _number_fields(mapping: MappingFile) -> set[str]:
    return {
        column.field
        for table in mapping.tables
        for column in table.columns
        if column.source == "field"
        and spec_of(TABLES[table.table].columns[column.column]).kind == "number"
    }


def holds(rows: Rows, condition: Condition) -> NDArray[np.bool_]:
    """Rows of which a condition is true: (n,) booleans."""
    values = rows.frame[condition.field]
    if condition.at_least is not None:
        return parse_numbers(values, file_mark=rows.file_mark).values >= condition.at_least
    return values.isin(condition.codes).to_numpy() ^ condition.is_negated


def read_cells(rows: Rows, column: ColumnMapping, spec: Spec) -> Cells:
    """One column of the dataset for every row of the export."""
    if column.source == "constant":
        made = Cells(normalise(_constant(rows, column), spec).text)
    else:
        made = MAKERS[column.source](rows, column, spec)
    is_known = _is_known(rows, column)
    problems = (
        Problem(found.rule, found.is_bad & is_known, found.message, found.way_out)
        for found in made.problems
    )
    text = made.text.where(is_known, "")
    return Cells(text, tuple(found for found in problems if found.is_bad.any()))


def _is_known(rows: Rows, column: ColumnMapping) -> NDArray[np.bool_]:
    is_known = np.ones(len(rows.frame), dtype=bool)
    if column.form:
        is_known &= (rows.frame[column.form + STATUS] == COMPLETE).to_numpy()
    if column.unknown_when:
        is_known &= ~holds(rows, column.unknown_when)
    if column.when:
        is_known &= holds(rows, column.when)
    return is_known


def _constant(rows: Rows, column: ColumnMapping) -> pd.Series:
    return pd.Series(column.constant, index=rows.frame.index, dtype=object)


def _field(rows: Rows, name: str) -> pd.Series:
    """Values of a field; an unticked box is empty where its form was never opened."""
    values = rows.frame[name]
    if BOX not in name:
        return values
    is_known = rows.opened[rows.forms[name]].copy()
    for code in rows.missing_codes:
        missing = box_column(field_of(name), code)
        if missing in rows.frame and missing != name:
            is_known &= ~(rows.frame[missing] == "1").to_numpy()
    return values.where(is_known, "")


def _make_from_field(rows: Rows, column: ColumnMapping, spec: Spec) -> Cells:
    values = _field(rows, column.field)
    problems: list[Problem] = []
    if column.values is not None:
        meanings = values.map({**column.values, "": ""})
        is_unlisted = meanings.isna().to_numpy()
        values = meanings.where(~is_unlisted, column.other or "")
        if column.other is None:
            problems.append(_unlisted(column.field, is_unlisted))
    elif column.field == GROUP:
        # Unique group names are cut at 18 characters; the names themselves are whole.
        values = _replace(values, rows.groups)
    if column.field == GROUP:
        values = values.replace("", NO_GROUP)
    scale = column.scale * _scales(rows, column)
    made = normalise(
        values,
        spec,
        date_format=rows.date_format,
        file_mark=rows.file_mark,
        column_mark=column.decimal,
        scale=scale,
    )
    has_no_scale = (values != "").to_numpy() & np.isnan(scale)
    problems += [
        _unreadable(column.field, spec, made.is_refused & ~made.is_ambiguous),
        _undecided(column.field, made.is_ambiguous),
        _unlisted(column.scale_field, has_no_scale),
    ]
    return Cells(made.text, tuple(problems))


def _scales(rows: Rows, column: ColumnMapping) -> NDArray[np.float64]:
    if column.scales is None:
        return np.ones(len(rows.frame))
    found = rows.frame[column.scale_field].map(column.scales)
    return np.asarray(found, dtype=np.float64)


def _ticks(rows: Rows, column: ColumnMapping) -> list[pd.Series]:
    """For each box of a column "true", "false" or missing."""
    return [_field(rows, field).str.casefold().map(BOOLEANS) for field in column.fields]


def _make_any(rows: Rows, column: ColumnMapping, spec: Spec) -> Cells:
    ticks = _ticks(rows, column)
    is_true = np.any([tick == "true" for tick in ticks], axis=0)
    is_false = np.all([tick == "false" for tick in ticks], axis=0)
    return _as_cells(np.select([is_true, is_false], ["true", "false"], ""), rows)


def _make_count(rows: Rows, column: ColumnMapping, spec: Spec) -> Cells:
    ticks = _ticks(rows, column)
    is_known = np.all([tick.notna() for tick in ticks], axis=0)
    ticked = np.sum([tick == "true" for tick in ticks], axis=0)
    return _as_cells(np.where(is_known, ticked.astype(str), ""), rows)


def _make_first_ticked(rows: Rows, column: ColumnMapping, spec: Spec) -> Cells:
    ticks = _ticks(rows, column)
    choices = [tick == "true" for tick in ticks]
    is_none = np.all([tick == "false" for tick in ticks], axis=0)
    return _as_cells(np.select([*choices, is_none], [*column.codes, column.none_ticked], ""), rows)


def _as_cells(text: NDArray, rows: Rows) -> Cells:
    return Cells(pd.Series(text.astype(object), rows.frame.index))


def _make_latest(rows: Rows, column: ColumnMapping, spec: Spec) -> Cells:
    latest = pd.Series("", index=rows.frame.index, dtype=object)
    problems: list[Problem] = []
    for field in column.fields:
        made = normalise(rows.frame[field], spec, date_format=rows.date_format)
        problems.append(_unreadable(field, spec, made.is_refused))
        # ISO dates are in order as text, and the empty text comes before all.
        latest = latest.where(latest >= made.text, made.text)
    return Cells(latest, tuple(problems))


def _unlisted(field: str, is_bad: NDArray[np.bool_]) -> Problem:
    return Problem(
        "unlisted_code",
        is_bad,
        f"the code of the field {field} is not in the mapping",
        "Add them to values, or correct the export.",
    )


def _unreadable(field: str, spec: Spec, is_bad: NDArray[np.bool_]) -> Problem:
    expected = f"one of {', '.join(spec.codes)}" if spec.codes else f"a {spec.kind}"
    return Problem(
        "unreadable_value",
        is_bad,
        f"the value of the field {field} is not {expected}",
        "Correct the export, or give their meaning with values.",
    )


def _undecided(field: str, is_bad: NDArray[np.bool_]) -> Problem:
    return Problem(
        "ambiguous_decimal",
        is_bad,
        f"the number of the field {field} has a decimal comma or thousands, "
        "and nothing in the file tells which",
        'Say decimal = "," or decimal = "." in the mapping.',
    )


MAKERS: Mapping[str, Callable[[Rows, ColumnMapping, Spec], Cells]] = {
    "field": _make_from_field,
    "any": _make_any,
    "count": _make_count,
    "first_ticked": _make_first_ticked,
    "latest": _make_latest,
}
