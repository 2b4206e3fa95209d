"""Small multiples: how soon each manifestation is gone, every panel on the same scales.

Three panels a row at any width, laid out by the pixel as in ``rows``: the places of curves, grid
and words come with the data.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any, TypeAlias

import altair as alt
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lupus_outcomes.charts.rows import SMALL_PIXELS, TEXT_PIXELS, across, down, words
from lupus_outcomes.charts.style import (
    Drawing,
    Mode,
    colour,
    configure,
    group_scale,
    table_source,
)
from lupus_outcomes.protocol import DAYS_PER_MONTH
from lupus_outcomes.release.disclosure import Released

PANELS_A_ROW = 3
# A curve ends where fewer than this remain at risk.
FEWEST_AT_RISK = 10
LAST_MONTH = 60
LAST_DAY = LAST_MONTH * DAYS_PER_MONTH
MONTHS_LABELLED = (0, 12, 24, 36, 48, 60)
SHARES_LABELLED = (0.0, 0.5, 1.0)
# Pixels from the top of a panel: its words, its plot, the months under it.
HEADER, PLOT, FOOTER = 66, 96, 42
PANEL = HEADER + PLOT + FOOTER
LEGEND = 40
# Parts of the width: between panels, and beside the first and last month within one.
GAP, MARGIN = 0.035, 0.012
ALL = "all patients"
CURVE_COLUMNS = ("day", "n_at_risk", "probability", "ci_low", "ci_high", "median_months")
FIELDS = {
    **dict.fromkeys(("kind", "panel", "series"), np.object_),
    **dict.fromkeys(("x", "right", "y", "y_low", "y_high"), np.float64),
    "text": np.object_,
    **dict.fromkeys(("months", "probability", "ci_low", "ci_high", "n_at_risk"), np.float64),
}
Curve: TypeAlias = Mapping[str, NDArray]


def draw_manifestations(released: Released, mode: Mode) -> Drawing | None:
    """The figure of ``estimate_manifestation_curves``; none where all panels have too few.

    With groups each level is a curve in every panel, else all patients are.
    """
    table = released.table
    if table.empty:
        return None
    by_level = table[table["group"] != "all"]
    curves = _by_panel(by_level if len(by_level) else table)
    drawn = {name: panel for name, panel in curves.items() if any(map(_is_drawn, panel.values()))}
    if not drawn:
        return None
    series = tuple(
        dict.fromkeys(
            level for panel in drawn.values() for level, one in panel.items() if _is_drawn(one)
        )
    )
    parts = [
        part
        for place, (name, panel) in enumerate(drawn.items())
        for part in _panel(place, name, panel)
    ]
    n_rows = -(-len(drawn) // PANELS_A_ROW)
    return Drawing(
        figure="manifestations",
        arguments=(series, mode),
        data=_assemble(parts),
        alt=released.result.finding,
        caption=_caption([name for name in curves if name not in drawn]),
        height=n_rows * PANEL + (LEGEND if series != (ALL,) else 0),
    )


def _by_panel(table: pd.DataFrame) -> dict[str, dict[str, Curve]]:
    """The curves of each manifestation by their series, each as its columns."""
    manifestation, level = table["manifestation"].to_numpy(), table["level"].to_numpy()
    begins = (manifestation[1:] != manifestation[:-1]) | (level[1:] != level[:-1])
    bounds = [0, *(np.flatnonzero(begins) + 1), len(table)]
    columns = {name: table[name].to_numpy() for name in CURVE_COLUMNS}
    panels: dict[str, dict[str, Curve]] = {}
    for first, last in pairwise(bounds):
        series = ALL if level[first] == "all" else level[first]
        curve = {name: values[first:last] for name, values in columns.items()}
        panels.setdefault(manifestation[first], {})[series] = curve
    return panels


def _is_drawn(curve: Curve) -> bool:
    """Whether enough are at risk on its first day."""
    return curve["n_at_risk"][0] >= FEWEST_AT_RISK


def _caption(few: list[str]) -> str:
    missing = (
        f" Not drawn, with fewer than {FEWEST_AT_RISK} patients: {', '.join(few)}." if few else ""
    )
    return (
        "Share of those who had it at baseline in whom it has gone, by months since the first "
        f"dose; band: 95 % limits. A curve ends where fewer than {FEWEST_AT_RISK} remain at "
        f"risk.{missing}"
    )


def _assemble(parts: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """Parts one under the other; where a part does not have a field nothing is known of it."""
    return pd.DataFrame(
        {
            field: np.concatenate(
                [np.full(len(part["y"]), part.get(field, np.nan), dtype) for part in parts]
            )
            for field, dtype in FIELDS.items()
        }
    )


def _panel(place: int, name: str, curves: Mapping[str, Curve]) -> Iterator[dict[str, Any]]:
    row, column = divmod(place, PANELS_A_ROW)
    width = (1 - GAP * (PANELS_A_ROW - 1)) / PANELS_A_ROW
    left = column * (width + GAP)
    right, top = left + width, row * PANEL
    first, per_month = left + MARGIN, (width - 2 * MARGIN) / LAST_MONTH
    bottom = top + HEADER + PLOT
    yield {"kind": "name", "x": left, "y": [top], "text": name}
    yield {"kind": "note", "x": left, "y": [top + 17], "text": _note(list(curves.values()))}
    yield {
        "kind": "grid",
        "x": left,
        "right": right,
        "y": [bottom - PLOT * share for share in SHARES_LABELLED],
        "text": [f"{share:.0%}" if share else "" for share in SHARES_LABELLED],
    }
    yield {
        "kind": "month",
        "x": [first + per_month * month for month in MONTHS_LABELLED],
        "y": [bottom + 5] * len(MONTHS_LABELLED),
        "text": [str(month) for month in MONTHS_LABELLED],
    }
    for series, curve in curves.items():
        steps = _steps(curve)
        yield steps | {
            "kind": "step",
            "panel": name,
            "series": series,
            "x": first + per_month * steps["months"],
            "y": bottom - PLOT * steps["probability"],
            "y_low": bottom - PLOT * steps["ci_low"],
            "y_high": bottom - PLOT * steps["ci_high"],
        }


def _note(curves: Sequence[Curve]) -> str:
    """How many had it, and the month by which half had lost it; levels are told apart by a line."""
    counts = [f"{curve['n_at_risk'][0]:,}" for curve in curves]
    if len(curves) > 1:
        return f"N {' / '.join(counts)}"
    median = curves[0]["median_months"][0]
    half = "half not reached" if np.isnan(median) else f"half by {median:.1f} months"
    return f"N {counts[0]}\n{half}"


def _steps(curve: Curve) -> dict[str, NDArray]:
    """From day 0 to the day on which too few remain; no limits is no band."""
    is_shown = (curve["n_at_risk"] >= FEWEST_AT_RISK) & (curve["day"] <= LAST_DAY)
    shown = {name: values[is_shown] for name, values in curve.items()}
    probability, low, high = (
        np.append(0.0, shown[name]) for name in ("probability", "ci_low", "ci_high")
    )
    return {
        "months": np.append(0, shown["day"]) / DAYS_PER_MONTH,
        "probability": probability,
        "ci_low": np.where(np.isnan(low), probability, low),
        "ci_high": np.where(np.isnan(high), probability, high),
        "n_at_risk": np.append(curve["n_at_risk"][0], shown["n_at_risk"]),
    }


def build_manifestations(series: tuple[str, ...], mode: Mode) -> alt.TopLevelMixin:
    """Grid and words of every panel, bands, curves, and unseen marks for the numbers."""
    source = alt.Chart(table_source())
    x, y = across("x"), down("y")
    shade = _shade(series, mode)

    def of(kind: str) -> alt.Chart:
        return source.transform_filter(alt.datum.kind == kind)

    grid = of("grid").mark_rule(color=colour("faint", mode)).encode(x=x, x2="right:Q", y=y)
    small: dict[str, Any] = {"fontSize": SMALL_PIXELS, "opacity": 0.75}
    channels = {"x": x, "y": y}
    steps = of("step")
    curve = {"x": x, "detail": "panel:N", "color": shade}
    layers = [
        grid,
        words(
            of("grid"),
            "text",
            {"x": across("right"), "y": y},
            mode,
            align="right",
            baseline="bottom",
            **small,
        ),
        words(of("month"), "text", channels, mode, align="center", **small),
        words(of("name"), "text", channels, mode, fontSize=TEXT_PIXELS, fontWeight="bold"),
        words(of("note"), "text", channels, mode, **small),
        steps.mark_area(interpolate="step-after", opacity=0.15).encode(
            y=down("y_low"), y2="y_high:Q", **curve
        ),
        steps.mark_line(interpolate="step-after", strokeWidth=2).encode(y=y, **curve),
        steps.mark_point(size=60, opacity=0, filled=True).encode(
            **channels, color=shade, tooltip=_tooltip(series)
        ),
    ]
    return configure(alt.layer(*layers).properties(height=PANEL))


def _shade(series: tuple[str, ...], mode: Mode) -> alt.Color:
    if series == (ALL,):
        scale = alt.Scale(domain=list(series), range=[colour("patients", mode)])
        return alt.Color("series:N", scale=scale, legend=None)
    colours, _ = group_scale(series, mode)
    legend = alt.Legend(title=None, columns=4, symbolType="stroke")
    return alt.Color("series:N", scale=alt.Scale(domain=list(series), range=colours), legend=legend)


def _tooltip(series: tuple[str, ...]) -> list[alt.Tooltip]:
    of_level = [] if series == (ALL,) else [alt.Tooltip("series:N", title="group")]
    return [
        alt.Tooltip("panel:N", title="manifestation"),
        *of_level,
        alt.Tooltip("months:Q", format=".1f", title="month"),
        alt.Tooltip("probability:Q", format=".0%", title="gone"),
        alt.Tooltip("ci_low:Q", format=".0%", title="95 % CI from"),
        alt.Tooltip("ci_high:Q", format=".0%", title="to"),
        alt.Tooltip("n_at_risk:Q", title="at risk"),
    ]
