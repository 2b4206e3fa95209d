"""Glucocorticoids over time: shares at low dose, and the dose in the middle."""

from typing import Any

import altair as alt
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lupus_outcomes.analysis.glucocorticoids import TARGET_LABELS, TARGETS
from lupus_outcomes.charts.over_time import (
    Look,
    count_rows,
    count_rows_of_groups,
    draw_counts,
    draw_curves,
    look_of_groups,
    place_names,
    round_top,
    spread,
)
from lupus_outcomes.charts.style import (
    Drawing,
    Mode,
    colour,
    configure,
    months_axis,
    percent_axis,
    table_source,
    value_axis,
)
from lupus_outcomes.release.disclosure import Released

PANEL_TITLES = {
    "n_le7_5": "Prednisone ≤ 7.5 mg/day",
    "n_le5": "Prednisone ≤ 5 mg/day",
    "n_off": "No glucocorticoid",
}
TARGET_DASHES = {"n_le7_5": [1, 0], "n_le5": [6, 3], "n_off": [2, 2]}
STRIP = (
    ("n_due", "due"),
    ("n_with_visit", "seen"),
    ("n", "known"),
    ("n_not_due", "not yet due"),
)
SHARE_HEIGHT, DOSE_HEIGHT = 280, 200
MEDIAN = "median"
TOOLTIP_TIME = (alt.Tooltip("series:N", title=" "), alt.Tooltip("timepoint:N", title="time point"))


def draw_doses(released: Released, mode: Mode) -> Drawing | None:
    """The figure of ``estimate_glucocorticoids`` for one handling; none where no dose is known.

    Shares at or below each target above, the middle of the doses below, one x-axis. With groups
    each target has its own panel and each level a series.
    """
    table = released.table
    if not ((table["n"] > 0) & (table["timepoint_months"] > 0)).any():
        return None
    groups = table[table["group"] != "all"]
    levels = tuple(groups["level"].unique())
    counted = groups if levels else table
    shown = counted[counted["n"] > 0]
    strip = (
        count_rows_of_groups(counted, "n", "dose known") if levels else count_rows(counted, STRIP)
    )
    shares, is_legible = place_names(_shares(shown, levels), "proportion", height=1.0)
    data = pd.concat([shares, _middle(shown, levels), strip], ignore_index=True)
    top = round_top(float(shown["q3"].max()))
    return Drawing(
        figure="doses",
        arguments=(levels, tuple(strip["row"].unique()), is_legible, top, mode),
        data=data,
        alt=released.result.finding,
    )


def _shares(shown: pd.DataFrame, levels: tuple[str, ...]) -> pd.DataFrame:
    """The rows of one target under those of the other."""
    names = [name for name, _ in TARGETS]
    labels = pd.Series(np.repeat([TARGET_LABELS[name] for name in names], len(shown)))
    titles = np.repeat([PANEL_TITLES[name] for name in names], len(shown))
    every = pd.concat(
        [shown[["level", "timepoint_months", "timepoint", "n"]]] * len(names), ignore_index=True
    )
    series = every["level"] if levels else labels

    def joined(columns: str) -> NDArray:
        ends = [name.removeprefix("n_") for name in names]
        return np.concatenate([shown[f"{columns}_{end}"] for end in ends])

    every = pd.DataFrame(
        {
            "kind": "share",
            "panel": titles if levels else "",
            "series": series,
            "timepoint_months": every["timepoint_months"],
            "x": spread(every["timepoint_months"], series, levels or tuple(TARGET_LABELS.values())),
            "timepoint": every["timepoint"],
            "proportion": joined("proportion"),
            "ci_low": joined("ci_low"),
            "ci_high": joined("ci_high"),
            "share": [f"{n:,.0f} of {of:,}" for n, of in zip(joined("n"), every["n"], strict=True)],
        }
    )
    return every[every["proportion"].notna()]


def _middle(shown: pd.DataFrame, levels: tuple[str, ...]) -> pd.DataFrame:
    """Median and quartiles of the dose, mg/day."""
    series = shown["level"] if levels else pd.Series(MEDIAN, index=shown.index)
    return pd.DataFrame(
        {name: shown[name] for name in ("timepoint", "median", "q1", "q3", "mean", "n")}
        | {"kind": "dose", "series": series}
        | {"x": spread(shown["timepoint_months"], series, levels or (MEDIAN,))}
    )


def build_doses(
    levels: tuple[str, ...], rows: tuple[str, ...], named_directly: bool, top: float, mode: Mode
) -> alt.TopLevelMixin:
    """Shares, doses and counts on one x-axis."""
    targets = tuple(TARGET_LABELS.values())
    if levels:
        look = look_of_groups(levels, named_directly, mode)
        shares = [_share_panel(title, look, DOSE_HEIGHT) for title in PANEL_TITLES.values()]
    else:
        shade = [colour("steroid", mode)]
        dashes = [TARGET_DASHES[name] for name, _ in TARGETS]
        target_look = Look(targets, shade * len(targets), dashes, named_directly, mode)
        shares = [_share_panel("", target_look, SHARE_HEIGHT)]
        look = Look((MEDIAN,), shade, [[1, 0]], True, mode)
    views = [*shares, _dose_panel(look, top, is_grouped=bool(levels)), draw_counts(rows, mode)]
    figure = alt.vconcat(*views, spacing=8)
    if not levels:
        # Targets and the median are told apart by dashes of their own.
        figure = figure.resolve_scale(color="independent", strokeDash="independent")
    return configure(figure)


def _share_panel(name: str, look: Look, height: int) -> alt.LayerChart | alt.FacetChart:
    source = alt.Chart(table_source()).transform_filter(alt.datum.panel == name)
    layers = draw_curves(
        source.transform_filter("datum.kind == 'share'"),
        look,
        "proportion",
        percent_axis("Share of patients"),
        tooltip=[
            *TOOLTIP_TIME,
            alt.Tooltip("share:N", title="patients"),
            alt.Tooltip("proportion:Q", format=".1%", title="share"),
            alt.Tooltip("ci_low:Q", format=".1%", title="95 % CI from"),
            alt.Tooltip("ci_high:Q", format=".1%", title="to"),
        ],
    )
    return alt.layer(*layers).properties(height=height, title=name)


def _dose_panel(look: Look, top: float, is_grouped: bool) -> alt.LayerChart | alt.FacetChart:
    axis = amount_axis("Dose, mg/day: median and middle half of patients", top)
    source = alt.Chart(table_source()).transform_filter("datum.kind == 'dose'")
    x, y = alt.X("x:Q", **months_axis(title="")), alt.Y("median:Q", **axis)
    low, high = alt.Y("q1:Q", **axis), "q3:Q"
    tooltip = [
        *TOOLTIP_TIME,
        alt.Tooltip("median:Q", format=".1f", title="median, mg/day"),
        alt.Tooltip("q1:Q", format=".1f", title="middle half from"),
        alt.Tooltip("q3:Q", format=".1f", title="to"),
        alt.Tooltip("mean:Q", format=".1f", title="mean, mg/day"),
        alt.Tooltip("n:Q", format=",d", title="dose known"),
    ]
    rule, area = source.mark_rule(strokeWidth=1.5, opacity=0.7), source.mark_area(opacity=0.2)
    # One series has its name in the title of the axis; levels share the legend of the shares.
    shade, dash = look.colour, look.dash
    return alt.layer(
        (rule if is_grouped else area).encode(x=x, y=low, y2=high, color=shade),
        source.mark_line(strokeWidth=2).encode(x=x, y=y, color=shade, strokeDash=dash),
        source.mark_point(size=60, filled=True, opacity=1).encode(
            x=x, y=y, color=shade, tooltip=tooltip
        ),
    ).properties(height=DOSE_HEIGHT)


def amount_axis(title: str, top: float | alt.ExprRef) -> dict[str, Any]:
    """A y-axis of amounts from 0 to ``top``."""
    return {
        "scale": alt.Scale(domain=[0, top], nice=False),
        "axis": value_axis(title, tickCount=5),
    }
