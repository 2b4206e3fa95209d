"""What is drawn on a curve of the time to an event: step, band, ticks, median, fixed times.

Each takes rows with columns series, x (months), estimate, ci_low, ci_high; see ``curves``.
"""

from collections.abc import Mapping
from typing import Any

import altair as alt

from lupus_outcomes.charts.over_time import Look
from lupus_outcomes.charts.style import Mode, colour, months_axis

BAND_OPACITY = 0.13
STEP = "step-after"


def band(steps: alt.Chart, look: Look, x: alt.X, axis: Mapping[str, Any]) -> alt.Chart:
    """The limits of each curve."""
    return steps.mark_area(interpolate=STEP, opacity=BAND_OPACITY).encode(
        x=x,
        y=alt.Y("ci_low:Q", **axis),
        y2="ci_high:Q",
        color=look.colour,
    )


def step_lines(steps: alt.Chart, look: Look, x: alt.X, y: alt.Y) -> alt.Chart:
    """The curves; the dash doubles the colour."""
    return steps.mark_line(interpolate=STEP, strokeWidth=2).encode(
        x=x, y=y, color=look.colour, strokeDash=look.dash
    )


def censor_ticks(steps: alt.Chart, look: Look, x: alt.X, y: alt.Y) -> alt.Chart:
    """Where someone's follow-up ended without the event."""
    ticks = steps.transform_filter("datum.has_censored")
    return ticks.mark_tick(orient="vertical", size=8, thickness=1, opacity=0.55).encode(
        x=x, y=y, color=look.colour
    )


def hover_points(steps: alt.Chart, look: Look, x: alt.X, y: alt.Y) -> alt.Chart:
    """Unseen marks on the days with an event, for the numbers of that day."""
    days = steps.transform_filter("datum.has_event")
    return days.mark_point(size=70, opacity=0, filled=True).encode(
        x=x, y=y, tooltip=[_name(look), alt.Tooltip("day:Q", format=",d", title="day"), *_NUMBERS]
    )


def milestone_points(
    points: alt.Chart, look: Look, x: alt.X, axis: Mapping[str, Any], has_limits: bool
) -> list[alt.Chart]:
    """Estimates at fixed times, with their limits where one curve leaves room for them."""
    shade = look.colour
    marks = points.mark_point(size=45, filled=True, opacity=1).encode(
        x=x,
        y=alt.Y("estimate:Q", **axis),
        color=shade,
        tooltip=[_name(look), alt.Tooltip("x:Q", format="d", title="month"), *_NUMBERS],
    )
    limits = points.mark_rule(strokeWidth=1.5, opacity=0.7).encode(
        x=x, y=alt.Y("ci_low:Q", **axis), y2="ci_high:Q", color=shade
    )
    return [limits, marks] if has_limits else [marks]


def median_marks(
    source: alt.Chart, x: alt.X, y: alt.Y, mode: Mode
) -> alt.LayerChart | alt.FacetChart:
    """Dashed from one half on the axis to the curve and down to the month."""
    medians = source.transform_filter("datum.kind == 'median'")
    rule = medians.mark_rule(strokeDash=[4, 3], strokeWidth=1, color=colour("reference", mode))
    from_axis = alt.X("zero:Q", **months_axis(title=""))
    return alt.layer(
        rule.transform_filter("datum.is_last").encode(x=from_axis, x2="x:Q", y=y),
        rule.encode(x=x, y=y, y2="zero:Q"),
    )


_NUMBERS = [
    alt.Tooltip("estimate:Q", format=".1%", title="share"),
    alt.Tooltip("ci_low:Q", format=".1%", title="95 % CI from"),
    alt.Tooltip("ci_high:Q", format=".1%", title="to"),
    alt.Tooltip("n_at_risk:Q", format=",d", title="at risk"),
]


def _name(look: Look) -> alt.Tooltip:
    return alt.Tooltip("series:N", title="of" if len(look.series) == 1 else " ")
