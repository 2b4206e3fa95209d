"""Opening a dataset, a folder of CSV or Parquet tables or one workbook; all cells as text."""

import hashlib
import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from lupus_outcomes.data.about import ABOUT_FILE
from lupus_outcomes.data.dialect import TextTable, parse_delimited, read_octets
from lupus_outcomes.data.manifest import Written, read_manifest
from lupus_outcomes.data.toml_text import parse_toml
from lupus_outcomes.data.workbook import WORKBOOK_SUFFIXES, Workbook, open_workbook
from lupus_outcomes.dictionary import TABLES
from lupus_outcomes.errors import UnreadableError

TABLE_SUFFIXES = (".csv", ".parquet")
OTHER_WORKBOOKS = (".xls", ".xlsb", ".ods")
ABOUT_SHEET = "dataset"
# A column of one value packs a million rows into a few bytes; an honest table does not need to.
MOST_PARQUET_CELLS_A_BYTE = 100
HARMLESS_CELLS = 20_000_000


@dataclass(frozen=True, slots=True)
class Source:
    """A dataset as it lies on disk: what it says about itself, its tables as text, its hash.

    ``contents``: the bytes of each file by name. ``written``: the files as they were converted,
    where a manifest says so.
    """

    name: str
    about: Mapping[str, Any]
    tables: Mapping[str, TextTable]
    ignored: tuple[str, ...]
    fingerprint: str
    contents: Mapping[str, bytes] = field(default_factory=dict, repr=False)
    written: Mapping[str, Written] | None = None


def dataset_files(path: Path) -> tuple[Path, ...]:
    """The files a dataset consists of, in a fixed order; their content is the fingerprint."""
    if path.is_dir():
        names = [ABOUT_FILE, *(f"{table}{suffix}" for table in TABLES for suffix in TABLE_SUFFIXES)]
        return tuple(path / name for name in names if (path / name).is_file())
    return (path,)


def compute_fingerprint(path: Path) -> str:
    """SHA-256 over names and contents of all files of the dataset, as 64 hexadecimal digits."""
    return _fingerprint({file.name: read_octets(file) for file in dataset_files(path)})


def _fingerprint(contents: Mapping[str, bytes]) -> str:
    digest = hashlib.sha256()
    for name, content in contents.items():
        digest.update(f"{name}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


def open_source(path: Path) -> Source:
    """Read every table of a dataset as text.

    Raises
    ------
    UnreadableError
        Nothing there, or a file that cannot be read whole.
    """
    try:
        if path.is_dir():
            return _open_folder(path)
        exists = path.is_file()
    except OSError as problem:
        reason = problem.strerror or "cannot be opened"
        raise UnreadableError(f"{path.name}: {reason}. Check path and permissions.") from None
    if not exists:
        raise UnreadableError(f"{path} does not exist. Give a dataset folder or a workbook.")
    if path.suffix.lower() in WORKBOOK_SUFFIXES:
        return _open_workbook(path)
    if path.suffix.lower() in OTHER_WORKBOOKS:
        raise UnreadableError(f"{path.name} is a workbook of another kind. Save it as .xlsx.")
    raise UnreadableError(
        f"{path.name} is neither a dataset folder nor a workbook. "
        f"Give the folder that holds {ABOUT_FILE}, or convert the export first."
    )


def _open_folder(folder: Path) -> Source:
    if not (folder / ABOUT_FILE).is_file():
        raise UnreadableError(
            f"{folder.name} has no {ABOUT_FILE}. Add one, or convert the export first."
        )
    contents = {file.name: read_octets(file) for file in dataset_files(folder)}
    tables: dict[str, TextTable] = {}
    for name, content in contents.items():
        table, _, suffix = name.rpartition(".")
        if name == ABOUT_FILE:
            continue
        if table in tables:
            raise UnreadableError(
                f"{table} is there twice, as CSV and as Parquet. Remove one of them."
            )
        read = parse_delimited if suffix == "csv" else _read_parquet
        tables[table] = read(content, name)
    strangers = sorted(
        file.name
        for file in folder.iterdir()
        if file.suffix.lower() in TABLE_SUFFIXES and file.name not in contents
    )
    return Source(
        name=folder.name,
        about=_parse_about(contents[ABOUT_FILE]),
        tables=tables,
        ignored=tuple(strangers),
        fingerprint=_fingerprint(contents),
        contents=contents,
        written=read_manifest(folder),
    )


def _parse_about(content: bytes) -> Mapping[str, Any]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UnreadableError(f"{ABOUT_FILE} is no TOML in UTF-8. Write it again.") from None
    return parse_toml(text, ABOUT_FILE)


def _read_parquet(content: bytes, name: str) -> TextTable:
    from pyarrow import ArrowException
    from pyarrow.parquet import ParquetFile

    try:
        file = ParquetFile(io.BytesIO(content))
        n_cells = file.metadata.num_rows * file.metadata.num_columns
        if n_cells > max(HARMLESS_CELLS, MOST_PARQUET_CELLS_A_BYTE * len(content)):
            raise UnreadableError(f"{name} holds {n_cells:,} cells. Give the table as CSV.")
        frame = file.read().to_pandas(ignore_metadata=True)
    except (ArrowException, OSError, ValueError):
        raise UnreadableError(f"{name} is not a whole Parquet file. Write it again.") from None
    if not frame.columns.is_unique:
        raise UnreadableError(f"{name}: a column name occurs more than once. Rename one.")
    try:
        texts = {str(column): _as_text(values) for column, values in frame.items()}
    except (NotImplementedError, OverflowError, ValueError):
        raise UnreadableError(f"{name} holds dates of no calendar. Correct them.") from None
    return TextTable(name, pd.DataFrame(texts).reset_index(drop=True), None)


def _as_text(column: pd.Series) -> pd.Series:
    known = column.notna()
    if pd.api.types.is_datetime64_any_dtype(column):
        text = column.dt.strftime("%Y-%m-%d")
    elif pd.api.types.is_float_dtype(column):
        # A whole number is written without a decimal, as a person would; 0.1 of 32 bits is 0.1.
        whole = known & (column % 1 == 0) & (column.abs() < 1e15)
        written = pd.Series([str(value) for value in column.to_numpy()], index=column.index)
        text = written.where(~whole, column.where(whole, 0).astype("int64").map(str))
    else:
        text = column.astype(object).map(str)
    return text.astype(object).where(known, "").str.strip()


def _open_workbook(path: Path) -> Source:
    content = read_octets(path)
    workbook = open_workbook(content, path.name)
    return Source(
        name=path.name,
        about=_read_about_sheet(workbook),
        tables={name: workbook.table(name) for name in workbook.sheet_names if name in TABLES},
        ignored=tuple(n for n in workbook.sheet_names if n not in TABLES and n != ABOUT_SHEET),
        fingerprint=_fingerprint({path.name: content}),
    )


def _read_about_sheet(workbook: Workbook) -> dict[str, Any]:
    rows = workbook.cells(ABOUT_SHEET) if ABOUT_SHEET in workbook.sheet_names else []
    if not rows or any(len(row) < 2 or any(row[2:]) for row in rows):
        raise UnreadableError(
            f"{workbook.name} has no two-column sheet called {ABOUT_SHEET}. "
            "Add one with title, study and data_cut."
        )
    about: dict[str, Any] = {"assume": {}}
    for key, value, *_ in rows:
        section, _, name = key.rpartition(".")
        if section == "assume":
            about["assume"][name] = value
        elif key:
            about[key] = value
    return about
