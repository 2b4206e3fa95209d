"""Measures over time: change from baseline, the level itself, and how patients are spread."""

from collections.abc import Mapping, Sequence
from math import isnan
from types import MappingProxyType
from typing import Any, Literal

import altair as alt
import numpy as np
import pandas as pd

from lupus_outcomes.charts.over_time import (
    ROUND_ENDS,
    Look,
    count_rows,
    count_rows_of_groups,
    draw_counts,
    draw_curves,
    look_of_groups,
    place_names,
    spread,
)
from lupus_outcomes.charts.style import (
    Drawing,
    Mode,
    colour,
    configure,
    months_axis,
    number,
    table_source,
    value_axis,
)
from lupus_outcomes.measures import MEASURES, Measure
from lupus_outcomes.release.disclosure import Released

What = Literal["change", "mean"]
STRIP = (
    ("n_due", "due"),
    ("n_seen", "seen"),
    ("n", "known"),
    ("n_paired", "paired"),
    ("n_not_due", "not yet due"),
)
ONE_HEIGHT, MANY_HEIGHT, SPREAD_HEIGHT = 280, 190, 200
MEANING, ONLY = "patients", "all patients"
# Limits of fewer patients than this do not stretch the axis; they are cut at its ends.
FEW = 10
TICKS = 4
# The axis of the distribution, beside those named by their measure.
MIDDLE = "middle"
# Columns of the value and its limits.
DRAWN: Mapping[What, tuple[str, str, str]] = MappingProxyType(
    {
        "change": ("mean_change", "ci_low", "ci_high"),
        "mean": ("mean", "mean_ci_low", "mean_ci_high"),
    }
)
POINT_COLUMNS = (
    "kind", "panel", "series", "x", "timepoint", "timepoint_months", "value", "ci_low", "ci_high",
    "said", "model", "n_paired", "n", "q1", "q3", "median", "spread",
)  # fmt: skip


def draw_change(released: Released, what: What, mode: Mode) -> Drawing | None:
    """The figure of ``estimate_change``; none where nothing is known after baseline.

    ``change``: mean change from baseline, a panel a measure. ``mean``: the mean itself. One measure
    alone has its distribution below. With groups each level is a series.
    """
    table = released.table
    groups = table[table["group"] != "all"]
    levels = tuple(groups["level"].unique())
    counted = groups if levels else table
    n, fewest = ("n_paired", 2) if what == "change" else ("n", 1)
    parts = _by_measure(counted[counted[n] >= fewest])
    if not parts:
        return None
    measures = tuple(parts)
    spans = {id: _span(part, what, n) for id, part in parts.items()}
    named = [
        place_names(
            _points(part, id, what, levels, spans[id]), "value", spans[id][-1] - spans[id][0]
        )
        for id, part in parts.items()
    ]
    is_legible = all(legible for _, legible in named) if levels else True
    points = [points if levels else points.assign(is_named=False) for points, _ in named]
    strip = _strip(counted, measures, bool(levels))
    axes = {id: _numbers(span) for id, span in spans.items()}
    if len(measures) == 1:
        axes[MIDDLE] = _numbers(_middle_span(parts[measures[0]]))
    return Drawing(
        figure="change",
        arguments=(what, measures, levels, tuple(strip["row"].unique()), is_legible, mode),
        numbers=axes,
        data=pd.concat([*points, strip], ignore_index=True),
        alt=released.result.finding,
        caption=_caption(measures, bool(levels)),
    )


def _by_measure(shown: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """The rows of each measure that is known at some later time point."""
    measure = shown["measure"].to_numpy()
    parts = {id: shown[measure == id] for id in dict.fromkeys(measure)}
    return {id: part for id, part in parts.items() if (part["timepoint_months"] > 0).any()}


def _caption(measures: Sequence[str], is_grouped: bool) -> str:
    if is_grouped or len(measures) == 1:
        return ""
    return "Below: patients due, then how many have both values of each measure."


def _points(
    shown: pd.DataFrame, id: str, what: What, levels: tuple[str, ...], span: tuple[float, ...]
) -> pd.DataFrame:
    """A row a point; limits are cut at the ends of the axis, the words keep them whole."""
    measure, (value, low, high) = MEASURES[id], DRAWN[what]
    series = shown["level"] if levels else pd.Series(ONLY, index=shown.index)
    added = {
        "kind": "point",
        "panel": id,
        "series": series,
        "x": spread(shown["timepoint_months"], series, levels or (ONLY,)),
        "value": shown[value],
        "ci_low": np.clip(shown[low].to_numpy(), span[0], span[-1]),
        "ci_high": np.clip(shown[high].to_numpy(), span[0], span[-1]),
        "said": _with_limits(shown, value, low, high, measure),
        "model": _with_limits(shown, "model_change", "model_ci_low", "model_ci_high", measure),
        "spread": _with_limits(shown, "median", "q1", "q3", measure),
    }
    return pd.DataFrame(
        {name: added[name] if name in added else shown[name] for name in POINT_COLUMNS}
    )


def _with_limits(
    shown: pd.DataFrame, value: str, low: str, high: str, measure: Measure
) -> list[str]:
    """``−5.1 (−5.8 to −4.5)``; a dash where nothing can be told."""

    def figure(number: float) -> str:
        return f"{number:.{measure.digits}f}".replace("-", "−")

    def words(number: float, low: float, high: float) -> str:
        limits = "" if isnan(low) else f" ({figure(low)} to {figure(high)})"
        return "–" if isnan(number) else f"{figure(number)}{limits}"

    return list(map(words, shown[value], shown[low], shown[high]))


def _span(shown: pd.DataFrame, what: What, n: str) -> tuple[float, ...]:
    """Ticks of an axis that holds every value, 0 for a change, and the limits of not too few."""
    value, ci_low, ci_high = (shown[name].to_numpy() for name in DRAWN[what])
    is_many = shown[n].to_numpy() >= FEW
    ends = np.concatenate([value, ci_low[is_many], ci_high[is_many]])
    low, high = float(np.nanmin(ends)), float(np.nanmax(ends))
    return _ticks(min(low, 0.0), max(high, 0.0)) if what == "change" else _ticks(low, high)


def _middle_span(shown: pd.DataFrame) -> tuple[float, ...]:
    """Ticks of the axis of the distribution."""
    return _ticks(min(float(shown["q1"].min()), 0.0), float(shown["q3"].max()))


def _ticks(low: float, high: float) -> tuple[float, ...]:
    """Round numbers from below ``low`` to above ``high``."""
    width = max(high - low, 1e-9) / TICKS
    power = 10.0 ** np.floor(np.log10(width))
    step = next(n * power for n in (*ROUND_ENDS, 10) if n * power >= width * (1 - 1e-9))
    first, last = int(np.floor(low / step + 1e-9)), int(np.ceil(high / step - 1e-9))
    return tuple(round(step * k, 10) for k in range(first, max(last, first + 1) + 1))


def _strip(counted: pd.DataFrame, measures: Sequence[str], is_grouped: bool) -> pd.DataFrame:
    first = counted[counted["measure"] == measures[0]]
    if is_grouped:
        return count_rows_of_groups(first, "n", "known")
    if len(measures) == 1:
        return count_rows(first, STRIP)
    strips = [count_rows(first, (("n_due", "due"),))] + [
        count_rows(counted[counted["measure"] == m], (("n_paired", MEASURES[m].short),))
        for m in measures
    ]
    return pd.concat(strips, ignore_index=True)


def build_change(
    what: What,
    measures: tuple[str, ...],
    levels: tuple[str, ...],
    rows: tuple[str, ...],
    named_directly: bool,
    mode: Mode,
) -> alt.TopLevelMixin:
    """A panel a measure, the distribution of a single one, counts below."""
    if levels:
        look = look_of_groups(levels, named_directly, mode)
    else:
        look = Look((ONLY,), [colour(MEANING, mode)], [[1, 0]], named_directly, mode)
    height = ONE_HEIGHT if len(measures) == 1 else MANY_HEIGHT
    panels = [_panel(MEASURES[name], what, look, height) for name in measures]
    if len(measures) == 1:
        panels.append(_spread_panel(MEASURES[measures[0]], look, bool(levels)))
    return configure(alt.vconcat(*panels, draw_counts(rows, mode), spacing=8))


def _decimals(ticks: tuple[float, ...]) -> int:
    """Decimals that write every tick as it is."""
    return next(d for d in range(10) if all(abs(t - round(t, d)) < 1e-9 for t in ticks))


def _numbers(ticks: tuple[float, ...]) -> dict[str, Any]:
    """What the specification must know of an axis."""
    return {
        "low": ticks[0],
        "high": ticks[-1],
        "ticks": list(ticks),
        "format": f".{_decimals(ticks)}f",
    }


def _axis(title: str, name: str) -> dict[str, Any]:
    """An axis by the name of its numbers."""
    ends = [number(f"{name}.low"), number(f"{name}.high")]
    return {
        "scale": alt.Scale(domain=ends, nice=False, zero=False),
        "axis": value_axis(
            title,
            values=number(f"{name}.ticks"),
            labelExpr=f"format(datum.value, {name}.format)",
        ),
    }


def _panel(
    measure: Measure, what: What, look: Look, height: int
) -> alt.LayerChart | alt.FacetChart:
    source = alt.Chart(table_source()).transform_filter(alt.datum.panel == measure.id)
    way = "higher is better" if measure.higher_is_better else "lower is better"
    head = "Mean change" if what == "change" else "Mean"
    axis = _axis(f"{head} (95 % CI), {measure.unit}; {way}", measure.id)
    points = source.transform_filter("datum.kind == 'point'")
    layers = draw_curves(points, look, "value", axis, _tooltip(what))
    if what == "change":
        layers = [_no_change(axis, look.mode), *layers]
    return alt.layer(*layers).properties(height=height, title=measure.label)


def _no_change(axis: dict[str, Any], mode: Mode) -> alt.Chart:
    line = alt.Chart(table_source()).transform_filter("datum.kind == 'strip'")
    return (
        line.transform_aggregate(groupby=["kind"])
        .transform_calculate(nothing="0")
        .mark_rule(color=colour("reference", mode), strokeDash=[2, 3])
        .encode(
            # Two pixels short at each end: the caps of a rule count as its width.
            x=alt.value(2),
            x2=alt.value(alt.ExprRef("width - 2")),
            y=alt.Y("nothing:Q", **axis),
        )
    )


def _tooltip(what: What) -> list[alt.Tooltip]:
    time = [alt.Tooltip("series:N", title=" "), alt.Tooltip("timepoint:N", title="time point")]
    if what == "mean":
        return [
            *time,
            alt.Tooltip("said:N", title="mean (95 % CI)"),
            alt.Tooltip("n:Q", format=",d", title="value known"),
        ]
    return [
        *time,
        alt.Tooltip("said:N", title="mean change (95 % CI)"),
        alt.Tooltip("n_paired:Q", format=",d", title="both values known"),
        alt.Tooltip("model:N", title="mixed model"),
    ]


def _spread_panel(
    measure: Measure, look: Look, is_grouped: bool
) -> alt.LayerChart | alt.FacetChart:
    """Median and middle half of the patients: a ribbon, or a line a level."""
    axis = _axis(f"Median and middle half of patients, {measure.unit}", MIDDLE)
    source = alt.Chart(table_source()).transform_filter("datum.kind == 'point'")
    x, y = alt.X("x:Q", **months_axis(title="")), alt.Y("median:Q", **axis)
    low, high = alt.Y("q1:Q", **axis), "q3:Q"
    tooltip = [
        alt.Tooltip("series:N", title=" "),
        alt.Tooltip("timepoint:N", title="time point"),
        alt.Tooltip("spread:N", title="median (middle half)"),
        alt.Tooltip("n:Q", format=",d", title="value known"),
    ]
    rule, area = source.mark_rule(strokeWidth=1.5, opacity=0.7), source.mark_area(opacity=0.2)
    return alt.layer(
        (rule if is_grouped else area).encode(x=x, y=low, y2=high, color=look.colour),
        source.mark_line(strokeWidth=2).encode(x=x, y=y, color=look.colour, strokeDash=look.dash),
        source.mark_point(size=60, filled=True, opacity=1).encode(
            x=x, y=y, color=look.colour, tooltip=tooltip
        ),
    ).properties(height=SPREAD_HEIGHT)
