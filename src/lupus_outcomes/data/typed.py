"""Text cells as the dictionary's types. What does not fit becomes unknown, and is said."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pandera.pandas as pa
from numpy.typing import NDArray

from lupus_outcomes.data.findings import Finding, row_numbers
from lupus_outcomes.data.numbers_text import detect_decimal_mark, detect_file_mark, parse_numbers
from lupus_outcomes.dictionary import TABLES, Spec, spec_of

BOOLEANS = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}
# What UTF-8 looks like when it was once read as Windows-1252, and what is left of lost characters.
MOJIBAKE = r"[ÃÂ][\x80-\xBF]|Ã[ƒ€‚„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]|â€|\ufffd"
KIND_WORDS = {"date": "a date (2024-03-31)", "boolean": "true or false", "number": "a number"}


@dataclass(frozen=True, slots=True)
class TypedTable:
    """A table in the dictionary's types, with what was found on the way and how it was written."""

    frame: pd.DataFrame
    findings: tuple[Finding, ...]
    notes: tuple[str, ...]


def type_table(table: str, text: pd.DataFrame) -> TypedTable:
    """Type the dictionary's columns of one table; other columns are left out."""
    columns = {
        name: column for name, column in TABLES[table].columns.items() if name in text.columns
    }
    file_mark = detect_file_mark(
        detect_decimal_mark(text[name])
        for name, column in columns.items()
        if spec_of(column).kind == "number"
    )
    findings: list[Finding] = []
    typed: dict[str, pd.Series] = {}
    for name, column in columns.items():
        cells = text[name]
        values, is_wrong = _type_column(cells, spec_of(column), file_mark)
        typed[name] = pd.Series(values, index=text.index)
        if is_wrong.any():
            findings.append(_wrong_type(table, name, column, is_wrong))
        findings.extend(_query_mojibake(table, name, cells, spec_of(column)))
    frame = pd.DataFrame(typed, index=text.index)
    return TypedTable(frame, tuple(findings), _decimal_comma_note(table, text, columns))


def _type_column(
    cells: pd.Series, spec: Spec, file_mark: str | None
) -> tuple[pd.api.extensions.ExtensionArray | NDArray, NDArray[np.bool_]]:
    if spec.kind == "number":
        parsed = parse_numbers(cells, file_mark=file_mark)
        return parsed.values, parsed.is_not_number
    if spec.kind == "text":
        return pd.array(cells.where(cells != "", None), dtype="string"), np.zeros(len(cells), bool)
    positions, distinct = pd.factorize(cells)
    read = {"date": _dates, "boolean": _booleans, "code": _codes}[spec.kind]
    values = read(pd.Index(distinct, dtype=object), spec)
    is_wrong = np.asarray(pd.isna(values) & (distinct != "")).astype(np.bool_)
    return values.take(positions), is_wrong[positions]


def _dates(distinct: pd.Index, spec: Spec) -> pd.DatetimeIndex:
    # A time of day, as spreadsheets and exports add one, is dropped.
    days = distinct.str.replace(r"[T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?$", "", regex=True)
    return pd.to_datetime(pd.Series(days), format="%Y-%m-%d", errors="coerce").array


def _booleans(distinct: pd.Index, spec: Spec):
    return pd.array([BOOLEANS.get(cell.casefold()) for cell in distinct], dtype="boolean")


def _codes(distinct: pd.Index, spec: Spec):
    # An unknown code stays as it is: pandera judges it, with the ranges.
    known = {code.casefold(): code for code in spec.codes}
    return pd.array(
        [known.get(cell.casefold(), cell) if cell else None for cell in distinct], dtype="string"
    )


def _wrong_type(table: str, name: str, column: pa.Column, is_wrong: NDArray[np.bool_]) -> Finding:
    spec = spec_of(column)
    return Finding(
        severity="error" if spec.mandatory else "set_aside",
        rule="wrong_type",
        table=table,
        column=name,
        rows=row_numbers(is_wrong),
        message=f"{int(is_wrong.sum()):,} value(s) are not {KIND_WORDS[spec.kind]}",
        way_out="Correct them in the source, or empty the cells.",
    )


def _query_mojibake(table: str, name: str, cells: pd.Series, spec: Spec) -> list[Finding]:
    if spec.kind != "text":
        return []
    positions, distinct = pd.factorize(cells)
    garbled = pd.Series(distinct, dtype=object).str.contains(MOJIBAKE, regex=True).to_numpy(bool)
    if not garbled.any():
        return []
    return [
        Finding(
            severity="query",
            rule="garbled_text",
            table=table,
            column=name,
            rows=row_numbers(garbled[positions]),
            message="the text looks decoded twice or damaged",
            way_out="Export the table again as UTF-8.",
        )
    ]


def _decimal_comma_note(table: str, text: pd.DataFrame, columns: dict) -> tuple[str, ...]:
    with_comma = [
        name
        for name, column in columns.items()
        if spec_of(column).kind == "number" and detect_decimal_mark(text[name]) == ","
    ]
    return (f"{table}: decimal comma read in {', '.join(with_comma)}",) if with_comma else ()
