"""Figures and tables that every program has, before anything is drawn: on a slide, on a screen."""

from dataclasses import dataclass

from lupus_outcomes.charts.style import MONTHS_DOMAIN, Shade

Values = tuple[float, ...]
YEAR, LAST_MONTH = 12, MONTHS_DOMAIN[1]


@dataclass(frozen=True, slots=True)
class Line:
    """One line over months. ``low`` and ``high``: limits of each value, empty without."""

    name: str
    colour: Shade
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
    colour: Shade
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


def last_month(curves: Curves) -> float:
    """Where the axis of months ends: at a whole year, or soon after the last milestone."""
    last = max(month for line in curves.lines for month in line.months)
    years = max(YEAR, -(-last // YEAR) * YEAR)
    return LAST_MONTH if years - YEAR < last <= LAST_MONTH < years else years
