"""What a slide shows, before anything is drawn: a figure, and tables in words."""

from collections.abc import Sequence
from dataclasses import dataclass

from lupus_outcomes.charts.slide_content import Bars, Curves, Grid
from lupus_outcomes.release.disclosure import Released


@dataclass(frozen=True, slots=True)
class Slide:
    """One slide: its title is the finding of ``released``, its notes the method.

    ``also``: other results that it shows, whose methods stand in the notes, too. ``caption``: what
    a reader must know to read the figure.
    """

    released: Released
    figure: Curves | Bars | None = None
    grids: tuple[Grid, ...] = ()
    also: tuple[Released, ...] = ()
    caption: str = ""


def as_grid(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> Grid:
    """A table of whatever can be written down."""
    return Grid(tuple(columns), tuple(tuple(map(_written, row)) for row in rows))


def _written(cell: object) -> str:
    if isinstance(cell, float):
        return "–" if cell != cell else f"{cell:,.0f}" if cell.is_integer() else f"{cell:,.1f}"
    return f"{cell:,}" if isinstance(cell, int) else str(cell)
