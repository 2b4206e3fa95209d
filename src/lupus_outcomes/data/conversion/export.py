"""An export as it lies on disk: one flat table of text, and what REDCap says beside it."""

import struct
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lupus_outcomes.data.dialect import (
    TextTable,
    parse_delimited,
    read_delimited,
    read_header,
    read_octets,
)
from lupus_outcomes.data.workbook import WORKBOOK_SUFFIXES, open_workbook
from lupus_outcomes.data.write import to_text
from lupus_outcomes.errors import UnreadableError

EVENT = "redcap_event_name"
INSTRUMENT = "redcap_repeat_instrument"
INSTANCE = "redcap_repeat_instance"
GROUP = "redcap_data_access_group"
SURVEY = "redcap_survey_identifier"
KEYS = (EVENT, INSTRUMENT, INSTANCE)
OWN_COLUMNS = (*KEYS, GROUP, SURVEY)
STATUS = "_complete"
BOX = "___"

DICTIONARY_FILES = ("data_dictionary.csv", "*_DataDictionary_*.csv")
GROUPS_FILE = "dags.csv"
EAV_COLUMNS = {"record", "field_name", "value"}
LABEL_COLUMNS = {"Event Name", "Repeat Instrument", "Repeat Instance", "Complete?"}
# What pandas fails with on a Stata file that is cut short, damaged or of another kind.
NOT_WHOLE = (
    ArithmeticError, AssertionError, AttributeError, LookupError, MemoryError, NotImplementedError,
    OSError, TypeError, UnicodeWarning, ValueError, struct.error,
)  # fmt: skip
RAW_WAY_OUT = "Export again from REDCap as CSV / raw data."


@dataclass(frozen=True, slots=True)
class Field:
    """One field of the project's data dictionary."""

    name: str
    form: str
    kind: str
    label: str
    choices: Mapping[str, str]
    is_identifier: bool


@dataclass(frozen=True, slots=True)
class Export:
    """A flat table of text, with the data dictionary and group names that lie beside it."""

    path: Path
    table: TextTable
    fields: Mapping[str, Field]
    groups: Mapping[str, str]

    @property
    def frame(self) -> pd.DataFrame:
        """The cells, '' for empty."""
        return self.table.frame

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the table's columns."""
        return tuple(self.frame.columns)

    @property
    def identifiers(self) -> tuple[str, ...]:
        """Columns whose field the dictionary flags as identifying a person."""
        return tuple(column for column in self.columns if self.is_flagged(column))

    def is_flagged(self, column: str) -> bool:
        """Whether the dictionary says that its field identifies a person."""
        field = self.fields.get(field_of(column))
        return field is not None and field.is_identifier


def field_of(column: str) -> str:
    """The field a column belongs to: boxes are columns ``field___code``."""
    return column.partition(BOX)[0]


def box_columns(field: str, columns: tuple[str, ...]) -> tuple[str, ...]:
    """The columns of one field of boxes."""
    return tuple(column for column in columns if column.startswith(field + BOX))


def box_column(field: str, code: str) -> str:
    """The column of one box: ``organ`` and ``-99`` make ``organ____99``."""
    return field + BOX + code.lower().replace("-", "_")


def open_export(path: Path, sheet: str = "") -> Export:
    """Read a REDCap raw export, or any flat table: delimited text, Stata, one sheet of a workbook.

    Raises
    ------
    UnreadableError
        Not a table, or an export with labels or in long form.
    """
    if path.is_dir():
        raise UnreadableError(f"{path} is a folder. Name the export file in it.")
    return Export(
        path=path,
        table=_read_table(path, sheet),
        fields=_read_dictionary(path.parent),
        groups=_read_groups(path.parent),
    )


def _read_table(path: Path, sheet: str) -> TextTable:
    suffix = path.suffix.lower()
    if suffix in WORKBOOK_SUFFIXES and path.is_file():
        return _read_sheet(path, sheet)
    if suffix == ".dta" and path.is_file():
        return _read_stata(path)
    octets = read_octets(path)
    _refuse_other_exports(path.name, set(read_header(octets, path.name)))
    return parse_delimited(octets, path.name)


def _read_sheet(path: Path, sheet: str) -> TextTable:
    workbook = open_workbook(read_octets(path), path.name)
    names = workbook.sheet_names
    if sheet in names:
        return workbook.table(sheet)
    filled = names if sheet else [name for name in names if len(names) == 1 or workbook.cells(name)]
    if not sheet and len(filled) == 1:
        return workbook.table(filled[0])
    way_out = f'Say which in the mapping, as sheet = "{next(iter(filled), "name")}".'
    problem = f"has no sheet {sheet}" if sheet else f"has {len(filled)} sheets"
    raise UnreadableError(f"{path.name} {problem}. {way_out}")


def _read_stata(path: Path) -> TextTable:
    try:
        with warnings.catch_warnings():
            # Text in another encoding than its version of Stata has would be guessed at.
            warnings.simplefilter("error", UnicodeWarning)
            frame = pd.read_stata(path, convert_categoricals=False)
    except NOT_WHOLE:
        raise UnreadableError(f"{path.name} is not a whole Stata file. Save it again.") from None
    texts = {name: to_text(values).str.strip() for name, values in frame.items()}
    return TextTable(path.name, pd.DataFrame(texts), None)


def _refuse_other_exports(name: str, columns: set[str]) -> None:
    if columns >= EAV_COLUMNS:
        raise UnreadableError(f"{name} has a row a value (EAV). {RAW_WAY_OUT}")
    has_choices = any("(choice=" in column for column in columns)
    if has_choices or len(columns & LABEL_COLUMNS) > 1:
        raise UnreadableError(f"{name} holds labels instead of codes. {RAW_WAY_OUT}")


def _read_dictionary(folder: Path) -> dict[str, Field]:
    files = sorted({file for pattern in DICTIONARY_FILES for file in folder.glob(pattern)})
    if len(files) != 1:
        return {}
    frame = read_delimited(files[0]).frame
    columns = {
        "name": "Variable / Field Name",
        "form": "Form Name",
        "kind": "Field Type",
        "label": "Field Label",
        "choices": "Choices, Calculations, OR Slider Labels",
        "flag": "Identifier?",
    }
    if not set(columns.values()) <= set(frame.columns):
        raise UnreadableError(
            f"{files[0].name} is no REDCap data dictionary. Download it again, or move it away."
        )
    rows = frame[list(columns.values())].set_axis(list(columns), axis=1)
    return {
        row["name"]: Field(
            name=row["name"],
            form=row["form"],
            kind=row["kind"],
            label=row["label"],
            choices=_parse_choices(row["choices"]),
            is_identifier=row["flag"].lower() in ("y", "yes", "1"),
        )
        for row in rows.to_dict("records")
    }


def _parse_choices(text: str) -> dict[str, str]:
    """``1, Yes | 0, No`` as code to label; a formula has no such pairs."""
    pairs = (choice.partition(",") for choice in text.split("|"))
    return {code.strip(): label.strip() for code, comma, label in pairs if comma and code.strip()}


def _read_groups(folder: Path) -> dict[str, str]:
    file = folder / GROUPS_FILE
    if not file.is_file():
        return {}
    frame = read_delimited(file).frame
    names = {"unique_group_name", "data_access_group_name"}
    if not names <= set(frame.columns):
        return {}
    return dict(zip(frame["unique_group_name"], frame["data_access_group_name"], strict=True))


def forms_by_column(columns: tuple[str, ...]) -> dict[str, str]:
    """The form each column belongs to, told by the status column that ends every form.

    Columns behind the last status are of no named form; so are all where no status was exported.
    """
    forms: dict[str, str] = {}
    waiting: list[str] = []
    for column in columns:
        if column.endswith(STATUS) and BOX not in column:
            forms |= dict.fromkeys(waiting, column.removesuffix(STATUS))
            waiting = []
        elif column not in OWN_COLUMNS:
            waiting.append(column)
    return forms | dict.fromkeys(waiting, "")


def opened_forms(frame: pd.DataFrame, record_field: str) -> dict[str, NDArray[np.bool_]]:
    """For each form, the rows in which somebody opened it: (n,) booleans.

    A status of 0 is given to forms that were saved as incomplete and to forms nobody ever saw; only
    content tells them apart. An unticked box is no content.
    """
    forms = forms_by_column(tuple(frame.columns))
    opened: dict[str, NDArray[np.bool_]] = {}
    for column, form in forms.items():
        if form not in opened:
            status = frame.get(form + STATUS)
            is_saved = np.zeros(len(frame), dtype=bool)
            opened[form] = is_saved if status is None else status.isin(["1", "2"]).to_numpy()
        if column == record_field:
            continue
        empty = ("", "0") if BOX in column else ("",)
        opened[form] = opened[form] | ~frame[column].isin(empty).to_numpy()
    return opened
