"""A report as one HTML file: no script, nothing fetched, every word of the data escaped."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from lupus_outcomes.charts.style import colour
from lupus_outcomes.export.deck.content import Grid
from lupus_outcomes.export.deck.parts import is_of_all, words_grid
from lupus_outcomes.export.report.contents import Entry, Report
from lupus_outcomes.export.report.vector import inline_figure
from lupus_outcomes.release.disclosure import SMALLEST_COUNT, Released

FOLDER = Path(__file__).parent
TEMPLATE, STYLE = "report.html.jinja", "report.css"
# Meanings of the product's palette, as the style sheet names them.
SHADES = {"accent": "doris", "text": "text", "quiet": "retention", "line": "faint", "warn": "flare"}
SMALL_MARK = "‡"
# With more columns than this a table is set smaller on paper; with fewer than the second they would
# be pulled too far apart.
MANY_COLUMNS, FEW_COLUMNS = 9, 6
# Characters that a column can spare without a break.
SHORT_WORDS = 24
_NUMBER = re.compile(r"(?:[<>+−±]?\s?[\d.,]+(?:\s?%)?(?:\s?\(.*\))?|–|not reached.*)?")


@dataclass(frozen=True, slots=True)
class Told:
    """One result as the page has it. ``looks``: how the style sheet sets each column."""

    id: str
    heading: str
    released: Released
    notes: tuple[str, ...]
    figure: Markup | None
    caption: str
    grid: Grid
    marks: tuple[str, ...]
    looks: tuple[str, ...]

    @property
    def breadth(self) -> str:
        """How the style sheet sets the table."""
        n_columns = len(self.grid.columns)
        return "wide" if n_columns > MANY_COLUMNS else "narrow" if n_columns < FEW_COLUMNS else ""


def make_html(report: Report) -> bytes:
    """The whole report as a page that needs nothing else."""
    environment = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    told = {id(entry): _tell(entry, number) for number, entry in enumerate(report.entries, start=1)}
    chapters = [(c, [told[id(entry)] for entry in c.entries]) for c in report.chapters]
    page = environment.get_template(TEMPLATE).render(
        report=report,
        chapters=chapters,
        stamp=report.overview.stamp,
        banners=report.overview.banners,
        assumed=_assumed(report),
        small_mark=SMALL_MARK,
        smallest_count=SMALLEST_COUNT,
        style=_style(),
    )
    return page.encode("utf-8")


def _tell(entry: Entry, number: int) -> Told:
    released, drawing = entry.released, entry.drawing
    grid = words_grid(released, released.result.shown)
    name = f"result_{number}"
    return Told(
        id=name,
        heading=entry.heading,
        released=released,
        notes=tuple(note for note in released.result.notes if not is_of_all(note)),
        figure=inline_figure(drawing, name) if drawing else None,
        caption=drawing.caption if drawing else "",
        grid=grid,
        marks=tuple(SMALL_MARK if is_small else "" for is_small in released.is_small),
        looks=tuple(map(_look, zip(*grid.rows, strict=True))),
    )


def _look(cells: Sequence[str]) -> str:
    """The classes of a column: numbers stand at the right, short words stay on one line."""
    is_number = all(_NUMBER.fullmatch(cell) for cell in cells)
    is_short = max(map(len, cells)) <= SHORT_WORDS
    return " ".join(["number"] * is_number + ["short"] * is_short)


def _assumed(report: Report) -> list[str]:
    """What is assumed of every result, said once, before any of them."""
    notes = [note for entry in report.entries for note in entry.released.result.notes]
    return list(dict.fromkeys(filter(is_of_all, notes)))


def _style() -> Markup:
    """The style sheet with the colours of the product."""
    shades = "".join(f"--{name}:{colour(meaning, 'light')};" for name, meaning in SHADES.items())
    return Markup(f":root{{{shades}}}\n{(FOLDER / STYLE).read_text('utf-8')}")
