"""Questions put to a model: the answer as far as it is there, and its model card.

A first answer is shown at once; the complete one is gathered in the background and replaces it.
"""

from dataclasses import dataclass, replace
from functools import partial

import streamlit as st

from lupus_outcomes.analysis.evidence import Evidence
from lupus_outcomes.analysis.question import Posed, Question
from lupus_outcomes.errors import NotReleasedError
from lupus_outcomes.export.model_card import model_card
from lupus_outcomes.release.disclosure import Released
from lupus_outcomes.ui import compute, controls, files
from lupus_outcomes.ui.jobs import Job
from lupus_outcomes.ui.keys import StudyKey
from lupus_outcomes.ui.plain import escape

POLL_SECONDS = 1.0
# A page waits for a model of so few patients; of more so long before it says that it will be back.
FEW, PATIENCE_SECONDS = 400, 0.3
FIRST_ANSWER = "the numbers below are a first answer, untuned and from one repeat"


@dataclass(frozen=True)
class Answer:
    """A question with the evidence there is for its answer."""

    key: StudyKey
    question: Question
    evidence: Evidence

    @property
    def posed(self) -> Posed:
        """The question with its data."""
        return compute.posed(self.key, self.question)

    def result(self, name: str, **options: compute.Option) -> Released:
        """One released result of this answer."""
        return compute.prediction_result(self.key, self.question, self.evidence, name, **options)


def is_resampled(answer: Answer) -> bool:
    """Whether what rests on resampling can be shown; says that it follows where it cannot yet."""
    if not answer.evidence.is_complete:
        st.caption("Follows when the resampling is done.")
    return answer.evidence.is_complete


def answer_or_stop(study: StudyKey, *, explain: bool) -> Answer:
    """Ask, let the reader wait for no more than a first answer, or say why there is none and stop.

    ``explain``: the page needs contributions of single features.
    """
    if study.is_for_release:
        raise NotReleasedError(
            "Models of response are not available in release mode: what their results give away "
            "has not been declared. Use closed mode."
        )
    question = controls.choose_question(study)
    if question is None:
        st.info("This dataset can tell none of the outcomes.", icon=":material/info:")
        st.stop()
    key = replace(study, group=None)
    too_small = compute.posed(key, question).too_small
    if too_small:
        st.info(escape(too_small), icon=":material/info:")
        st.stop()
    return Answer(key, question, _gather(key, question, explain))


def _gather(key: StudyKey, question: Question, explain: bool) -> Evidence:
    """The complete evidence if it is there, else the first, and a word on the rest."""
    complete = compute.resampled(key, question)
    if complete is not None:
        return complete
    # First what the reader waits for: the job takes every core.
    first = first_or_stop(key, question, explain)
    job = compute.evidence_job(key, question)
    if job is not None and job.failed:
        _say_it_failed(key, question, job.failed)
    else:
        compute.evidence_job(key, question, begins=True)
        _say_how_far(key, question)
    return first


def first_or_stop(key: StudyKey, question: Question, explain: bool) -> Evidence:
    """The first answer; of many patients the page says that it is on its way, and comes back."""
    if compute.posed(key, question).n <= FEW:
        return compute.first_answer(key, question, explain)
    job = compute.first_answer_job(key, question, explain)
    job.finished.wait(PATIENCE_SECONDS)
    if not job.is_over:
        _wait(job, key, question)
        st.stop()
    if job.failed:
        st.error(f"The model could not be fitted ({escape(job.failed)}).")
        st.stop()
    return job.answer


@st.fragment(run_every=POLL_SECONDS)
def _wait(job: Job, key: StudyKey, question: Question) -> None:
    if job.is_over:
        st.rerun(scope="app")
    st.progress(0.0, f"Fitting a first model to {compute.posed(key, question).n:,} patients …")


@st.fragment(run_every=POLL_SECONDS)
def _say_how_far(key: StudyKey, question: Question) -> None:
    job = compute.evidence_job(key, question, begins=True)
    assert job is not None, "it was begun"
    if job.is_over:
        st.rerun(scope="app")
    if job.is_running:
        st.progress(job.share, f"Resampling {100 * job.share:.0f} %: {FIRST_ANSWER}.")
    else:
        st.progress(0.0, f"Resampling waits for its turn: {FIRST_ANSWER}.")


def _say_it_failed(key: StudyKey, question: Question, kind: str) -> None:
    st.warning(f"Resampling failed ({escape(kind)}): {FIRST_ANSWER}.")
    st.button(
        "Resample again", on_click=compute.jobs(compute.RESAMPLING).forget, args=((key, question),)
    )


def card(answer: Answer, released: Released) -> None:
    """The model card, as a file; ``released``: the result whose stamp it carries."""
    found, chosen = compute.cohort(answer.key.cohort), compute.selection(answer.key)
    files.offer(
        "Model card",
        partial(model_card, answer.posed, answer.evidence, found, chosen, released.stamp),
        f"model_card_{released.stamp.id}.md",
        "text/markdown",
        "download_model_card",
        icon=":material/download:",
    )
