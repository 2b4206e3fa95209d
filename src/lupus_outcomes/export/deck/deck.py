"""The deck: sections of the storyline as slides, in a template of the committee's or our own."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pptx import Presentation
from pptx.exc import PackageNotFoundError
from pptx.util import Inches, Pt

from lupus_outcomes.data.archive import check_presentation
from lupus_outcomes.errors import UnreadableError
from lupus_outcomes.export.deck.content import Slide, split_finding
from lupus_outcomes.export.deck.layout import (
    FOOT,
    HIGH,
    MARGIN,
    SMALL,
    SUBTITLE,
    SUBTITLE_HIGH,
    TITLE_HIGH,
    TITLE_TOP,
    WIDE,
    Box,
    draw_content,
    title_layout,
    write_lines,
    write_notes,
    write_text,
    write_title,
)
from lupus_outcomes.export.deck.parts import is_of_all
from lupus_outcomes.export.deck.storyline import Story
from lupus_outcomes.release.disclosure import Released

SMALL_COUNTS = "has counts below 5, which can identify someone: not for passing on"
LONG_SUBTITLE = 300


@dataclass(frozen=True, slots=True)
class Deck:
    """A PowerPoint file."""

    content: bytes
    n_slides: int


def make_deck(story: Story, template: bytes | None = None) -> Deck:
    """The slides of a story after a cover, with the master and layouts of ``template``, if any.

    Raises
    ------
    UnreadableError
        The template is no presentation, or one without a slide layout.
    """
    told = story.slides
    if not told:
        raise UnreadableError("Nothing can be told of these patients. Choose other sections.")
    presentation = _new() if template is None else open_template(template)
    wide = presentation.slide_width
    place = Box(MARGIN, TITLE_TOP, wide - 2 * MARGIN, TITLE_HIGH) if template is None else None
    cover = _add(presentation)
    first = told[0][1].released
    _write_cover(cover, presentation, story, place)
    for number, (section, content) in enumerate(told, start=2):
        _write_slide(_add(presentation), presentation, section, content, place, number)
    presentation.core_properties.title = f"{first.stamp.study}, {first.stamp.data_cut}"
    presentation.core_properties.author = f"lupus-outcomes {first.stamp.product_version}"
    stream = io.BytesIO()
    presentation.save(stream)
    return Deck(stream.getvalue(), len(told) + 1)


def read_template(path: Path) -> bytes:
    """The bytes of a template file."""
    try:
        return path.read_bytes()
    except OSError as problem:
        raise UnreadableError(f"{path}: {problem.strerror}. Give a .pptx file.") from None


def _new() -> Any:
    presentation: Any = Presentation()
    presentation.slide_width, presentation.slide_height = WIDE, HIGH
    return presentation


def open_template(content: bytes) -> Any:
    """A template as a presentation without slides.

    Raises
    ------
    UnreadableError
        It is no presentation that can be used, or it is not safe to open.
    """
    check_presentation(content, "The template")
    try:
        presentation = Presentation(io.BytesIO(content))
        has_layout = len(presentation.slide_layouts) > 0
    except (PackageNotFoundError, KeyError, ValueError, SyntaxError):
        has_layout = False
    if not has_layout:
        raise UnreadableError("The template cannot be used. Save it in PowerPoint as .pptx.")
    _drop_slides(presentation)
    return presentation


def _drop_slides(presentation: Any) -> None:
    """A template's own slides are examples: only its master and layouts are wanted."""
    listed = presentation.slides._sldIdLst
    for slide in list(listed):
        presentation.part.drop_rel(slide.rId)
        listed.remove(slide)


def _add(presentation: Any) -> Any:
    return presentation.slides.add_slide(title_layout(presentation))


def _write_slide(
    slide: Any, presentation: Any, section: str, content: Slide, place: Box | None, number: int
) -> None:
    wide, high = presentation.slide_width, presentation.slide_height
    title, rest = split_finding(content.released.result.finding or content.released.result.title)
    top = write_title(slide, title, place)
    width = wide - 2 * MARGIN
    below = " ".join(part for part in (rest, content.caption) if part)
    if below:
        is_long = len(below) > LONG_SUBTITLE
        high_of_it = round(1.4 * SUBTITLE_HIGH) if is_long else SUBTITLE_HIGH
        write_text(slide, Box(MARGIN, top, width, high_of_it), below, SUBTITLE, "retention")
        top += high_of_it
    top += Inches(0.1)
    bottom = high - FOOT - Inches(0.1)
    draw_content(slide.shapes, content, Box(MARGIN, top, width, bottom - top))
    _write_footer(slide, wide, high, content.released, section, number)
    write_notes(slide, list(_notes(content)))


def _write_footer(
    slide: Any, wide: int, high: int, released: Released, section: str, number: int
) -> None:
    stamp = released.stamp
    said = (
        f"{section} · N {stamp.n_patients:,} · data cut {stamp.data_cut} · "
        f"{stamp.filters_in_words} · {stamp.id}"
    )
    if released.is_small.any():
        said += f" · {SMALL_COUNTS}"
    box = Box(MARGIN, high - FOOT, wide - 2 * MARGIN - Inches(0.6), Inches(0.2))
    write_text(slide, box, said, SMALL, "retention")
    banner = Box(MARGIN, high - FOOT + Inches(0.18), box.width, Inches(0.2))
    write_text(slide, banner, " ".join(released.banners), SMALL, "inefficacy", bold=True)
    at_right = Box(wide - MARGIN - Inches(0.5), box.top, Inches(0.5), Inches(0.2))
    write_text(slide, at_right, str(number), SMALL, "retention")


def _write_cover(
    slide: Any,
    presentation: Any,
    story: Story,
    place: Box | None,
) -> None:
    """What the whole deck rests on and what is missing, before any number."""
    told, missing = story.slides, story.missing
    released = told[0][1].released
    stamp = released.stamp
    wide, high = presentation.slide_width, presentation.slide_height
    top = write_title(slide, stamp.dataset_title, place) + Inches(0.3)
    assumed = dict.fromkeys(
        note for _, s in told for note in s.released.result.notes if is_of_all(note)
    )
    lines = [
        f"{stamp.study} · data cut {stamp.data_cut}",
        f"{stamp.n_patients:,} patients: {stamp.filters_in_words}",
        stamp.population,
        *(f"{name}: {choice}" for name, choice in _whole_deck(stamp.view)),
        *assumed,
        "Limits are those of 95 % intervals; the notes of each slide say who is counted and how.",
    ]
    if missing:
        lines.append(f"Not in this deck, for want of data: {'; '.join(missing)}.")
    half = (wide - 3 * MARGIN) // 2
    write_lines(slide, Box(MARGIN, top, half, high - top - FOOT), lines, Pt(18))
    sections = dict.fromkeys(section for section, _ in told)
    contents = [f"{section}: {_first_slide(told, section)}" for section in sections]
    right = Box(2 * MARGIN + half, top, half, high - top - FOOT)
    write_lines(slide, right, contents, Pt(18))
    _write_footer(slide, wide, high, released, "Overview", 1)
    write_notes(slide, [released.stamp_as_json()])


def _first_slide(told: Sequence[tuple[str, Slide]], section: str) -> str:
    """On which slides a section stands; the cover is the first."""
    numbers = [number for number, (name, _) in enumerate(told, start=2) if name == section]
    return f"{numbers[0]}" if len(numbers) == 1 else f"{numbers[0]}–{numbers[-1]}"


def _whole_deck(view: Any) -> list[tuple[str, str]]:
    return [(name.capitalize(), choice) for name, choice in view.items() if name == "grouped by"]


def _notes(content: Slide) -> list[str]:
    """How each result of a slide is computed; the stamp of the first."""
    lines: list[str] = []
    for released in (content.released, *content.also):
        result = released.result
        lines += [
            result.title,
            result.finding,
            f"Counted: {result.denominator}.",
            f"Method: {result.method}",
            *(f"Source: {source}" for source in result.sources),
            *result.notes,
            "",
        ]
    return [*lines, content.released.stamp_as_json()]
