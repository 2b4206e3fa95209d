"""What can be taken along as one file, made when it is asked for and not before."""

import os
from collections.abc import Callable
from functools import partial

import streamlit as st

from lupus_outcomes.derive.cohort import Cohort
from lupus_outcomes.derive.selection import Selection
from lupus_outcomes.export.bundle import Program, as_zip, make_bundle
from lupus_outcomes.export.workbook import make_workbook
from lupus_outcomes.paths import OFFERED, ROWS_VARIABLE
from lupus_outcomes.release.disclosure import SMALLEST_COUNT
from lupus_outcomes.ui import compute, files, session
from lupus_outcomes.ui.keys import StudyKey
from lupus_outcomes.ui.show import XLSX

ZIP = "application/zip"
PROGRAMS: dict[Program, str] = {"stata": "Stata", "r": "R"}
WORKBOOK = (
    "Every table of these patients in one file: a sheet a table, after a sheet with the stamp of "
    "each and one that says what every column means. Takes some seconds to make."
)
ROWS = (
    "Two tables, a row a patient and a row a patient and time point, with a script that finds "
    "attainment, retention and change again and stops where a number differs. Running numbers, "
    "study days and age bands, no identifier and no date; what is known of a patient to others "
    f"is withheld until at least {SMALLEST_COUNT} share it."
)
NOT_OFFERED = (
    "Rows of single patients are not offered here. On your own machine: "
    "`lupus-outcomes app DATASET --rows`, or `lupus-outcomes stata` and `lupus-outcomes rscript`."
)


def offer_workbook(study: StudyKey) -> None:
    """All tables as one workbook."""
    st.header("All tables")
    st.markdown(WORKBOOK)
    make = partial(make_workbook, mode=study.cohort.disclosure)
    _button("Workbook", study, make, "tables", "xlsx", XLSX)


def offer_rows(study: StudyKey) -> None:
    """Rows for statistics programs, where they may be had."""
    st.header("Rows for Stata and R")
    st.markdown(ROWS)
    if study.is_for_release:
        st.info(
            "Rows of single patients are not available in release mode.", icon=":material/lock:"
        )
        return
    if not may_download_rows():
        st.info(NOT_OFFERED, icon=":material/lock:")
        return
    if compute.selection(study).n_patients < SMALLEST_COUNT:
        st.info(
            f"Rows of fewer than {SMALLEST_COUNT} patients could identify them. Remove a filter in "
            "the sidebar.",
            icon=":material/lock:",
        )
        return
    for program, name in PROGRAMS.items():
        _button(f"{name} files", study, partial(_make_rows, program), program, "zip", ZIP)


def may_download_rows() -> bool:
    """Whether rows are offered: turned on at the start, and to a reader who may have them."""
    return session.may_download_rows() and os.environ.get(ROWS_VARIABLE) == OFFERED


def _button(
    label: str,
    study: StudyKey,
    make: Callable[[Cohort, Selection], bytes],
    what: str,
    ending: str,
    mime: str,
) -> None:
    cohort, selection = compute.cohort(study.cohort), compute.selection(study)
    files.offer(
        label,
        partial(make, cohort, selection),
        f"{cohort.protocol.id}_{cohort.data_cut.isoformat()}_{what}.{ending}",
        mime,
        f"download_{what}",
        icon=":material/download:",
    )


def _make_rows(program: Program, cohort: Cohort, selection: Selection) -> bytes:
    return as_zip(make_bundle(cohort, selection, program))
