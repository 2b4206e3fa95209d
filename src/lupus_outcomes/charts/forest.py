"""A forest of estimates: a row each, its limits on a common axis, the numbers written beside it.

For any estimate of several groups: hazard ratios, odds ratios, differences. On a wide page a row is
label, counts, limits and numbers side by side; on a phone the limits stand under the words.
"""

from dataclasses import dataclass
from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from lupus_outcomes.charts.rows import SMALL_PIXELS, TEXT_PIXELS, down
from lupus_outcomes.charts.style import Drawing, Mode, colour, configure, number, table_source
from lupus_outcomes.release.disclosure import Released

HEADING_PIXELS, ROW_PIXELS, HEAD_PIXELS, SIDES_PIXELS = 28, 32, 22, 24
# What lies left and right, the axis and its title: a page fits all of it into the height.
FOOT_PIXELS = 90
NARROW = "width < 560"
# Parts of the width: where counts end and where the axis begins and ends on a wide page.
COUNTS_END, PLOT_START, PLOT_END = 0.36, 0.4, 0.76
COUNTS_ALIGN = alt.ExprRef(f"{NARROW} ? 'left' : 'right'")
COUNTS_AT = f"{NARROW} ? 0.52 * width : {COUNTS_END} * width"
# Pixels from the top of a row to its limits: beside the words, or under them on a phone.
BESIDE, UNDER = 8, 22
# Ratios beyond these are drawn to the edge, with an arrow; the numbers are written in full.
MOST_DOUBLINGS = 3
RATIO_TICKS = (0.125, 0.25, 0.5, 1, 2, 4, 8)
REACH = 1.1
COLUMNS = (
    "kind", "label", "counts", "is_heading", "estimate", "ci_low", "ci_high", "text", "top",
    "low", "high", "goes_on_low", "goes_on_high", "note",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ForestStyle:
    """How a forest is drawn.

    ``estimate``: what is on the axis ("Hazard ratio of stopping"). ``lower`` and ``higher``: what
    lies left and right of no difference. ``meaning``: a name in ``COLOURS``. ``is_ratio``: on a
    logarithmic axis around 1, else around 0. ``counts``: what is counted ("stopped of").
    """

    estimate: str
    counts: str
    lower: str
    higher: str
    meaning: str = "retention"
    is_ratio: bool = True


def draw_forest(
    released: Released, rows: pd.DataFrame, style: ForestStyle, mode: Mode, caption: str = ""
) -> Drawing | None:
    """The figure of rows in order; none where there is no row.

    ``rows``: label, is_heading (a row of its own above those it heads), counts (short, "12 of 80"),
    estimate, ci_low, ci_high (NaN where there is none) and text, what is written at the right: the
    numbers, "reference" or why there is none.
    """
    if rows.empty:
        return None
    low, high = _ends(rows, style.is_ratio)
    ticks = [tick for tick in RATIO_TICKS if low <= tick <= high]
    heights = np.where(rows["is_heading"], HEADING_PIXELS, ROW_PIXELS)
    inside = rows[["estimate", "ci_low", "ci_high"]].clip(low, high)
    data = rows.assign(
        kind="row",
        top=HEAD_PIXELS + np.cumsum(heights) - heights,
        low=inside["ci_low"],
        high=inside["ci_high"],
        goes_on_low=rows["ci_low"] < low,
        goes_on_high=rows["ci_high"] > high,
        note=[f"{label}: {counts}" for label, counts in zip(rows.label, rows.counts, strict=True)],
    )[list(COLUMNS)].assign(estimate=inside["estimate"])
    return Drawing(
        figure="forest",
        arguments=(style, mode),
        data=data.reset_index(drop=True),
        alt=released.result.finding,
        caption=caption,
        height=int(HEAD_PIXELS + heights.sum()) + FOOT_PIXELS,
        numbers={"low": low, "high": high, "rows_end": HEAD_PIXELS + int(heights.sum())}
        | ({"ticks": ticks} if style.is_ratio else {}),
    )


def _ends(rows: pd.DataFrame, is_ratio: bool) -> tuple[float, float]:
    """The ends of the axis: no difference in the middle, whole doublings of a ratio."""
    limits = rows[["ci_low", "ci_high"]].to_numpy(dtype=np.float64)
    limits = limits[np.isfinite(limits)]
    if is_ratio:
        reach = np.abs(np.log2(limits[limits > 0])).max(initial=1.0)
        doublings = float(np.clip(np.ceil(reach), 1, MOST_DOUBLINGS))
        return 2**-doublings / REACH, 2**doublings * REACH
    reach = float(np.abs(limits).max(initial=0.01)) * REACH
    return -reach, reach


def build_forest(style: ForestStyle, mode: Mode) -> alt.TopLevelMixin:
    """Words and limits of each row, the axis under them."""
    source = alt.Chart(table_source())
    x = _axis(style)
    layers = [
        _neutral(source, x, 1 if style.is_ratio else 0, mode),
        *_limits(source, x, style.meaning, mode),
        *_row_words(source, mode),
        *_fixed_words(source, style, mode),
    ]
    return configure(alt.layer(*layers))


def _axis(style: ForestStyle) -> alt.X:
    ends = [
        alt.ExprRef(f"{NARROW} ? 8 : {PLOT_START} * width"),
        alt.ExprRef(f"{NARROW} ? width - 8 : {PLOT_END} * width"),
    ]
    kind = "log" if style.is_ratio else "linear"
    scale = alt.Scale(
        type=kind, domain=[number("low"), number("high")], range=ends, nice=False, zero=False
    )
    ticks: dict[str, Any] = {"values": number("ticks")} if style.is_ratio else {}
    axis = alt.Axis(
        title=style.estimate, grid=False, domain=False, tickSize=4, format="~g", **ticks
    )
    return alt.X("estimate:Q", scale=scale, axis=axis)


def _neutral(source: alt.Chart, x: alt.X, at: float, mode: Mode) -> alt.Chart:
    """A faint line where there is no difference."""
    once = source.transform_filter(f"datum.top == {HEAD_PIXELS}")
    rule = once.transform_calculate(estimate=str(at)).mark_rule(
        color=colour("reference", mode), strokeDash=[2, 3]
    )
    return rule.encode(x=x, y=alt.value(HEAD_PIXELS), y2=alt.value("height"))


def _limits(source: alt.Chart, x: alt.X, meaning: str, mode: Mode) -> list[alt.Chart]:
    """The estimate and its limits; a point of an arrow where they go on beyond the axis."""
    shade = colour(meaning, mode)
    middle = alt.ExprRef(f"{NARROW} ? {UNDER} : {BESIDE}")
    rows = source.transform_filter("isValid(datum.estimate)")
    look: dict[str, Any] = {"color": shade, "yOffset": middle, "opacity": 1}
    ends = {"low": ("triangle-left", "goes_on_low"), "high": ("triangle-right", "goes_on_high")}
    return [
        rows.mark_rule(strokeWidth=1.5, **look).encode(x=_on(x, "low"), x2="high:Q", y=down("top")),
        *(
            rows.transform_filter(f"datum.{goes_on}")
            .mark_point(shape=shape, size=40, filled=True, **look)
            .encode(x=_on(x, end), y=down("top"))
            for end, (shape, goes_on) in ends.items()
        ),
        rows.mark_point(shape="square", size=60, filled=True, **look).encode(
            x=x,
            y=down("top"),
            tooltip=[alt.Tooltip("note:N", title=" "), alt.Tooltip("text:N", title="estimate")],
        ),
    ]


def _on(x: alt.X, field: str) -> alt.X:
    """The same axis for another column."""
    other = x.copy()
    other.shorthand = f"{field}:Q"
    return other


def _row_words(source: alt.Chart, mode: Mode) -> list[alt.Chart]:
    """Label and counts at the left, the numbers at the right."""
    shade = colour("text", mode)
    label = source.mark_text(
        align="left",
        baseline="top",
        fontSize=TEXT_PIXELS,
        fontWeight=alt.ExprRef("datum.is_heading ? 'bold' : 'normal'"),
        dx=alt.ExprRef("datum.is_heading ? 0 : 10"),
        # A heading has its row to itself and stands near those it heads.
        dy=alt.ExprRef("datum.is_heading ? 8 : 2"),
        limit=alt.ExprRef(
            f"datum.is_heading ? width - 70 : {NARROW} ? 0.48 * width : 0.25 * width"
        ),
        color=shade,
    )
    small: dict[str, Any] = {"baseline": "top", "fontSize": SMALL_PIXELS, "color": shade}
    small["dy"] = alt.ExprRef("datum.is_heading ? 8 : 2")
    counts = source.mark_text(
        align=COUNTS_ALIGN,
        x=alt.ExprRef(COUNTS_AT),
        opacity=0.75,
        **small,
    )
    numbers = source.mark_text(align="right", **small)
    return [
        label.encode(x=alt.value(0), y=down("top"), text="label:N"),
        counts.encode(y=down("top"), text="counts:N"),
        numbers.encode(x=alt.value("width"), y=down("top"), text="text:N"),
    ]


def _fixed_words(source: alt.Chart, style: ForestStyle, mode: Mode) -> list[alt.Chart]:
    """The heads of the columns, and what lies left and right of no difference."""
    once = source.transform_filter(f"datum.top == {HEAD_PIXELS}")
    foot = number(f"rows_end + {SIDES_PIXELS / 2}")
    places: tuple[tuple[Any, str, Any, str], ...] = (
        (COUNTS_ALIGN, COUNTS_AT, HEAD_PIXELS / 3, style.counts),
        ("right", "width", HEAD_PIXELS / 3, "estimate (95 % CI)"),
        ("left", f"{NARROW} ? 0 : {PLOT_START} * width", foot, f"← {style.lower}"),
        ("right", f"{NARROW} ? width : {PLOT_END} * width", foot, f"{style.higher} →"),
    )
    return [
        once.mark_text(
            align=align,
            baseline="middle",
            fontSize=SMALL_PIXELS,
            color=colour("text", mode),
            opacity=0.75,
            text=words,
            x=alt.ExprRef(at),
            y=top,
        )
        for align, at, top, words in places
    ]
