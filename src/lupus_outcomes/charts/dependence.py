"""How one feature goes with response: its contribution by groups of values, side by side.

Groups stand at equal distances whatever their values, and patients without a value stand apart:
what is drawn are groups, never a patient.
"""

from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from lupus_outcomes.charts.rows import SMALL_PIXELS, across
from lupus_outcomes.charts.style import (
    Drawing,
    Mode,
    colour,
    configure,
    number,
    table_source,
    value_axis,
)
from lupus_outcomes.derive.features import FEATURES
from lupus_outcomes.release.disclosure import Released

LEFT_PIXELS, RIGHT_PIXELS = 56, 6
PLOT_TOP, FIGURE_PIXELS = 8, 340
# Pixels from the bottom: of the axis of values, of their words, of the counts.
PLOT_END, VALUES_UP, COUNTS_UP = 64, 52, 16
# Of the place of a group: what keeps those without a value apart from the others.
GAP = 0.6
NARROW = "width < 560"
LEAST_REACH = 0.05
COLUMNS = (
    "kind", "x", "value", "broken", "count", "note", "shap_mean", "shap_low", "shap_high",
    "partial_dependence",
)  # fmt: skip


def draw_dependence(released: Released, mode: Mode) -> Drawing | None:
    """The figure of ``estimate_dependence``; none without a group."""
    table = released.table
    known = table[~table["is_missing"].astype(bool)] if len(table) else table
    if known.empty:
        return None
    feature = FEATURES[str(table["feature"].iloc[0])]
    missing = table[table["is_missing"].astype(bool) & (table["n"] > 0)]
    places = len(known) + (1 + GAP) * (len(missing) > 0)
    data = pd.concat(
        [
            known.assign(
                kind="group",
                x=(np.arange(len(known)) + 0.5) / places,
                value=[_range_in_words(row, feature.is_binary) for row in known.itertuples()],
            ),
            missing.assign(kind="missing", x=1 - 0.5 / places, value="not known"),
        ],
        ignore_index=True,
    )
    data = data.assign(
        count=data["n"].map("{:,}".format),
        broken=data["value"].str.replace("–", "\n…").str.replace(" ", "\n"),
        note=[f"{row.value}: {row.n:,} patients" for row in data.itertuples()],
    )
    low, high = _ends(data)
    unit = "" if feature.is_binary else feature.unit
    return Drawing(
        figure="dependence",
        arguments=(feature.label, unit, feature.is_binary, mode),
        data=data[list(COLUMNS)],
        alt=released.result.finding,
        caption=(
            "Filled points: mean contribution in each group of patients; bars: the middle 80 % of "
            "them. Hollow points and dashes: the model's average when all are given that value. "
            "Above 0 goes with response."
        ),
        numbers={"low": low, "high": high},
    )


def _range_in_words(row: Any, is_binary: bool) -> str:
    if is_binary:
        return "yes" if row.middle else "no"
    low, high = f"{row.low:.3g}", f"{row.high:.3g}"
    return low if low == high else f"{low}–{high}"


def _ends(data: pd.DataFrame) -> tuple[float, float]:
    """Ends of the axis, 0 within them."""
    drawn = data[["shap_mean", "shap_low", "shap_high", "partial_dependence"]]
    low = min(float(drawn.min().min()), -LEAST_REACH)
    high = max(float(drawn.max().max()), LEAST_REACH)
    margin = 0.06 * (high - low)
    return low - margin, high + margin


def build_dependence(label: str, unit: str, is_binary: bool, mode: Mode) -> alt.TopLevelMixin:
    """Points and bars of groups, joined where values are in an order; words and counts below."""
    source = alt.Chart(table_source())
    layers = [
        _zero(source, label, mode),
        *_contributions(source, label, is_binary, mode),
        *_partial(source, label, is_binary, mode),
        *_foot(source, unit, mode),
    ]
    return configure(alt.layer(*layers).properties(height=FIGURE_PIXELS))


def _up(pixels: int) -> alt.ExprRef:
    """A place so many pixels above the bottom, however high the page makes the figure."""
    return alt.ExprRef(f"height - {pixels}")


def _x() -> alt.X:
    return across("x", left=LEFT_PIXELS, right=RIGHT_PIXELS)


def _y(field: str, label: str) -> alt.Y:
    scale = alt.Scale(
        domain=[number("low"), number("high")],
        range=[_up(PLOT_END), PLOT_TOP],
        nice=False,
        zero=False,
    )
    axis = value_axis(f"{label}: contribution to the log-odds", format="~g", tickCount=5)
    return alt.Y(field, type="quantitative", scale=scale, axis=axis)


def _zero(source: alt.Chart, label: str, mode: Mode) -> alt.Chart:
    once = source.transform_aggregate(groupby=["kind"]).transform_filter("datum.kind == 'group'")
    rule = once.transform_calculate(zero="0").mark_rule(
        color=colour("reference", mode), strokeDash=[2, 3]
    )
    ends = {"x": alt.value(2), "x2": alt.value(alt.ExprRef("width - 2"))}
    return rule.encode(y=_y("zero", label), **ends)


def _contributions(source: alt.Chart, label: str, is_binary: bool, mode: Mode) -> list[alt.Chart]:
    shade = colour("model", mode)
    tooltip = [
        alt.Tooltip("note:N", title=" "),
        alt.Tooltip("shap_mean:Q", title="mean contribution", format="+.2f"),
        alt.Tooltip("shap_low:Q", title="middle 80 % from", format="+.2f"),
        alt.Tooltip("shap_high:Q", title="to", format="+.2f"),
        alt.Tooltip("partial_dependence:Q", title="model's average", format="+.2f"),
    ]
    y = _y("shap_mean", label)
    bars = source.mark_rule(color=shade, opacity=0.25, strokeWidth=12).encode(
        x=_x(), y=_y("shap_low", label), y2="shap_high:Q", tooltip=tooltip
    )
    points = source.mark_point(size=70, filled=True, opacity=1, color=shade).encode(
        x=_x(), y=y, tooltip=tooltip
    )
    groups = source.transform_filter("datum.kind == 'group'")
    line = groups.mark_line(color=shade, strokeWidth=2).encode(x=_x(), y=y)
    return [bars, points] if is_binary else [bars, line, points]


def _partial(source: alt.Chart, label: str, is_binary: bool, mode: Mode) -> list[alt.Chart]:
    shade = colour("text", mode)
    known = source.transform_filter("isValid(datum.partial_dependence)")
    y = _y("partial_dependence", label)
    points = known.mark_point(
        size=50, filled=True, fill=colour("page", mode), stroke=shade, strokeWidth=1.25, opacity=1
    ).encode(x=_x(), y=y)
    groups = known.transform_filter("datum.kind == 'group'")
    line = groups.mark_line(color=shade, strokeWidth=1.25, strokeDash=[5, 3]).encode(x=_x(), y=y)
    return [points] if is_binary else [line, points]


def _foot(source: alt.Chart, unit: str, mode: Mode) -> list[alt.Chart]:
    """Values and counts under the axis, their names at the left."""
    look: dict[str, Any] = {
        "baseline": "top", "fontSize": SMALL_PIXELS, "lineHeight": 13, "lineBreak": "\n",
        "color": colour("text", mode),
    }  # fmt: skip
    once = source.transform_aggregate(groupby=["kind"]).transform_filter("datum.kind == 'group'")
    texts = (
        (f"{NARROW} ? datum.broken : datum.value", VALUES_UP),
        ("datum.count", COUNTS_UP),
    )
    names = ((unit, VALUES_UP), ("patients", COUNTS_UP))
    return [
        *(
            source.mark_text(text=alt.ExprRef(text), **look).encode(x=_x(), y=alt.value(_up(at)))
            for text, at in texts
        ),
        *(
            once.mark_text(align="left", text=name, opacity=0.75, **look).encode(
                x=alt.value(0), y=alt.value(_up(at))
            )
            for name, at in names
        ),
    ]
