"""Workbooks: numbers are numbers, dates are dates, text is never a formula, and all is stamped."""

import datetime as dt
import io
import json
import math
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from lupus_outcomes.analysis.all_results import estimate_all
from lupus_outcomes.derive.cohort import Cohort
from lupus_outcomes.derive.selection import Selection
from lupus_outcomes.errors import UsageError
from lupus_outcomes.export.result_columns import (
    COUNT,
    DAY,
    MOMENT,
    MONTH,
    NUMBER,
    P_VALUE,
    SHARE,
    TEXT,
    YES_NO,
    ResultColumn,
    describe_columns,
)
from lupus_outcomes.release.disclosure import CLOSED, Released, release_all

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
FORMATS = {
    SHARE: "0.0%",
    COUNT: "#,##0",
    NUMBER: "#,##0.00",
    P_VALUE: '[<0.001]"<0.001";0.000',
    DAY: "yyyy-mm-dd",
    MONTH: "yyyy-mm",
    MOMENT: "yyyy-mm-dd hh:mm:ss",
    TEXT: "General",
    YES_NO: "General",
}
# Limits of the file format.
LONGEST_NAME, LONGEST_TEXT, MOST_ROWS = 31, 32_767, 1_048_575
NARROWEST, WIDEST, ROOM_FOR_THE_ARROW = 8, 60, 3
STAMP_SHEET, DICTIONARY_SHEET = "stamp", "dictionary"


def as_workbook(released: Released) -> bytes:
    """A workbook of one result: table, notes and stamp on three sheets."""
    sheets = {"table": released.table, "notes": _notes(released), "stamp": _stamp(released)}
    return _write(sheets)


def as_whole_workbook(results: Iterable[Released]) -> bytes:
    """A workbook of many results: their stamps, what every column means, and a sheet a table.

    A table without rows has its line in the sheet of the stamps and no sheet of its own.
    """
    released = list(results)
    names = dict(zip((r.result.id for r in released), _sheet_names(released), strict=True))
    fits = [r for r in released if 0 < len(r.table) <= MOST_ROWS]
    first = {
        STAMP_SHEET: pd.DataFrame([_line(r, names[r.result.id]) for r in released]),
        DICTIONARY_SHEET: pd.DataFrame(_dictionary(fits, names)),
    }
    return _write(first | {names[r.result.id]: r.table for r in fits})


def check_name(path: Path) -> None:
    """Refuse a name that no spreadsheet would open, before anything is computed."""
    if path.suffix.lower() != ".xlsx":
        raise UsageError(f"--out {path.name}: give the name of an .xlsx file.")


def make_workbook(cohort: Cohort, selection: Selection, mode: str = CLOSED) -> bytes:
    """Every result of the selected patients that may be shown, in one workbook."""
    results = estimate_all(cohort, selection)
    return as_whole_workbook(release_all(results, cohort, selection, mode))


def _sheet_names(released: Sequence[Released]) -> Iterator[str]:
    """Ids cut to what a sheet's name may have, each once."""
    taken = {STAMP_SHEET, DICTIONARY_SHEET}
    for result in (r.result for r in released):
        name, copy = result.id[:LONGEST_NAME], 2
        while name in taken:
            name, copy = f"{result.id[: LONGEST_NAME - 3]}~{copy}", copy + 1
        taken.add(name)
        yield name


def _line(released: Released, sheet: str) -> dict[str, Any]:
    """What is to be known of one table: what it says, of whom, from what."""
    result, stamp = released.result, released.stamp
    n_rows = len(released.table)
    where = sheet if 0 < n_rows <= MOST_ROWS else "no rows" if not n_rows else "too long"
    said = released.stamp_as_dict()
    return {
        "sheet": where,
        "table": result.id,
        "title": result.title,
        "rows": n_rows,
        "small_counts": int(released.is_small.sum()),
        "finding": result.finding,
        "denominator": result.denominator,
        "method": result.method,
        "notes": " ".join(result.notes),
        "sources": "; ".join(result.sources),
        "n_patients": stamp.n_patients,
        "filters": stamp.filters_in_words,
        "choices": "; ".join(f"{name}: {choice}" for name, choice in stamp.view.items()),
        "banner": " ".join(released.banners),
        "disclosure": stamp.disclosure,
        "study": stamp.study,
        "population": stamp.population,
        "data_cut": stamp.data_cut,
        "dataset": stamp.dataset_title,
        "dataset_sha256": stamp.dataset_sha256,
        "table_sha256": said["table_sha256"],
        "product_version": stamp.product_version,
        "packages": json.dumps(dict(stamp.packages)),
        "made_at": stamp.made_at,
        "id": stamp.id,
    }


def _dictionary(released: Sequence[Released], names: dict[str, str]) -> list[dict[str, str]]:
    return [
        {
            "sheet": names[r.result.id],
            "column": column.name,
            "meaning": column.meaning,
            "kind": column.kind,
        }
        for r in released
        for column in describe_columns(r.table)
    ] or [dict.fromkeys(("sheet", "column", "meaning", "kind"), "")]


def _notes(released: Released) -> pd.DataFrame:
    result = released.result
    lines = [
        *(("banner", banner) for banner in released.banners),
        ("title", result.title),
        ("finding", result.finding),
        ("denominator", result.denominator),
        ("method", result.method),
        *(("source", source) for source in result.sources),
        *(("note", note) for note in result.notes),
    ]
    return pd.DataFrame(lines, columns=["what", "text"])


def _stamp(released: Released) -> pd.DataFrame:
    flat = released.stamp_as_dict()
    lines = [(k, v if isinstance(v, (str, int)) else json.dumps(v)) for k, v in flat.items()]
    return pd.DataFrame(lines, columns=["what", "value"])


def _write(sheets: dict[str, pd.DataFrame]) -> bytes:
    # Loaded when a file is wanted: no page waits for it.
    import xlsxwriter

    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, OPTIONS) as book:
        header = book.add_format({"bold": True, "bottom": 1, "valign": "top"})
        plain = {kind: book.add_format({"num_format": f}) for kind, f in FORMATS.items()}
        wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        for name, table in sheets.items():
            sheet = book.add_worksheet(name)
            sheet.freeze_panes(1, 0)
            sheet.autofilter(0, 0, len(table), max(table.shape[1] - 1, 0))
            # Ids and levels such as 2023 are text on purpose.
            sheet.ignore_errors({"number_stored_as_text": "A1:XFD1048576"})
            for place, column in enumerate(describe_columns(table)):
                cells = table.iloc[:, place].tolist()
                width = _width(column, cells)
                is_long = column.kind == TEXT and width > WIDEST
                sheet.set_column(place, place, min(width, WIDEST))
                sheet.write_string(0, place, column.name, header)
                _write_cells(sheet, place, column, cells, wrapped if is_long else plain)
    return stream.getvalue()


def _write_cells(
    sheet: "Worksheet",
    place: int,
    column: ResultColumn,
    cells: list[Any],
    formats: "Format | dict[str, Format]",
) -> None:
    style = formats[column.kind] if isinstance(formats, dict) else formats
    for row, cell in enumerate(cells, start=1):
        if cell is None or cell is pd.NA or cell is pd.NaT or cell != cell:
            continue
        if isinstance(cell, bool):
            sheet.write_boolean(row, place, cell)
        elif isinstance(cell, str):
            _write_text(sheet, row, place, column.kind, cell, style)
        elif isinstance(cell, dt.datetime):
            sheet.write_datetime(row, place, cell, style)
        elif math.isfinite(cell):
            sheet.write_number(row, place, cell, style)


def _write_text(
    sheet: "Worksheet", row: int, place: int, kind: str, text: str, style: "Format"
) -> None:
    moment = _as_moment(text) if kind in (DAY, MONTH, MOMENT) else None
    if moment:
        sheet.write_datetime(row, place, moment, style)
    elif text:
        sheet.write_string(row, place, text[:LONGEST_TEXT], style)


def _as_moment(text: str) -> dt.datetime | None:
    """A date in words as a date; a spreadsheet knows no time zone, and ours are all UTC."""
    try:
        moment = dt.datetime.fromisoformat(text if len(text) > len("2026-06") else f"{text}-01")
    except ValueError:
        return None
    return moment.replace(tzinfo=None)


def _width(column: ResultColumn, cells: list[Any]) -> int:
    """Characters that the header and every cell need as they are written."""
    longest = max((_length(cell, column.kind) for cell in cells), default=0)
    return max(NARROWEST, len(column.name) + ROOM_FOR_THE_ARROW, longest + 1)


def _length(cell: Any, kind: str) -> int:
    if isinstance(cell, str):
        return max(map(len, cell.splitlines()), default=0)
    if cell is None or cell is pd.NA or cell is pd.NaT or cell != cell:
        return 0
    if isinstance(cell, int):
        return len(f"{cell:,}")
    if isinstance(cell, float) and math.isfinite(cell):
        return len(f"{cell:,.2f}")
    return len(FORMATS[kind])
