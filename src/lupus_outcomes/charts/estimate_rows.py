"""Estimates with their limits in rows: a name, its counts, and under them a point a group.

Text stands above its points, so the figure is as wide as its page; a second axis on the right, for
differences, takes its share of that width.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt
import pandas as pd

from lupus_outcomes.charts.rows import (
    LINE_PIXELS,
    NARROWEST_PLOT,
    SMALL_PIXELS,
    TEXT_PIXELS,
    down,
    n_lines,
    words,
    wrapped,
)
from lupus_outcomes.charts.style import (
    MOST_DIRECT_LABELS,
    Mode,
    colour,
    configure,
    group_scale,
    table_source,
)

POINT_PIXELS, TEXT_GAP, ROW_GAP = 13, 0, 18
# Shares of the width: where the left axis ends and the right one begins.
LEFT_END, RIGHT_START = 0.54, 0.64
EDGE_PIXELS = 8
# The page fits a figure into its height axis and legend above the plot included.
AXIS_PIXELS, LEGEND_PIXELS = 54, 70
SINGLE = "all"


@dataclass(frozen=True, slots=True)
class Rows:
    """The data of a figure and its height in pixels."""

    data: pd.DataFrame
    height: int


def shown_groups(table: pd.DataFrame) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """The rows drawn and their series: up to four groups a point each, else all patients."""
    by_level = table[table["group"] != "all"]
    levels = tuple(by_level["level"].unique())
    if 0 < len(levels) <= MOST_DIRECT_LABELS:
        return by_level, levels
    return table[table["group"] == "all"], (SINGLE,)


def lay_out(points: pd.DataFrame, series: tuple[str, ...]) -> Rows:
    """Rows from the top down in the order of ``points``.

    ``points``: ``name``, ``counts`` (one line for all series of a name, the same on each),
    ``level``, ``estimate``, ``low``, ``high``, ``tip``; rows of one name one after the other.
    Optional: ``difference``, ``difference_low``, ``difference_high``; ``reference``.
    """
    columns = {str(name): points[name].tolist() for name in points}
    names, said = columns["name"], columns.pop("counts")
    counts = dict(zip(reversed(names), reversed(said), strict=True))
    titles: dict[str, list[Any]] = {"text": [], "counts": [], "y": [], "y_counts": []}
    start, top = {}, 0
    for name in dict.fromkeys(names):
        text, counted = (wrapped(each, NARROWEST_PLOT) for each in (name, counts[name]))
        below = top + n_lines(text) * LINE_PIXELS
        for title, value in zip(titles, (text, counted, top, below), strict=True):
            titles[title].append(value)
        start[name] = below + n_lines(counted) * LINE_PIXELS + TEXT_GAP
        top = start[name] + POINT_PIXELS * len(series) + ROW_GAP
    middle = {level: (at + 0.5) * POINT_PIXELS for at, level in enumerate(series)}
    columns["y"] = [
        start[name] + middle[level] for name, level in zip(names, columns["level"], strict=True)
    ]
    columns["series"] = columns.pop("level")
    around = AXIS_PIXELS + (LEGEND_PIXELS if series != (SINGLE,) else 0)
    return Rows(_below_each_other(titles, columns), top + around)


def _below_each_other(
    titles: Mapping[str, list[Any]], marks: Mapping[str, list[Any]]
) -> pd.DataFrame:
    """One table of both kinds of rows; None where a kind does not have the column."""
    n_titles, n_marks = len(titles["y"]), len(marks["y"])
    names = dict.fromkeys((*titles, *marks))
    columns = {
        name: titles.get(name, [None] * n_titles) + marks.get(name, [None] * n_marks)
        for name in names
    }
    return pd.DataFrame({"kind": ["row"] * n_titles + ["point"] * n_marks} | columns)


def build_estimate_rows(
    series: tuple[str, ...],
    title: str,
    is_share: bool,
    difference: str,
    reference: str,
    meaning: str,
    mode: Mode,
) -> alt.TopLevelMixin:
    """Points with limits under the text of their row.

    ``title``: of the axis. ``difference``: title of the right axis, empty for none. ``reference``:
    what the grey marks are, empty for none. ``meaning``: colour of the points of all patients.
    """
    source = alt.Chart(table_source())
    rows = source.transform_filter("datum.kind == 'row'")
    points = source.transform_filter("datum.kind == 'point'")
    shade = _shade(series, meaning, mode)
    end = f"{LEFT_END} * width" if difference else f"width - {EDGE_PIXELS}"
    x = _axis(title, is_share, ["0", end], includes_zero=True)
    layers = [
        *_marks(points, x, ("estimate", "low", "high"), shade),
        words(rows, "text", {"x": alt.value(0), "y": down("y")}, mode, fontSize=TEXT_PIXELS + 1),
        words(
            rows, "counts", {"x": alt.value(0), "y": down("y_counts")}, mode,
            fontSize=SMALL_PIXELS + 1, opacity=0.75,
        ),
    ]  # fmt: skip
    if reference:
        layers.insert(0, _reference(points, x, mode))
    if not difference:
        return configure(alt.layer(*layers))
    start = [f"{RIGHT_START} * width", f"width - {EDGE_PIXELS}"]
    right = _axis(difference, True, start, includes_zero=True)
    named = ("difference", "difference_low", "difference_high")
    plain = alt.value(colour("text", mode))
    layer = alt.layer(_zero(points, right, mode), *_marks(points, right, named, plain))
    return configure(alt.layer(alt.layer(*layers), layer).resolve_scale(x="independent"))


def _shade(series: tuple[str, ...], meaning: str, mode: Mode) -> Any:
    if series == (SINGLE,):
        return alt.value(colour(meaning, mode))
    colours, _ = group_scale(series, mode)
    legend = alt.Legend(title=None, columns=2, symbolType="circle", labelLimit=220)
    return alt.Color("series:N", scale=alt.Scale(domain=list(series), range=colours), legend=legend)


def _axis(title: str, is_share: bool, ends: Sequence[str], includes_zero: bool) -> dict:
    """A horizontal axis above the rows, over a part of the width given as expressions."""
    scale = alt.Scale(zero=includes_zero, nice=True, range=[alt.ExprRef(end) for end in ends])
    axis = alt.Axis(
        title=title,
        format="%" if is_share else "d",
        orient="top",
        tickCount=4,
        grid=True,
        gridOpacity=0.5,
        domain=False,
        ticks=False,
        labelFlush=True,
        titleAnchor="start",
        titleLimit=420,
        offset=0,
    )
    return {"scale": scale, "axis": axis}


def _marks(points: alt.Chart, x: dict, names: tuple[str, str, str], shade: Any) -> list[alt.Chart]:
    estimate, low, high = names
    y, points = down("y"), points.transform_filter(f"isValid(datum.{estimate})")
    tooltip = [alt.Tooltip("name:N", title=" "), alt.Tooltip("tip:N", title=" ")]
    rule = points.mark_rule(strokeWidth=2, opacity=0.75).encode(
        x=alt.X(low, type="quantitative", **x), x2=alt.X2(high), y=y, color=shade, tooltip=tooltip
    )
    dot = points.mark_point(filled=True, size=64, opacity=1).encode(
        x=alt.X(estimate, type="quantitative", **x), y=y, color=shade, tooltip=tooltip
    )
    return [rule, dot]


def _zero(points: alt.Chart, x: dict, mode: Mode) -> alt.Chart:
    """No difference, a line down the whole plot."""
    none = points.transform_aggregate(groupby=["kind"]).transform_calculate(none="0")
    return none.mark_rule(color=colour("reference", mode), strokeDash=[3, 3]).encode(
        x=alt.X("none:Q", **x)
    )


def _reference(points: alt.Chart, x: dict, mode: Mode) -> alt.Chart:
    return (
        points.transform_filter("isValid(datum.reference)")
        .mark_tick(color=colour("reference", mode), thickness=3, size=16, orient="vertical")
        .encode(
            x=alt.X("reference:Q", **x),
            y=down("y"),
            tooltip=[alt.Tooltip("name:N", title=" "), alt.Tooltip("published:N", title=" ")],
        )
    )
