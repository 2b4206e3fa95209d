"""Flares over the months: free of a first one, and how many a patient has had on average."""

from collections.abc import Iterator

import altair as alt
import numpy as np
import pandas as pd

from lupus_outcomes.charts.curves import CurveStyle, draw_curves_with_risk
from lupus_outcomes.charts.over_time import (
    Look,
    count_rows,
    count_rows_of_groups,
    draw_counts,
    look_of_groups,
    round_top,
)
from lupus_outcomes.charts.style import (
    FIGURE_HEIGHT,
    MONTHS_SHOWN,
    Drawing,
    Mode,
    colour,
    configure,
    months_axis,
    number,
    table_source,
    value_axis,
)
from lupus_outcomes.protocol import DAYS_PER_MONTH
from lupus_outcomes.release.disclosure import Released

FEWEST_AT_RISK = 10
ALL = "all patients"
FREE_OF_FLARES = CurveStyle(
    estimate="survival",
    is_falling=True,
    meaning="flare",
    y_title="Share free of flares",
    event="flared",
)
FIELDS = ("kind", "series", "x", "day", "mean_flares", "flares_low", "flares_high", "n_at_risk")


def draw_time_to_flare(released: Released, mode: Mode) -> Drawing | None:
    """The figure of ``estimate_time_to_flare``; none where nobody can be followed long enough."""
    return draw_curves_with_risk(released, FREE_OF_FLARES, mode)


def draw_mean_flares(released: Released, mode: Mode) -> Drawing | None:
    """The figure of ``estimate_mean_flares``; none where too few are followed."""
    table = released.table
    by_level = table[table["group"] != "all"]
    shown = by_level if len(by_level) else table
    drawn = shown[shown["n_at_risk"] >= FEWEST_AT_RISK]
    if drawn.empty:
        return None
    levels = tuple(drawn["level"].unique()) if len(by_level) else ()
    series = drawn["level"] if levels else pd.Series(ALL, index=drawn.index)
    steps = pd.concat(list(_steps(drawn.assign(series=series))), ignore_index=True)
    counted = _at_months(shown)
    strip = (
        count_rows_of_groups(counted, "n_at_risk", "at risk")
        if levels
        else count_rows(counted, (("n_at_risk", "at risk"),))
    )
    top = round_top(float(steps[["mean_flares", "flares_high"]].max().max()))
    return Drawing(
        figure="mean_flares",
        arguments=(levels, tuple(strip["row"].unique()), mode),
        numbers={"top": top},
        data=pd.concat([steps, strip], ignore_index=True),
        alt=released.result.finding,
        caption=f"Band: 95 % limits. A curve ends where fewer than {FEWEST_AT_RISK} remain.",
    )


def _steps(drawn: pd.DataFrame) -> Iterator[pd.DataFrame]:
    """Each curve from no flare on day 0."""
    for series, curve in drawn.groupby("series", sort=False):
        start = curve.iloc[:1].assign(day=0, mean_flares=0.0, flares_low=0.0, flares_high=0.0)
        steps = pd.concat([start, curve], ignore_index=True)
        yield steps.assign(
            kind="step",
            series=series,
            x=steps["day"] / DAYS_PER_MONTH,
            flares_low=steps["flares_low"].fillna(steps["mean_flares"]),
            flares_high=steps["flares_high"].fillna(steps["mean_flares"]),
        )[list(FIELDS)]


def _at_months(shown: pd.DataFrame) -> pd.DataFrame:
    """How many are at risk at each month of the axis, a row a level and month."""
    days = np.array(MONTHS_SHOWN) * DAYS_PER_MONTH
    parts = []
    for level, curve in shown.groupby("level", sort=False):
        row = np.searchsorted(curve["day"], days, side="left")
        at_risk = np.append(curve["n_at_risk"].to_numpy(), 0)[row]
        parts.append(
            pd.DataFrame({"level": level, "timepoint_months": MONTHS_SHOWN, "n_at_risk": at_risk})
        )
    return pd.concat(parts, ignore_index=True)


def build_mean_flares(
    levels: tuple[str, ...], rows: tuple[str, ...], mode: Mode
) -> alt.TopLevelMixin:
    """Mean curves with bands above, who is at risk below."""
    look = (
        look_of_groups(levels, False, mode)
        if levels
        else Look((ALL,), [colour("flare", mode)], [[1, 0]], True, mode)
    )
    axis = {
        "scale": alt.Scale(domain=[0, number("top")], nice=False),
        "axis": value_axis("Flares per patient so far: mean", tickCount=5),
    }
    steps = alt.Chart(table_source()).transform_filter("datum.kind == 'step'")
    x = alt.X("x:Q", **months_axis(title=""))
    y = alt.Y("mean_flares:Q", **axis)
    tooltip = [
        alt.Tooltip("series:N", title="of"),
        alt.Tooltip("x:Q", format=".1f", title="month"),
        alt.Tooltip("mean_flares:Q", format=".2f", title="flares per patient"),
        alt.Tooltip("flares_low:Q", format=".2f", title="95 % CI from"),
        alt.Tooltip("flares_high:Q", format=".2f", title="to"),
        alt.Tooltip("n_at_risk:Q", format=",d", title="at risk"),
    ]
    band = steps.mark_area(interpolate="step-after", opacity=0.14).encode(
        x=x, y=alt.Y("flares_low:Q", **axis), y2="flares_high:Q", color=look.colour
    )
    line = steps.mark_line(interpolate="step-after", strokeWidth=2).encode(
        x=x, y=y, color=look.colour, strokeDash=look.dash
    )
    marks = steps.mark_point(size=60, opacity=0, filled=True).encode(x=x, y=y, tooltip=tooltip)
    plot = alt.layer(band, line, marks).properties(height=FIGURE_HEIGHT)
    return configure(alt.vconcat(plot, draw_counts(rows, mode), spacing=8))
