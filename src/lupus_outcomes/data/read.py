"""Reading a dataset: opened, typed, checked once at the door, and from then on trusted.

Inside the product every declared table and column is there (empty where the dataset has none),
dates are study days (day 0 is the index date) and patients are numbered by their row in
``patients``.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from lupus_outcomes.data.about import About, read_about
from lupus_outcomes.data.checks import columns as check
from lupus_outcomes.data.checks.centres import check_centres
from lupus_outcomes.data.checks.course import check_course
from lupus_outcomes.data.checks.dates import check_events, check_order, check_patients
from lupus_outcomes.data.checks.events import check_contradictions
from lupus_outcomes.data.checks.treatment import check_treatment
from lupus_outcomes.data.checks.visits import check_visits
from lupus_outcomes.data.checks.whole import check_collected, check_ends, check_whole, find_absent
from lupus_outcomes.data.findings import Finding, by_severity
from lupus_outcomes.data.manifest import check_manifest
from lupus_outcomes.data.source import Source, open_source
from lupus_outcomes.data.typed import type_table
from lupus_outcomes.dictionary import ASSUMABLE_FACTS, TABLES, Spec, spec_of
from lupus_outcomes.errors import RefusedDatasetError

# The key that sorts each table, once patients and dates are numbers.
SORTED_BY = {"visits": ["patient", "visit_day"]}


@dataclass(frozen=True)
class Dataset:
    """A checked dataset in study days.

    ``tables``: every table of the dictionary; ``patient`` is the row in ``patients``, ``*_day`` a
    study day. ``not_collected``: ``table.column`` of everything absent or empty throughout.
    ``fingerprint``: SHA-256. ``centres``: those it was limited to, none where it was not.
    """

    title: str
    study: str
    data_cut: dt.date
    is_synthetic: bool
    dates_are_shifted: bool
    assumptions: Mapping[str, bool]
    tables: Mapping[str, pd.DataFrame]
    findings: tuple[Finding, ...]
    notes: tuple[str, ...]
    not_collected: frozenset[str]
    fingerprint: str
    centres: tuple[str, ...] | None = None

    @property
    def patients(self) -> pd.DataFrame:
        """One row a patient, in the order of the source."""
        return self.tables["patients"]


@dataclass(frozen=True, slots=True)
class Examination:
    """A dataset that was opened and checked; ``tables`` still in real dates, values set aside."""

    source: Source
    about: About
    tables: Mapping[str, pd.DataFrame]
    findings: tuple[Finding, ...]
    notes: tuple[str, ...]

    @property
    def is_usable(self) -> bool:
        """Whether nothing found refuses the dataset."""
        return not any(finding.severity == "error" for finding in self.findings)


def read_dataset(path: Path) -> Dataset:
    """The dataset in a folder or workbook, ready for analysis.

    Raises
    ------
    UnreadableError
        A file that cannot be opened or parsed.
    RefusedDatasetError
        At least one error among the findings; they come with the exception.
    """
    return accept(examine_dataset(path))


def accept(examination: Examination) -> Dataset:
    """The dataset that was examined; raises ``RefusedDatasetError`` as ``read_dataset`` does."""
    if not examination.is_usable:
        errors = [f for f in examination.findings if f.severity == "error"]
        raise RefusedDatasetError(
            f"{examination.source.name} is refused for {len(errors)} error(s); "
            f"the first: {errors[0].line}",
            examination.findings,
        )
    return _to_study_days(examination)


def examine_dataset(path: Path) -> Examination:
    """Open, type and check a dataset; raises ``UnreadableError`` only."""
    source = open_source(path)
    about, findings = read_about(source.about)
    texts = {name: table.frame for name, table in source.tables.items()}
    rows = {name: len(frame) for name, frame in texts.items()}
    typed = {name: type_table(name, frame) for name, frame in texts.items()}
    tables = {name: table.frame for name, table in typed.items()}
    found = [
        *findings,
        *check_manifest(source.written, source.contents, rows),
        *check.check_structure(texts, source.ignored),
        *check_ends(source.tables),
        *(finding for table in typed.values() for finding in table.findings),
    ]
    if not any(finding.rule in check.STRUCTURE_RULES for finding in found):
        for name, frame in tables.items():
            found += check.check_dictionary(name, frame)
        found += _check_between(check.set_aside(tables, found), found, about)
        tables = check.set_aside(tables, found)
    notes = [note for table in typed.values() for note in table.notes]
    notes += [
        f"{table.name}: {table.dialect.in_words()}"
        for table in source.tables.values()
        if table.dialect
    ]
    return Examination(source, about, tables, by_severity(found), tuple(notes))


def _check_between(
    tables: Mapping[str, pd.DataFrame], found: Sequence[Finding], about: About
) -> tuple[Finding, ...]:
    """Every rule that looks at more than one column, on tables that are complete."""
    complete = {name: complete_table(name, tables.get(name)) for name in TABLES}
    return (
        *check_patients(complete, about),
        *check_events(complete, about),
        *check_order(complete, about),
        *check_visits(complete),
        *check_course(complete),
        *check_treatment(complete, about),
        *check_contradictions(complete, about),
        *check_whole(complete, about),
        *check_centres(complete, found),
        *check_collected(complete, tables, about),
    )


def _to_study_days(examination: Examination) -> Dataset:
    about = examination.about
    complete = {name: complete_table(name, examination.tables.get(name)) for name in TABLES}
    patients = complete["patients"].reset_index(drop=True)
    numbered = pd.Series(np.arange(len(patients)), index=patients["patient_id"].to_numpy())
    tables = {"patients": patients}
    for name, frame in complete.items():
        if name != "patients":
            tables[name] = number_days(name, frame, patients, numbered)
    not_collected = frozenset(f"{table}.{column}" for table, column in find_absent(complete))
    assumed = {
        key: value
        for key, value in about.assumed.items()
        if f"visits.{key}" in not_collected
        or (key in ASSUMABLE_FACTS and not complete["treatments"].empty)
    }
    return Dataset(
        title=about.title,
        study=about.study,
        data_cut=about.data_cut.date(),
        is_synthetic=about.is_synthetic,
        dates_are_shifted=about.dates_are_shifted,
        assumptions=assumed,
        tables=tables,
        findings=examination.findings,
        notes=examination.notes,
        not_collected=not_collected,
        fingerprint=examination.source.fingerprint,
    )


def complete_table(name: str, frame: pd.DataFrame | None) -> pd.DataFrame:
    """A table with every column of the dictionary in its type, codes as categories.

    A column that is not there is unknown throughout, or has the dictionary's default.
    """
    index = pd.RangeIndex(0) if frame is None else frame.index
    columns = {}
    for column, declared in TABLES[name].columns.items():
        spec = spec_of(declared)
        if frame is not None and column in frame.columns:
            values = frame[column]
        else:
            empty = spec.default  # of a column that is there, empty cells were filled in reading
            values = pd.Series(empty, index=index, dtype=str(declared.dtype))
        columns[column] = _categorise(values, spec) if spec.kind == "code" else values
    return pd.DataFrame(columns, index=index)


def _categorise(values: pd.Series, spec: Spec) -> pd.Categorical:
    """Codes as categories, in the dictionary's order."""
    positions, words = pd.factorize(values)
    place = {code: at for at, code in enumerate(spec.codes)}
    # factorize gives −1 to missing cells, which is the spare last place.
    codes = np.array([*(place.get(word, -1) for word in words), -1])
    chosen: Any = codes[positions]
    return pd.Categorical.from_codes(chosen, dtype=pd.CategoricalDtype(list(spec.codes)))


def number_days(
    name: str, frame: pd.DataFrame, patients: pd.DataFrame, numbered: pd.Series
) -> pd.DataFrame:
    """A complete table with patients by number and study days for dates, sorted."""
    patient = frame["patient_id"].map(numbered).to_numpy(dtype=np.int32)
    index = patients["index_date"].to_numpy()[patient]
    # Numbered as a spreadsheet numbers them, so that a derived query can say where to look.
    rows = frame.index.to_numpy(dtype=np.int32) + 2
    columns: dict[str, Any] = {"patient": patient, "source_row": rows}
    for column in frame.columns:
        spec = spec_of(TABLES[name].columns[column])
        if spec.kind == "date":
            days = (frame[column].to_numpy() - index) / np.timedelta64(1, "D")
            is_key = spec.role == "key"
            columns[column.removesuffix("_date") + "_day"] = (
                days.astype(np.int32) if is_key else days
            )
        elif column != "patient_id":
            columns[column] = (
                frame[column].to_numpy() if spec.kind == "number" else frame[column].array
            )
    numbered_days = pd.DataFrame(columns)
    by = SORTED_BY.get(name, ["patient"])
    return numbered_days.sort_values(by, kind="stable", ignore_index=True)
