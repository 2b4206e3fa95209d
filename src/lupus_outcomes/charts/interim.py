"""The way to an interim analysis: patients who completed, those expected, the number planned."""

import math

import altair as alt
import pandas as pd

from lupus_outcomes.charts.enrolment import (
    CALENDAR_PIXELS,
    FLOOR,
    calendar_rows,
    curve_rows,
    draw_axes,
    draw_growth,
    draw_level,
    level_rows,
    number_rows,
)
from lupus_outcomes.charts.rows import across, down
from lupus_outcomes.charts.style import Drawing, Mode, colour, configure, table_source
from lupus_outcomes.release.disclosure import Released


def draw_interim(released: Released, mode: Mode) -> Drawing | None:
    """The figure of ``describe_interim``; none without a calendar to draw on."""
    table = released.table
    if table.empty:
        return None
    planned = int(table["planned"].iloc[0])
    highest = table[["n_cumulative", "n_expected"]].max().max()
    most = max(math.ceil(highest), planned)
    is_to_come = table["n_expected"].notna()
    n_seen = int((~is_to_come).sum()) or len(table)
    curve = curve_rows(table, most, "completed")
    seen = curve.iloc[: n_seen + 1].copy()
    seen["words"] = [*[""] * n_seen, curve["words"].iloc[-1]]
    parts = [seen, number_rows(most), calendar_rows(table)]
    parts.append(level_rows("planned", [planned], most, f"{planned:,} needed"))
    if is_to_come.any():
        parts.append(_expected(curve, table, n_seen, most))
    return Drawing(
        figure="interim",
        arguments=(mode,),
        data=pd.concat(parts, ignore_index=True),
        alt=released.result.finding,
        caption="Dotted: expected of those already enrolled." if is_to_come.any() else "",
        height=FLOOR + CALENDAR_PIXELS,
    )


def _expected(curve: pd.DataFrame, table: pd.DataFrame, n_seen: int, most: int) -> pd.DataFrame:
    """From the last count on, what is expected until the end of each month."""
    coming = table["n_expected"].iloc[n_seen:].tolist()
    counts = [float(table["n_cumulative"].iloc[n_seen - 1]), *coming]
    levels = level_rows("expected", counts, most, "")
    place = curve.iloc[n_seen:].reset_index(drop=True)
    return levels.assign(x=place["x"], month=place["month"], n_cumulative=counts)


def build_interim(mode: Mode) -> alt.TopLevelMixin:
    """A line over the calendar, dotted where it is expected; the number needed as a level."""
    source = alt.Chart(table_source())
    expected = (
        source.transform_filter("datum.kind == 'expected'")
        .mark_line(strokeWidth=2.5, strokeDash=[2, 4], color=colour("patients", mode))
        .encode(
            x=across("x"),
            y=down("y"),
            tooltip=[
                alt.Tooltip("month:N", title="month"),
                alt.Tooltip("n_cumulative:Q", title="expected so far", format=".0f"),
            ],
        )
    )
    layers = [
        *draw_axes(source, mode),
        expected,
        *draw_growth(source, "completed", mode),
        *draw_level(source, mode),
    ]
    return configure(alt.layer(*layers))
