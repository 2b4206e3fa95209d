"""Enrolment: how the number of patients grew, and how many each centre has."""

import math
from dataclasses import dataclass

import altair as alt
import pandas as pd

from lupus_outcomes.charts.rows import TEXT_PIXELS, across, down, words
from lupus_outcomes.charts.style import (
    FIGURE_HEIGHT,
    Drawing,
    Mode,
    colour,
    configure,
    named_lines,
    table_source,
    tint,
    value_axis,
)
from lupus_outcomes.release.disclosure import Released

CENTRE_PIXELS, BAR_TOP, BAR_BOTTOM = 38, 18, 27
ROOM_FOR_COUNT = 44
HEADROOM = 1.03
# From here on a year is the fitting step of the calendar.
DAYS_FOR_YEARS = 900


@dataclass(frozen=True, slots=True)
class Frame:
    """The axes of the enrolment figure: first and last day, ISO, and the highest number."""

    first: str
    last: str
    top: int

    @property
    def calendar(self) -> alt.X:
        """Calendar time; whole years on its axis once there are some."""
        days = (pd.Timestamp(self.last) - pd.Timestamp(self.first)).days
        is_long = days > DAYS_FOR_YEARS
        axis = alt.Axis(
            title="",
            format="%Y" if is_long else "%b %Y",
            tickCount="year" if is_long else {"interval": "month", "step": 3},
            grid=False,
            domain=False,
            labelFlush=True,
            labelOverlap="greedy",
        )
        scale = alt.Scale(type="utc", domain=[self.first, self.last], nice=False)
        return alt.X("end:T", scale=scale, axis=axis)

    def patients(self, field: str) -> alt.Y:
        """Numbers of patients."""
        axis = value_axis("Patients so far", tickCount=5)
        scale = alt.Scale(domain=[0, self.top], nice=False)
        return alt.Y(field, type="quantitative", scale=scale, axis=axis, stack=None)


def draw_enrolment(released: Released, mode: Mode) -> Drawing | None:
    """The figure of ``describe_enrolment``; none where there is no calendar to draw on."""
    table = released.table
    if table.empty:
        return None
    months = pd.PeriodIndex(table["month"], freq="M")
    before = pd.DataFrame({"month": "", "n": 0, "n_cumulative": 0}, index=[0])
    data = pd.concat([before, table[["month", "n", "n_cumulative"]]], ignore_index=True)
    # A count holds at the end of its month, which is the start of the next.
    data["end"] = [f"{month.start_time:%Y-%m-%d}" for month in (months[0], *months.shift(1))]
    data["is_last"] = data.index == len(data) - 1
    planned = None if table["planned"].isna().any() else int(table["planned"].iloc[0])
    top = math.ceil(HEADROOM * max(int(table["n_cumulative"].max()), planned or 0))
    return Drawing(
        figure="enrolment",
        arguments=(data["end"].iloc[0], data["end"].iloc[-1], top, planned, mode),
        data=data,
        alt=released.result.finding,
    )


def build_enrolment(
    first: str, last: str, top: int, planned: int | None, mode: Mode
) -> alt.TopLevelMixin:
    """Patients so far, a line over the calendar; the planned number as a dotted line."""
    source, frame = alt.Chart(table_source()), Frame(first, last, top)
    x, y = frame.calendar, frame.patients("n_cumulative")
    shade = colour("patients", mode)
    tooltip = [
        alt.Tooltip("month:N", title="month"),
        alt.Tooltip("n:Q", title="began"),
        alt.Tooltip("n_cumulative:Q", title="so far", format=","),
    ]
    layers = [
        source.mark_area(color=tint("patients", 0.16, mode), clip=True).encode(x=x, y=y),
        source.mark_line(strokeWidth=2.5, color=shade, clip=True).encode(x=x, y=y),
        source.mark_point(size=140, opacity=0, filled=True, clip=True).encode(
            x=x, y=y, tooltip=tooltip
        ),
    ]
    if planned is not None:
        layers = [*layers, *_plan(source, planned, frame, mode)]
    end = source.transform_filter("datum.is_last").transform_calculate(
        words="format(datum.n_cumulative, ',') + ' enrolled'"
    )
    named = named_lines(
        end,
        mode,
        {"x": x, "y": y, "text": "words:N"},
        alt.ColorValue(shade),
        align="right",
        baseline="bottom",
        dy=-8,
        fontSize=TEXT_PIXELS + 1,
        fontWeight="bold",
    )
    return configure(alt.layer(*layers, *named).properties(height=FIGURE_HEIGHT))


def _plan(source: alt.Chart, planned: int, frame: Frame, mode: Mode) -> list[alt.Chart]:
    once = source.transform_filter("datum.is_last").transform_calculate(planned=str(planned))
    y, grey = frame.patients("planned"), colour("reference", mode)
    rule = once.mark_rule(strokeWidth=1.5, strokeDash=[2, 3], color=grey).encode(y=y)
    name = named_lines(
        once.transform_calculate(words=f"'{planned:,} planned'"),
        mode,
        {"x": alt.value(ROOM_FOR_COUNT), "y": y, "text": "words:N"},
        alt.ColorValue(grey),
        align="left",
        baseline="bottom",
        dy=-5,
        fontSize=TEXT_PIXELS,
    )
    return [rule, *name]


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
