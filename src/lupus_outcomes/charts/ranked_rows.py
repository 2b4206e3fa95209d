"""Rows with a bar, a point or a step each: a name, its mark on a common axis, numbers beside it.

On a wide page name, mark and numbers stand side by side; on a phone the mark is under the words.
"""

from dataclasses import dataclass
from typing import Any, Literal

import altair as alt
import numpy as np
import pandas as pd

from lupus_outcomes.charts.rows import SMALL_PIXELS, TEXT_PIXELS, down
from lupus_outcomes.charts.style import (
    Drawing,
    Mode,
    colour,
    configure,
    number,
    table_source,
    tint,
)

Mark = Literal["bar", "point", "step"]
HEAD_PIXELS, ROW_PIXELS, FOOT_PIXELS = 22, 32, 66
NARROW = "width < 560"
# Parts of the width on a wide page: where names end, where the axis begins and ends.
NAME_END, PLOT_START, PLOT_END = 0.34, 0.36, 0.7
# Pixels from the top of a row to the middle of its mark: beside the words, or under them.
BESIDE, UNDER, HALF_BAR = 8, 23, 5
PALE = 0.28
COLUMNS = (
    "label", "text", "note", "top", "start", "end", "low", "high", "sign", "is_total", "is_last",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class RankedStyle:
    """How such a figure is drawn.

    ``axis``: what is on it. ``left`` and ``right``: heads of the names and of the numbers.
    ``mark``: a bar from 0, a point, or a step from where the row before ended. ``neutral``: where a
    dotted line stands, none without. ``meaning``: a name in ``COLOURS``.
    """

    axis: str
    left: str
    right: str
    mark: Mark = "bar"
    neutral: float | None = None
    meaning: str = "model"


def place_rows(rows: pd.DataFrame) -> pd.DataFrame:
    """Rows from the top down in their order.

    ``rows``: label, text (the numbers in words), note (for the tooltip), start, end, low, high
    (NaN without limits), sign (1, -1 or 0 for neither) and, for steps, is_total.
    """
    placed = rows.assign(
        top=HEAD_PIXELS + ROW_PIXELS * np.arange(len(rows)),
        is_total=rows.get("is_total", False),
        is_last=np.arange(len(rows)) == len(rows) - 1,
    )
    return placed[list(COLUMNS)].reset_index(drop=True)


def draw_ranked(
    figure: str,
    rows: pd.DataFrame,
    style: RankedStyle,
    ends: tuple[float, float],
    mode: Mode,
    *,
    alt: str,
    caption: str = "",
) -> Drawing:
    """The drawing of rows; ``ends`` of the axis."""
    return Drawing(
        figure=figure,
        arguments=(style, mode),
        data=place_rows(rows),
        alt=alt,
        caption=caption,
        height=HEAD_PIXELS + ROW_PIXELS * len(rows) + FOOT_PIXELS,
        numbers={
            "low": ends[0],
            "high": ends[1],
            "rows_end": HEAD_PIXELS + ROW_PIXELS * len(rows),
        },
    )


def build_ranked_rows(style: RankedStyle, mode: Mode) -> alt.TopLevelMixin:
    """Words and the mark of each row, the axis under them."""
    source = alt.Chart(table_source())
    x = _axis(style)
    marks = {"bar": _bars, "point": _points, "step": _steps}[style.mark]
    layers = [*_neutral(source, x, style, mode), *marks(source, x, style, mode)]
    return configure(alt.layer(*layers, *_words(source, style, mode)))


def _axis(style: RankedStyle) -> dict[str, Any]:
    ends = [
        alt.ExprRef(f"{NARROW} ? 8 : {PLOT_START} * width"),
        alt.ExprRef(f"{NARROW} ? width - 8 : {PLOT_END} * width"),
    ]
    axis = alt.Axis(
        title=style.axis, grid=False, domain=False, tickSize=4, tickCount=4, format="~g"
    )
    scale = alt.Scale(domain=[number("low"), number("high")], range=ends, nice=False, zero=False)
    return {"scale": scale, "axis": axis}


def _neutral(source: alt.Chart, x: dict, style: RankedStyle, mode: Mode) -> list[alt.Chart]:
    if style.neutral is None:
        return []
    once = source.transform_filter(f"datum.top == {HEAD_PIXELS}")
    line = once.transform_calculate(neutral=str(style.neutral)).mark_rule(
        color=colour("reference", mode), strokeDash=[2, 3]
    )
    end = alt.value(alt.ExprRef("rows_end"))
    return [line.encode(x=alt.X("neutral:Q", **x), y=alt.value(HEAD_PIXELS), y2=end)]


def _middle(shift: int = 0) -> alt.ExprRef:
    return alt.ExprRef(f"{NARROW} ? {UNDER + shift} : {BESIDE + shift}")


def _tooltip() -> list[alt.Tooltip]:
    return [alt.Tooltip("note:N", title=" "), alt.Tooltip("text:N", title=" ")]


def _rectangles(source: alt.Chart, x: dict, style: RankedStyle, mode: Mode) -> alt.Chart:
    """Full for one sign, pale with a rim for the other, empty for neither."""
    shade, pale, none = (tint(style.meaning, strength, mode) for strength in (1, PALE, 0))
    fill = f"datum.sign > 0 ? '{shade}' : datum.sign < 0 ? '{pale}' : '{none}'"
    return source.mark_rect(
        fill=alt.ExprRef(fill),
        stroke=shade,
        strokeWidth=1,
        yOffset=_middle(-HALF_BAR),
        y2Offset=_middle(HALF_BAR),
    ).encode(
        x=alt.X("start:Q", **x),
        x2="end:Q",
        y=down("top"),
        y2="top:Q",
        tooltip=_tooltip(),
    )


def _limits(source: alt.Chart, x: dict, shade: str, **look: Any) -> alt.Chart:
    rows = source.transform_filter("isValid(datum.low)")
    look = {"strokeWidth": 1.5, "color": shade, "yOffset": _middle()} | look
    return rows.mark_rule(**look).encode(x=alt.X("low:Q", **x), x2="high:Q", y=down("top"))


def _bars(source: alt.Chart, x: dict, style: RankedStyle, mode: Mode) -> list[alt.Chart]:
    rim = _limits(source, x, colour("page", mode), strokeWidth=4.5, opacity=0.7)
    return [_rectangles(source, x, style, mode), rim, _limits(source, x, colour("text", mode))]


def _points(source: alt.Chart, x: dict, style: RankedStyle, mode: Mode) -> list[alt.Chart]:
    shade = colour(style.meaning, mode)
    rows = source.transform_filter("isValid(datum.end)")
    point = rows.mark_point(
        shape="square", size=60, filled=True, opacity=1, color=shade, yOffset=_middle()
    )
    return [
        _limits(source, x, shade),
        point.encode(x=alt.X("end:Q", **x), y=down("top"), tooltip=_tooltip()),
    ]


def _steps(source: alt.Chart, x: dict, style: RankedStyle, mode: Mode) -> list[alt.Chart]:
    """Bars from one running total to the next; the first and last rows are totals."""
    total, grey = colour("text", mode), colour("reference", mode)
    link = source.transform_filter("!datum.is_last").mark_rule(
        color=grey,
        strokeWidth=1,
        yOffset=_middle(),
        y2Offset=_middle(ROW_PIXELS),
        # On a phone it would cross the words.
        opacity=alt.ExprRef(f"{NARROW} ? 0 : 1"),
    )
    diamond = source.transform_filter("datum.is_total").mark_point(
        shape="diamond", size=90, filled=True, opacity=1, color=total, yOffset=_middle()
    )
    return [
        link.encode(x=alt.X("end:Q", **x), y=down("top"), y2="top:Q"),
        _rectangles(source.transform_filter("!datum.is_total"), x, style, mode),
        diamond.encode(x=alt.X("end:Q", **x), y=down("top"), tooltip=_tooltip()),
    ]


def _words(source: alt.Chart, style: RankedStyle, mode: Mode) -> list[alt.Chart]:
    shade = colour("text", mode)
    limit = alt.ExprRef(f"{NARROW} ? 0.55 * width : {NAME_END} * width")
    label = source.mark_text(
        align="left", baseline="top", fontSize=TEXT_PIXELS, dy=2, limit=limit, color=shade
    )
    numbers = source.mark_text(
        align="right", baseline="top", fontSize=SMALL_PIXELS, dy=2, color=shade
    )
    once = source.transform_filter(f"datum.top == {HEAD_PIXELS}")
    head: dict[str, Any] = {"baseline": "middle", "fontSize": SMALL_PIXELS, "opacity": 0.75}
    heads: tuple[tuple[Any, Any, str], ...] = (
        ("left", 0, style.left),
        ("right", "width", style.right),
    )
    return [
        label.encode(x=alt.value(0), y=down("top"), text="label:N"),
        numbers.encode(x=alt.value("width"), y=down("top"), text="text:N"),
        *(
            once.mark_text(align=align, color=shade, text=words, y=HEAD_PIXELS / 3, **head).encode(
                x=alt.value(at)
            )
            for align, at, words in heads
        ),
    ]
