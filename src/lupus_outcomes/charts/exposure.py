"""Days between infusions: a bar a day, those outside the label in a colour of their own."""

from collections import Counter

import altair as alt
import numpy as np
import pandas as pd

from lupus_outcomes.charts.style import (
    Drawing,
    Mode,
    colour,
    configure,
    named_lines,
    table_source,
    value_axis,
)
from lupus_outcomes.derive.infusions import INTERVAL_DAYS, IV, LONG_INTERVAL_DAYS
from lupus_outcomes.indices.infusions import MINIMUM_INTERVAL_DAYS
from lupus_outcomes.release.disclosure import Released

HEIGHT = 320
# Longer intervals stand on the last day; the table has them in a band of their own.
LAST_DAY = 98
WITHIN, OUTSIDE = "14 days to 8 weeks", "shorter or longer"
TICKS = (0, 14, 28, 42, 56, 70, 84, 98)


def draw_intervals(released: Released, by_day: Released, mode: Mode) -> Drawing | None:
    """The figure of ``describe_intervals`` from ``describe_interval_days``; none without any."""
    table = by_day.table
    if table.empty:
        return None
    bars = Counter()
    for days, n_intervals in zip(table["days"], table["n_intervals"], strict=True):
        is_outside = days < MINIMUM_INTERVAL_DAYS or days > LONG_INTERVAL_DAYS
        bars[min(days, LAST_DAY), OUTSIDE if is_outside else WITHIN] += n_intervals
    schedule = ("schedule", INTERVAL_DAYS[IV], np.nan, np.nan)
    rows = [*(("bar", *bar, bars[bar]) for bar in sorted(bars)), schedule]
    has_longer = bool((table["days"] > LAST_DAY).any())
    return Drawing(
        figure="intervals",
        arguments=(mode,),
        data=pd.DataFrame(rows, columns=["kind", "days", "judged", "n_intervals"]),
        alt=released.result.finding,
        caption=(
            "All patients selected, whatever the grouping."
            + (f" The last bar holds all longer than {LAST_DAY} days too." if has_longer else "")
        ),
    )


def build_intervals(mode: Mode) -> alt.TopLevelMixin:
    """Bars by day, the schedule as a line."""
    source = alt.Chart(table_source())
    scale = alt.Scale(domain=[-8, LAST_DAY + 4], nice=False)
    x = alt.X(
        "days:Q",
        scale=scale,
        axis=alt.Axis(
            values=list(TICKS),
            title="Days since the infusion before",
            grid=False,
            ticks=False,
            domain=False,
        ),
    )
    y = alt.Y("n_intervals:Q", axis=value_axis("Intervals", format=",d", tickCount=4))
    shades = alt.Scale(
        domain=[WITHIN, OUTSIDE], range=[colour("retention", mode), colour("missing", mode)]
    )
    legend = alt.Legend(title=None, symbolType="square", offset=28, symbolStrokeWidth=0)
    bars = (
        source.transform_filter("datum.kind == 'bar'")
        .mark_bar(width={"expr": "max(0.8 * width / 110, 2)"})
        .encode(
            x=x,
            y=y,
            color=alt.Color("judged:N", scale=shades, legend=legend),
            tooltip=[
                alt.Tooltip("days:Q", format="d", title="days"),
                alt.Tooltip("n_intervals:Q", format=",d", title="intervals"),
                alt.Tooltip("judged:N", title=" "),
            ],
        )
    )
    schedule = source.transform_filter("datum.kind == 'schedule'")
    rule = schedule.mark_rule(strokeDash=[2, 3], color=colour("reference", mode)).encode(x=x)
    words = named_lines(
        schedule,
        mode,
        {"x": x, "y": alt.value(6)},
        alt.FillValue(colour("text", mode)),
        align="left",
        dx=6,
        fontSize=11,
        text="every four weeks",
    )
    return configure(alt.layer(bars, rule, *words).properties(height=HEIGHT))
