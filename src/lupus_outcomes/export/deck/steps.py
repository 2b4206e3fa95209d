"""Curves that fall or rise in steps, with the numbers at risk under their months."""

from collections.abc import Sequence

import pandas as pd

from lupus_outcomes.charts.curve_data import (
    FEWEST_AT_RISK,
    Curve,
    count_risk,
    list_steps,
)
from lupus_outcomes.charts.slide_content import Curves, Grid, Line, last_month
from lupus_outcomes.charts.style import MONTHS_SHOWN, Shade
from lupus_outcomes.export.deck.content import Slide
from lupus_outcomes.export.deck.parts import Look, level_in_words, looks_of_groups, values_of
from lupus_outcomes.release.disclosure import Released

# Of more curves than this only those at risk are counted under the axis.
MOST_WITH_EVENTS = 2
YEARS = tuple(float(month) for month in MONTHS_SHOWN if month % 12 == 0)


def survival_slide(
    told: Released,
    other: Released,
    curves: Sequence[Curve],
    event: str,
    value_title: str,
    names: Sequence[str] = (),
    looks: Sequence[Look] | None = None,
    caption: str = "",
) -> Slide | None:
    """Steps with the numbers at risk on the same axis."""
    steps = list_steps(curves)
    if steps.empty:
        return None
    called = dict(zip((c.series for c in curves), names or [c.series for c in curves], strict=True))
    drawn = [c.series for c in curves if c.n_drawn]
    looks = looks or ([(Shade("retention"), False)] if len(drawn) == 1 else looks_of_groups(drawn))
    lines: list[Line] = []
    for series, look in zip(drawn, looks, strict=True):
        of_series = steps[steps["series"] == series]
        months = values_of(of_series["x"])
        name, (shade, is_dashed) = level_in_words(called[series]), look
        estimate = values_of(of_series["estimate"])
        lines.append(Line(name, shade, months, estimate, is_dashed=is_dashed))
        if len(drawn) == 1:
            lines += [
                Line(end, shade, months, values_of(of_series[column]), is_limit=True)
                for end, column in (("95 % CI from", "ci_low"), ("95 % CI to", "ci_high"))
            ]
    risk = count_risk(curves, event, MOST_WITH_EVENTS)
    left_out = [level_in_words(called[c.series]) for c in curves if not c.n_drawn]
    if any(c.ends_early for c in curves):
        caption = f"{caption} A curve ends where fewer than {FEWEST_AT_RISK} are at risk.".strip()
    if left_out:
        caption = f"{caption} Too few to be drawn: {', '.join(left_out)}.".strip()
    figure = Curves(tuple(lines), value_title, is_stepped=True)
    return Slide(
        told,
        figure,
        (_risk_grid(risk, called, last_month(figure)),),
        also=(other,),
        caption=caption,
    )


def _risk_grid(risk: pd.DataFrame, called: dict[str, str], last: float) -> Grid:
    """The numbers at risk at the years of the axis, which ends at ``last``."""
    rows, years = [], tuple(year for year in YEARS if year <= last)
    for _, of_row in risk.groupby("place", sort=True):
        name = str(of_row["row"].iloc[0])
        counts = dict(zip(of_row["x"], of_row["count"], strict=True))
        rows.append(
            (
                called.get(name, name),
                *("" if counts[m] != counts[m] else f"{counts[m]:,.0f}" for m in years),
            )
        )
    return Grid(("month", *(f"{month:.0f}" for month in years)), tuple(rows), months=years)
