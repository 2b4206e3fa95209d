"""Attainment over time: points with intervals, and who is behind each point on the same axis."""

from dataclasses import dataclass

import altair as alt
import numpy as np
import pandas as pd

from lupus_outcomes.charts.style import (
    FIGURE_HEIGHT,
    MOST_DIRECT_LABELS,
    Drawing,
    Mode,
    colour,
    configure,
    group_scale,
    months_axis,
    percent_axis,
    row_labels,
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
STRIP_ROW_HEIGHT = 18
DODGE_MONTHS, WIDEST_DODGE_MONTHS = 0.7, 4.0
Y_TITLE = "Share of patients"


def draw_attainment(released: Released, benchmarks: pd.DataFrame, mode: Mode) -> Drawing:
    """The figure of ``estimate_attainment`` for one handling.

    Without groups all endpoints share one panel, a series each; with groups each endpoint has its
    own panel and each level a series. ``benchmarks``: published results to set beside ours, empty
    for none.
    """
    table = released.table
    endpoints = tuple(table["endpoint"].unique())
    labels = table["endpoint"].map(lambda name: ENDPOINTS[name].label)
    groups = table[table["group"] != "all"]
    if groups.empty:
        levels: tuple[str, ...] = ()
        shown = table.assign(series=labels, panel="")
        strip = (
            _status_strip(shown[shown["endpoint"] == endpoints[0]]) if endpoints else _no_strip()
        )
    else:
        levels = tuple(groups["level"].unique())
        shown = groups.assign(series=groups["level"], panel=labels[groups.index])
        strip = _due_strip(shown[shown["endpoint"] == endpoints[0]])
    panels = tuple(ENDPOINTS[name].label for name in endpoints) if levels else ("",)
    series = levels or tuple(ENDPOINTS[name].label for name in endpoints)
    marks = _marks(benchmarks, panels)
    parts = [_points(shown, series), strip.assign(kind="strip"), marks]
    return Drawing(
        figure="attainment",
        arguments=(endpoints, levels, tuple(strip["row"].unique()), not marks.empty, mode),
        data=pd.concat([part for part in parts if len(part)], ignore_index=True),
        alt=released.result.finding,
    )


def _points(shown: pd.DataFrame, series: tuple[str, ...]) -> pd.DataFrame:
    """One row a point, set a little apart so that intervals do not hide each other."""
    place = (
        shown["series"].map({name: i for i, name in enumerate(series)}).to_numpy(dtype=np.float64)
    )
    offset = (place - (len(series) - 1) / 2) * min(DODGE_MONTHS, WIDEST_DODGE_MONTHS / len(series))
    points = shown.assign(x=shown["timepoint_months"] + offset, kind="point")
    points["share"] = [
        f"{n} of {of}" for n, of in zip(points["responders"], points["n"], strict=True)
    ]
    kept = [
        "kind",
        "panel",
        "series",
        "x",
        "timepoint",
        "proportion",
        "ci_low",
        "ci_high",
        "share",
        "n_due",
    ]
    return points.loc[points["n"] > 0, kept]


def _status_strip(shown: pd.DataFrame) -> pd.DataFrame:
    counts = shown.assign(
        n_gone=shown["n_stopped"] + shown["n_died"] + shown["n_lost"],
        n_later=shown["n_pending"] + shown["n_not_due"],
    )
    parts = [
        pd.DataFrame({"row": label, "x": counts["timepoint_months"], "count": counts[column]})
        for column, label in STRIP
    ]
    return pd.concat(parts, ignore_index=True)


def _due_strip(shown: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "row": ("due, " + shown["series"].astype(str)).to_numpy(),
            "x": shown["timepoint_months"].to_numpy(),
            "count": shown["n_due"].to_numpy(),
        }
    )


def _no_strip() -> pd.DataFrame:
    return pd.DataFrame({"row": [], "x": [], "count": []})


def _marks(benchmarks: pd.DataFrame, panels: tuple[str, ...]) -> pd.DataFrame:
    by_endpoint = benchmarks["endpoint_label"]
    return pd.DataFrame(
        {
            "kind": "benchmark",
            "panel": by_endpoint if panels != ("",) else "",
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
    has_benchmarks: bool,
    mode: Mode,
) -> alt.TopLevelMixin:
    """Lines and intervals above, counts below, one x-axis."""
    labels = tuple(ENDPOINTS[name].label for name in endpoints)
    if levels:
        look = Look(levels, *group_scale(levels, mode), has_benchmarks, mode)
        panels = [_panel(label, look) for label in labels]
    else:
        colours = [colour(MEANING.get(name, ("reference",))[0], mode) for name in endpoints]
        dashes = [MEANING.get(name, ("", [4, 2]))[1] for name in endpoints]
        panels = [_panel("", Look(labels, colours, dashes, has_benchmarks, mode))]
    return configure(alt.vconcat(*panels, _counts(rows, mode), spacing=8))


@dataclass(frozen=True, slots=True)
class Look:
    """How the series of a panel are told apart."""

    series: tuple[str, ...]
    colours: list[str]
    dashes: list[list[int]]
    has_benchmarks: bool
    mode: Mode


def _panel(name: str, look: Look) -> alt.LayerChart:
    source = alt.Chart(table_source()).transform_filter(alt.datum.panel == name)
    layers = _curves(source.transform_filter("datum.kind == 'point'"), look)
    if look.has_benchmarks:
        layers = [_benchmark_marks(source, look.mode), *layers]
    return alt.layer(*layers).properties(height=FIGURE_HEIGHT, title=name)


def _curves(points: alt.Chart, look: Look) -> list[alt.Chart]:
    direct = len(look.series) <= MOST_DIRECT_LABELS
    domain = list(look.series)
    shade = alt.Color(
        "series:N",
        scale=alt.Scale(domain=domain, range=look.colours),
        legend=None if direct else alt.Legend(title=None, columns=4),
    )
    dash = alt.StrokeDash(
        "series:N", scale=alt.Scale(domain=domain, range=look.dashes), legend=None
    )
    x, y = alt.X("x:Q", **months_axis(title="")), alt.Y("proportion:Q", **percent_axis(Y_TITLE))
    low = alt.Y("ci_low:Q", **percent_axis(Y_TITLE))
    tooltip = [
        alt.Tooltip("series:N", title=" "),
        alt.Tooltip("timepoint:N", title="time point"),
        alt.Tooltip("share:N", title="attained"),
        alt.Tooltip("proportion:Q", format=".1%", title="share"),
        alt.Tooltip("ci_low:Q", format=".1%", title="95 % CI from"),
        alt.Tooltip("ci_high:Q", format=".1%", title="to"),
        alt.Tooltip("n_due:Q", title="due"),
    ]
    layers = [
        points.mark_line(strokeWidth=2).encode(x=x, y=y, color=shade, strokeDash=dash),
        points.mark_rule(strokeWidth=1.5, opacity=0.7).encode(
            x=x, y=low, y2="ci_high:Q", color=shade
        ),
        points.mark_point(size=60, filled=True, opacity=1).encode(
            x=x, y=y, color=shade, tooltip=tooltip
        ),
    ]
    if direct:
        last = points.transform_joinaggregate(last="max(x)", groupby=["series"])
        label = last.transform_filter("datum.x == datum.last").mark_text(
            align="right", dx=-9, dy=-11, fontSize=12, fontWeight="bold"
        )
        layers.append(label.encode(x=x, y=y, text="series:N", color=shade))
    return layers


def _benchmark_marks(source: alt.Chart, mode: Mode) -> alt.Chart:
    grey = colour("reference", mode)
    marks = source.transform_filter("datum.kind == 'benchmark'")
    return marks.mark_point(
        shape="diamond", size=90, stroke=grey, strokeWidth=1.5, strokeDash=[2, 2], opacity=1
    ).encode(
        x=alt.X("x:Q", **months_axis(title="")),
        y=alt.Y("proportion:Q", **percent_axis(Y_TITLE)),
        tooltip=[
            alt.Tooltip("series:N", title="published"),
            alt.Tooltip("proportion:Q", format=".0%", title="share"),
            alt.Tooltip("share:N", title="in"),
        ],
    )


def _counts(rows: tuple[str, ...], mode: Mode) -> alt.LayerChart:
    """Numbers under the time points they stand behind."""
    x = months_axis()
    x["axis"] = alt.Axis(title=x["axis"].title, labels=False, ticks=False, domain=False, grid=False)
    source = alt.Chart(table_source()).transform_filter("datum.kind == 'strip'")
    numbers = source.mark_text(fontSize=12, color=colour("text", mode)).encode(
        x=alt.X("x:Q", **x),
        y=alt.Y("row:N", sort=list(rows), axis=None),
        text=alt.Text("count:Q", format=",d"),
    )
    return alt.layer(numbers, row_labels(source, rows, mode)).properties(
        height=STRIP_ROW_HEIGHT * max(len(rows), 1)
    )
