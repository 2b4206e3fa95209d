"""The committee's deck on a page: which sections, in which order, slide by slide, and the file.

Committee mode is the same slides with nothing around them: no sidebar, no menu, large letters, the
arrow keys to go on and back. Filters stay as they were when it began.
"""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import streamlit as st

from lupus_outcomes.analysis.evidence import Evidence
from lupus_outcomes.analysis.question import Question, find_outcomes
from lupus_outcomes.charts.slide import (
    ON_PAGE,
    ON_PROJECTOR,
    draw_slide_figure,
    draw_slide_table,
)
from lupus_outcomes.charts.slide_content import Curves
from lupus_outcomes.charts.style import FIGURE_WIDTH
from lupus_outcomes.errors import LupusOutcomesError
from lupus_outcomes.export.deck.content import Slide, split_finding
from lupus_outcomes.export.deck.parts import Sources
from lupus_outcomes.export.deck.storyline import STORYLINE, list_makers, tell_story
from lupus_outcomes.ui import address, compute, files, links, prediction, show
from lupus_outcomes.ui.keys import StudyKey
from lupus_outcomes.ui.plain import escape

PPTX = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
PREDICTORS, SLIDE = "predictors", "slide"
TEMPLATE_MB = 20
BESIDE = (1, 1)


def choose_sections() -> tuple[str, ...]:
    """Which sections are told, in the order in which they were chosen."""
    key = address.several("section", tuple(STORYLINE), tuple(STORYLINE))
    if not address.is_for_committee():
        st.multiselect(
            "Sections, in this order",
            tuple(STORYLINE),
            key=key,
            format_func=lambda name: STORYLINE[name].title,
            help="They are told in the order in which they are chosen here: take one away and "
            "choose it again to move it to the end.",
            persist_state="session",
        )
    return address.chosen("section")


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


def offer_file(study: StudyKey, sections: Sequence[str], template: bytes | None) -> None:
    """The button that makes the file of all slides."""
    cohort = compute.cohort(study.cohort)
    files.offer(
        "PowerPoint",
        partial(_make, study, tuple(sections), template, links.keeper("deck")),
        f"{cohort.protocol.id}_{cohort.data_cut.isoformat()}_slides.pptx",
        PPTX,
        "download_deck",
        icon=":material/download:",
        type="primary",
    )
    st.caption(
        "Charts and tables are PowerPoint's own: every number can be read and changed there. The "
        "notes of each slide say who is counted, how, from what, and carry the stamp."
    )
    if PREDICTORS in sections and not study.is_for_release and not _is_resampled(study):
        st.caption(
            ":material/info: What goes with response is a first answer, without directions. Open "
            "the page Performance and wait for its resampling to have all of it."
        )


def walk(sections: Sequence[str]) -> str:
    """The slide that is open, with the buttons and arrow keys that go to its neighbours."""
    makers = list_makers(sections)
    key = address.one(SLIDE, tuple(makers), next(iter(makers)))
    names, (now,) = list(makers), address.chosen(SLIDE)
    place = names.index(now)
    is_large = address.is_for_committee()
    back, where, onward, turn = st.columns([1, 4, 1, 2], vertical_alignment="bottom")
    with back:
        _step("Back", names[max(place - 1, 0)], "Left", place == 0)
    with where:
        if is_large:
            st.markdown(f"{place + 1} of {len(names)} · {escape(makers[now])}")
        else:
            st.selectbox(f"Slide (of {len(names)})", names, key=key, format_func=makers.__getitem__)
    with onward:
        _step("Next", names[min(place + 1, len(names) - 1)], "Right", place == len(names) - 1)
    with turn:
        st.button(
            "Leave committee mode" if is_large else "Committee mode",
            on_click=address.choose,
            args=(address.COMMITTEE, not is_large),
            key="turn_committee",
            icon=":material/close_fullscreen:" if is_large else ":material/present_to_all:",
            help="Only the slides, in large letters. The arrow keys go on and back; filters stay "
            "as they are.",
        )
    return now


def _step(label: str, name: str, key: str, is_last: bool) -> None:
    st.button(
        label, on_click=address.choose, args=(SLIDE, name), shortcut=key, disabled=is_last,
        key=f"go_{key}", width="stretch",
    )  # fmt: skip


def show_slide(study: StudyKey, name: str) -> None:
    """One slide, as the file will have it."""
    question = evidence = None
    if name in list_makers((PREDICTORS,)):
        question = _question(study)
        if question is not None:
            key = replace(study, group=None)
            evidence = compute.resampled(key, question)
            evidence = evidence or prediction.first_or_stop(key, question, explain=True)
    slide = compute.slide(study, name, question, evidence)
    if slide is None:
        st.info("There is nothing to show here of these patients; the file leaves this slide out.")
        return
    title, rest = split_finding(slide.released.result.finding or slide.released.result.title)
    is_large = address.is_for_committee()
    (st.title if is_large else st.header)(escape(title), anchor=False)
    words = " ".join(part for part in (rest, slide.caption) if part)
    if words:
        (st.header if is_large else st.markdown)(escape(words))
    _draw(slide, ON_PROJECTOR if is_large else ON_PAGE)
    if slide.released.is_small.any():
        st.caption("Has counts below 5, which can identify someone: not for passing on.")
    if is_large:
        st.caption(escape(" ".join(slide.released.banners)))
    st.caption(escape(slide.released.stamp.footer))


def _draw(slide: Slide, size: int) -> None:
    """Curves above their table, bars beside theirs, tables beside each other."""
    result, mode = slide.released.result, show.mode()
    tables = [draw_slide_table(grid, result.title, size, mode) for grid in slide.grids]
    width = "stretch" if size == ON_PROJECTOR else FIGURE_WIDTH
    if slide.figure is None:
        for at, (place, table) in enumerate(zip(st.columns(len(tables)), tables, strict=True)):
            with place:
                show.figure(table, result.title, "stretch", f"_{at}")
        return
    figure = draw_slide_figure(slide.figure, result.finding, size, mode)
    if isinstance(slide.figure, Curves) or not tables:
        for drawing in (figure, *tables):
            show.figure(drawing, result.title, width)
        return
    for place, drawing in zip(st.columns(BESIDE), (figure, *tables), strict=True):
        with place:
            show.figure(drawing, result.title, "stretch")


def _question(study: StudyKey) -> Question | None:
    """What a model is asked; none where these patients cannot answer it, or it may not be told."""
    question = Question()
    if study.is_for_release or question.outcome not in find_outcomes(compute.cohort(study.cohort)):
        return None
    return None if compute.posed(replace(study, group=None), question).too_small else question


def _is_resampled(study: StudyKey) -> bool:
    return compute.resampled(replace(study, group=None), Question()) is not None


def _make(
    study: StudyKey, sections: tuple[str, ...], template: bytes | None, keep: links.Keeper
) -> bytes:
    # PowerPoint's writer is loaded when a file is wanted.
    from lupus_outcomes.export.deck.deck import make_deck

    story = tell_story(find_sources(study, sections), sections)
    for _, slide in story.slides:
        keep((slide.released, *slide.also), {SLIDE: [slide.name]})
    return make_deck(story, template).content


def find_sources(study: StudyKey, sections: Sequence[str]) -> Sources:
    """Where a file on those sections has its results from; a model is told as far as it is."""
    question = _question(study) if PREDICTORS in sections else None
    evidence: Evidence | None = None
    if question is not None:
        key = replace(study, group=None)
        evidence = compute.resampled(key, question) or compute.first_answer(key, question, True)
    return compute.sources(study, question, evidence)
