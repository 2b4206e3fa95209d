"""What a slide shows, before anything is drawn: figures that PowerPoint has, and tables."""

from collections.abc import Sequence
from dataclasses import dataclass

from lupus_outcomes.charts.style import MONTHS_DOMAIN
from lupus_outcomes.release.disclosure import Released

Values = tuple[float, ...]
YEAR, LAST_MONTH = 12, MONTHS_DOMAIN[1]


@dataclass(frozen=True, slots=True)
class Line:
    """One line over months. ``low`` and ``high``: limits of each value, empty without."""

    name: str
    colour: str
    months: Values
    values: Values
    low: Values = ()
    high: Values = ()
    is_dashed: bool = False
    is_limit: bool = False


@dataclass(frozen=True, slots=True)
class Curves:
    """Lines over months, as points with limits or, ``is_stepped``, as steps between events."""

    lines: tuple[Line, ...]
    value_title: str
    is_share: bool = True
    is_stepped: bool = False
    month_title: str = "Months since the first dose"


@dataclass(frozen=True, slots=True)
class Part:
    """One value a category, with its limits where there are any."""

    name: str
    colour: str
    values: Values
    low: Values = ()
    high: Values = ()


@dataclass(frozen=True, slots=True)
class Bars:
    """Bars by category: lying down or upright, beside each other or ``is_stacked``."""

    categories: tuple[str, ...]
    parts: tuple[Part, ...]
    value_title: str
    is_share: bool = True
    is_stacked: bool = False
    is_upright: bool = False
    category_title: str = ""


@dataclass(frozen=True, slots=True)
class Grid:
    """A table in words; its first column names the rows.

    ``months``: where each other column belongs on the axis of the curves above it.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    months: Values = ()


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


def last_month(curves: Curves) -> float:
    """Where the axis of months ends: at a whole year, or soon after the last milestone."""
    last = max(month for line in curves.lines for month in line.months)
    years = max(YEAR, -(-last // YEAR) * YEAR)
    return LAST_MONTH if years - YEAR < last <= LAST_MONTH < years else years


def as_grid(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> Grid:
    """A table of whatever can be written down."""
    return Grid(tuple(columns), tuple(tuple(map(_written, row)) for row in rows))


def _written(cell: object) -> str:
    if isinstance(cell, float):
        return "–" if cell != cell else f"{cell:,.0f}" if cell.is_integer() else f"{cell:,.1f}"
    return f"{cell:,}" if isinstance(cell, int) else str(cell)
