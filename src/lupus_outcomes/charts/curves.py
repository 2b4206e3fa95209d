"""Curves of the time to an event, with who is at risk under them on the same axis.

For any result with a row for each day on which someone's follow-up ended: time on a drug, time to
a response, to a flare. The layout is that of KMunicate (Morris 2019, BMJ Open 9:e030215): limits as
a light band, and at risk, with event so far and censored so far under the months. How one kind of
curve looks is a ``CurveStyle``, declared beside its own ``draw_`` function; nothing here knows what
the event is.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from lupus_outcomes.charts.curve_data import (
    FEWEST_AT_RISK,
    Curve,
    count_risk,
    list_medians,
    list_milestones,
    list_steps,
    read_curves,
)
from lupus_outcomes.charts.curve_marks import (
    band,
    censor_ticks,
    hover_points,
    median_marks,
    milestone_points,
    step_lines,
)
from lupus_outcomes.charts.over_time import (
    Look,
    draw_benchmarks,
    draw_names,
    look_of_groups,
    place_names,
)
from lupus_outcomes.charts.risk_table import draw_risk_table
from lupus_outcomes.charts.style import (
    FIGURE_HEIGHT,
    MOST_DIRECT_LABELS,
    Drawing,
    Mode,
    colour,
    configure,
    months_axis,
    percent_axis,
    table_source,
)
from lupus_outcomes.release.disclosure import Released

SOLID = (1, 0)
# A series with its meaning and its dash each.
Looks = tuple[tuple[str, str, tuple[int, ...]], ...]
BENCHMARKS_NONE = pd.DataFrame()


@dataclass(frozen=True, slots=True)
class CurveStyle:
    """How one kind of curve is drawn.

    ``estimate``: its column, from 0 to 1. ``is_falling``: begins at 1 (free of the event), else at
    0 (incidence). ``meaning``: colour of the curve of all patients, a name in ``COLOURS``.
    ``y_title``; ``event``: those who had it, for the table under the curve ("stopped").
    ``series``: the column that tells curves apart: ``level``, or such as ``endpoint``, of one group
    then. ``looks``: for such a column ``(series, meaning, dash)`` each; levels have their own
    colours. ``top``: upper end of the axis. ``has_median``: whether the day is marked on which half
    have had the event.
    """

    estimate: str
    is_falling: bool
    meaning: str
    y_title: str
    event: str
    series: str = "level"
    looks: Looks = ()
    top: float = 1.0
    has_median: bool = True


def draw_curves_with_risk(
    released: Released,
    style: CurveStyle,
    mode: Mode,
    *,
    benchmarks: pd.DataFrame = BENCHMARKS_NONE,
    caption: str = "",
) -> Drawing | None:
    """The figure of a released table of curves; none where nobody can be followed long enough.

    The table has columns group, level, day, n_at_risk, n_events, n_censored, the estimate, ci_low
    and ci_high, a row for each day that ends someone's follow-up; other columns are left alone.
    With levels, these are drawn and all patients together are not. ``benchmarks``: published
    results (``timepoint_months``, ``proportion``, ``study``, ``words``). ``caption``: said after
    the reading aid.
    """
    curves = _read(released.table, style)
    steps = list_steps(curves)
    if steps.empty:
        return None
    points, is_legible = place_names(list_milestones(curves), "estimate", style.top)
    risk = count_risk(curves, style.event, MOST_DIRECT_LABELS)
    medians = list_medians(curves if style.has_median else ())
    parts = [steps, points, medians, risk, _marks(benchmarks)]
    series = tuple(curve.series for curve in curves)
    return Drawing(
        figure="curves",
        arguments=(
            _looks(series, style), style.y_title, style.top, int(risk["place"].max()) + 1,
            len(series) == 1 or is_legible, not benchmarks.empty, mode,
        ),
        data=pd.concat([part for part in parts if len(part)], ignore_index=True),
        alt=released.result.finding,
        caption=" ".join(filter(None, [*_reading_aid(curves, steps, medians, style), caption])),
    )  # fmt: skip


def _read(table: pd.DataFrame, style: CurveStyle) -> tuple[Curve, ...]:
    """The curves drawn: those of the levels where there are levels."""
    is_all = (table["group"] == "all").to_numpy()
    by_level = style.series == "level" and not is_all.all()
    chosen = table[~is_all] if by_level else table[is_all]
    return read_curves(chosen, style.series, style.estimate, 1.0 if style.is_falling else 0.0)


def _looks(series: tuple[str, ...], style: CurveStyle) -> Looks:
    """Series with meaning and dash; an empty meaning for a level, which has a colour by place."""
    if style.looks:
        return tuple(look for look in style.looks if look[0] in series)
    if series == ("all",):
        return (("all", style.meaning, SOLID),)
    return tuple((name, "", ()) for name in series)


def _marks(benchmarks: pd.DataFrame) -> pd.DataFrame:
    if benchmarks.empty:
        return benchmarks
    return pd.DataFrame(
        {
            "kind": "benchmark",
            "x": benchmarks["timepoint_months"].astype(np.float64),
            "estimate": benchmarks["proportion"],
            "series": benchmarks["study"],
            "share": benchmarks["words"],
        }
    )


def _reading_aid(
    curves: Sequence[Curve], steps: pd.DataFrame, medians: pd.DataFrame, style: CurveStyle
) -> list[str]:
    """How to read the figure: what the marks are, where curves end, which curves are missing."""
    said = ["Band: 95 % limits."] if len(curves) <= MOST_DIRECT_LABELS else []
    if steps["has_censored"].any():
        said.append("Ticks: follow-up ended there without the event.")
    if len(medians):
        said.append("Dashed: the month by which half have had it.")
    if any(curve.ends_early for curve in curves):
        said.append(f"A curve ends where fewer than {FEWEST_AT_RISK} remain at risk.")
    missing = [curve.series for curve in curves if not curve.n_drawn]
    if missing:
        few = f"Fewer than {FEWEST_AT_RISK} patients, so no curve"
        said.append(f"{few}: {', '.join(missing)}.")
    return [*said, f"Under the months: at risk then; {style.event} and censored before."]


def build_curves(
    looks: Looks,
    y_title: str,
    top: float,
    n_risk_rows: int,
    named_directly: bool,
    has_benchmarks: bool,
    mode: Mode,
) -> alt.TopLevelMixin:
    """Curves above, the risk table below, one axis of months."""
    look = _look(looks, named_directly, mode)
    axis: dict[str, Any] = percent_axis(y_title) | {"scale": alt.Scale(domain=[0, top], nice=False)}
    x, y = alt.X("x:Q", **months_axis(title="")), alt.Y("estimate:Q", **axis)
    source = alt.Chart(table_source())
    steps = source.transform_filter("datum.kind == 'step'")
    points = source.transform_filter("datum.kind == 'point'")
    layers = [
        step_lines(steps, look, x, y),
        median_marks(source, x, y, mode),
        censor_ticks(steps, look, x, y),
        hover_points(steps, look, x, y),
        *milestone_points(points, look, x, axis, has_limits=len(looks) == 1),
    ]
    if len(looks) <= MOST_DIRECT_LABELS:
        layers.insert(0, band(steps, look, x, axis))
    if has_benchmarks:
        layers.append(draw_benchmarks(source, x, y, "estimate", mode))
    if len(looks) > 1 and named_directly:
        layers += draw_names(points, look, x, y)
    plot = alt.layer(*layers).properties(height=FIGURE_HEIGHT)
    return configure(alt.vconcat(plot, draw_risk_table(n_risk_rows, mode), spacing=8))


def _look(looks: Looks, named_directly: bool, mode: Mode) -> Look:
    series = tuple(name for name, _, _ in looks)
    if any(not meaning for _, meaning, _ in looks):
        return look_of_groups(series, named_directly, mode)
    return Look(
        series,
        [colour(meaning, mode) for _, meaning, _ in looks],
        [list(dash) for _, _, dash in looks],
        named_directly,
        mode,
    )
