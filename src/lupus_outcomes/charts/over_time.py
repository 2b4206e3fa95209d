"""Series over the months since the first dose, and the counts that stand under each time point."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import altair as alt
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lupus_outcomes.charts.style import (
    MONTHS_SHOWN,
    MOST_DIRECT_LABELS,
    Mode,
    colour,
    group_scale,
    ink,
    months_axis,
    named_lines,
    row_labels,
    table_source,
)
from lupus_outcomes.indices.three_valued import Numbers

STRIP_ROW_HEIGHT = 18
SHORTEST_LONG_COUNT, NARROW_PIXELS = 100, 560
DODGE_MONTHS, WIDEST_DODGE_MONTHS = 0.7, 4.0
# Shares of the height of a plot: names nearer than this collide; a line flatter than this is level.
LEGIBLE_GAP, LEVEL, LOWEST_NAMED_BELOW = 0.08, 0.01, 0.08
# Between a point and the edge of a phone's plot a name needs this much room.
LAST_MONTH_NAMED_RIGHT, FIRST_MONTH_NAMED_LEFT, NAMED_AT_MONTHS = 24, 24, 24
LONGEST_NAME_PIXELS = 175
ROUND_ENDS = (1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10)


@dataclass(frozen=True, slots=True)
class Look:
    """How the series of a figure are told apart; ``named_directly``: else by a legend."""

    series: tuple[str, ...]
    colours: Sequence[str]
    dashes: Sequence[Sequence[int]]
    named_directly: bool
    mode: Mode

    @property
    def colour(self) -> alt.Color:
        """The colour of a series, with the legend where there is one."""
        return alt.Color("series:N", scale=self._scale(self.colours), legend=self._legend())

    @property
    def ink(self) -> alt.Fill:
        """The colour of the letters of its name."""
        inks = [ink(shade, self.mode) for shade in self.colours]
        return alt.Fill("series:N", scale=self._scale(inks), legend=None)

    @property
    def dash(self) -> alt.StrokeDash:
        """The dash of a series."""
        return alt.StrokeDash("series:N", scale=self._scale(self.dashes), legend=self._legend())

    def _legend(self) -> alt.Legend | None:
        return (
            None if self.named_directly else alt.Legend(title=None, columns=4, symbolType="stroke")
        )

    def _scale(self, range_: Sequence[Any]) -> alt.Scale:
        return alt.Scale(domain=list(self.series), range=list(range_))


def look_of_groups(levels: tuple[str, ...], named_directly: bool, mode: Mode) -> Look:
    """The levels of a grouping in their own colours."""
    colours, dashes = group_scale(levels, mode)
    return Look(levels, colours, dashes, named_directly, mode)


def spread(months: pd.Series, series: pd.Series, order: tuple[str, ...]) -> pd.Series:
    """Months, each series a little apart so that intervals do not hide each other."""
    places = {name: i for i, name in enumerate(order)}
    place = np.array([places.get(name, np.nan) for name in series.tolist()], dtype=np.float64)
    step = min(DODGE_MONTHS, WIDEST_DODGE_MONTHS / max(len(order), 1))
    return months + (place - (len(order) - 1) / 2) * step


def place_names(points: pd.DataFrame, value: str, height: float) -> tuple[pd.DataFrame, bool]:
    """The same points, told which of them carry the name of their series and where it stands.

    ``points`` has columns panel, series and timepoint_months; ``value`` is in the unit of the axis,
    which is ``height`` high. Adds ``is_named``, ``name_dx`` and ``name_dy`` (1 right or below, -1
    left or above). Also whether all names are legible; a legend must stand in where they are not.
    """
    panels: dict[str, dict[str, dict[float, float]]] = {}
    keys = [points[name].tolist() for name in ("panel", "series", "timepoint_months")]
    for panel, series, months, at in zip(*keys, points[value].tolist(), strict=True):
        if not np.isnan(at):
            panels.setdefault(panel, {}).setdefault(series, {})[months] = at / (height or 1)
    best = {
        panel: _best_place(lines) if len(lines) <= MOST_DIRECT_LABELS else None
        for panel, lines in panels.items()
    }
    sides = [
        place.sides.get(series) if (place := best.get(panel)) and place.months == months else None
        for panel, series, months in zip(*keys, strict=True)
    ]
    placed = points.assign(
        is_named=[side is not None for side in sides],
        name_dx=[side[0] if side else 1 for side in sides],
        name_dy=[side[1] if side else -1 for side in sides],
    )
    return placed, None not in best.values()


# Of each series its values by months, in shares of the height of the plot.
Lines: TypeAlias = Mapping[str, Mapping[float, float]]


@dataclass(frozen=True, slots=True)
class NamePlace:
    """The time point at which the names of a panel stand; side by series, as in ``place_names``."""

    months: float
    sides: Mapping[str, tuple[int, int]]
    n_clear: int


def _best_place(lines: Lines) -> NamePlace | None:
    """Where most names are clear of the lines; none where they collide.

    Of several places the one nearest to two years: there is room on both sides, and later on the
    limits grow wide.
    """
    common = sorted(set.intersection(*(set(line) for line in lines.values())))
    places = [_place(lines, common, row) for row in range(len(common))]
    return max(
        (place for place in places if place is not None),
        key=lambda place: (place.n_clear, -abs(place.months - NAMED_AT_MONTHS)),
        default=None,
    )


def _place(lines: Lines, common: list[float], row: int) -> NamePlace | None:
    """The names at one time point, on the side of their points where the line is not."""
    months = common[row]
    earlier, later = common[max(row - 1, 0)], common[min(row + 1, len(common) - 1)]
    order = sorted(lines, key=lambda series: (lines[series][months], series))
    vertical = _above_or_below([lines[series][months] for series in order])
    if vertical is None:
        return None
    sides, n_clear = {}, 0
    for series, dy in zip(order, vertical, strict=True):
        line = lines[series]
        before, after = line[months] - line[earlier], line[later] - line[months]
        is_clear = {1: dy * after >= -LEVEL, -1: dy * before <= LEVEL}
        allowed = [dx for dx in (1, -1) if _has_room(months, dx)]
        dx = next((dx for dx in allowed if is_clear[dx]), allowed[0])
        sides[series] = (dx, dy)
        n_clear += is_clear[dx]
    return NamePlace(months, sides, n_clear)


def _above_or_below(values: list[float]) -> list[int] | None:
    """For values from low to high, -1 where a name stands above, 1 below; none if they collide."""
    lowest_is_below = len(values) > 1 and values[0] >= LOWEST_NAMED_BELOW
    chosen = [1 if lowest_is_below else -1]
    for place in range(1, len(values)):
        room_below = values[place] - values[place - 1] - LEGIBLE_GAP * (chosen[-1] < 0)
        room_above = values[place + 1] - values[place] if place + 1 < len(values) else np.inf
        if room_above >= LEGIBLE_GAP and room_below >= 0:
            chosen.append(-1)
        elif room_below >= LEGIBLE_GAP:
            chosen.append(1)
        else:
            return None
    return chosen


def _has_room(months: float, dx: int) -> bool:
    """Whether a name fits between a point and the edge of a phone's plot."""
    return months <= LAST_MONTH_NAMED_RIGHT if dx > 0 else months >= FIRST_MONTH_NAMED_LEFT


def draw_names(points: alt.Chart, look: Look, x: alt.X, y: alt.Y) -> list[alt.Chart]:
    """The names of the series beside the points that ``place_names`` chose."""
    named = points.transform_filter("datum.is_named")
    return named_lines(
        named,
        look.mode,
        {"x": x, "y": y, "text": "series:N"},
        look.ink,
        align=alt.ExprRef("datum.name_dx > 0 ? 'left' : 'right'"),
        dx=alt.ExprRef("9 * datum.name_dx"),
        dy=alt.ExprRef("datum.name_dy > 0 ? 14 : -10"),
        fontSize=12,
        fontWeight="bold",
        limit=LONGEST_NAME_PIXELS,
    )


def draw_curves(
    points: alt.Chart, look: Look, value: str, axis: Mapping[str, Any], tooltip: list[alt.Tooltip]
) -> list[alt.Chart]:
    """Lines with intervals (``ci_low``, ``ci_high``) and points, named directly or by a legend."""
    x, y = alt.X("x:Q", **months_axis(title="")), alt.Y(f"{value}:Q", **axis)
    layers = [
        points.mark_line(strokeWidth=2).encode(x=x, y=y, color=look.colour, strokeDash=look.dash),
        points.mark_rule(strokeWidth=1.5, opacity=0.7).encode(
            x=x, y=alt.Y("ci_low:Q", **axis), y2="ci_high:Q", color=look.colour
        ),
        points.mark_point(size=60, filled=True, opacity=1).encode(
            x=x, y=y, color=look.colour, tooltip=tooltip
        ),
    ]
    return [*layers, *draw_names(points, look, x, y)] if look.named_directly else layers


def draw_benchmarks(source: alt.Chart, x: alt.X, y: alt.Y, value: str, mode: Mode) -> alt.Chart:
    """Published results, the rows of kind benchmark: what they are stands in series and share."""
    marks = source.transform_filter("datum.kind == 'benchmark'").mark_point(
        shape="diamond",
        size=90,
        stroke=colour("reference", mode),
        strokeWidth=1.5,
        strokeDash=[2, 2],
        opacity=1,
    )
    return marks.encode(
        x=x,
        y=y,
        tooltip=[
            alt.Tooltip("series:N", title="published"),
            alt.Tooltip(f"{value}:Q", format=".0%", title="share"),
            alt.Tooltip("share:N", title="in"),
        ],
    )


def count_rows(table: pd.DataFrame, columns: Sequence[tuple[str, str]]) -> pd.DataFrame:
    """The strip of one group: a row for each of ``(column, words)``, a count at each time point.

    A column that was not released has no row.
    """
    months = table["timepoint_months"].to_numpy(np.float64)
    columns = [(name, words) for name, words in columns if table[name].notna().any()]
    return _strip(
        np.repeat(np.array([words for _, words in columns], dtype=object), len(months)),
        np.tile(months, len(columns)),
        np.concatenate([table[column].to_numpy() for column, _ in columns]),
    )


def count_rows_of_groups(table: pd.DataFrame, column: str, words: str) -> pd.DataFrame:
    """The strip of several groups: what is counted on the first row, then a row a level."""
    months, count = (table[name].to_numpy(np.float64) for name in ("timepoint_months", column))
    row = np.array([f"{words}, of", *table["level"]], dtype=object)
    return _strip(row, np.append(np.nan, months), np.append(np.nan, count))


def _strip(row: NDArray[np.object_], x: Numbers, count: NDArray) -> pd.DataFrame:
    """Counts between two milestones yield to them on a phone, where three digits would collide."""
    has_long = (count >= SHORTEST_LONG_COUNT).any()
    yields = has_long & ~np.isin(x, MONTHS_SHOWN)
    return pd.DataFrame({"row": row, "x": x, "count": count, "kind": "strip", "yields": yields})


def draw_counts(rows: tuple[str, ...], mode: Mode) -> alt.LayerChart | alt.FacetChart:
    """Numbers under the time points they stand behind."""
    x = months_axis()
    x["axis"] = alt.Axis(title=x["axis"].title, labels=False, ticks=False, domain=False, grid=False)
    source = alt.Chart(table_source()).transform_filter("datum.kind == 'strip'")
    opacity = alt.ExprRef(f"datum.yields && width < {NARROW_PIXELS} ? 0 : 1")
    numbers = source.mark_text(fontSize=12, color=colour("text", mode), opacity=opacity).encode(
        x=alt.X("x:Q", **x),
        y=alt.Y("row:N", sort=list(rows), axis=None),
        text=alt.Text("count:Q", format=",d"),
    )
    return alt.layer(numbers, row_labels(source, rows, mode)).properties(
        height=STRIP_ROW_HEIGHT * max(len(rows), 1)
    )


def round_top(highest: float) -> float:
    """The end of an axis from 0: the next of 1, 1.5, 2, 2.5 … times a power of ten."""
    if not highest > 0:
        return 1.0
    power = 10.0 ** np.floor(np.log10(highest))
    return float(next(n * power for n in ROUND_ENDS if n * power >= highest))
