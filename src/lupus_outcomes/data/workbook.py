"""Sheets of a workbook as text tables, after a look at whether it is safe to unpack."""

import datetime as dt
import io
import zipfile

import pandas as pd

from lupus_outcomes.data.dialect import TextTable
from lupus_outcomes.errors import UnreadableError

# An honest workbook compresses tenfold; a bomb thousandfold.
LARGEST_RATIO = 100
LARGEST_UNPACKED_BYTES = 200_000_000
LARGEST_ENTRY_BYTES = 100_000_000


def read_sheets(content: bytes, name: str) -> dict[str, TextTable]:
    """Every non-empty sheet by its name, all cells text, the first row the header.

    Raises
    ------
    UnreadableError
        Not a workbook, protected by a password, or unpacking to more than is reasonable.
    """
    from python_calamine import CalamineError, load_workbook

    if content[:2] == b"PK":
        _check_archive(content, name)
    try:
        workbook = load_workbook(io.BytesIO(content))
        rows = {
            sheet: workbook.get_sheet_by_name(sheet).to_python() for sheet in workbook.sheet_names
        }
    except CalamineError:
        raise UnreadableError(
            f"{name} cannot be read as a workbook. Save it again as .xlsx without a password."
        ) from None
    return {
        sheet: _as_table(cells, f"{name}, sheet {sheet}") for sheet, cells in rows.items() if cells
    }


def _check_archive(content: bytes, name: str) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
            has_dtd = any(
                b"<!DOCTYPE" in archive.open(entry).read(4096)
                for entry in entries
                if entry.filename.endswith((".xml", ".rels"))
            )
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError):
        raise UnreadableError(f"{name} is damaged. Save it again as .xlsx.") from None
    unpacked = sum(entry.file_size for entry in entries)
    too_large = (
        unpacked > LARGEST_UNPACKED_BYTES
        or any(entry.file_size > LARGEST_ENTRY_BYTES for entry in entries)
        or unpacked > LARGEST_RATIO * max(len(content), 1)
    )
    if too_large or has_dtd:
        raise UnreadableError(
            f"{name} unpacks to far more than a workbook of its size should. Give the tables as CSV."
        )


def _as_table(cells: list[list], name: str) -> TextTable:
    header = [str(cell).strip() for cell in cells[0]]
    named = [position for position, column in enumerate(header) if column]
    if len({header[position] for position in named}) < len(named):
        raise UnreadableError(f"{name}: a column name occurs twice. Rename one of them.")
    rows = [[_cell_text(row[position]) for position in named] for row in cells[1:]]
    while rows and not any(rows[-1]):
        rows.pop()
    return TextTable(
        name, pd.DataFrame(rows, columns=[header[p] for p in named], dtype=object), None
    )


def _cell_text(cell: object) -> str:
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, dt.datetime):
        return cell.date().isoformat()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()
