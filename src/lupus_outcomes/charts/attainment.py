"""Attainment over time: points with intervals, and who is behind each point on the same axis."""

import altair as alt
import numpy as np
import pandas as pd

from lupus_outcomes.charts.over_time import (
    Look,
    count_rows,
    count_rows_of_groups,
    draw_benchmarks,
    draw_counts,
    draw_curves,
    look_of_groups,
    place_names,
    spread,
)
from lupus_outcomes.charts.style import (
    FIGURE_HEIGHT,
    Drawing,
    Mode,
    colour,
    configure,
    months_axis,
    percent_axis,
    table_source,
)
from lupus_outcomes.endpoints import ENDPOINTS
from lupus_outcomes.release.disclosure import Released

MEANING = {
    "doris": ("doris", [1, 0]),
    "lldas": ("lldas", [1, 0]),
    "lldas5": ("lldas", [6, 3]),
    "sle_das_remission": ("doris", [2, 2]),
    "sle_das_lda": ("lldas", [2, 2]),
    "glucocorticoid_le5": ("steroid", [1, 0]),
    "glucocorticoid_le5_from_above": ("steroid", [6, 3]),
    "glucocorticoid_off": ("steroid", [2, 2]),
}
STRIP = (
    ("n_due", "due"),
    ("n_assessed", "assessed"),
    ("n_undecided", "undecided"),
    ("n_missed", "missed"),
    ("n_gone", "gone"),
    ("n_later", "not yet due"),
)
POINT_COLUMNS = (
    "kind", "panel", "series", "x", "timepoint", "proportion", "ci_low", "ci_high", "share",
    "n_due",
)  # fmt: skip
Y_TITLE = "Share of patients"


def draw_attainment(released: Released, benchmarks: pd.DataFrame, mode: Mode) -> Drawing | None:
    """The figure of ``estimate_attainment`` for one handling; none where no endpoint is shown.

    Without groups all endpoints share one panel, a series each; with groups each endpoint has its
    own panel and each level a series. ``benchmarks``: published results to set beside ours, empty
    for none.
    """
    table = released.table
    if table.empty:
        return None
    endpoints = tuple(table["endpoint"].unique())
    labels = tuple(ENDPOINTS[name].label for name in endpoints)
    groups = table[table["group"] != "all"]
    levels = tuple(groups["level"].unique())
    shown = groups if levels else table
    of_first = shown[shown["endpoint"] == endpoints[0]]
    strip = count_rows_of_groups(of_first, "n_due", "due") if levels else _status_strip(of_first)
    points, is_legible = _points(shown[shown["n"] > 0], labels, levels)
    marks = _marks(benchmarks, bool(levels))
    parts = [part for part in (points, strip, marks) if len(part)]
    rows = tuple(strip["row"].unique())
    return Drawing(
        figure="attainment",
        arguments=(endpoints, levels, rows, is_legible, not marks.empty, mode),
        data=pd.concat(parts, ignore_index=True),
        alt=released.result.finding,
    )


def _points(
    shown: pd.DataFrame, labels: tuple[str, ...], levels: tuple[str, ...]
) -> tuple[pd.DataFrame, bool]:
    """One row a point, and whether the series can be named beside them."""
    label = pd.Series([ENDPOINTS[name].label for name in shown["endpoint"]], shown.index, object)
    series = shown["level"] if levels else label
    added = {
        "kind": "point",
        "panel": label if levels else "",
        "series": series,
        "x": spread(shown["timepoint_months"], series, levels or labels),
        "share": [f"{n} of {of}" for n, of in zip(shown["responders"], shown["n"], strict=True)],
    }
    points = pd.DataFrame(
        {name: added[name] if name in added else shown[name] for name in POINT_COLUMNS}
        | {"timepoint_months": shown["timepoint_months"]}
    )
    placed, is_legible = place_names(points, "proportion", height=1.0)
    return placed.drop(columns="timepoint_months"), is_legible


def _status_strip(shown: pd.DataFrame) -> pd.DataFrame:
    counts = shown.assign(
        n_gone=shown["n_stopped"] + shown["n_died"] + shown["n_lost"],
        n_later=shown["n_pending"] + shown["n_not_due"],
    )
    return count_rows(counts, STRIP)


def _marks(benchmarks: pd.DataFrame, is_grouped: bool) -> pd.DataFrame:
    if benchmarks.empty:
        return benchmarks
    by_endpoint = benchmarks["endpoint_label"]
    return pd.DataFrame(
        {
            "kind": "benchmark",
            "panel": by_endpoint if is_grouped else "",
            "x": benchmarks["timepoint_months"].astype(np.float64),
            "proportion": benchmarks["proportion"],
            "share": benchmarks["words"],
            "series": by_endpoint,
        }
    )


def build_attainment(
    endpoints: tuple[str, ...],
    levels: tuple[str, ...],
    rows: tuple[str, ...],
    named_directly: bool,
    has_benchmarks: bool,
    mode: Mode,
) -> alt.TopLevelMixin:
    """Lines and intervals above, counts below, one x-axis."""
    labels = tuple(ENDPOINTS[name].label for name in endpoints)
    if levels:
        look = look_of_groups(levels, named_directly, mode)
        panels = [_panel(label, look, has_benchmarks) for label in labels]
    else:
        colours = [colour(MEANING.get(name, ("reference",))[0], mode) for name in endpoints]
        dashes = [MEANING.get(name, ("", [4, 2]))[1] for name in endpoints]
        panels = [_panel("", Look(labels, colours, dashes, named_directly, mode), has_benchmarks)]
    return configure(alt.vconcat(*panels, draw_counts(rows, mode), spacing=8))


def _panel(name: str, look: Look, has_benchmarks: bool) -> alt.LayerChart | alt.FacetChart:
    source = alt.Chart(table_source()).transform_filter(alt.datum.panel == name)
    layers = draw_curves(
        source.transform_filter("datum.kind == 'point'"),
        look,
        "proportion",
        percent_axis(Y_TITLE),
        tooltip=[
            alt.Tooltip("series:N", title=" "),
            alt.Tooltip("timepoint:N", title="time point"),
            alt.Tooltip("share:N", title="attained"),
            alt.Tooltip("proportion:Q", format=".1%", title="share"),
            alt.Tooltip("ci_low:Q", format=".1%", title="95 % CI from"),
            alt.Tooltip("ci_high:Q", format=".1%", title="to"),
            alt.Tooltip("n_due:Q", title="due"),
        ],
    )
    if has_benchmarks:
        x, y = alt.X("x:Q", **months_axis(title="")), alt.Y("proportion:Q", **percent_axis(Y_TITLE))
        layers = [draw_benchmarks(source, x, y, "proportion", look.mode), *layers]
    return alt.layer(*layers).properties(height=FIGURE_HEIGHT, title=name)
