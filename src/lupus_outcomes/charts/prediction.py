"""How well a model tells response: calibration, net benefit, each centre left out, shuffles."""

from collections.abc import Mapping
from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from lupus_outcomes.charts.ranked_rows import RankedStyle, draw_ranked
from lupus_outcomes.charts.style import (
    Drawing,
    Mode,
    colour,
    configure,
    named_lines,
    number,
    percent_axis,
    table_source,
    tint,
    value_axis,
)
from lupus_outcomes.release.disclosure import Released

CHANCE = 0.5
# With their axes, titles and legends, which a page fits into the height.
CALIBRATION_HEIGHT, BENEFIT_HEIGHT, STRIP_HEIGHT = 430, 430, 220
BY_CENTRE = RankedStyle(
    axis="AUC, the centre left out when the model was fitted",
    left="centre",
    right="AUC (95 % CI) · responded, of, expected",
    mark="point",
    neutral=CHANCE,
)
# Words, meaning of the colour and dashes of each strategy, in the order of the legend.
STRATEGIES: Mapping[str, tuple[str, str, list[int]]] = {
    "gradient_boosting": ("gradient boosting", "model", [1, 0]),
    "logistic": ("logistic regression", "patients", [6, 3]),
    "treat_all": ("treat all", "missing", [2, 2]),
    "treat_none": ("treat none", "reference", [8, 3, 2, 3]),
}
# Bins of the strip of shuffled outcomes, and dots that a low pile is measured against.
BINS, LOW_PILE = 48, 8


def draw_calibration(released: Released, mode: Mode) -> Drawing | None:
    """The figure of ``estimate_calibration``; none without a group."""
    table = released.table
    if table.empty or not (table["kind"] == "group").any():
        return None
    diagonal = pd.DataFrame(
        {
            "kind": "diagonal",
            "predicted": [0.0, 0.9, 1.0],
            "observed": [0.0, 0.9, 1.0],
            "words": ["", "as predicted", ""],
        }
    )
    counts = [
        f"{int(k):,} of {int(n):,}" if kind == "group" else ""
        for kind, k, n in zip(table["kind"], table["n_events"], table["n"], strict=True)
    ]
    return Drawing(
        figure="calibration",
        arguments=(mode,),
        data=pd.concat([diagonal, table.assign(words=counts)], ignore_index=True),
        alt=released.result.finding,
        caption=(
            "Points: patients in fifths of what was predicted, with 95 % limits. "
            "Line: the same smoothed, with its band. On the dotted line as many responded as told."
        ),
    )


def build_calibration(mode: Mode) -> alt.TopLevelMixin:
    """Observed against predicted shares: diagonal, smooth curve with its band, points."""
    source = alt.Chart(table_source())
    whole = alt.Scale(domain=[0, 1], nice=False)
    axis = alt.Axis(title="Predicted share", format="%", grid=False, domain=False, tickCount=6)
    x = alt.X("predicted:Q", scale=whole, axis=axis)
    scaled = percent_axis("Observed share of patients")
    y, low = (alt.Y(f"{name}:Q", **scaled) for name in ("observed", "ci_low"))
    shade, grey = colour("model", mode), colour("reference", mode)
    diagonal, curve, groups = (
        source.transform_filter(f"datum.kind == '{kind}'")
        for kind in ("diagonal", "curve", "group")
    )
    tooltip = [
        alt.Tooltip("predicted:Q", title="predicted", format=".0%"),
        alt.Tooltip("observed:Q", title="observed", format=".0%"),
        alt.Tooltip("ci_low:Q", title="95 % CI from", format=".0%"),
        alt.Tooltip("ci_high:Q", title="to", format=".0%"),
        alt.Tooltip("words:N", title="responded"),
    ]
    layers = [
        diagonal.mark_line(strokeDash=[2, 3], color=grey).encode(x=x, y=y),
        curve.mark_area(color=shade, opacity=0.15, clip=True).encode(x=x, y=low, y2="ci_high:Q"),
        curve.mark_line(color=shade, strokeWidth=2, clip=True).encode(x=x, y=y),
        groups.mark_rule(color=shade, strokeWidth=1.5).encode(x=x, y=low, y2="ci_high:Q"),
        groups.mark_point(size=80, filled=True, opacity=1, color=shade).encode(
            x=x, y=y, tooltip=tooltip
        ),
        *named_lines(
            diagonal.transform_filter("datum.words != ''"),
            mode,
            {"x": x, "y": y, "text": "words:N"},
            alt.FillValue(grey),
            align="right",
            dx=-8,
            dy=-6,
            fontSize=11,
        ),
    ]
    return configure(alt.layer(*layers).properties(height=CALIBRATION_HEIGHT))


def draw_net_benefit(released: Released, mode: Mode) -> Drawing | None:
    """The figure of ``estimate_net_benefit``; none without thresholds."""
    table = released.table
    if table.empty:
        return None
    highest = max(float(table["net_benefit"].max()), 0.02)
    words = {name: words for name, (words, _, _) in STRATEGIES.items()}
    return Drawing(
        figure="net_benefit",
        arguments=(mode,),
        data=table.assign(series=table["strategy"].map(words)),
        alt=released.result.finding,
        caption=(
            "Net benefit: responders found, less those falsely expected to respond weighted by "
            "the odds of the threshold, per patient. A model is of use where its line is highest."
        ),
        numbers={
            "low": -0.25 * highest,
            "high": 1.1 * highest,
            "first": float(table["threshold"].min()),
            "last": float(table["threshold"].max()),
        },
    )


def build_net_benefit(mode: Mode) -> alt.TopLevelMixin:
    """A line a strategy over the threshold; colour and dashes say which."""
    x = alt.X(
        "threshold:Q",
        scale=alt.Scale(domain=[number("first"), number("last")], nice=False),
        axis=alt.Axis(
            title="Chance of response from which one would act", format="%", grid=False,
            domain=False, tickCount=6,
        ),
    )  # fmt: skip
    y = alt.Y(
        "net_benefit:Q",
        scale=alt.Scale(domain=[number("low"), number("high")], nice=False, zero=False),
        axis=value_axis("", format=".2f", tickCount=5),
    )
    names = [words for words, _, _ in STRATEGIES.values()]
    colours = [colour(meaning, mode) for _, meaning, _ in STRATEGIES.values()]
    dashes = [dash for _, _, dash in STRATEGIES.values()]
    legend = alt.Legend(title=None, columns=2, symbolType="stroke", symbolSize=400)
    lines = (
        alt.Chart(table_source())
        .mark_line(strokeWidth=2, clip=True)
        .encode(
            x=x,
            y=y,
            color=alt.Color(
                "series:N", scale=alt.Scale(domain=names, range=colours), legend=legend
            ),
            strokeDash=alt.StrokeDash(
                "series:N", scale=alt.Scale(domain=names, range=dashes), legend=legend
            ),
        )
    )
    return configure(alt.layer(lines).properties(height=BENEFIT_HEIGHT, title="Net benefit"))


def draw_by_centre(released: Released, mode: Mode) -> Drawing | None:
    """The figure of ``estimate_by_centre``; none where no centre has an AUC."""
    table = released.table
    if table.empty or not table["auc"].notna().any():
        return None
    low = table[["ci_low", "auc"]].min().min()
    rows = pd.DataFrame(
        {
            "label": table["centre"],
            "text": [_centre_in_words(row) for row in table.itertuples()],
            "note": table["centre"],
            "start": CHANCE,
            "end": table["auc"],
            "low": table["ci_low"],
            "high": table["ci_high"],
            "sign": 1,
        }
    )
    return draw_ranked(
        "by_centre",
        rows,
        BY_CENTRE,
        (min(float(np.floor(10 * low) / 10), 0.4), 1.0),
        mode,
        alt=released.result.finding,
        caption="Dotted: no better than chance.",
    )


def _centre_in_words(row: Any) -> str:
    limits = "" if pd.isna(row.ci_low) else f" ({row.ci_low:.2f}–{row.ci_high:.2f})"
    auc = "AUC not estimable" if pd.isna(row.auc) else f"{row.auc:.2f}{limits}"
    return f"{auc} · {row.n_events:,} of {row.n:,}, {row.expected:.1f}"


def draw_shuffled(released: Released, mode: Mode) -> Drawing | None:
    """The figure of ``describe_shuffled``; none where nothing was shuffled."""
    table = released.table.dropna(subset=["auc"])
    is_observed = table["shuffle"] == 0
    if is_observed.all():
        return None
    low, high = min(table["auc"].min(), 0.4), max(table["auc"].max(), 0.6)
    margin = 0.04 * (high - low)
    low, high = float(low - margin), float(high + margin)
    bins = np.floor(BINS * (table["auc"] - low) / (high - low)).astype(np.int64)
    pile = table.groupby([bins, is_observed]).cumcount() + 0.5
    observed = float(table.loc[is_observed, "auc"].iloc[0]) if is_observed.any() else np.nan
    data = table.assign(
        kind=np.where(is_observed, "observed", "shuffled"),
        place=low + (bins + 0.5) * (high - low) / BINS,
        pile=pile,
        words=[f"as observed {auc:.2f}" if own else "" for auc, own in
               zip(table["auc"], is_observed, strict=True)],
        goes_left=observed > (low + high) / 2,
    )  # fmt: skip
    return Drawing(
        figure="shuffled",
        arguments=(mode,),
        data=data.reset_index(drop=True),
        alt=released.result.finding,
        caption=(
            "Dots: one model each, fitted to the same patients with their outcomes shuffled. "
            "Dotted: chance."
        ),
        numbers={"low": low, "high": high, "most": max(float(pile.max()), LOW_PILE)},
    )


def build_shuffled(mode: Mode) -> alt.TopLevelMixin:
    """A pile of dots, and a line where the outcomes as observed lie."""
    source = alt.Chart(table_source())
    scale = alt.Scale(domain=[number("low"), number("high")], nice=False, zero=False)
    axis = alt.Axis(title="AUC, corrected", grid=False, domain=True, tickCount=5, format=".2f")
    x, exact = (alt.X(f"{name}:Q", scale=scale, axis=axis) for name in ("place", "auc"))
    piles = alt.Scale(domain=[0, number("most")], range=[alt.ExprRef("height - 4"), 34], nice=False)
    y = alt.Y("pile:Q", scale=piles, axis=None)
    shuffled, observed = (
        source.transform_filter(f"datum.kind == '{kind}'") for kind in ("shuffled", "observed")
    )
    shade = colour("model", mode)
    chance = observed.transform_calculate(place=str(CHANCE)).mark_rule(
        color=colour("reference", mode), strokeDash=[2, 3]
    )
    layers = [
        chance.encode(x=x),
        shuffled.mark_point(
            size=42, filled=True, opacity=1, color=tint("reference", 0.75, mode)
        ).encode(x=x, y=y, tooltip=[alt.Tooltip("auc:Q", format=".2f", title="AUC, shuffled")]),
        observed.mark_rule(color=shade, strokeWidth=2.5).encode(
            x=exact, y=alt.value(24), y2=alt.value(alt.ExprRef("height"))
        ),
        *named_lines(
            observed,
            mode,
            {"x": exact, "y": alt.value(12), "text": "words:N"},
            alt.FillValue(shade),
            align=alt.ExprRef("datum.goes_left ? 'right' : 'left'"),
            fontSize=12,
        ),
    ]
    return configure(alt.layer(*layers).properties(height=STRIP_HEIGHT))
