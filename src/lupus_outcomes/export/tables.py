"""Result tables as CSV, for statistics programs and for spreadsheets."""

import json
import re
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
import pandas as pd

from lupus_outcomes.data.about import ABOUT_FILE
from lupus_outcomes.derive.cohort import Cohort
from lupus_outcomes.derive.selection import Selection
from lupus_outcomes.errors import UnreadableError, UsageError
from lupus_outcomes.export.delimited import is_all_text, write_csv
from lupus_outcomes.export.visit_states import visit_states_table
from lupus_outcomes.release.disclosure import RELEASE, Released

# Text that a spreadsheet would take for a formula; a plain number or a word like +ve is none. Some
# spreadsheets take the wide forms of the signs for the signs.
_FORMULA = re.compile(
    r"[=@＝＠\t\r\n]"
    r"|[-+＋－](?!$|(?:\d+(?:[.,]\d*)?|[.,]\d+)(?:[eE][+-]?\d+)?$|[A-Za-z]{1,3}$)"
)
_LINE_END = re.compile(r"[\r\n]+")


def as_csv(table: pd.DataFrame) -> bytes:
    """UTF-8, full precision, empty for unknown: the files of the command line, for R and Stata."""
    on_one_line = _map_text(table, _on_one_line)
    return write_csv(on_one_line).encode("utf-8")


def as_spreadsheet_csv(table: pd.DataFrame) -> bytes:
    """As ``as_csv``, with text that a spreadsheet would run as a formula made harmless."""
    return as_csv(_map_text(table, _harmless).rename(columns=_harmless))


def _map_text(table: pd.DataFrame, change: Callable[[object], object]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            name: cells
            if pd.api.types.is_numeric_dtype(cells)
            else _map_distinct(cells.astype(object), change)
            for name, cells in table.items()
        },
        index=table.index,
    )


def _map_distinct(cells: pd.Series, change: Callable[[object], object]) -> pd.Series:
    """``cells.map(change)``, each distinct text once."""
    if not is_all_text(cells):
        return cells.map(change)
    codes, distinct = pd.factorize(cells)
    changed = np.array([*(change(cell) for cell in distinct), np.nan], dtype=object)
    return pd.Series(np.where(codes < 0, cells, changed[codes]), index=cells.index, dtype=object)


def _on_one_line(cell: object) -> object:
    # A lone carriage return is not put in quotation marks, and begins a row of its own.
    return _LINE_END.sub(" ", cell) if isinstance(cell, str) else cell


def _harmless(cell: object) -> object:
    return f"'{cell}" if isinstance(cell, str) and _FORMULA.match(cell) else cell


def write_tables(
    folder: Path, results: Iterable[Released], cohort: Cohort, selection: Selection
) -> list[str]:
    """Write every result, the states of each visit and ``manifest.json``; returns the file names.

    ``visit_states.csv`` has a row a patient and visit: it is for one's own machine, and not
    written in release mode.
    """
    if (folder / ABOUT_FILE).exists():
        raise UsageError(f"{folder} is a dataset. Choose another --out for the result tables.")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        released = list(results)
        contents = {f"{r.result.id}.csv": as_csv(r.table) for r in released}
        if released[0].stamp.disclosure != RELEASE:
            contents["visit_states.csv"] = as_csv(visit_states_table(cohort, selection))
        contents["manifest.json"] = _manifest(released).encode()
        for name, content in contents.items():
            (folder / name).write_bytes(content)
    except OSError as problem:
        raise UnreadableError(f"{folder}: {problem.strerror}. Choose another --out.") from None
    return sorted(contents)


def _manifest(released: list[Released]) -> str:
    stamp = released[0].stamp
    tables = {
        r.result.id: {
            "title": r.result.title,
            "finding": r.result.finding,
            "denominator": r.result.denominator,
            "method": r.result.method,
            "notes": list(r.result.notes),
        }
        for r in released
    }
    whole = stamp.as_dict() | {
        "id": stamp.id,
        "filters": json.loads(stamp.filters),
        "banners": list(released[0].banners),
        "tables": tables,
    }
    return json.dumps(whole, indent=1, ensure_ascii=False) + "\n"
