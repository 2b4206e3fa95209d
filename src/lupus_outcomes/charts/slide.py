"""A slide on the screen: the figure and the tables of the deck, as large as a projector needs."""

from collections.abc import Iterator
from itertools import accumulate
from typing import Any

import altair as alt
import pandas as pd

from lupus_outcomes.charts.slide_content import YEAR, Bars, Curves, Grid, last_month
from lupus_outcomes.charts.style import (
    Drawing,
    Mode,
    colour,
    configure,
    table_source,
)

# Sizes of text in pixels: on a page, and on a projector.
ON_PAGE, ON_PROJECTOR = 13, 20
HEIGHTS = {ON_PAGE: 340, ON_PROJECTOR: 440}
# In sizes of the text: a row of a table, a row of bars lying down, the axis under them, a row of
# the legend, the room for a character.
ROW, BAR, BELOW, LEGEND, CHARACTER = 1.7, 2.0, 5.0, 1.4, 0.56
# In characters: a name before it is cut, what stands between two columns. Bars fill so many rows.
LONGEST_NAME, GAP, FEWEST_ROWS = 32, 4, 4
# What a line is drawn with: its colour, and whether it is dashed or a limit.
LineLook = tuple[str, bool, bool]


def draw_slide_figure(figure: Curves | Bars, finding: str, size: int, mode: Mode) -> Drawing:
    """The figure of a slide. ``size``: of its text, in pixels."""
    if isinstance(figure, Curves):
        return _draw_lines(figure, finding, size, mode)
    return _draw_bars(figure, finding, size, mode)


def draw_slide_table(grid: Grid, title: str, size: int, mode: Mode) -> Drawing:
    """A table of a slide, in letters as large as those of its figure."""
    longest = [
        GAP + max(min(LONGEST_NAME, len(row[at])) for row in (grid.columns, *grid.rows))
        for at in range(len(grid.columns))
    ]
    ends = [end / sum(longest) for end in accumulate(longest)]
    cells = [
        (number, text, ends[at] if at else 0.0, longest[at] / sum(longest), at > 0, number == 0)
        for number, row in enumerate((grid.columns, *grid.rows))
        for at, text in enumerate(row)
    ]
    data = pd.DataFrame(cells, columns=["row", "text", "x", "room", "is_right", "is_head"])
    height = round(ROW * size * (len(grid.rows) + 1))
    return Drawing("slide_table", (size, mode), data, title, height=height)


def build_slide_table(size: int, mode: Mode) -> alt.TopLevelMixin:
    """Cells as text, the first column from the left and the others to the right."""
    source = alt.Chart(table_source())
    y = alt.Y("row:O", axis=None)
    x = alt.X("x:Q", axis=None, scale=alt.Scale(domain=[0, 1], nice=False))
    layers = [
        source.transform_filter(f"datum.is_right == {str(is_right).lower()}")
        .mark_text(
            align="right" if is_right else "left",
            fontSize=size,
            color=colour("text", mode),
            limit=alt.ExprRef("datum.room * width - 6"),
            fontWeight=alt.ExprRef("datum.is_head ? 'bold' : 'normal'"),
        )
        .encode(x=x, y=y, text="text:N")
        for is_right in (False, True)
    ]
    return configure(alt.layer(*layers), size)


def _draw_lines(curves: Curves, finding: str, size: int, mode: Mode) -> Drawing:
    rows = [
        (line.name, month, value, low, high)
        for line in curves.lines
        for month, value, low, high in zip(
            line.months, line.values, line.low or line.values, line.high or line.values, strict=True
        )
    ]
    looks = tuple((line.colour.on(mode), line.is_dashed, line.is_limit) for line in curves.lines)
    arguments = (
        tuple(line.name for line in curves.lines), looks, curves.value_title, curves.month_title,
        curves.is_share, curves.is_stepped, last_month(curves), size, mode,
    )  # fmt: skip
    data = pd.DataFrame(rows, columns=["series", "month", "value", "low", "high"])
    return Drawing("slide_lines", arguments, data, finding)


def build_slide_lines(
    names: tuple[str, ...],
    looks: tuple[LineLook, ...],
    value_title: str,
    month_title: str,
    is_share: bool,
    is_stepped: bool,
    last: float,
    size: int,
    mode: Mode,
) -> alt.TopLevelMixin:
    """Lines over true months: points with limits, or steps."""
    source = alt.Chart(table_source()).transform_filter("isValid(datum.value)")
    step = YEAR if last > YEAR else YEAR // 4
    axis = alt.Axis(
        title=month_title, values=list(range(0, int(last) + 1, step)), grid=False, ticks=False,
        domain=False, format="d",
    )  # fmt: skip
    x = alt.X("month:Q", scale=alt.Scale(domain=[0, last], nice=False), axis=axis)
    y = _values(is_share, value_title, size)
    named = [at for at, (_, _, is_limit) in enumerate(looks) if not is_limit]
    legend = _legend("stroke", [names[at] for at in named]) if len(named) > 1 else None
    shade = alt.Color(
        "series:N",
        scale=alt.Scale(domain=list(names), range=[look[0] for look in looks]),
        legend=legend,
    )
    dashes = [[6, 4] if is_dashed or is_limit else [1, 0] for _, is_dashed, is_limit in looks]
    dash = alt.StrokeDash(
        "series:N", scale=alt.Scale(domain=list(names), range=dashes), legend=legend
    )
    widths = [1 if is_limit else 3 for _, _, is_limit in looks]
    width = alt.StrokeWidth(
        "series:N", scale=alt.Scale(domain=list(names), range=widths), legend=None
    )
    lines = source.mark_line(interpolate="step-after" if is_stepped else "linear").encode(
        x, alt.Y("value:Q", **y), shade, strokeDash=dash, strokeWidth=width
    )
    if is_stepped:
        return configure(alt.layer(lines).properties(height=HEIGHTS[size]), size)
    limits = source.mark_rule(strokeWidth=2).encode(
        x, alt.Y("low:Q", **y), shade, y2=alt.Y2("high:Q")
    )
    points = source.mark_point(filled=True, size=6 * size, opacity=1).encode(
        x, alt.Y("value:Q", **y), shade
    )
    layers = alt.layer(lines, limits, points).resolve_legend(strokeDash="shared")
    return configure(layers.properties(height=HEIGHTS[size]), size)


def _draw_bars(bars: Bars, finding: str, size: int, mode: Mode) -> Drawing:
    categories = [name.replace("\n", ", ") for name in bars.categories]
    data = pd.DataFrame(list(_parts(bars, categories)), columns=["category", "part", "value"])
    # Limits are drawn where parts do not stand on each other.
    for name in ("low", "high"):
        ends = [getattr(part, name) or part.values for part in bars.parts]
        data[name] = [end for part in ends for end in part]
    arguments = (
        tuple(categories), tuple(part.name for part in bars.parts),
        tuple(part.colour.on(mode) for part in bars.parts), bars.value_title, bars.category_title,
        bars.is_share, bars.is_stacked, bars.is_upright, size, mode,
    )  # fmt: skip
    rows = len(categories) * (1 if bars.is_stacked else len(bars.parts))
    legend = LEGEND * len(bars.parts) / (bars.is_upright + 1)
    inside = HEIGHTS[size] / size if bars.is_upright else BELOW + BAR * max(rows, FEWEST_ROWS)
    height = round(size * (inside + legend))
    return Drawing("slide_bars", arguments, data, finding, height=height)


def _parts(bars: Bars, categories: list[str]) -> Iterator[tuple[str, str, float]]:
    for part in bars.parts:
        for category, value in zip(categories, part.values, strict=True):
            yield category, part.name, value


def build_slide_bars(
    categories: tuple[str, ...],
    parts: tuple[str, ...],
    colours: tuple[str, ...],
    value_title: str,
    category_title: str,
    is_share: bool,
    is_stacked: bool,
    is_upright: bool,
    size: int,
    mode: Mode,
) -> alt.TopLevelMixin:
    """Bars lying down or upright, stacked or beside each other, with their limits."""
    source = alt.Chart(table_source()).transform_filter("isValid(datum.value)")
    shade = alt.Color(
        "part:N",
        scale=alt.Scale(domain=list(parts), range=list(colours)),
        legend=_legend("square", list(parts), is_upright + 1) if len(parts) > 1 else None,
    )
    room = LONGEST_NAME * CHARACTER * size
    axis = alt.Axis(
        title=category_title or None, labelLimit=room, ticks=False, domain=False, labelAngle=0
    )
    order = alt.Order("place:Q")
    source = source.transform_calculate(place=f"indexof({list(parts)!r}, datum.part)")
    across, along = ("x", "y") if is_upright else ("y", "x")
    kind: dict[str, Any] = {"x": alt.X, "y": alt.Y, "x2": alt.X2, "y2": alt.Y2}
    channels: dict[str, Any] = {
        across: kind[across]("category:N", sort=list(categories), axis=axis)
    }
    if not is_stacked and len(parts) > 1:
        offset = alt.XOffset if is_upright else alt.YOffset
        channels[f"{across}Offset"] = offset("part:N", sort=list(parts))
    value = _values(is_share, value_title, size if is_upright else 0)
    drawn = source.mark_bar().encode(
        shade, order, **channels, **{along: kind[along]("value:Q", stack=is_stacked, **value)}
    )
    if is_stacked:
        return configure(alt.layer(drawn), size)
    limits = source.mark_rule(strokeWidth=2, color=colour("text", mode)).encode(
        **channels,
        **{along: kind[along]("low:Q", **value), f"{along}2": kind[f"{along}2"]("high:Q")},
    )
    return configure(alt.layer(drawn, limits), size)


def _values(is_share: bool, title: str, size: int = 0) -> dict[str, Any]:
    """An axis of values: under bars that lie down or, with the ``size`` of its text, upright."""
    form: dict[str, Any] = {"format": "%"} if is_share else {}
    if size:
        form |= {"titleAngle": 0, "titleAlign": "left", "titleX": 0, "titleY": -0.8 * size}
    axis = alt.Axis(title=title, tickCount=5, ticks=False, domain=False, **form)
    return {"axis": axis, "scale": alt.Scale(zero=True)}


def _legend(symbol: str, values: list[str], columns: int = 4) -> alt.Legend:
    return alt.Legend(
        title=None, orient="bottom", symbolType=symbol, values=values, columns=columns, labelLimit=0
    )
