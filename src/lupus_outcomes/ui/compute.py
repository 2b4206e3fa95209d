"""The only caches. Keys are ids, never frames; each function is a line around an analysis.

Cohorts are large and shared as they are: analyses only read them. Results are small and copied.
"""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import streamlit as st

from lupus_outcomes.analysis import (
    attrition,
    completeness,
    dataset_report,
    describe,
    glucocorticoid_paths,
    glucocorticoids,
)
from lupus_outcomes.analysis.agreement import estimate_agreement
from lupus_outcomes.analysis.attainment import estimate_attainment
from lupus_outcomes.analysis.dictionary_table import describe_coverage
from lupus_outcomes.analysis.enrolment import describe_centres, describe_enrolment
from lupus_outcomes.analysis.missing import describe_missing, describe_missing_by_centre
from lupus_outcomes.analysis.obstacles import describe_undecided, estimate_obstacles
from lupus_outcomes.analysis.result import Result
from lupus_outcomes.charts.catalogue import build_spec
from lupus_outcomes.charts.style import Drawing
from lupus_outcomes.data.read import Dataset, read_dataset
from lupus_outcomes.data.source import compute_fingerprint, dataset_files
from lupus_outcomes.derive.cohort import Cohort, derive_cohort
from lupus_outcomes.derive.course import Course, derive_course
from lupus_outcomes.derive.selection import Selection, select_patients
from lupus_outcomes.errors import UnreadableError
from lupus_outcomes.protocol import Handling
from lupus_outcomes.protocols import PROTOCOLS
from lupus_outcomes.release.disclosure import Released, release
from lupus_outcomes.ui.definitions import read_definitions
from lupus_outcomes.ui.keys import CohortKey, StudyKey

COHORTS_KEPT, RESULTS_KEPT, SPECS_KEPT, COURSES_KEPT = 4, 1_000, 200, 50
# A file younger than this may change again within one tick of its clock: its content is read anew.
SETTLED_AFTER_NS = 2_000_000_000


def fingerprint(path: str) -> str:
    """SHA-256 of the dataset as it lies there now; files are read only when they have changed."""
    stats = [(file.name, file.stat()) for file in dataset_files(Path(path))]
    if not stats:
        raise UnreadableError(f"{path} does not exist. Give a dataset folder or a workbook.")
    if time.time_ns() - max(stat.st_ctime_ns for _, stat in stats) < SETTLED_AFTER_NS:
        return compute_fingerprint(Path(path))
    seen = tuple((n, s.st_size, s.st_mtime_ns, s.st_ctime_ns, s.st_ino) for n, s in stats)
    return _settled_fingerprint(path, seen)


@st.cache_data(max_entries=COHORTS_KEPT, show_spinner=False)
def _settled_fingerprint(path: str, stats: tuple[tuple, ...]) -> str:
    return compute_fingerprint(Path(path))


@st.cache_resource(max_entries=COHORTS_KEPT, show_spinner="Reading and checking the dataset …")
def dataset(path: str, fingerprint: str) -> Dataset:
    """The dataset with that content; raises what ``read_dataset`` raises."""
    found = read_dataset(Path(path))
    if found.fingerprint != fingerprint:
        raise UnreadableError(f"{Path(path).name} changed while it was read. Load the page again.")
    return found


@st.cache_resource(max_entries=COHORTS_KEPT, show_spinner="Deriving states and time points …")
def cohort(key: CohortKey) -> Cohort:
    """The study derived from it."""
    return derive_cohort(
        dataset(key.path, key.fingerprint),
        PROTOCOLS[key.protocol_id],
        definitions=read_definitions(key.definitions),
    )


def selection(key: StudyKey) -> Selection:
    """Which patients are selected."""
    return select_patients(cohort(key.cohort), key.filters, key.group)


def _released(
    key: StudyKey, estimate: Callable[[Cohort, Selection], Result], **view: str
) -> Released:
    found, chosen = cohort(key.cohort), selection(key)
    return release(estimate(found, chosen), found, chosen, view)


@st.cache_data(max_entries=RESULTS_KEPT, show_spinner=False)
def attainment(key: StudyKey, endpoints: tuple[str, ...], handling: Handling) -> Released:
    """Attainment of some endpoints under one handling."""
    return _released(
        key, lambda c, s: estimate_attainment(c, s, endpoints, (handling,)), handling=handling
    )


@st.cache_data(max_entries=RESULTS_KEPT, show_spinner=False)
def obstacles(key: StudyKey, endpoint: str, months: float) -> Released:
    """What stood in the way of a state at one time point."""
    return _released(key, lambda c, s: estimate_obstacles(c, s, endpoint, months))


@st.cache_data(max_entries=RESULTS_KEPT, show_spinner=False)
def undecided(key: StudyKey, endpoint: str) -> Released:
    """Visits that missing items leave undecided."""
    return _released(key, lambda c, s: describe_undecided(c, s, endpoint))


@st.cache_data(max_entries=RESULTS_KEPT, show_spinner=False)
def denominators(key: StudyKey, endpoint: str) -> Released:
    """Who could be judged for an endpoint."""
    return _released(key, lambda c, s: completeness.describe_denominators(c, s, endpoint))


@st.cache_data(max_entries=RESULTS_KEPT, show_spinner=False)
def missing(key: StudyKey) -> Released:
    """What is missing by column and time point."""
    return _released(key, describe_missing)


@st.cache_data(max_entries=RESULTS_KEPT, show_spinner=False)
def missing_by_centre(key: StudyKey) -> Released:
    """What is missing by column and centre."""
    return _released(key, describe_missing_by_centre)


@st.cache_data(max_entries=RESULTS_KEPT, show_spinner=False)
def baseline(key: StudyKey) -> Released:
    """The baseline table."""
    return _released(key, describe.describe_baseline)


@st.cache_data(max_entries=RESULTS_KEPT, show_spinner=False)
def enrolment(key: StudyKey) -> Released:
    """Enrolment by month."""
    return _released(key, describe_enrolment)


@st.cache_data(max_entries=RESULTS_KEPT, show_spinner=False)
def centres(key: StudyKey) -> Released:
    """Enrolment by centre."""
    return _released(key, describe_centres)


@st.cache_data(max_entries=RESULTS_KEPT, show_spinner=False)
def eligibility(key: StudyKey) -> Released:
    """Who is left after each criterion."""
    return _released(key, attrition.describe_attrition)


@st.cache_data(max_entries=RESULTS_KEPT, show_spinner=False)
def doses(key: StudyKey, handling: Handling) -> Released:
    """Glucocorticoid dose over time under one handling."""
    return _released(
        key,
        lambda c, s: glucocorticoids.estimate_glucocorticoids(c, s, (handling,)),
        handling=handling,
    )


@st.cache_data(max_entries=RESULTS_KEPT, show_spinner=False)
def dose_bands(key: StudyKey, handling: Handling) -> Released:
    """How many take which dose."""
    return _released(
        key, lambda c, s: glucocorticoids.estimate_dose_bands(c, s, handling), handling=handling
    )


@st.cache_data(max_entries=RESULTS_KEPT, show_spinner=False)
def dose_paths(key: StudyKey, handling: Handling, months: float) -> Released:
    """From which dose at baseline to which at one time point."""
    return _released(
        key,
        lambda c, s: glucocorticoid_paths.estimate_dose_paths(c, s, handling, months),
        handling=handling,
    )


@st.cache_data(max_entries=RESULTS_KEPT, show_spinner=False)
def cumulative_dose(key: StudyKey) -> Released:
    """Cumulative glucocorticoid dose."""
    return _released(key, glucocorticoid_paths.estimate_cumulative_dose)


@st.cache_data(max_entries=RESULTS_KEPT, show_spinner=False)
def dataset_tables(key: CohortKey) -> Released:
    """The tables of the whole dataset."""
    return _released(StudyKey(key), dataset_report.describe_tables)


@st.cache_data(max_entries=RESULTS_KEPT, show_spinner=False)
def findings(key: CohortKey, table: str | None) -> Released:
    """What was wrong with the dataset, or with one of its tables."""
    return _released(StudyKey(key), lambda c, s: dataset_report.describe_findings(c, s, table))


@st.cache_data(max_entries=RESULTS_KEPT, show_spinner=False)
def not_collected(key: CohortKey) -> Released:
    """What the dataset never has, and what cannot be told without it."""
    return _released(StudyKey(key), dataset_report.describe_not_collected)


@st.cache_data(max_entries=RESULTS_KEPT, show_spinner=False)
def blind_spots(key: CohortKey) -> Released:
    """Visits in remission despite activity that the index cannot see."""
    return _released(StudyKey(key), dataset_report.describe_blind_spots)


@st.cache_data(max_entries=RESULTS_KEPT, show_spinner=False)
def agreement(key: CohortKey, state: str) -> Released:
    """The clinician's own call beside the derived state."""
    return _released(StudyKey(key), lambda c, s: estimate_agreement(c, s, state))


@st.cache_data(max_entries=RESULTS_KEPT, show_spinner=False)
def dictionary(key: CohortKey, table: str | None, words: str) -> Released:
    """The data dictionary and what of it the dataset fills."""
    return _released(StudyKey(key), lambda c, s: describe_coverage(c, s, table, words))


@st.cache_data(max_entries=COURSES_KEPT, show_spinner=False)
def course(key: CohortKey, patient: int) -> Course:
    """One patient's course; only after the door has let the reader see single patients."""
    return derive_course(cohort(key), patient)


def spec(drawing: Drawing) -> dict[str, Any]:
    """The specification of a drawing without its data, built once for each set of arguments."""
    found = _spec(drawing.figure, drawing.arguments)
    return found if drawing.height is None else found | {"height": drawing.height}


@st.cache_data(max_entries=SPECS_KEPT, show_spinner=False)
def _spec(figure: str, arguments: tuple[Any, ...]) -> dict[str, Any]:
    return build_spec(figure, arguments)
