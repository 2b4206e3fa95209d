"""The committee's deck on a page: which sections, in which order, on whose template."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import streamlit as st

from lupus_outcomes.analysis.question import Question, find_outcomes
from lupus_outcomes.errors import LupusOutcomesError
from lupus_outcomes.export.deck.storyline import STORYLINE, Story
from lupus_outcomes.ui import address, compute
from lupus_outcomes.ui.keys import StudyKey
from lupus_outcomes.ui.plain import escape

PPTX = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
PREDICTORS = "predictors"
TEMPLATE_MB = 20


def choose_sections() -> tuple[str, ...]:
    """Which sections are told, in the order in which they were chosen."""
    return tuple(
        st.multiselect(
            "Sections, in the order of the slides",
            tuple(STORYLINE),
            key=address.several("section", tuple(STORYLINE), tuple(STORYLINE)),
            format_func=lambda name: STORYLINE[name].title,
            help="Slides follow the order in which sections are chosen here: take one away and "
            "choose it again to move it to the end.",
            persist_state="session",
        )
    )


def choose_template() -> bytes | None:
    """The committee's own template; said to be none of use where it is not."""
    file = st.file_uploader(
        "The committee's template, a .pptx",
        type="pptx",
        max_upload_size=TEMPLATE_MB,
        help="Its master and layouts are used, its own slides are left out. It stays in memory, "
        "for this session only.",
    )
    if file is None:
        return None
    from lupus_outcomes.export.deck.deck import open_template

    try:
        open_template(file.getvalue())
    except LupusOutcomesError as problem:
        st.error(escape(str(problem)), icon=":material/error:")
        return None
    return file.getvalue()


def tell(study: StudyKey, sections: Sequence[str]) -> Story:
    """The slides; a model is told as far as its resampling is."""
    if PREDICTORS not in sections or study.is_for_release:
        return compute.story(study, tuple(sections), None, None)
    key, question = replace(study, group=None), Question()
    offered = question.outcome in find_outcomes(compute.cohort(study.cohort))
    if not offered or compute.posed(key, question).too_small:
        return compute.story(study, tuple(sections), None, None)
    job = compute.evidence_job(key, question)
    is_complete = job is not None and job.is_over and not job.failed
    evidence = job.answer if job and is_complete else compute.first_answer(key, question, True)
    if not is_complete:
        st.caption(
            ":material/info: What goes with response is a first answer, without directions. Open "
            "the page Performance and wait for its resampling to have all of it."
        )
    return compute.story(study, tuple(sections), question, evidence)


def show(study: StudyKey, story: Story, template: bytes | None) -> None:
    """What each slide says, and the file."""
    if not story.slides:
        st.info("No slide can be made: choose a section, or other patients.")
        return
    stamp = story.slides[0][1].released.stamp
    st.download_button(
        "PowerPoint",
        data=partial(_make, story, template),
        file_name=f"{stamp.study}_{stamp.data_cut}_{stamp.id}.pptx",
        mime=PPTX,
        key="download_deck",
        icon=":material/download:",
        type="primary",
        on_click="ignore",
    )
    st.caption(
        "Charts and tables are PowerPoint's own: every number can be read and changed there. The "
        "notes of each slide say who is counted, how, from what, and carry the stamp."
    )
    for name in dict.fromkeys(section for section, _ in story.slides):
        st.subheader(name)
        st.markdown("\n".join(_lines(story, name)))
    for missing in story.missing:
        st.caption(f":material/info: Nothing to show for {escape(missing)}.")


def _lines(story: Story, section: str) -> list[str]:
    return [
        f"{number}. {escape(slide.released.result.finding or slide.released.result.title)}"
        for number, (name, slide) in enumerate(story.slides, start=2)
        if name == section
    ]


def _make(story: Story, template: bytes | None) -> bytes:
    # PowerPoint's writer is loaded when a file is wanted.
    from lupus_outcomes.export.deck.deck import make_deck

    return make_deck(story, template).content
