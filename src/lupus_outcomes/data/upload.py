"""Files that a reader brings: sorted by what they are, read in a folder of their own.

They lie on disk only while they are read, in a folder that nobody else can open.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

from lupus_outcomes.data.about import ABOUT_FILE
from lupus_outcomes.data.conversion.convert import convert
from lupus_outcomes.data.conversion.draft import MISSING_CODES_FILE, draft_mapping
from lupus_outcomes.data.conversion.export import DICTIONARY_FILES, GROUPS_FILE, open_export
from lupus_outcomes.data.encoding import decode
from lupus_outcomes.data.findings import Finding
from lupus_outcomes.data.read import Examination, examine_dataset
from lupus_outcomes.data.source import ABOUT_SHEET
from lupus_outcomes.data.workbook import WORKBOOK_SUFFIXES, open_workbook
from lupus_outcomes.data.write import MAPPING
from lupus_outcomes.dictionary import TABLES
from lupus_outcomes.errors import UnreadableError

DELIMITED_SUFFIXES = (".csv", ".tsv", ".txt")
SUFFIXES = (*DELIMITED_SUFFIXES, *WORKBOOK_SUFFIXES, ".parquet", ".dta", ".toml")
BESIDE_AN_EXPORT = (*DICTIONARY_FILES, GROUPS_FILE, MISSING_CODES_FILE)
# All that comes with one export or dataset; a browser sends each file whole, into memory.
MOST_FILES, MOST_BYTES = 20, 60_000_000

Files = Mapping[str, bytes]


@dataclass(frozen=True, slots=True)
class Delivery:
    """What some files are together.

    ``main``: the workbook or the export; empty where the files are the tables of a dataset.
    ``mapping``: the file that says how to convert the export; empty where there is none.
    """

    kind: Literal["dataset", "export"]
    main: str = ""
    mapping: str = ""


@dataclass(frozen=True, slots=True)
class Converted:
    """A dataset made of an export, examined; ``findings`` are about rows of the export."""

    examination: Examination
    notes: tuple[str, ...]
    findings: tuple[Finding, ...]


def name_files(files: list[tuple[str, bytes]]) -> Files:
    """Contents by name, without any folder a name may speak of.

    Raises
    ------
    UnreadableError
        A name that is none, or two files of one name, or too much.
    """
    named: dict[str, bytes] = {}
    for given, content in files:
        name = given.replace("\\", "/").rpartition("/")[2].strip()
        if not name.strip(".") or not name.isprintable() or len(name.encode()) > 200:
            raise UnreadableError("A file has no usable name. Rename it.")
        if name in named:
            raise UnreadableError(f"{name} is there twice. Remove one.")
        named[name] = content
    if len(named) > MOST_FILES or sum(map(len, named.values())) > MOST_BYTES:
        raise UnreadableError(
            f"More than {MOST_FILES} files or {MOST_BYTES // 1_000_000} MB. "
            "Give only what belongs together, or use lupus-outcomes convert."
        )
    return named


def recognise(files: Files) -> Delivery:
    """Tell a dataset from an export, and the export from what lies beside it.

    Raises
    ------
    UnreadableError
        Files that do not belong together, with what is missing.
    """
    _check_suffixes(files)
    if ABOUT_FILE in files:
        return Delivery("dataset")
    mappings = [name for name in files if _suffix(name) == ".toml"]
    if len(mappings) > 1:
        raise UnreadableError(f"{', '.join(mappings)}: two mappings. Give one.")
    main = _find_main([name for name in files if name not in mappings])
    if not mappings and _is_workbook_of_tables(main, files[main]):
        return Delivery("dataset", main)
    return Delivery("export", main, "".join(mappings))


def _check_suffixes(files: Files) -> None:
    strange = [name for name in files if _suffix(name) not in SUFFIXES]
    if strange:
        raise UnreadableError(
            f"{', '.join(strange)}: not a kind of file that is read. "
            f"Give {', '.join(SUFFIXES[:-1])} or {SUFFIXES[-1]}."
        )


def _suffix(name: str) -> str:
    return Path(name).suffix.lower()


def _find_main(names: list[str]) -> str:
    mains = [name for name in names if not any(fnmatch(name, p) for p in BESIDE_AN_EXPORT)]
    if len(mains) == 1:
        return mains[0]
    if not mains:
        raise UnreadableError("There is no table among these files. Add the export.")
    if sum(Path(name).stem in TABLES for name in mains) > 1:
        raise UnreadableError(
            f"{', '.join(mains)}: tables without {ABOUT_FILE}. "
            "Add it, with title, study and data_cut."
        )
    raise UnreadableError(
        f"{', '.join(mains)}: which is the export? Give one at a time; a data dictionary beside it "
        f"is called {' or '.join(DICTIONARY_FILES)}."
    )


def _is_workbook_of_tables(name: str, content: bytes) -> bool:
    if _suffix(name) not in WORKBOOK_SUFFIXES:
        return False
    return ABOUT_SHEET in open_workbook(content, name).sheet_names


def examine_upload(files: Files, delivery: Delivery) -> Examination:
    """Examine a dataset; raises ``UnreadableError`` only."""
    with _private_folder(files) as folder:
        return examine_dataset(folder / delivery.main)


def draft_upload(files: Files, delivery: Delivery) -> tuple[str, tuple[str, ...]]:
    """The text of a mapping to begin with, and the columns of the export it is for.

    A mapping among the files is taken as it is. Raises ``UnreadableError`` only.
    """
    with _private_folder(files) as folder:
        if delivery.mapping:
            return decode(files[delivery.mapping], delivery.mapping).text, ()
        source = folder / delivery.main
        return draft_mapping(source).text, open_export(source).columns


def convert_upload(files: Files, delivery: Delivery, mapping: str) -> Converted:
    """Convert an export by the text of a mapping, and examine what comes of it.

    Raises
    ------
    LupusOutcomesError
        One line that names the place and the way out.
    """
    with _private_folder(files) as folder, TemporaryDirectory(dir=folder) as work:
        (plan := Path(work) / (delivery.mapping or MAPPING)).write_text(mapping, encoding="utf-8")
        report = convert(folder / delivery.main, target := Path(work) / "dataset", plan)
        # The first note says where it was written, which is gone in a moment.
        return Converted(examine_dataset(target), report.notes[1:], report.findings)


@contextmanager
def _private_folder(files: Files) -> Iterator[Path]:
    with TemporaryDirectory(prefix="lupus-outcomes-") as private:
        (folder := Path(private) / "upload").mkdir()
        for name, content in files.items():
            (folder / name).write_bytes(content)
        yield folder
