"""``manifest.json`` of a converted dataset: whether the files are still what was written then."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from lupus_outcomes.data.about import ABOUT_FILE
from lupus_outcomes.data.findings import Finding, find_whole
from lupus_outcomes.data.write import MANIFEST

CHANGED = "it was changed after it was converted"
AGAIN = "Convert the export again."


@dataclass(frozen=True, slots=True)
class Written:
    """A file as it was written: its SHA-256, and its rows where it is a table."""

    sha256: str
    rows: int | None


def read_manifest(folder: Path) -> Mapping[str, Written] | None:
    """The dataset's files by name as they were written; None where nobody left a manifest."""
    try:
        listed = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))["files"]
        written = {
            str(name): Written(str(about["sha256"]), about.get("rows"))
            for name, about in listed.items()
        }
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None
    return written if ABOUT_FILE in written else None  # result tables have a manifest too


def check_manifest(
    written: Mapping[str, Written] | None, contents: Mapping[str, bytes], rows: Mapping[str, int]
) -> Iterator[Finding]:
    """Compare files with the manifest beside them.

    ``contents``: bytes by file name. ``rows``: of each table, by table name.
    """
    if written is None:
        return
    for file, then in written.items():
        table, _, suffix = file.rpartition(".")
        if file != ABOUT_FILE and suffix != "csv":
            continue
        name = ABOUT_FILE if file == ABOUT_FILE else table
        if file not in contents:
            message = f"{file} was written by the conversion and is gone"
            yield find_whole("error", "missing_file", name, "", message, AGAIN)
        elif hashlib.sha256(contents[file]).hexdigest() != then.sha256:
            yield _say_change(file, name, then.rows, rows.get(name))
    for file in contents:
        if file not in written:
            message = f"{file} was added after the conversion"
            way_out = "Check that it belongs to this dataset."
            yield find_whole("query", "added_file", file.rpartition(".")[0], "", message, way_out)


def _say_change(file: str, name: str, then: int | None, now: int | None) -> Finding:
    if then is not None and now is not None and now < then:
        message = f"{file} has {now:,} rows where the conversion wrote {then:,}"
        return find_whole("error", "cut_short", name, "", message, AGAIN)
    message = f"{file}: {CHANGED}"
    way_out = "Convert the export again, or check what was edited."
    return find_whole("query", "changed_file", name, "", message, way_out)
