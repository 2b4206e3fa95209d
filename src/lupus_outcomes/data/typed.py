"""Text cells as the dictionary's types. What does not fit becomes unknown, and is said."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pandas.api.extensions import ExtensionArray

from lupus_outcomes.data.about import BOOLEANS
from lupus_outcomes.data.conversion.cell_kinds import read_dates
from lupus_outcomes.data.encoding import MOJIBAKE
from lupus_outcomes.data.findings import CORRECT, Finding, find, query
from lupus_outcomes.data.numbers_text import detect_decimal_mark, detect_file_mark, parse_numbers
from lupus_outcomes.dictionary import TABLES, Spec, spec_of

KIND_WORDS = {"date": "a date as 2024-03-31", "boolean": "true or false", "number": "a number"}


@dataclass(frozen=True, slots=True)
class TypedTable:
    """A table in the dictionary's types, with what was found on the way and how it was written."""

    frame: pd.DataFrame
    findings: tuple[Finding, ...]
    notes: tuple[str, ...]


class _Typed(NamedTuple):
    values: ExtensionArray | NDArray
    is_wrong: NDArray[np.bool_]
    is_ambiguous: NDArray[np.bool_]


def type_table(table: str, text: pd.DataFrame) -> TypedTable:
    """Type the dictionary's columns of one table; other columns are left out."""
    specs = {
        name: spec_of(column)
        for name, column in TABLES[table].columns.items()
        if name in text.columns
    }
    marks = {
        name: detect_decimal_mark(text[name])
        for name, spec in specs.items()
        if spec.kind == "number"
    }
    file_mark = detect_file_mark(marks.values())
    findings: list[Finding] = []
    typed: dict[str, pd.Series] = {}
    for name, spec in specs.items():
        made = _type_column(_fill(text[name], spec), spec, file_mark)
        typed[name] = pd.Series(made.values, index=text.index)
        findings += _find_wrong(table, name, spec, made)
        if spec.kind == "number" and marks[name] != ",":
            findings += _find_comma(table, name, text[name], made)
        findings += _find_garbled(table, name, spec, text[name])
    with_comma = [name for name, mark in marks.items() if mark == ","]
    notes = (f"{table}: decimal comma read in {', '.join(with_comma)}",) if with_comma else ()
    return TypedTable(pd.DataFrame(typed, index=text.index), tuple(findings), notes)


def _fill(cells: pd.Series, spec: Spec) -> pd.Series:
    # Here and not later: a value that is set aside must not turn into the default.
    return cells if spec.default is None else cells.replace("", spec.default)


def _type_column(cells: pd.Series, spec: Spec, file_mark: str | None) -> _Typed:
    nowhere = np.zeros(len(cells), dtype=np.bool_)
    if spec.kind == "number":
        parsed = parse_numbers(cells, file_mark=file_mark)
        return _Typed(parsed.values, parsed.is_not_number, parsed.is_ambiguous)
    if spec.kind == "text":
        return _Typed(cells.mask(cells == "").astype("string").array, nowhere, nowhere)
    positions, distinct = pd.factorize(cells)
    values = _read_distinct(distinct, spec)
    is_wrong = np.asarray(pd.isna(values) & (distinct != "")).astype(np.bool_)
    return _Typed(values.take(positions), is_wrong[positions], nowhere)


def _read_distinct(distinct: pd.Index, spec: Spec) -> ExtensionArray:
    if spec.kind == "date":
        return read_dates(pd.Series(distinct, dtype=object)).array
    if spec.kind == "boolean":
        return pd.array([BOOLEANS.get(cell.casefold()) for cell in distinct], dtype="boolean")
    # An unknown code stays as it is: pandera judges it, with the ranges.
    known = {code.casefold(): code for code in spec.codes}
    codes = [known.get(cell.casefold(), cell) if cell else None for cell in distinct]
    return pd.array(codes, dtype="string")


def _find_wrong(table: str, name: str, spec: Spec, made: _Typed) -> tuple[Finding, ...]:
    severity = "error" if spec.mandatory else "set_aside"
    is_wrong = made.is_wrong & ~made.is_ambiguous
    message = f"{int(is_wrong.sum()):,} value(s) are not {KIND_WORDS.get(spec.kind, '')}"
    way_out = "Correct them in the source, or empty the cells."
    doubt = "the separator before three digits may be of thousands or decimal"
    return (
        *find(severity, "wrong_type", table, name, is_wrong, message, way_out),
        *find(severity, "ambiguous_number", table, name, made.is_ambiguous, doubt, CORRECT),
    )


def _find_comma(table: str, name: str, cells: pd.Series, made: _Typed) -> tuple[Finding, ...]:
    positions, distinct = pd.factorize(cells)
    has_comma = np.array(["," in cell for cell in distinct], dtype=np.bool_)[positions]
    has_comma &= ~made.is_wrong
    message = "written with a comma where the column has points, and read as it can only be meant"
    return query("odd_separator", table, name, has_comma, message, "Check the numbers there.")


def _find_garbled(table: str, name: str, spec: Spec, cells: pd.Series) -> tuple[Finding, ...]:
    if spec.kind != "text":
        return ()
    positions, distinct = pd.factorize(cells)
    garbled = pd.Series(distinct, dtype=object).str.contains(MOJIBAKE, regex=True)
    is_garbled = garbled.to_numpy(dtype=np.bool_)[positions]
    message = "the text looks decoded twice or damaged"
    way_out = "Export the table again as UTF-8."
    return query("garbled_text", table, name, is_garbled, message, way_out)
