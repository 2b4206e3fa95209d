"""The only caches. Keys are ids, never frames; each function is a line around an analysis.

Cohorts are large and shared as they are: analyses only read them. Results are small and copied.
"""

import time
from dataclasses import replace
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

import streamlit as st

from lupus_outcomes.analysis.all_predictions import PREDICTIONS
from lupus_outcomes.analysis.catalogue import ANALYSES
from lupus_outcomes.analysis.evidence import Evidence, gather_evidence, gather_first_answer
from lupus_outcomes.analysis.interim import name_interim
from lupus_outcomes.analysis.predictive_models import one_thread
from lupus_outcomes.analysis.question import Posed, Question, pose_question
from lupus_outcomes.analysis.robustness import derive_robustness, estimate_robustness
from lupus_outcomes.charts.catalogue import build_spec, complete_spec
from lupus_outcomes.charts.style import Drawing
from lupus_outcomes.data.read import Dataset, read_dataset
from lupus_outcomes.data.source import compute_fingerprint, dataset_files
from lupus_outcomes.derive.cohort import Cohort, derive_cohort
from lupus_outcomes.derive.course import Course, derive_course
from lupus_outcomes.derive.interim import InterimAnalysis, derive_interim
from lupus_outcomes.derive.scope import keep_centres
from lupus_outcomes.derive.selection import Selection, select_patients
from lupus_outcomes.derive.variants import Variant
from lupus_outcomes.errors import UnreadableError
from lupus_outcomes.export.deck.content import Slide
from lupus_outcomes.export.deck.parts import Sources
from lupus_outcomes.export.deck.storyline import MAKERS, make_slide
from lupus_outcomes.export.replay import ROBUSTNESS, model_recipe, view_in_words
from lupus_outcomes.protocols import PROTOCOLS
from lupus_outcomes.release.disclosure import Released, release
from lupus_outcomes.ui import collection
from lupus_outcomes.ui.definitions import read_definitions
from lupus_outcomes.ui.jobs import Job, Jobs
from lupus_outcomes.ui.keys import BROUGHT, CohortKey, StudyKey

COHORTS_KEPT, RESULTS_KEPT, COURSES_KEPT, QUESTIONS_KEPT = 4, 1_000, 50, 20
# Resampling takes every core: not before the page with the first answer stands.
RESAMPLING, FIRST_ANSWERS, UNTIL_DRAWN_SECONDS = "resampling", "first answers", 1.5
# A file younger than this may change again within one tick of its clock: its content is read anew.
SETTLED_AFTER_NS = 2_000_000_000
# A key is told from another by what it says; Streamlit's own way through its fields costs more
# than many an analysis.
BY_WORDS = {CohortKey: repr, StudyKey: repr}
# The answers to one question are told apart by how much was done for them.
BY_QUESTION = {
    **BY_WORDS,
    Question: repr,
    Evidence: lambda evidence: (evidence.is_complete, len(evidence.explained)),
}
Option = str | float | bool | tuple[str, ...] | None


@st.cache_resource(scope="session", show_spinner=False, on_release=lambda held: _let_go(held))
def _brought() -> dict[str, Dataset]:
    """The dataset this reader has brought, under its path; gone when the page is closed."""
    return {}


def bring(path: str, dataset: Dataset) -> None:
    """Hold a dataset for this session, instead of one held before."""
    let_go()
    _brought()[path] = dataset


def let_go() -> None:
    """Forget what the reader has brought."""
    _let_go(_brought())


def _let_go(held: dict[str, Dataset]) -> None:
    """Leave nothing behind: whatever was made of a dataset goes with it."""
    if held:
        held.clear()
        for cached in (
            cohort, interim, _variants, course, posed, first_answer, jobs,
            result, robustness, prediction_result, slide,
        ):  # fmt: skip
            cached.clear()


def _find_brought(path: str) -> Dataset:
    found = _brought().get(path)
    if found is None:
        raise UnreadableError(
            "Your files are no longer held: the page has lost its connection. Open them again."
        )
    return found


def fingerprint(path: str) -> str:
    """SHA-256 of the dataset as it lies there now; files are read only when they have changed."""
    if path.startswith(BROUGHT):
        return _find_brought(path).fingerprint
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


def dataset(path: str, fingerprint: str) -> Dataset:
    """The dataset with that content; raises what ``read_dataset`` raises."""
    return _find_brought(path) if path.startswith(BROUGHT) else _read(path, fingerprint)


@st.cache_resource(max_entries=COHORTS_KEPT, show_spinner="Reading and checking the dataset …")
def _read(path: str, fingerprint: str) -> Dataset:
    return read_silently(path, fingerprint)


@st.cache_resource(max_entries=COHORTS_KEPT, show_spinner=False)
def read_silently(path: str, fingerprint: str) -> Dataset:
    """The same where there is no page yet to say what is waited for."""
    found = read_dataset(Path(path))
    if found.fingerprint != fingerprint:
        raise UnreadableError(f"{Path(path).name} changed while it was read. Load the page again.")
    return found


@st.cache_resource(
    max_entries=COHORTS_KEPT,
    show_spinner="Deriving states and time points …",
    hash_funcs=BY_WORDS,
)
def cohort(key: CohortKey) -> Cohort:
    """The study derived from it."""
    if key.interim:
        frozen = interim(replace(key, interim=False))
        assert frozen is not None, "a page asks whether there is an interim before it is shown"
        return frozen.cohort
    derived = derive_cohort(
        keep_centres(dataset(key.path, key.fingerprint), key.centres),
        PROTOCOLS[key.protocol_id],
        definitions=read_definitions(key.definitions),
    )
    collection.note()
    return derived


@st.cache_resource(max_entries=COHORTS_KEPT, show_spinner=False, hash_funcs=BY_WORDS)
def interim(key: CohortKey) -> InterimAnalysis | None:
    """The interim analysis at its frozen data cut; none where it is not planned or not reached."""
    return derive_interim(cohort(key))


def has_interim(key: StudyKey) -> bool:
    """Whether an interim analysis is planned and was reached."""
    return interim(key.cohort) is not None


def selection(key: StudyKey) -> Selection:
    """Which patients are selected."""
    if key.cohort.interim:
        frozen = interim(replace(key.cohort, interim=False))
        assert frozen is not None, "the cohort was there"
        return frozen.selection
    return select_patients(cohort(key.cohort), key.filters, key.group)


@st.cache_data(max_entries=RESULTS_KEPT, show_spinner=False, hash_funcs=BY_WORDS)
def result(key: StudyKey, analysis: str, **options: Option) -> Released:
    """The result of one analysis of the catalogue, with its options: ids and numbers only."""
    found, chosen = cohort(key.cohort), selection(key)
    made = ANALYSES[analysis](found, chosen, **options)
    if key.cohort.interim:
        made = name_interim(made, found)
    recipe = {"analysis": analysis, "options": options, "interim": key.cohort.interim}
    view = view_in_words(recipe)
    return release(made, found, chosen, view, recipe, mode=key.cohort.disclosure)


@st.cache_resource(
    max_entries=COHORTS_KEPT, show_spinner="Deriving the other choices …", hash_funcs=BY_WORDS
)
def _variants(key: CohortKey) -> tuple[Variant, ...]:
    return derive_robustness(cohort(key))


@st.cache_data(max_entries=RESULTS_KEPT, show_spinner=False, hash_funcs=BY_WORDS)
def robustness(key: StudyKey, headline: str | None = None) -> Released:
    """One headline number, or all, under every choice; what filters do not touch is kept."""
    found, chosen, variants = cohort(key.cohort), selection(key), _variants(key.cohort)
    made = estimate_robustness(found, chosen, headline, variants)
    options = {"headline": headline} if headline else {}
    recipe = {"analysis": ROBUSTNESS, "options": options}
    view = view_in_words(recipe)
    return release(made, found, chosen, view, recipe, mode=key.cohort.disclosure)


@st.cache_data(max_entries=COURSES_KEPT, show_spinner=False, hash_funcs=BY_WORDS)
def course(key: CohortKey, patient: int) -> Course:
    """One patient's course; only after the door has let the reader see single patients."""
    return derive_course(cohort(key), patient)


@st.cache_resource(max_entries=QUESTIONS_KEPT, show_spinner=False, hash_funcs=BY_QUESTION)
def posed(key: StudyKey, question: Question) -> Posed:
    """A question put to the selected patients."""
    return pose_question(cohort(key.cohort), selection(key), question)


@st.cache_resource(
    max_entries=QUESTIONS_KEPT, show_spinner="Fitting a first model …", hash_funcs=BY_QUESTION
)
def first_answer(key: StudyKey, question: Question, explain: bool) -> Evidence:
    """The quick answer to a question, without resampling; explained only where it is asked for."""
    asked = posed(key, question)
    return _gather_first_answer(asked, explain)


def first_answer_job(key: StudyKey, question: Question, explain: bool) -> Job:
    """The same in the background, for a question about so many patients that a page would hang."""
    asked = posed(key, question)
    return jobs(FIRST_ANSWERS).ask(
        (key, question, explain), lambda report: _gather_first_answer(asked, explain)
    )


def _gather_first_answer(asked: Posed, explain: bool) -> Evidence:
    found = gather_first_answer(asked, explain)
    _note_models(explain)
    return found


@lru_cache
def _note_models(explain: bool) -> None:
    """The libraries of the models have come, once; ``explain``: shap, too."""
    collection.note()


def evidence_job(key: StudyKey, question: Question, begins: bool = False) -> Job | None:
    """The job that gathers the complete answer; none where none was begun."""
    if not begins:
        return jobs(RESAMPLING).look((key, question))
    return jobs(RESAMPLING).ask((key, question), partial(gather_evidence, posed(key, question)))


def resampled(key: StudyKey, question: Question) -> Evidence | None:
    """The complete answer, where it was gathered."""
    job = evidence_job(key, question)
    return job.answer if job is not None and job.is_over and not job.failed else None


@st.cache_resource(show_spinner=False)
def jobs(kind: str) -> Jobs:
    """The jobs of one kind of this server, each kind with a queue of its own."""
    return Jobs(head_start=UNTIL_DRAWN_SECONDS if kind == RESAMPLING else 0.0)


@st.cache_data(max_entries=RESULTS_KEPT, show_spinner=False, hash_funcs=BY_QUESTION)
def prediction_result(
    key: StudyKey, question: Question, evidence: Evidence, name: str, **options: Option
) -> Released:
    """One result of the answer to a question, the first or the complete one."""
    found, chosen, asked = cohort(key.cohort), selection(key), posed(key, question)
    with one_thread():
        made = PREDICTIONS[name](asked, evidence, found, chosen, **options)
    recipe = model_recipe(name, options, question, evidence)
    view = view_in_words(recipe)
    return release(made, found, chosen, view, recipe, mode=key.cohort.disclosure)


def spec(drawing: Drawing) -> dict[str, Any]:
    """The specification of a drawing without its data, built once for each set of arguments."""
    return complete_spec(build_spec(drawing.figure, drawing.arguments), drawing)


@st.cache_data(max_entries=RESULTS_KEPT, show_spinner=False, hash_funcs=BY_QUESTION)
def slide(
    key: StudyKey, name: str, question: Question | None, evidence: Evidence | None
) -> Slide | None:
    """One slide of the deck; none where there is nothing to show, or it may not be."""
    return make_slide(MAKERS[name], sources(key, question, evidence))


def sources(key: StudyKey, question: Question | None, evidence: Evidence | None) -> Sources:
    """Where slides and reports have their results from; those of a model with a question only."""

    def prediction(name: str) -> Released | None:
        if question is None or evidence is None:
            return None
        return prediction_result(replace(key, group=None), question, evidence, name)

    protocol = cohort(key.cohort).protocol
    return Sources(protocol, partial(result, key), partial(robustness, key), prediction)
