"""Sheets of a workbook as text tables, after a look at whether it is safe to unpack."""

import datetime as dt
import io
import posixpath
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree

import pandas as pd

from lupus_outcomes.data.archive import WORKBOOK_ENTRY, Part, check_archive, read_entry
from lupus_outcomes.data.dialect import TextTable, check_width, name_columns
from lupus_outcomes.data.findings import rows_in_words
from lupus_outcomes.errors import UnreadableError

WORKBOOK_SUFFIXES = (".xlsx", ".xlsm")
RELATIONS_ENTRY = "xl/_rels/workbook.xml.rels"
RELATION_ID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
ZIP_MAGIC = b"PK"


@dataclass(frozen=True)
class Workbook:
    """A workbook that is safe to read; sheets are read when they are asked for."""

    name: str
    sheet_names: tuple[str, ...]
    _sheets: Any
    _parts: Mapping[str, Part]

    def cells(self, sheet: str) -> list[list[str]]:
        """All cells of a sheet as text, rows as in the spreadsheet, blank rows at the end left out.

        Raises
        ------
        UnreadableError
            A formula that failed or was never calculated: its value is lost.
        """
        self._check_formulas(sheet)
        with _reading(self.name):
            found = self._sheets.get_sheet_by_name(sheet).to_python(skip_empty_area=False)
        rows = [[_cell_text(cell) for cell in row] for row in found]
        while rows and not any(rows[-1]):
            rows.pop()
        return rows

    def table(self, sheet: str) -> TextTable:
        """A sheet with the names of its columns in the first row."""
        name = f"{self.name}, sheet {sheet}"
        rows = self.cells(sheet)
        if not rows:
            raise UnreadableError(f"{name} is empty. Fill or remove it.")
        check_width(len(rows[0]), name)
        return TextTable(name, name_columns(pd.DataFrame(rows, dtype=object), name), None)

    def _check_formulas(self, sheet: str) -> None:
        part = self._parts.get(sheet, Part())
        for rows, problem, way_out in (
            (part.failed, "a formula has failed (#N/A, #DIV/0!)", "Replace it by its value."),
            (part.uncalculated, "a formula was never calculated", "Save it once in Excel."),
        ):
            if rows:
                where = rows_in_words(tuple(sorted(rows)))
                raise UnreadableError(f"{self.name}, sheet {sheet}{where}: {problem}. {way_out}")


def open_workbook(content: bytes, name: str) -> Workbook:
    """Look into a workbook.

    Raises
    ------
    UnreadableError
        Not a workbook, protected by a password, or unpacking to more than is reasonable.
    """
    from python_calamine import load_workbook

    if not content.startswith(ZIP_MAGIC):
        raise UnreadableError(
            f"{name} is no .xlsx workbook, or has a password. Save it again as .xlsx without one."
        )
    parts = check_archive(content, name)
    with _reading(name):
        sheets = load_workbook(io.BytesIO(content))
        files = _sheet_files(content)
        names = tuple(sheets.sheet_names)
    by_sheet = {sheet: parts[file] for sheet, file in files.items() if file in parts}
    return Workbook(name, names, sheets, by_sheet)


@contextmanager
def _reading(name: str) -> Iterator[None]:
    from python_calamine import CalamineError

    try:
        yield
    except (CalamineError, ElementTree.ParseError, KeyError, ValueError, OSError):
        raise UnreadableError(f"{name} is damaged. Save it again as .xlsx.") from None
    except BaseException as problem:
        # A panic of the reader's Rust comes as an exception of its own, outside of Exception.
        if type(problem).__name__ != "PanicException":
            raise
        raise UnreadableError(f"{name} cannot be read. Save it again as .xlsx.") from None


def _sheet_files(content: bytes) -> dict[str, str]:
    """Which entry of the archive holds which sheet."""
    relations = ElementTree.fromstring(read_entry(content, RELATIONS_ENTRY))
    targets = {relation.attrib["Id"]: relation.attrib["Target"] for relation in relations}
    book = ElementTree.fromstring(read_entry(content, WORKBOOK_ENTRY))
    return {
        sheet.attrib["name"]: posixpath.normpath(
            posixpath.join("/xl", targets[sheet.attrib[RELATION_ID]])
        ).lstrip("/")
        for sheet in book.iterfind("{*}sheets/{*}sheet")
    }


def _cell_text(cell: object) -> str:
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, dt.datetime):
        return cell.date().isoformat()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()
