"""A raw export or any flat table and a mapping: tables of text as the dictionary has them.

A row of a raw export has a key of four columns: record, event, repeat instrument, repeat instance.
"""

from collections.abc import Mapping as Lookup
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lupus_outcomes.data.checks.whole import check_ends
from lupus_outcomes.data.conversion.cells import (
    NO_GROUP,
    Cells,
    Rows,
    holds,
    prepare_rows,
    read_cells,
)
from lupus_outcomes.data.conversion.export import (
    EVENT,
    GROUP,
    INSTRUMENT,
    KEYS,
    Export,
    forms_by_column,
)
from lupus_outcomes.data.conversion.fit import check_fit
from lupus_outcomes.data.conversion.mapping import Mapping, TableMapping
from lupus_outcomes.data.findings import Finding, query, row_numbers, rows_in_words
from lupus_outcomes.data.numbers_text import detect_decimal_mark
from lupus_outcomes.dictionary import TABLES, spec_of
from lupus_outcomes.errors import UnreadableError

# Without an instrument, a row of the export is a row of the table where this column is filled.
ANCHORS = {
    "visits": "visit_date",
    "infusions": "infusion_date",
    "treatments": "start_date",
    "flares": "flare_date",
    "adverse_events": "term",
    "samples": "value",
    "eligibility": "met",
}


@dataclass(frozen=True, slots=True)
class Converted:
    """Tables of text in the dictionary's columns, '' for unknown, and what there is to say."""

    tables: Lookup[str, pd.DataFrame]
    notes: tuple[str, ...]
    findings: tuple[Finding, ...]


def convert_export(export: Export, mapping: Mapping) -> Converted:
    """Make the tables of a dataset from an export.

    Raises
    ------
    MappingError
        The mapping names what the export does not have, or a field that identifies a person.
    UnreadableError
        Rows without a record, or two rows with the same key.
    """
    check_fit(export, mapping)
    _check_keys(export, mapping)
    rows = prepare_rows(export, mapping)
    records = export.frame[mapping.patient_field]
    made = [_convert_section(rows, records, section) for section in mapping.tables]
    patients = made[0].frame["patient_id"]
    tables: dict[str, pd.DataFrame] = {}
    for section, part in zip(mapping.tables, made, strict=True):
        kept = part.frame[part.frame["patient_id"].isin(patients)]
        before = [tables[section.table]] if section.table in tables else []
        # Sections of one table need not map the same columns: what one lacks is unknown there.
        tables[section.table] = _in_order(
            section.table, pd.concat([*before, kept], ignore_index=True).fillna("")
        )
    return Converted(
        tables=tables,
        notes=(*_notes_on_export(export, mapping), *(note for part in made for note in part.notes)),
        findings=(
            *check_ends({export.table.name: export.table}),
            *_unknown_instruments(export, mapping),
            *(finding for part in made for finding in part.findings),
        ),
    )


@dataclass(frozen=True, slots=True)
class _Made:
    frame: pd.DataFrame
    notes: tuple[str, ...]
    findings: tuple[Finding, ...]


def _check_keys(export: Export, mapping: Mapping) -> None:
    records = export.frame[mapping.patient_field]
    without = row_numbers((records == "").to_numpy())
    if without:
        raise UnreadableError(
            f"{export.table.name}{rows_in_words(without)}: no {mapping.patient_field}. "
            "Fill it in, or remove the row."
        )
    if mapping.format != "redcap":
        return
    keys = [mapping.patient_field, *(key for key in KEYS if key in export.columns)]
    repeated = row_numbers(export.frame.duplicated(keys, keep=False).to_numpy())
    if repeated:
        raise UnreadableError(
            f"{export.table.name}{rows_in_words(repeated)}: the same {', '.join(keys)} twice. "
            "Export again from REDCap, without joining files."
        )


def _unknown_instruments(export: Export, mapping: Mapping) -> tuple[Finding, ...]:
    """Rows of an instrument that is neither mapped nor a form of the export: nobody uses them."""
    if INSTRUMENT not in export.columns:
        return ()
    mapped = [section.instrument for section in mapping.tables]
    instrument = export.frame[INSTRUMENT]
    unknown = ~instrument.isin(["", *mapped, *forms_by_column(export.columns).values()])
    message = "no form of the export and not mapped, so the row is not used"
    return query("unknown_instrument", export.table.name, INSTRUMENT, unknown, message)


def _convert_section(rows: Rows, records: pd.Series, section: TableMapping) -> "_Made":
    columns = TABLES[section.table].columns
    cells = {
        column.column: read_cells(rows, column, spec_of(columns[column.column]))
        for column in section.columns
        if column.column != "patient_id"
    }
    frame = pd.DataFrame({name: found.text for name, found in cells.items()}, index=records.index)
    is_candidate = _candidates(rows, section)
    is_wanted = is_candidate & _wanted(rows, records, section, is_candidate)
    is_taken = is_wanted if section.is_per_record else is_wanted & _rows_of_table(frame, section)
    taken = frame[is_taken].assign(patient_id=records[is_taken])
    return _Made(
        frame=_one_row_a_record(taken, section) if section.is_per_record else taken,
        notes=_notes_on_rows(frame, section, is_candidate & ~is_wanted, is_wanted & ~is_taken),
        findings=_findings(section.table, cells, is_wanted),
    )


def _candidates(rows: Rows, section: TableMapping) -> NDArray[np.bool_]:
    is_candidate = np.ones(len(rows.frame), dtype=bool)
    if section.instrument:
        is_candidate &= (rows.frame[INSTRUMENT] == section.instrument).to_numpy()
    if section.events:
        is_candidate &= rows.frame[EVENT].isin(section.events).to_numpy()
    return is_candidate


def _wanted(
    rows: Rows, records: pd.Series, section: TableMapping, is_candidate: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    if section.rows_when is None:
        return is_candidate
    is_wanted = is_candidate & holds(rows, section.rows_when)
    if section.is_per_record:
        # Of a record that is wanted all rows count: its fields are spread over its events.
        return records.isin(records[is_wanted]).to_numpy()
    return is_wanted


def _rows_of_table(frame: pd.DataFrame, section: TableMapping) -> NDArray[np.bool_]:
    is_chosen = section.instrument or section.rows_when is not None
    if is_chosen and section.table != "visits":
        return _has_content(frame, section)
    return (frame[ANCHORS[section.table]] != "").to_numpy()


def _has_content(frame: pd.DataFrame, section: TableMapping) -> NDArray[np.bool_]:
    names = [column.column for column in section.columns if column.source != "constant"]
    return (frame[names] != "").any(axis=1).to_numpy()


def _one_row_a_record(frame: pd.DataFrame, section: TableMapping) -> pd.DataFrame:
    first = frame.where(frame != "").groupby("patient_id", sort=False).first()
    latest = {
        column.column: frame.sort_values(column.column).groupby("patient_id")[column.column].last()
        for column in section.columns
        if column.source == "latest"
    }
    return first.astype(object).where(first.notna(), "").assign(**latest).reset_index()


def _findings(
    table: str, cells: Lookup[str, Cells], is_wanted: NDArray[np.bool_]
) -> tuple[Finding, ...]:
    return tuple(
        Finding(
            severity="set_aside",
            rule=problem.rule,
            table=table,
            column=column,
            rows=row_numbers(problem.is_bad & is_wanted),
            message=problem.message,
            way_out=problem.way_out,
        )
        for column, found in cells.items()
        for problem in found.problems
        if (problem.is_bad & is_wanted).any()
    )


def _notes_on_rows(
    frame: pd.DataFrame,
    section: TableMapping,
    is_unwanted: NDArray[np.bool_],
    is_left_out: NDArray[np.bool_],
) -> tuple[str, ...]:
    if section.is_per_record:
        return ()
    has_content = _has_content(frame, section)
    notes = []
    if unwanted := row_numbers(is_unwanted & has_content):
        notes.append(f"{section.table}{rows_in_words(unwanted)}: left out by rows_when")
    if left_out := row_numbers(is_left_out & has_content):
        anchor = ANCHORS[section.table]
        notes.append(f"{section.table}{rows_in_words(left_out)}: left out, no {anchor}")
    return tuple(notes)


def _in_order(table: str, frame: pd.DataFrame) -> pd.DataFrame:
    names = [name for name in TABLES[table].columns if name in frame.columns]
    return frame[names].reset_index(drop=True)


def _notes_on_export(export: Export, mapping: Mapping) -> tuple[str, ...]:
    notes = []
    if export.table.dialect:
        notes.append(f"{export.table.name}: {export.table.dialect.in_words()}")
    columns = [column for section in mapping.tables for column in section.columns]
    fields = {field for column in columns for field in column.named_fields}
    commas = [
        field
        for field in export.columns
        if field in fields and detect_decimal_mark(export.frame[field]) == ","
    ]
    if commas:
        notes.append(f"decimal comma in {', '.join(commas)}")
    if export.identifiers:
        notes.append(f"dropped as identifying a person: {', '.join(export.identifiers)}")
    return (*notes, *_notes_on_groups(export, mapping, fields), *_notes_on_events(export, mapping))


def _notes_on_groups(export: Export, mapping: Mapping, fields: set[str]) -> tuple[str, ...]:
    if GROUP not in fields:
        return ()
    count = export.frame.loc[export.frame[GROUP] == "", mapping.patient_field].nunique()
    return (f"records in no data access group, called {NO_GROUP}: {count}",) if count else ()


def _notes_on_events(export: Export, mapping: Mapping) -> tuple[str, ...]:
    if EVENT not in export.columns:
        return ()
    present = set(export.frame[EVENT])
    named = {event for section in mapping.tables for event in section.events}
    return tuple(f"no row of the event {event}" for event in sorted(named - present))
