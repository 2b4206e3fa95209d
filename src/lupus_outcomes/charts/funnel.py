"""A funnel: each centre by its number of patients, within the limits of chance."""

import altair as alt
import numpy as np
import pandas as pd

from lupus_outcomes.analysis.centre_funnel import IN, LEVELS, compute_control_limits
from lupus_outcomes.charts.attainment import MEANING
from lupus_outcomes.charts.style import (
    FIGURE_HEIGHT,
    Drawing,
    Mode,
    colour,
    configure,
    named_lines,
    percent_axis,
    table_source,
    tint,
)
from lupus_outcomes.endpoints import ENDPOINTS
from lupus_outcomes.release.disclosure import Released

CURVE_POINTS = 160
BEYOND_LARGEST = 1.12
DASHES = {"95": [6, 3], "998": [1, 0]}
LEVEL_WORDS = {"95": "95 %", "998": "99.8 %"}


def draw_funnel(released: Released, endpoint: str, mode: Mode) -> Drawing | None:
    """The figure of ``estimate_centre_funnel``; none with fewer than two centres to compare."""
    table = released.table
    seen = table[table["n"] > 0] if len(table) else table
    if len(seen) < 2:
        return None
    most = max(float(seen["n"].max()) * BEYOND_LARGEST, 10.0)
    overall = float(seen["overall"].iloc[0])
    data = pd.concat(
        [_curves(overall, most), _overall(overall, most), _centres(seen, most)], ignore_index=True
    )
    return Drawing(
        figure="funnel",
        arguments=(endpoint, most, mode),
        data=data,
        alt=released.result.finding,
        caption=(
            "Lines: what chance alone brings to a centre of that size around the share of all, "
            "95 % dashed, 99.8 % solid. Hollow: fewer than ten patients."
        ),
    )


def _curves(overall: float, most: float) -> pd.DataFrame:
    n = np.unique(np.round(np.geomspace(1, most, CURVE_POINTS))).astype(np.int64)
    parts = [
        pd.DataFrame({"kind": f"limit_{name}", "side": side, "n": n, "proportion": limit})
        for name, level in LEVELS.items()
        for side, limit in zip(
            ("low", "high"), compute_control_limits(n, overall, level), strict=True
        )
    ]
    curves = pd.concat(parts, ignore_index=True)
    is_named = (curves["n"] == n[-1]) & (curves["side"] == "high")
    words = curves["kind"].map({f"limit_{name}": words for name, words in LEVEL_WORDS.items()})
    return curves.assign(words=words.where(is_named, ""))


def _overall(overall: float, most: float) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "kind": "overall",
            "n": [0.0, most],
            "proportion": overall,
            "words": [f"all {100 * overall:.0f} %", ""],
        }
    )


def _centres(seen: pd.DataFrame, most: float) -> pd.DataFrame:
    is_out = seen["position"] != IN
    return pd.DataFrame(
        {
            "kind": "centre",
            "n": seen["n"],
            "proportion": seen["proportion"],
            "is_out": is_out,
            "is_small": seen["size"] != "",
            "centre": seen["centre"],
            "words": seen["centre"].where(is_out, ""),
            "goes_left": seen["n"] > most / 2,
            "share": [f"{r} of {n}" for r, n in zip(seen["responders"], seen["n"], strict=True)],
            "position": seen["position"],
            "ci_low": seen["ci_low"],
            "ci_high": seen["ci_high"],
        }
    )


def build_funnel(endpoint: str, most: float, mode: Mode) -> alt.TopLevelMixin:
    """Limits as curves, the overall share as a level, a point a centre."""
    source = alt.Chart(table_source())
    x = alt.X(
        "n:Q",
        scale=alt.Scale(domain=[0, most], nice=False),
        axis=alt.Axis(
            title="Patients counted at the centre", grid=False, domain=False, ticks=False,
            tickMinStep=1, tickCount=6, format="d",
        ),
    )  # fmt: skip
    y = alt.Y("proportion:Q", **percent_axis(f"{ENDPOINTS[endpoint].label}: share of patients"))
    layers = [*_limits(source, x, y, mode), *_points(source, endpoint, x, y, mode)]
    return configure(alt.layer(*layers).properties(height=FIGURE_HEIGHT))


def _limits(source: alt.Chart, x: alt.X, y: alt.Y, mode: Mode) -> list[alt.Chart]:
    grey = colour("reference", mode)
    lines = [
        source.transform_filter(f"datum.kind == 'limit_{name}'")
        .mark_line(strokeWidth=1.25, strokeDash=dash, color=grey, clip=True)
        .encode(x=x, y=y, detail="side:N")
        for name, dash in DASHES.items()
    ]
    overall = source.transform_filter("datum.kind == 'overall'")
    level = overall.mark_line(strokeWidth=1.5, strokeDash=[2, 3], color=grey).encode(x=x, y=y)
    # The share of all is named at the left, behind the numbers of the axis: few centres are there.
    sides = {"datum.kind == 'overall'": ("left", 38), "datum.side == 'high'": ("right", 0)}
    named = [
        layer
        for which, (align, dx) in sides.items()
        for layer in named_lines(
            source.transform_filter(f"{which} && datum.words != ''"),
            mode,
            {"x": x, "y": y, "text": "words:N"},
            alt.FillValue(grey),
            align=align,
            dx=dx,
            baseline="bottom",
            dy=-3,
            fontSize=11,
        )
    ]
    return [*lines, level, *named]


def _points(source: alt.Chart, endpoint: str, x: alt.X, y: alt.Y, mode: Mode) -> list[alt.Chart]:
    shade = colour(MEANING.get(endpoint, ("patients",))[0], mode)
    pale = tint(MEANING.get(endpoint, ("patients",))[0], 0.5, mode)
    centres = source.transform_filter("datum.kind == 'centre'")
    tooltip = [
        alt.Tooltip("centre:N"),
        alt.Tooltip("share:N", title="attained"),
        alt.Tooltip("proportion:Q", title="share", format=".0%"),
        alt.Tooltip("ci_low:Q", format=".0%", title="95 % CI from"),
        alt.Tooltip("ci_high:Q", format=".0%", title="to"),
        alt.Tooltip("position:N", title="limits"),
    ]
    fill = alt.condition("datum.is_small", alt.value(colour("page", mode)), alt.value(pale))
    looks = {
        "!datum.is_out": fill,
        "datum.is_out": alt.condition(
            "datum.is_small", alt.value(colour("page", mode)), alt.value(shade)
        ),
    }
    points = [
        centres.transform_filter(which)
        .mark_point(size=90, stroke=shade, strokeWidth=1.75, opacity=1, filled=True)
        .encode(x=x, y=y, fill=look, tooltip=tooltip)
        for which, look in looks.items()
    ]
    names = named_lines(
        centres.transform_filter("datum.words != ''"),
        mode,
        {"x": x, "y": y, "text": "words:N"},
        alt.FillValue(colour("text", mode)),
        align=alt.ExprRef("datum.goes_left ? 'right' : 'left'"),
        dx=alt.ExprRef("datum.goes_left ? -9 : 9"),
        fontSize=12,
    )
    return [*points, *names]
