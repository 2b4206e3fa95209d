"""Enrolment: how the number of patients grew, and how many each centre has."""

from collections.abc import Sequence

import altair as alt
import numpy as np
import pandas as pd

from lupus_outcomes.charts.rows import SMALL_PIXELS, TEXT_PIXELS, across, down, words
from lupus_outcomes.charts.style import (
    Drawing,
    Mode,
    colour,
    configure,
    named_lines,
    table_source,
    tint,
)
from lupus_outcomes.release.disclosure import Released

CENTRE_PIXELS, BAR_TOP, BAR_BOTTOM = 38, 18, 27
ROOM_FOR_COUNT = 44
HEADER_PIXELS, CURVE_PIXELS, CALENDAR_PIXELS = 40, 260, 24
FLOOR = HEADER_PIXELS + CURVE_PIXELS
MOST_TICKS = 6
MONTHS_BETWEEN_TICKS = (1, 3, 6, 12, 24, 60)


def draw_enrolment(released: Released, mode: Mode) -> Drawing | None:
    """The figure of ``describe_enrolment``; none where there is no calendar to draw on."""
    table = released.table
    if table.empty:
        return None
    planned = None if table["planned"].isna().any() else int(table["planned"].iloc[0])
    most = max(int(table["n_cumulative"].max()), planned or 0, 1)
    parts = [curve_rows(table, most, "enrolled"), number_rows(most), calendar_rows(table)]
    if planned is not None:
        parts.append(level_rows("planned", [planned], most, f"{planned:,} planned"))
    return Drawing(
        figure="enrolment",
        arguments=(mode,),
        data=pd.concat(parts, ignore_index=True),
        alt=released.result.finding,
        height=FLOOR + CALENDAR_PIXELS,
    )


def level_rows(
    kind: str, numbers: Sequence[float], most: int, said: str | list[str]
) -> pd.DataFrame:
    """Heights of some numbers of patients, ``most`` at the top of the plot."""
    y = FLOOR - CURVE_PIXELS * np.array(numbers) / most
    return pd.DataFrame({"kind": kind, "y": y, "words": said})


def curve_rows(table: pd.DataFrame, most: int, done: str) -> pd.DataFrame:
    """Patients so far, at the end of each month; ``done``: what they did, for the last count."""
    none = pd.DataFrame({"month": "", "n": 0, "n_cumulative": 0}, index=[0])
    points = pd.concat([none, table[["month", "n", "n_cumulative"]]], ignore_index=True)
    last = [*[""] * len(table), f"{table['n_cumulative'].iloc[-1]:,} {done}"]
    levels = level_rows("curve", points["n_cumulative"].tolist(), most, last)
    x = points.index.to_numpy() / len(table)
    before = np.maximum(x - 1 / len(table), 0)
    return points.assign(**levels, x=x, before=before, floor=float(FLOOR))


def number_rows(most: int) -> pd.DataFrame:
    """Round numbers of patients, at most as many as are read at a glance."""
    step = next(
        size * 10**power
        for power in range(9)
        for size in (1, 2, 5)
        if most / (size * 10**power) < MOST_TICKS
    )
    ticks = list(range(0, most + 1, step))
    return level_rows("number", ticks, most, [f"{tick:,}" for tick in ticks])


def calendar_rows(table: pd.DataFrame) -> pd.DataFrame:
    """Names of months or years under the days they begin."""
    months = pd.PeriodIndex(table["month"], freq="M")
    step = next(
        (s for s in MONTHS_BETWEEN_TICKS if len(months) / s < MOST_TICKS), MONTHS_BETWEEN_TICKS[-1]
    )
    begins = np.flatnonzero((months.year * 12 + months.month - 1) % step == 0)
    said = months[begins].strftime("%Y" if step >= 12 else "%b %Y")
    place = begins / len(months)
    return pd.DataFrame({"kind": "calendar", "x": place, "y": FLOOR + 6.0, "words": said})


def build_enrolment(mode: Mode) -> alt.TopLevelMixin:
    """Patients so far, a line over the calendar; the planned number as a dotted line."""
    source = alt.Chart(table_source())
    area = (
        source.transform_filter("datum.kind == 'curve'")
        .mark_area(color=tint("patients", 0.16, mode))
        .encode(x=across("x"), y=down("y"), y2=alt.Y2("floor"))
    )
    layers = [
        area,
        *draw_axes(source, mode),
        *draw_growth(source, "began", mode),
        *draw_level(source, mode),
    ]
    return configure(alt.layer(*layers))


def draw_axes(source: alt.Chart, mode: Mode) -> list[alt.Chart]:
    """Round numbers of patients and the calendar."""
    numbers = source.transform_filter("datum.kind == 'number'")
    lines = numbers.mark_rule(color=colour("faint", mode)).encode(y=down("y"))
    left = {"x": alt.value(0), "y": down("y")}
    quiet = {"opacity": 0.75}
    said = words(numbers, "words", left, mode, baseline="bottom", dy=-2, **quiet)
    title = numbers.transform_filter("datum.words == '0'").transform_calculate(
        title="'Patients so far'"
    )
    top = {"x": alt.value(0), "y": alt.value(0)}
    named = words(title, "title", top, mode, **quiet)
    calendar = source.transform_filter("datum.kind == 'calendar'")
    place = {"x": across("x"), "y": down("y")}
    flush = [
        words(calendar.transform_filter(test), "words", place, mode, align=align, **quiet)
        for test, align in (("datum.x > 0.05", "center"), ("datum.x <= 0.05", "left"))
    ]
    return [lines, said, named, *flush]


def draw_growth(source: alt.Chart, happened: str, mode: Mode) -> list[alt.Chart]:
    """The line, what is told of a month and the last count. ``happened``: in that month."""
    curve = source.transform_filter("datum.kind == 'curve'")
    x, y, shade = across("x"), down("y"), colour("patients", mode)
    tooltip = [
        alt.Tooltip("month:N", title="month"),
        alt.Tooltip("n:Q", title=happened),
        alt.Tooltip("n_cumulative:Q", title="so far", format=","),
    ]
    named = named_lines(
        curve.transform_filter("datum.words != ''"),
        mode,
        {"x": x, "y": y, "text": "words:N"},
        alt.FillValue(shade),
        align="right",
        baseline="bottom",
        dy=-7,
        fontSize=TEXT_PIXELS + 1,
        fontWeight="bold",
    )
    return [
        curve.mark_line(strokeWidth=2.5, strokeJoin="round", color=shade).encode(x=x, y=y),
        # What is told of a month is told over its whole height.
        curve.mark_rect(opacity=0).encode(
            x=across("before"),
            x2=alt.X2("x"),
            y=alt.value(HEADER_PIXELS),
            y2=alt.value(FLOOR),
            tooltip=tooltip,
        ),
        *named,
    ]


def draw_level(source: alt.Chart, mode: Mode) -> list[alt.Chart]:
    """The planned number as a dotted level with its name."""
    planned, grey = source.transform_filter("datum.kind == 'planned'"), colour("reference", mode)
    rule = planned.mark_rule(strokeWidth=1.5, strokeDash=[2, 3], color=grey).encode(y=down("y"))
    named = named_lines(
        planned,
        mode,
        {"x": alt.value(ROOM_FOR_COUNT), "y": down("y"), "text": "words:N"},
        alt.FillValue(grey),
        align="left",
        baseline="bottom",
        dy=-5,
        fontSize=SMALL_PIXELS + 1,
    )
    return [rule, *named]


def draw_centres(released: Released, mode: Mode) -> Drawing:
    """The figure of ``describe_centres``: a bar a centre, the largest first."""
    table = released.table
    top = pd.Series(range(len(table)), dtype="int64") * CENTRE_PIXELS
    data = table[["centre", "n", "proportion"]].assign(
        start=0.0,
        end=table["n"] / table["n"].max(),
        y_name=top,
        y_top=top + BAR_TOP,
        y_bottom=top + BAR_BOTTOM,
    )
    return Drawing(
        figure="centres",
        arguments=(mode,),
        data=data,
        alt=released.result.finding,
        height=len(table) * CENTRE_PIXELS,
    )


def build_centres(mode: Mode) -> alt.TopLevelMixin:
    """Names above their bars, counts at their ends."""
    source = alt.Chart(table_source())
    x, y = across("start", right=ROOM_FOR_COUNT), down("y_top")
    tooltip = [
        alt.Tooltip("centre:N"),
        alt.Tooltip("n:Q", title="patients", format=","),
        alt.Tooltip("proportion:Q", title="share", format=".0%"),
    ]
    bars = source.mark_rect(color=colour("patients", mode), cornerRadius=2).encode(
        x=x, x2=alt.X2("end"), y=y, y2=alt.Y2("y_bottom"), tooltip=tooltip
    )
    counts = source.mark_text(
        align="left", baseline="top", dx=6, dy=-2, fontSize=TEXT_PIXELS, fontWeight="bold"
    ).encode(
        x=across("end", right=ROOM_FOR_COUNT),
        y=y,
        text=alt.Text("n:Q", format=","),
        color=alt.value(colour("text", mode)),
    )
    names = words(source, "centre", {"x": alt.value(0), "y": down("y_name")}, mode)
    return configure(alt.layer(bars, counts, names))
