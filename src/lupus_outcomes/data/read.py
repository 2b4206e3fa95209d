"""Reading a dataset: opened, typed, checked once at the door, and from then on trusted.

Inside the product every declared table and column is there (empty where the dataset has none),
dates are study days (day 0 is the index date) and patients are numbered by their row in
``patients``.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from lupus_outcomes.data import check
from lupus_outcomes.data.check_centres import check_centres
from lupus_outcomes.data.findings import Finding, by_severity
from lupus_outcomes.data.source import ABOUT_FILE, Source, open_source
from lupus_outcomes.data.typed import BOOLEANS, type_table
from lupus_outcomes.dictionary import ASSUMABLE_COLUMNS, ASSUMABLE_FACTS, TABLES, spec_of
from lupus_outcomes.errors import RefusedDatasetError
from lupus_outcomes.protocols import PROTOCOLS

# The key that sorts each table, once patients and dates are numbers.
SORTED_BY = {"visits": ["patient", "visit_day"]}


@dataclass(frozen=True)
class Dataset:
    """A checked dataset in study days.

    ``tables``: every table of the dictionary; ``patient`` is the row in ``patients``, ``*_day`` a
    study day. ``not_collected``: ``table.column`` of everything absent or empty throughout.
    ``fingerprint``: SHA-256.
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

    @property
    def patients(self) -> pd.DataFrame:
        """One row a patient, in the order of the source."""
        return self.tables["patients"]


@dataclass(frozen=True, slots=True)
class Examination:
    """A dataset that was opened and checked; ``tables`` still in real dates, values set aside."""

    source: Source
    about: Mapping[str, Any]
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
    examination = examine_dataset(path)
    if not examination.is_usable:
        errors = [f for f in examination.findings if f.severity == "error"]
        raise RefusedDatasetError(
            f"{examination.source.name} is refused for {len(errors)} error(s); the first: {errors[0].line}",
            examination.findings,
        )
    return _to_study_days(examination)


def examine_dataset(path: Path) -> Examination:
    """Open, type and check a dataset; raises ``UnreadableError`` only."""
    source = open_source(path)
    about, findings = _read_about(source.about)
    texts = {name: table.frame for name, table in source.tables.items()}
    findings += check.check_structure(texts, source.ignored)
    typed = {name: type_table(name, frame) for name, frame in texts.items()}
    findings += [finding for table in typed.values() for finding in table.findings]
    tables = {name: table.frame for name, table in typed.items()}
    if not any(finding.rule.startswith("missing_") for finding in findings):
        for name, frame in tables.items():
            findings += check.check_dictionary(name, frame)
        cleaned = check.set_aside(tables, findings)
        findings += check.check_patients(cleaned["patients"], about["data_cut"])
        findings += check.check_events(cleaned, about["data_cut"])
        findings += check.check_visits(cleaned["visits"])
        findings += check_centres(cleaned)
        tables = check.set_aside(tables, findings)
    notes = [note for table in typed.values() for note in table.notes]
    notes += [
        f"{table.name}: {table.dialect.in_words()}"
        for table in source.tables.values()
        if table.dialect
    ]
    return Examination(source, about, tables, by_severity(findings), tuple(notes))


def _read_about(given: Mapping[str, Any]) -> tuple[dict[str, Any], list[Finding]]:
    """What dataset.toml says, and what is wrong with it."""
    findings: list[Finding] = []

    def refuse(key: str, message: str, way_out: str) -> None:
        findings.append(Finding("error", "about", ABOUT_FILE, key, (), message, way_out))

    if not str(given.get("title", "")).strip():
        refuse("title", "the title is missing", "Name the dataset.")
    if given.get("study") not in PROTOCOLS:
        refuse("study", "no such study", f"Write one of {', '.join(PROTOCOLS)}.")
    cut = pd.to_datetime(str(given.get("data_cut", "")), format="%Y-%m-%d", errors="coerce")
    if pd.isna(cut):
        refuse("data_cut", "the data cut is missing or no date", "Write it as 2026-06-30.")
        cut = pd.Timestamp.max.normalize() - pd.Timedelta(days=2)
    flags = {}
    for key in ("synthetic", "dates_shifted"):
        flags[key] = BOOLEANS.get(str(given.get(key, False)).casefold())
        if flags[key] is None:
            refuse(key, "neither true nor false", "Write true or false.")
    assumed = {}
    for key, value in given.get("assume", {}).items():
        assumed[key] = BOOLEANS.get(str(value).casefold())
        if key not in (*ASSUMABLE_COLUMNS, *ASSUMABLE_FACTS):
            refuse(
                f"assume.{key}",
                "this cannot be assumed",
                f"Allowed: {', '.join(ASSUMABLE_COLUMNS)}.",
            )
        elif assumed[key] is None:
            refuse(f"assume.{key}", "neither true nor false", "Write true or false.")
    about = {
        "title": str(given.get("title", "")),
        "study": str(given.get("study", "")),
        "data_cut": cut,
    }
    return about | flags | {"assume": assumed}, findings


def _to_study_days(examination: Examination) -> Dataset:
    about = examination.about
    complete = {name: complete_table(name, examination.tables.get(name)) for name in TABLES}
    patients = complete["patients"].reset_index(drop=True)
    numbered = pd.Series(np.arange(len(patients)), index=patients["patient_id"].to_numpy())
    tables = {"patients": patients}
    for name, frame in complete.items():
        if name != "patients":
            tables[name] = number_days(name, frame, patients, numbered)
    not_collected = frozenset(
        f"{name}.{column}"
        for name, frame in complete.items()
        for column in frame.columns
        if frame[column].isna().all()
    )
    assumed = {
        key: value
        for key, value in about["assume"].items()
        if key in ASSUMABLE_FACTS or f"visits.{key}" in not_collected
    }
    return Dataset(
        title=about["title"],
        study=about["study"],
        data_cut=about["data_cut"].date(),
        is_synthetic=about["synthetic"],
        dates_are_shifted=about["dates_shifted"],
        assumptions=assumed,
        tables=tables,
        findings=examination.findings,
        notes=examination.notes,
        not_collected=not_collected,
        fingerprint=examination.source.fingerprint,
    )


def complete_table(name: str, frame: pd.DataFrame | None) -> pd.DataFrame:
    """A table with every column of the dictionary in its type, defaults filled in, codes as categories."""
    n_rows = 0 if frame is None else len(frame)
    columns = {}
    for column, declared in TABLES[name].columns.items():
        spec = spec_of(declared)
        if frame is not None and column in frame.columns:
            values = frame[column].reset_index(drop=True)
        else:
            values = pd.Series(None, index=range(n_rows), dtype=str(declared.dtype))
        if spec.default is not None:
            values = values.fillna(spec.default)
        if spec.kind == "code":
            values = values.astype(pd.CategoricalDtype(list(spec.codes)))
        columns[column] = values
    return pd.DataFrame(columns)


def number_days(
    name: str, frame: pd.DataFrame, patients: pd.DataFrame, numbered: pd.Series
) -> pd.DataFrame:
    patient = frame["patient_id"].map(numbered).to_numpy(dtype=np.int32)
    index = patients["index_date"].to_numpy()[patient]
    columns: dict[str, Any] = {"patient": patient}
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
