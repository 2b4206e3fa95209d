"""Rows for Stata or R with all that belongs to them: codebook, what was withheld, stamp."""

import io
import json
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from lupus_outcomes.data.about import ABOUT_FILE
from lupus_outcomes.derive.cohort import Cohort
from lupus_outcomes.derive.selection import Selection
from lupus_outcomes.errors import UnreadableError, UsageError
from lupus_outcomes.export.analysis_data import AnalysisData, derive_analysis_data
from lupus_outcomes.export.headline import compute_headline
from lupus_outcomes.export.rscript import r_files
from lupus_outcomes.export.stata import stata_files
from lupus_outcomes.export.tables import as_csv
from lupus_outcomes.export.variables import MISSING_WORDS, codebook
from lupus_outcomes.release.disclosure import (
    CLOSED,
    CLOSED_BANNER,
    SMALLEST_COUNT,
    SYNTHETIC_BANNER,
)
from lupus_outcomes.release.provenance import Stamp, make_stamp

Program = Literal["stata", "r"]
HOW_TO_RUN = {
    "stata": "In Stata 15 or newer, in this folder: do reproduce.do",
    "r": "With R and its package survival, in this folder: Rscript reproduce.R",
}


def make_bundle(cohort: Cohort, selection: Selection, program: Program) -> dict[str, bytes]:
    """The files by name.

    Raises
    ------
    UsageError
        Fewer patients are selected than may be told by row.
    """
    data = derive_analysis_data(cohort, selection)
    headline = compute_headline(cohort, selection, data)
    stamp = make_stamp(cohort, selection, CLOSED, {})
    if program == "stata":
        files = stata_files(data, headline, f"{stamp.study}, {stamp.data_cut}")
    else:
        files = r_files(data, headline)
    tables = {"patients": data.patients, "timepoints": data.timepoints}
    return files | {
        "codebook.csv": as_csv(codebook(tables)),
        "stamp.json": _as_json(stamp).encode(),
        "README.txt": describe_bundle(data, selection, stamp, program).encode(),
    }


def _as_json(stamp: Stamp) -> str:
    return json.dumps(stamp.as_dict() | {"id": stamp.id}, indent=1, ensure_ascii=False) + "\n"


def describe_bundle(
    data: AnalysisData, selection: Selection, stamp: Stamp, program: Program
) -> str:
    """What lies in the folder, of whom, and what was withheld of them."""
    lines = [
        SYNTHETIC_BANNER if stamp.is_synthetic else CLOSED_BANNER,
        "Rows of single patients: keep them where the data access agreement lets them be.",
        "",
        f"{stamp.study}, data cut {stamp.data_cut}: {data.n_patients:,} patients "
        f"({stamp.filters_in_words}).",
        HOW_TO_RUN[program],
        "It finds attainment, retention and change of SLEDAI-2K again and stops where one differs.",
        "",
        "patients: a row a patient. timepoints: a row a patient and time point, baseline first.",
        "Patients are numbered anew, in an order that says nothing of the registry's. Days count",
        "from the first dose; there is no date and no identifier. codebook.csv has every variable.",
        "",
        *_withheld(data),
        *_grouping(data, selection),
        "",
        "A missing value says why (in R, the codebook counts it):",
        *(f"  .{letter}  {words}" for letter, words in MISSING_WORDS.items()),
        "",
        stamp.footer,
    ]
    return "\n".join(lines) + "\n"


def _withheld(data: AnalysisData) -> list[str]:
    counts = ", ".join(f"{name} of {count}" for name, count in data.withheld.items() if count)
    rule = f"Everyone shares centre, sex and age band with at least {SMALLEST_COUNT - 1} others"
    if not counts:
        return [f"{rule}; nothing had to be withheld for it."]
    return [f"{rule}. Withheld for it: {counts}."]


def _grouping(data: AnalysisData, selection: Selection) -> list[str]:
    if not selection.group_label or data.group:
        return []
    return [
        f"Numbers by {selection.group_label.lower()} are left out: the rows do not tell it of "
        "everyone, or its groups share patients."
    ]


def write_bundle(folder: Path, files: Mapping[str, bytes]) -> None:
    """The files in a folder of their own."""
    if (folder / ABOUT_FILE).exists():
        raise UsageError(f"{folder} is a dataset. Choose another --out.")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            (folder / name).write_bytes(content)
    except OSError as problem:
        raise UnreadableError(f"{folder}: {problem.strerror}. Choose another --out.") from None


def as_zip(files: Mapping[str, bytes]) -> bytes:
    """The files as one archive."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return stream.getvalue()
