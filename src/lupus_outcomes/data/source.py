"""Opening a dataset: a folder of CSV or Parquet tables with dataset.toml, or one workbook; all as text."""

import hashlib
import io
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from lupus_outcomes.data.dialect import TextTable, parse_delimited
from lupus_outcomes.dictionary import TABLES
from lupus_outcomes.errors import UnreadableError

ABOUT_FILE = "dataset.toml"
WORKBOOK_SUFFIXES = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")
TABLE_SUFFIXES = (".csv", ".parquet")


@dataclass(frozen=True, slots=True)
class Source:
    """A dataset as it lies on disk: what it says about itself, its tables as text, its hash."""

    name: str
    about: Mapping[str, Any]
    tables: Mapping[str, TextTable]
    ignored: tuple[str, ...]
    fingerprint: str


def dataset_files(path: Path) -> tuple[Path, ...]:
    """The files a dataset consists of, in a fixed order; their content is the fingerprint."""
    if path.is_dir():
        names = [ABOUT_FILE, *(f"{table}{suffix}" for table in TABLES for suffix in TABLE_SUFFIXES)]
        return tuple(path / name for name in names if (path / name).is_file())
    return (path,)


def compute_fingerprint(path: Path) -> str:
    """SHA-256 over names and contents of all files of the dataset, as 64 hexadecimal digits."""
    return _fingerprint({file.name: file.read_bytes() for file in dataset_files(path)})


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
    if path.is_dir():
        return _open_folder(path)
    if path.is_file() and path.suffix.lower() in WORKBOOK_SUFFIXES:
        return _open_workbook(path)
    if path.exists():
        raise UnreadableError(
            f"{path.name} is neither a dataset folder nor a workbook. "
            "Give the folder that holds dataset.toml, or convert the export first."
        )
    raise UnreadableError(f"{path} does not exist. Give a dataset folder or a workbook.")


def _open_folder(folder: Path) -> Source:
    if not (folder / ABOUT_FILE).is_file():
        raise UnreadableError(
            f"{folder.name} has no {ABOUT_FILE}. Add one, or convert the export first."
        )
    contents = {file.name: _read_bytes(file) for file in dataset_files(folder)}
    tables = {}
    for name, content in contents.items():
        stem, _, suffix = name.rpartition(".")
        if name == ABOUT_FILE:
            continue
        if stem in tables:
            raise UnreadableError(
                f"{stem} is there twice, as CSV and as Parquet. Remove one of them."
            )
        tables[stem] = (
            parse_delimited(content, name) if suffix == "csv" else _read_parquet(content, name)
        )
    strangers = sorted(
        file.name
        for file in folder.iterdir()
        if file.suffix in TABLE_SUFFIXES and file.name not in contents
    )
    return Source(
        name=folder.name,
        about=_parse_about(contents[ABOUT_FILE]),
        tables=tables,
        ignored=tuple(strangers),
        fingerprint=_fingerprint(contents),
    )


def _read_bytes(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as problem:
        raise UnreadableError(f"{file.name}: {problem.strerror}. Check its permissions.") from None


def _parse_about(content: bytes) -> Mapping[str, Any]:
    try:
        return tomllib.loads(content.decode("utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
        raise UnreadableError(f"{ABOUT_FILE}: {problem}. Correct that line.") from None


def _read_parquet(content: bytes, name: str) -> TextTable:
    from pyarrow import ArrowException

    try:
        frame = pd.read_parquet(io.BytesIO(content))
    except (ArrowException, OSError, ValueError):
        raise UnreadableError(f"{name} is not a whole Parquet file. Write it again.") from None
    texts = {str(column): _as_text(values) for column, values in frame.items()}
    return TextTable(name, pd.DataFrame(texts), None)


def _as_text(column: pd.Series) -> pd.Series:
    known = column.notna()
    if pd.api.types.is_datetime64_any_dtype(column):
        text = column.dt.strftime("%Y-%m-%d")
    elif pd.api.types.is_float_dtype(column):
        # A whole number is written without a decimal, as a person would.
        whole = known & (column % 1 == 0) & (column.abs() < 1e15)
        text = column.astype(object).where(~whole, column.where(whole, 0).astype("int64")).map(str)
    else:
        text = column.astype(object).map(str)
    return text.where(known, "").astype(object).str.strip()


def _open_workbook(path: Path) -> Source:
    from lupus_outcomes.data.workbook import read_sheets

    content = _read_bytes(path)
    sheets = read_sheets(content, path.name)
    about = sheets.pop("dataset", None)
    if about is None or about.frame.shape[1] != 2:
        raise UnreadableError(
            f"{path.name} has no two-column sheet called dataset. Add one with title, study and data_cut."
        )
    return Source(
        name=path.name,
        about=_about_from_rows(
            [*([tuple(about.frame.columns)]), *about.frame.itertuples(index=False)]
        ),
        tables={name: sheet for name, sheet in sheets.items() if name in TABLES},
        ignored=tuple(name for name in sheets if name not in TABLES),
        fingerprint=_fingerprint({path.name: content}),
    )


def _about_from_rows(rows: list[tuple[str, str]]) -> dict[str, Any]:
    about: dict[str, Any] = {"assume": {}}
    for key, value in rows:
        section, _, name = key.strip().rpartition(".")
        if section == "assume":
            about["assume"][name] = value
        elif name:
            about[name] = value
    return about
