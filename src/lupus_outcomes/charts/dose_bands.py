"""Bands of dose: who takes which dose at each time point, and from which dose to which."""

from collections.abc import Mapping
from typing import Any

import altair as alt
import pandas as pd

from lupus_outcomes.analysis.glucocorticoids import BANDS
from lupus_outcomes.charts.style import (
    Drawing,
    Mode,
    colour,
    configure,
    table_source,
    tint,
)
from lupus_outcomes.release.disclosure import Released

SHORT = dict(zip(BANDS, ("none", "≤ 5", "> 5–7.5", "> 7.5–10", "> 10"), strict=True))
# From no glucocorticoid to the highest band: stronger is more.
STRENGTHS = (0.12, 0.3, 0.52, 0.76, 1.0)
# Ink on pale and on strong ochre, and where the other reads better: nowhere below 4.5 to 1.
INKS = {"light": ("#000000", "#000000"), "dark": ("#FFFFFF", "#000000")}
LAST_PALE_BAND, PALEST_CELL, STRONG_CELL = 2, 0.06, 0.585
ROW_HEIGHT, BAR_HEIGHT, NAME_DY, BAR_DY = 46, 20, -14, 8
CELL_HEIGHT = 46
# Below this share of a bar its number would not fit in it.
LEAST_WRITTEN = 0.07
# The first column of the paths holds the names of the rows.
LABEL_COLUMN = "at baseline"


def draw_dose_bands(released: Released, mode: Mode) -> Drawing | None:
    """The figure of ``estimate_dose_bands``, a full bar a time point; none without known doses."""
    table = released.table
    shown = table[(table["group"] == "all") & (table["n"] > 0)]
    if not (shown["timepoint_months"] > 0).any():
        return None
    months = sorted(shown["timepoint_months"].unique())
    data = pd.DataFrame(
        {
            "place": shown["timepoint_months"].map(months.index),
            "name": [f"{row.timepoint} · {row.n:,} patients" for row in shown.itertuples()],
            "band": shown["dose_mg_day"].map(SHORT),
            "rank": shown["dose_mg_day"].map(BANDS.index),
            "proportion": shown["proportion"],
            "share": [f"{100 * p:.0f} %" for p in shown["proportion"]],
            "count": [f"{row.n_in_band} of {row.n}" for row in shown.itertuples()],
        }
    )
    is_grouped = (table["group"] != "all").any()
    return Drawing(
        figure="dose_bands",
        arguments=(len(months), mode),
        data=data,
        alt=released.result.finding,
        caption=(
            "The figure shows all patients together; the table has every group."
            if is_grouped
            else ""
        ),
    )


def build_dose_bands(n_rows: int, mode: Mode) -> alt.TopLevelMixin:
    """Bars of 100 % with the shares written in them, the time point and N above each."""
    source = alt.Chart(table_source())
    y = alt.Y("place:O", axis=None, scale=alt.Scale(domain=list(range(n_rows)), padding=0))
    bands = list(SHORT.values())
    shades = [tint("steroid", strength, mode) for strength in STRENGTHS]
    x_axis = alt.Axis(
        title="Share of patients, by prednisone in mg/day",
        format="%",
        tickCount=6,
        grid=False,
        domain=False,
        ticks=False,
        labelFlush=True,
        labelFlushOffset=-2,
        titleAnchor="start",
    )
    share = {"scale": alt.Scale(domain=[0, 1]), "axis": x_axis}
    bars = source.mark_bar(
        height=BAR_HEIGHT, yOffset=BAR_DY, clip=True, stroke=colour("page", mode), strokeWidth=1
    ).encode(
        x=alt.X("proportion:Q", stack="zero", **share),
        y=y,
        order="rank:Q",
        color=alt.Color(
            "band:N",
            scale=alt.Scale(domain=bands, range=shades),
            legend=alt.Legend(title=None, symbolType="square", columns=5),
        ),
        tooltip=[
            alt.Tooltip("name:N", title=" "),
            alt.Tooltip("band:N", title="mg/day"),
            alt.Tooltip("count:N", title="patients"),
            alt.Tooltip("proportion:Q", format=".1%", title="share"),
        ],
    )
    layers = [bars, _numbers(source, share, y, mode), _names(source, y, mode)]
    return configure(alt.vconcat(alt.layer(*layers).properties(height=ROW_HEIGHT * n_rows)))


def _numbers(source: alt.Chart, share: Mapping[str, Any], y: alt.Y, mode: Mode) -> alt.Chart:
    """The share of each band, in the middle of its part of the bar."""
    stacked = source.transform_stack(
        stack="proportion",
        as_=["from", "to"],
        groupby=["place"],
        sort=[alt.SortField("rank", "ascending")],
    ).transform_calculate(middle="(datum.from + datum.to) / 2")
    written = stacked.transform_filter(f"datum.proportion >= {LEAST_WRITTEN}")
    return written.mark_text(dy=BAR_DY, fontSize=11).encode(
        x=alt.X("middle:Q", **share),
        y=y,
        text="share:N",
        color=_ink(f"datum.rank > {LAST_PALE_BAND}", mode),
    )


def _names(source: alt.Chart, y: alt.Y, mode: Mode) -> alt.Chart:
    firsts = source.transform_filter("datum.rank == 0")
    marks = firsts.mark_text(align="left", dy=NAME_DY, fontSize=12, color=colour("text", mode))
    return marks.encode(x=alt.value(0), y=y, text="name:N")


def draw_dose_paths(released: Released, mode: Mode) -> Drawing | None:
    """The figure of ``estimate_dose_paths`` for one time point; none where nobody is in it."""
    shown = released.table[released.table["n_from"] > 0]
    if shown.empty:
        return None
    data = pd.DataFrame(
        {
            "start": shown["baseline_mg_day"].map(SHORT),
            "end": shown["dose_mg_day"].map(SHORT),
            "proportion": shown["proportion"],
            "share": [f"{100 * p:.0f} %" if p else "" for p in shown["proportion"]],
            "n": shown["n_in_band"],
            "n_from": shown["n_from"],
            "is_unchanged": shown["baseline_mg_day"] == shown["dose_mg_day"],
            "start_n": [f"of {n}" for n in shown["n_from"]],
            "when": shown["timepoint"],
        }
    )
    rows = tuple(band for band in reversed(SHORT.values()) if (data["start"] == band).any())
    return Drawing(
        figure="dose_paths",
        arguments=(str(shown["timepoint"].iloc[0]), rows, mode),
        data=data,
        alt=released.result.finding,
        caption=(
            "Each row adds up to 100 %: where the patients of one band at baseline are then. "
            "Outlined: still in their band; left of it: less than at baseline."
        ),
    )


def build_dose_paths(timepoint: str, rows: tuple[str, ...], mode: Mode) -> alt.TopLevelMixin:
    """A row a band at baseline, highest on top, a column a band then; deeper is more patients."""
    source = alt.Chart(table_source())
    place = {
        "x": _band_column(f"Prednisone at {timepoint}, mg/day"),
        "y": alt.Y(
            "start:N",
            axis=None,
            scale=alt.Scale(domain=list(rows), paddingInner=0.06, paddingOuter=0),
        ),
    }
    same = source.transform_filter("datum.is_unchanged").mark_rect(
        fillOpacity=0, stroke=colour("text", mode), strokeWidth=1.5, strokeOpacity=0.6
    )
    ink = _ink(f"datum.proportion > {STRONG_CELL}", mode)
    share = source.mark_text(dy=-7, fontSize=13)
    count = source.transform_filter("datum.n > 0").mark_text(dy=9, fontSize=11)
    figure = alt.layer(
        _cells(source, place, mode),
        same.encode(**place),
        share.encode(**place, text="share:N", color=ink),
        count.encode(**place, text="n:Q", color=ink),
        *_row_names(source, place["y"], mode),
    )
    return configure(alt.vconcat(figure.properties(height=CELL_HEIGHT * len(rows))))


def _band_column(title: str) -> alt.X:
    """Bands from left to right, after a column for the names of the rows."""
    axis = alt.Axis(
        title=title,
        orient="top",
        labelAngle=0,
        labelOverlap=False,
        labelFontSize=11,
        domain=False,
        ticks=False,
        titleAnchor="end",
    )
    domain = [LABEL_COLUMN, *SHORT.values()]
    scale = alt.Scale(domain=domain, paddingInner=0.04, paddingOuter=0.02)
    return alt.X("end:N", scale=scale, axis=axis)


def _cells(source: alt.Chart, place: Mapping[str, Any], mode: Mode) -> alt.Chart:
    shades = [tint("steroid", PALEST_CELL, mode), colour("steroid", mode)]
    return source.mark_rect().encode(
        **place,
        color=alt.Color(
            "proportion:Q",
            scale=alt.Scale(domain=[0, 1], range=shades, interpolate="rgb"),
            legend=None,
        ),
        tooltip=[
            alt.Tooltip("start:N", title="at baseline, mg/day"),
            alt.Tooltip("end:N", title="then, mg/day"),
            alt.Tooltip("n:Q", title="patients"),
            alt.Tooltip("n_from:Q", title="of"),
            alt.Tooltip("proportion:Q", format=".0%", title="share"),
        ],
    )


def _ink(is_on_strong: str, mode: Mode) -> Any:
    """Text on a colour: black on a strong one in both modes, for ochre is light."""
    on_pale, on_strong = INKS[mode]
    return alt.condition(is_on_strong, alt.value(on_strong), alt.value(on_pale))


def _row_names(source: alt.Chart, y: alt.Y, mode: Mode) -> list[alt.Chart]:
    firsts = source.transform_filter("datum.is_unchanged")
    name = firsts.mark_text(align="left", dy=-7, fontSize=12, color=colour("text", mode))
    count = firsts.mark_text(align="left", dy=9, fontSize=11, color=colour("text", mode))
    return [
        name.encode(x=alt.value(0), y=y, text="start:N"),
        count.encode(x=alt.value(0), y=y, text="start_n:N"),
    ]
