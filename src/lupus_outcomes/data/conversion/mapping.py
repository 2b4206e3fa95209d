"""``mapping.toml``: how the fields of one export become the columns of the dataset.

At the top: ``format`` (redcap, table), ``title``, ``study``, ``data_cut``, ``synthetic``,
``dates_shifted``, ``missing_codes`` (these values are unknown wherever they stand), ``date_format``
(for exports whose dates are not ISO, as in ``"%d/%m/%Y"``), ``sheet`` (of a workbook with several)
and the section ``[assume]``.

Then one section a table of the dictionary; ``[[samples]]``, twice or more, puts the rows of several
sections into one table. Beside columns a section may hold

``instrument = "ae"``
    the repeating instrument whose rows these are
``events = ["baseline_arm_1"]``
    only rows of these events
``rows_when = CONDITION``
    only rows, or records of a table with one row a record, for which it holds
``each = "row"`` or ``"record"``
    one row an export row, or one a record with the first non-empty value of each field; records are
    the rule for patients, and for treatments without an instrument

A column is ``"field"`` or ``{ field = "field", ... }``. Instead of ``field`` there may be

``constant = "false"``
    the same for every row
``any = ["ae_aesi___hz", "ae_hz"]``
    true where one box is ticked, false where all are known not to be
``count = ["bio___1", "bio___2"]``
    how many are ticked, where all are known
``first_ticked = { "crit___1" = "death", "crit___3" = "hospitalisation" }``
    the code of the first ticked box in the order written; ``none_ticked`` for none of them
``latest = ["eos_date", "visit_date"]``
    the last of these dates, over all rows of the record where a row is a record

and beside it

``values = { 1 = "female", 2 = "male" }``
    what the codes mean, ``""`` for unknown; ``other`` for all codes not listed, which are otherwise
    unknown and reported
``form = "sledai"``
    unknown unless ``sledai_complete`` is 2
``unknown_when = CONDITION``, ``when = CONDITION``
    unknown where it holds; unknown unless it holds
``scale = 0.1``, ``scale_when = { field = "c3_unit", values = { 1 = 1, 2 = 0.01 } }``
    a factor, or one chosen by the code of another field
``decimal = ","``
    the decimal mark, where the column itself leaves it open

Without being told: a row is a visit where its date is filled, and a row of another table where its
date, term or value is; an unticked box is unknown where nobody opened its form, or where the box of
a missing code is ticked; group names come from ``dags.csv`` beside the export; a time of day is
dropped; a number has the decimal mark of its column.

A CONDITION is a box or yes-no field, ``"sledai_na___15"``, that must be ticked, or
``{ field = "visit_type", is = ["1", "2"] }``, with ``is_not`` or ``at_least`` for ``is``.
"""

import datetime as dt
from collections.abc import Mapping as Section
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lupus_outcomes.data.conversion.mapping_column import (
    ColumnMapping,
    Condition,
    Place,
    parse_column,
)
from lupus_outcomes.data.dialect import read_octets
from lupus_outcomes.data.toml_text import parse_toml
from lupus_outcomes.dictionary import (
    ASSUMABLE_COLUMNS,
    ASSUMABLE_FACTS,
    MANDATORY_TABLES,
    TABLES,
    mandatory_columns,
)
from lupus_outcomes.errors import MappingError, UnreadableError

FORMATS = ("redcap", "table")
MANDATORY_KEYS = ("format", "title", "study", "data_cut")
OPTIONAL_KEYS = ("synthetic", "dates_shifted", "missing_codes", "date_format", "sheet", "assume")
SECTION_KEYS = ("instrument", "events", "rows_when", "each")
EACH = ("row", "record")
RECORD_TABLES = ("patients", "treatments")


@dataclass(frozen=True, slots=True)
class TableMapping:
    """One section: which rows of the export, and what its columns are made of."""

    table: str
    is_per_record: bool
    columns: tuple[ColumnMapping, ...]
    instrument: str = ""
    events: tuple[str, ...] = ()
    rows_when: Condition | None = None

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """All conditions of the section, of its rows and of its columns."""
        own = (self.rows_when,) if self.rows_when else ()
        return own + tuple(found for column in self.columns for found in column.conditions)


@dataclass(frozen=True, slots=True)
class Mapping:
    """A whole mapping file, checked against the dictionary."""

    name: str
    text: str
    format: str
    about: Section[str, Any]
    patient_field: str
    tables: tuple[TableMapping, ...]
    missing_codes: tuple[str, ...] = ()
    date_format: str = ""
    sheet: str = ""


def read_mapping(path: Path) -> Mapping:
    """Read and check a mapping file; ``MappingError`` names the file, the section and the key."""
    try:
        text = read_octets(path).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise MappingError(f"{path.name} is not UTF-8 text. Save it as UTF-8.") from None
    return parse_mapping(text, path.name)


def parse_mapping(text: str, name: str) -> Mapping:
    """As ``read_mapping``, from the text of a file called ``name``."""
    try:
        content = parse_toml(text, name)
    except UnreadableError as problem:
        raise MappingError(str(problem)) from None
    top = Place(name)
    _check_top(content, top)
    tables = tuple(
        _parse_table(table, section, Place(name, table))
        for table in TABLES
        for section in _sections_of(content.get(table, []), Place(name, table))
    )
    patient_field = _patient_field(tables, top)
    _check_patient_fields(content, patient_field, top)
    return Mapping(
        name=name,
        text=text,
        format=content["format"],
        about=_parse_about(content, top),
        patient_field=patient_field,
        tables=tables,
        missing_codes=_texts(content.get("missing_codes", []), top.at("missing_codes")),
        date_format=_text(content.get("date_format", ""), top.at("date_format")),
        sheet=_text(content.get("sheet", ""), top.at("sheet")),
    )


def _check_top(content: Section[str, Any], top: Place) -> None:
    lacking = [key for key in MANDATORY_KEYS if not content.get(key)]
    if lacking:
        raise top.error(f"lacks {', '.join(lacking)}", "Add a line for each.")
    if content["format"] == "adam":
        raise top.at("format").error("ADaM is not converted yet", "Use redcap or table.")
    top.at("format").check_among(content["format"], FORMATS)
    known = (*MANDATORY_KEYS, *OPTIONAL_KEYS, *TABLES)
    for key in content:
        top.at(key).check_among(key, known)
    for table in MANDATORY_TABLES:
        if table not in content:
            raise top.error(f"lacks the section [{table}]", "Add it.")


def _parse_about(content: Section[str, Any], top: Place) -> dict[str, Any]:
    """What ``dataset.toml`` will say."""
    for key in ("synthetic", "dates_shifted"):
        if not isinstance(content.get(key, False), bool):
            raise top.at(key).error("is neither true nor false", "Write true or false, unquoted.")
    about: dict[str, Any] = {key: _text(content[key], top.at(key)) for key in ("title", "study")}
    about["data_cut"] = _parse_day(content["data_cut"], top.at("data_cut"))
    about |= {key: True for key in ("synthetic", "dates_shifted") if content.get(key)}
    if content.get("assume"):
        about["assume"] = _parse_assumed(content["assume"], Place(top.name, "assume"))
    return about


def _parse_day(value: object, place: Place) -> dt.date:
    try:
        return value if type(value) is dt.date else dt.date.fromisoformat(str(value))
    except ValueError:
        raise place.error("is not a date", "Write it as 2026-06-30.") from None


def _parse_assumed(section: object, place: Place) -> dict[str, bool]:
    if not isinstance(section, dict):
        raise place.error("is not a section", "Write [assume] on a line of its own.")
    for key, value in section.items():
        place.at(key).check_among(key, (*ASSUMABLE_COLUMNS, *ASSUMABLE_FACTS))
        if not isinstance(value, bool):
            raise place.at(key).error("is neither true nor false", "Write true or false, unquoted.")
    return section


def _sections_of(value: object, place: Place) -> list[Section[str, Any]]:
    sections: list[Any] = value if isinstance(value, list) else [value]
    if not all(isinstance(section, dict) for section in sections):
        raise place.error("is not a section", f"Write [{place.section}] on a line of its own.")
    return sections


def _parse_table(table: str, section: Section[str, Any], place: Place) -> TableMapping:
    known = (*TABLES[table].columns, *SECTION_KEYS)
    for key in section:
        place.at(key).check_among(key, known, "is in no table of the dictionary under this name")
    instrument = _text(section.get("instrument", ""), place.at("instrument"))
    default = "record" if table in RECORD_TABLES and not instrument else "row"
    each = section.get("each", default)
    place.at("each").check_among(each, EACH)
    columns = tuple(
        parse_column(table, name, section[name], place.at(name))
        for name in TABLES[table].columns
        if name in section and (name != "patient_id" or table == "patients")
    )
    lacking = set(mandatory_columns(table)) - set(section) - {"patient_id"}
    if lacking:
        raise place.error(f"lacks {', '.join(sorted(lacking))}", "Map each mandatory column.")
    return TableMapping(
        table=table,
        is_per_record=each == "record",
        columns=columns,
        instrument=instrument,
        events=_texts(section.get("events", []), place.at("events")),
        rows_when=(
            Condition.parse(section["rows_when"], place.at("rows_when"))
            if "rows_when" in section
            else None
        ),
    )


def _patient_field(tables: tuple[TableMapping, ...], top: Place) -> str:
    place = Place(top.name, "patients")
    if sum(table.table == "patients" for table in tables) > 1:
        raise place.error("is there twice", "Join the two sections.")
    first = tables[0].columns[0] if tables[0].columns else None
    if first is None or first.column != "patient_id" or not first.is_plain:
        raise place.at("patient_id").error(
            "must be the field that holds the record id", 'Write patient_id = "record_id".'
        )
    return first.field


def _check_patient_fields(content: Section[str, Any], patient_field: str, top: Place) -> None:
    for table in TABLES:
        place = Place(top.name, table, "patient_id")
        for section in _sections_of(content.get(table, []), place):
            if section.get("patient_id", patient_field) != patient_field:
                raise place.error("is another field than in [patients]", "Remove the line.")


def _text(value: object, place: Place) -> str:
    if not isinstance(value, str):
        raise place.error("is not text", "Put it in quotation marks.")
    return value


def _texts(value: object, place: Place) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise place.error("is not a list", 'Write it as ["one", "two"].')
    return tuple(str(item) for item in value)
