"""What a slide shows, before anything is drawn: a figure, and tables in words."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from lupus_outcomes.charts.slide_content import Bars, Curves, Grid
from lupus_outcomes.release.disclosure import Released

# Where a finding may be parted: its first statement is the title, the rest stands below.
_BREAK = re.compile(r"(?:\. |; )(?![^()]*\))")
SHORTEST_TITLE = 44


@dataclass(frozen=True, slots=True)
class Slide:
    """One slide: its title is the finding of ``released``, its notes the method.

    ``also``: other results that it shows, whose methods stand in the notes, too. ``caption``: what
    a reader must know to read the figure. ``name``: what it is called in a list of slides.
    """

    released: Released
    figure: Curves | Bars | None = None
    grids: tuple[Grid, ...] = ()
    also: tuple[Released, ...] = ()
    caption: str = ""
    name: str = ""


def as_grid(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> Grid:
    """A table of whatever can be written down."""
    return Grid(tuple(columns), tuple(tuple(map(_written, row)) for row in rows))


def _written(cell: object) -> str:
    if isinstance(cell, float):
        return "–" if cell != cell else f"{cell:,.0f}" if cell.is_integer() else f"{cell:,.1f}"
    return f"{cell:,}" if isinstance(cell, int) else str(cell)


def split_finding(finding: str) -> tuple[str, str]:
    """The first statement of a finding, and the rest of it, as a sentence each."""
    for match in _BREAK.finditer(finding):
        if match.start() >= SHORTEST_TITLE:
            first, rest = finding[: match.start()], finding[match.end() :]
            return f"{first}.", rest[:1].upper() + rest[1:]
    return finding, ""
