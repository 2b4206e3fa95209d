"""How much glucocorticoid in all, against staying on the baseline dose."""

from dataclasses import replace

import altair as alt
import numpy as np
import pandas as pd

from lupus_outcomes.charts.glucocorticoids import TOOLTIP_TIME, amount_axis
from lupus_outcomes.charts.over_time import (
    Look,
    count_rows,
    count_rows_of_groups,
    draw_counts,
    draw_curves,
    draw_names,
    look_of_groups,
    place_names,
    round_top,
)
from lupus_outcomes.charts.style import (
    Drawing,
    Mode,
    colour,
    configure,
    months_axis,
    number,
    table_source,
)
from lupus_outcomes.release.disclosure import Released

CUMULATIVE_HEIGHT = 300
SOLID, DOTTED = [1, 0], [2, 3]
TAKEN, UNCHANGED = "taken", "staying on the baseline dose"


def draw_cumulative_dose(released: Released, mode: Mode) -> Drawing | None:
    """The figure of ``estimate_cumulative_dose``; none where nobody was followed.

    The line begins at 0 on day 0. Staying on the baseline dose is dotted: grey for all patients,
    in the colour of its level with groups.
    """
    table = released.table
    groups = table[table["group"] != "all"]
    levels = tuple(groups["level"].unique())
    counted = groups if levels else table
    shown = counted[counted["n"] > 0]
    if shown.empty:
        return None
    points = pd.concat([_grams(shown, levels), _origins(shown, levels)], ignore_index=True)
    top = round_top(float(np.nanmax(points[["grams", "ci_high"]].to_numpy())))
    points, is_legible = place_names(points, "grams", top)
    strip = (
        count_rows_of_groups(counted, "n", "followed")
        if levels
        else count_rows(counted, (("n_due", "due"), ("n", "followed")))
    )
    return Drawing(
        figure="cumulative_dose",
        arguments=(levels, tuple(strip["row"].unique()), is_legible, mode),
        numbers={"top": top},
        data=pd.concat([points, strip], ignore_index=True),
        alt=released.result.finding,
        caption="Dotted: staying on the dose at baseline, the same patients." if levels else "",
    )


def _grams(shown: pd.DataFrame, levels: tuple[str, ...]) -> pd.DataFrame:
    """What was taken, then the baseline dose, which has no limits."""
    kind = np.repeat(["taken", "unchanged"], len(shown))
    of_kind = np.repeat([TAKEN, UNCHANGED], len(shown))
    months, none = np.tile(shown["timepoint_months"], 2), np.full(len(shown), np.nan)
    # With few patients the t limits reach below 0, which no dose does; the table has them whole.
    low, high = (np.maximum(shown[name].to_numpy(), 0) for name in ("ci_low", "ci_high"))
    return pd.DataFrame(
        {
            "kind": kind,
            "series": np.tile(shown["level"], 2) if levels else of_kind,
            "timepoint_months": months,
            "timepoint": np.tile(shown["timepoint"], 2),
            "grams": np.append(shown["mean_g"], shown["mean_g_at_baseline_dose"]),
            "ci_low": np.append(low, none),
            "ci_high": np.append(high, none),
            "n": np.tile(shown["n"], 2),
            "panel": kind if levels else "",
            "x": months,
        }
    )


def _origins(shown: pd.DataFrame, levels: tuple[str, ...]) -> pd.DataFrame:
    """Nothing was taken on day 0."""
    first = _grams(shown.drop_duplicates("level"), levels)
    return first.assign(x=0.0, timepoint_months=0.0, timepoint="day 0", grams=0.0).drop(
        columns=["ci_low", "ci_high"]
    )


def build_cumulative_dose(
    levels: tuple[str, ...], rows: tuple[str, ...], named_directly: bool, mode: Mode
) -> alt.TopLevelMixin:
    """Mean grams with limits, the dotted reference, counts below."""
    if levels:
        # A dotted line is the reference here, so levels are told apart by colour alone.
        solid = [SOLID] * len(levels)
        look = replace(look_of_groups(levels, named_directly, mode), dashes=solid)
    else:
        shades = [colour("steroid", mode), colour("reference", mode)]
        look = Look((TAKEN, UNCHANGED), shades, [SOLID, DOTTED], named_directly, mode)
    axis = amount_axis("Prednisone since the first dose, g: mean", number("top"))
    source = alt.Chart(table_source())
    taken = source.transform_filter("datum.kind == 'taken'")
    unchanged = source.transform_filter("datum.kind == 'unchanged'")
    x, y = alt.X("x:Q", **months_axis(title="")), alt.Y("grams:Q", **axis)
    reference = unchanged.mark_line(strokeWidth=2, strokeDash=DOTTED).encode(
        x=x, y=y, color=look.colour
    )
    tooltip = [
        *TOOLTIP_TIME,
        alt.Tooltip("grams:Q", format=".2f", title="mean, g"),
        alt.Tooltip("ci_low:Q", format=".2f", title="95 % CI from"),
        alt.Tooltip("ci_high:Q", format=".2f", title="to"),
        alt.Tooltip("n:Q", format=",d", title="patients"),
    ]
    layers = [reference, *draw_curves(taken, look, "grams", axis, tooltip)]
    if not levels and named_directly:
        layers += draw_names(unchanged, look, x, y)
    plot = alt.layer(*layers).properties(height=CUMULATIVE_HEIGHT)
    return configure(alt.vconcat(plot, draw_counts(rows, mode), spacing=8))
