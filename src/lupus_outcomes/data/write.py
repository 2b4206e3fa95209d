"""A dataset folder, written whole or not at all, with the same bytes for the same data.

Line ends are LF, the decimal mark is a point, dates are ISO 8601, booleans true and false, unknown
is empty; whole numbers have no ``.0`` and others their shortest exact form. ``manifest.json``
beside the tables holds the SHA-256 of every file.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from lupus_outcomes import __version__
from lupus_outcomes.data.whole_folder import whole_folder
from lupus_outcomes.errors import UsageError

MANIFEST = "manifest.json"
ABOUT = "dataset.toml"
MAPPING = "mapping.toml"


def write_dataset(
    folder: Path,
    about: Mapping[str, object],
    tables: Mapping[str, pd.DataFrame],
    *,
    source: Path | None = None,
    mapping: str | None = None,
) -> None:
    """Write ``dataset.toml``, one CSV a table and ``manifest.json``.

    Parameters
    ----------
    folder : Path
        Created, or replaced in one step if it is empty or an earlier dataset of this product.
    about : mapping
        What ``dataset.toml`` says; a nested mapping becomes a section.
    tables : mapping of table name to DataFrame
        Text frames and typed frames alike.
    source : Path, optional
        The export this was converted from. With it the manifest holds the file's SHA-256 and the
        UTC time; without it the bytes depend on the data alone.
    mapping : str, optional
        Text of the mapping used, kept beside the tables it made.

    Raises
    ------
    UsageError
        ``folder`` holds files that this product did not write.
    """
    contents = {ABOUT: to_toml(about).encode("utf-8")}
    if mapping is not None:
        contents[MAPPING] = mapping.encode("utf-8")
    contents |= {f"{name}.csv": _to_csv(table) for name, table in tables.items()}
    rows = {f"{name}.csv": len(table) for name, table in tables.items()}
    manifest = _describe(contents, rows, source)
    with writing(folder):
        check_replaceable(folder, contents)
        with whole_folder(folder, key=ABOUT) as partial:
            # dataset.toml, the first of them, last.
            for name, octets in reversed((contents | {MANIFEST: manifest}).items()):
                (partial / name).write_bytes(octets)


@contextmanager
def writing(folder: Path) -> Iterator[None]:
    """Say in one line that a folder cannot be written."""
    try:
        yield
    except OSError as problem:
        reason = problem.strerror or "unknown reason"
        raise UsageError(f"{folder} cannot be written: {reason}. Choose another.") from None


def check_replaceable(folder: Path, contents: Mapping[str, bytes]) -> None:
    """Refuse to replace anything but an empty folder, an earlier dataset or the same files."""
    if not folder.exists():
        return
    if not folder.is_dir():
        raise UsageError(f"{folder} is a file. Name a folder for the dataset.")
    listed = {*_listed_files(folder), MANIFEST}
    for file in sorted(folder.iterdir()):
        if file.name in listed or (file.is_file() and file.read_bytes() == contents.get(file.name)):
            continue
        raise UsageError(
            f"{folder} holds {file.name}, which no earlier conversion wrote. "
            "Move it away, or choose another folder."
        )


def _listed_files(folder: Path) -> tuple[str, ...]:
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        files = tuple(manifest["files"])
    except (OSError, ValueError, TypeError, KeyError):
        return ()
    return files if ABOUT in files else ()  # result tables have a manifest too


def to_toml(about: Mapping[str, object]) -> str:
    """TOML of plain values, sections last."""
    plain = {key: value for key, value in about.items() if not isinstance(value, Mapping)}
    lines = [f"{key} = {_toml_value(value)}" for key, value in plain.items() if value is not None]
    for key, section in about.items():
        if isinstance(section, Mapping) and section:
            lines += ["", f"[{key}]"]
            lines += [f"{name} = {_toml_value(value)}" for name, value in section.items()]
    return "\n".join(lines) + "\n"


def _toml_value(value: object) -> str:
    if isinstance(value, datetime):  # a Timestamp too: only its day is meant
        return value.date().isoformat()
    if isinstance(value, (bool, int, float, str)):
        return json.dumps(value, ensure_ascii=False)
    return str(value)


def _to_csv(table: pd.DataFrame) -> bytes:
    text = pd.DataFrame({name: to_text(values) for name, values in table.items()})
    return text.to_csv(index=False, lineterminator="\n").encode("utf-8")


def to_text(values: pd.Series) -> pd.Series:
    """Cells as a dataset file holds them, whatever the type of the column; '' is unknown."""
    codes, distinct = pd.factorize(values.astype(object))
    texts = pd.Series([*map(_cell_text, distinct), ""], dtype=object)
    return texts.iloc[codes].set_axis(values.index)


def _cell_text(cell: Any) -> str:
    if isinstance(cell, str):
        return cell
    if hasattr(cell, "strftime"):
        return cell.strftime("%Y-%m-%d")
    if isinstance(cell, bool | np.bool_):
        return "true" if cell else "false"
    number = float(cell)
    return str(int(number)) if number.is_integer() else repr(number)


def _describe(contents: Mapping[str, bytes], rows: Mapping[str, int], source: Path | None) -> bytes:
    files = {
        name: {"sha256": hashlib.sha256(octets).hexdigest()}
        | ({"rows": rows[name]} if name in rows else {})
        for name, octets in contents.items()
    }
    manifest = {"product": "lupus-outcomes", "version": __version__, "files": files}
    if source is not None:
        digest = hashlib.sha256(source.read_bytes()).hexdigest()
        manifest["source"] = {"file": source.name, "sha256": digest}
        manifest["written_utc"] = datetime.now(UTC).isoformat(timespec="seconds")
    return (json.dumps(manifest, indent=2, ensure_ascii=False) + "\n").encode("utf-8")
