"""Why anifrolumab is stopped: cumulative incidences on top of each other, retention above."""

from collections.abc import Iterator

import altair as alt
import numpy as np
import pandas as pd

from lupus_outcomes.charts.curve_data import FEWEST_AT_RISK, LAST_DAY
from lupus_outcomes.charts.risk_table import draw_risk_table
from lupus_outcomes.charts.style import (
    FIGURE_HEIGHT,
    MONTHS_SHOWN,
    MOST_DIRECT_LABELS,
    Drawing,
    Mode,
    colour,
    configure,
    months_axis,
    percent_axis,
    table_source,
    tint,
)
from lupus_outcomes.derive.retention import REASON_WORDS
from lupus_outcomes.protocol import DAYS_PER_MONTH
from lupus_outcomes.release.disclosure import Released

ON_DRUG = "still on anifrolumab"
# Reason: (meaning, strength). The two kinds of inefficacy are two tints of one colour.
LOOKS = {
    "primary_inefficacy": ("inefficacy", 1.0),
    "secondary_inefficacy": ("inefficacy", 0.55),
    "adverse_event": ("adverse_event", 1.0),
    "pregnancy": ("pregnancy", 1.0),
    "remission": ("remission", 1.0),
    "patient_decision": ("patient_decision", 1.0),
    "death": ("death", 1.0),
    "other": ("other", 1.0),
    "on_drug": ("retention", 0.2),
}
WORDS = REASON_WORDS | {"on_drug": ON_DRUG}
# More steps than this cannot be told apart on the widest figure.
MOST_STEPS = 300
PANEL_HEIGHT = 220


def draw_reasons(released: Released, curve: Released, mode: Mode) -> Drawing | None:
    """The figure of ``estimate_discontinuation`` with its curve; none with too few patients.

    Up to four groups have a panel each; of more than that all patients are drawn together.
    """
    groups = released.table["group"] != "all"
    levels = tuple(released.table.loc[groups, "level"].unique())
    in_panels = 0 < len(levels) <= MOST_DIRECT_LABELS
    panels = levels if in_panels else ("all",)
    stacks = [_stack(curve.table, panel, in_panels) for panel in panels]
    drawn = [(panel, stack) for panel, stack in zip(panels, stacks, strict=True) if len(stack)]
    if not drawn:
        return None
    bands = pd.concat([stack for _, stack in drawn], ignore_index=True)
    names = tuple(panel for panel, _ in drawn)
    reasons = tuple(reason for reason in LOOKS if reason in set(bands["reason"]))
    risk = [
        _at_risk(_of(curve.table, name, in_panels), name if in_panels else "at risk", place)
        for place, name in enumerate(names)
    ]
    return Drawing(
        figure="reasons",
        arguments=(names if in_panels else ("",), reasons, mode),
        data=pd.concat([bands, _milestones(released.table, drawn), *risk], ignore_index=True),
        alt=released.result.finding,
        caption=" ".join(_caption(levels, panels, names)),
    )


def _caption(
    levels: tuple[str, ...], panels: tuple[str, ...], names: tuple[str, ...]
) -> Iterator[str]:
    yield f"Together 100 % at every month, up to where fewer than {FEWEST_AT_RISK} are at risk."
    if len(levels) > MOST_DIRECT_LABELS:
        yield "The figure shows all patients together; the table has every group."
    missing = [panel for panel in panels if panel not in names]
    if missing:
        yield f"Without a panel, for too few patients or no stop: {', '.join(missing)}."


def _of(table: pd.DataFrame, panel: str, in_panels: bool) -> pd.DataFrame:
    is_group = table["group"] != "all"
    return table[is_group & (table["level"] == panel)] if in_panels else table[~is_group]


def _stack(table: pd.DataFrame, panel: str, in_panels: bool) -> pd.DataFrame:
    """The bands from below, a row a reason and day, day 0 first: lower and upper end each."""
    rows = _of(table, panel, in_panels)
    rows = rows[(rows["n_at_risk"] >= FEWEST_AT_RISK) & (rows["day"] <= LAST_DAY)]
    if rows.empty:
        return rows.iloc[:0]
    reasons = [reason for reason in LOOKS if reason in set(rows["reason"])]
    by_reason = {name: rows[rows["reason"] == name] for name in reasons}
    incidence = np.stack([part["cumulative_incidence"].to_numpy() for part in by_reason.values()])
    day = by_reason[reasons[0]]["day"].to_numpy()
    kept = np.unique(np.linspace(0, len(day) - 1, min(len(day), MOST_STEPS)).round().astype(int))
    incidence = np.pad(incidence[:, kept], ((0, 0), (1, 0)))
    upper = np.vstack([np.cumsum(incidence, axis=0), np.ones(incidence.shape[1])])
    lower = np.vstack([np.zeros(incidence.shape[1]), upper[:-1]])
    names = [*reasons, "on_drug"]
    months = np.append(0, day[kept]) / DAYS_PER_MONTH
    return pd.DataFrame(
        {
            "kind": "band",
            "panel": panel if in_panels else "",
            "reason": np.repeat(names, len(months)),
            "stopped_for": np.repeat([WORDS[name] for name in names], len(months)),
            "x": np.tile(months, len(names)),
            "low": lower.ravel(),
            "high": upper.ravel(),
        }
    )


def _milestones(table: pd.DataFrame, drawn: list[tuple[str, pd.DataFrame]]) -> pd.DataFrame:
    """The middle of each band at the months it reaches, for the numbers there."""
    parts = []
    for panel, stack in drawn:
        rows = _of(table, panel, panel != "all")
        rows = rows[rows["milestone_months"].isin(MONTHS_SHOWN)]
        share = rows["cumulative_incidence"].to_numpy().reshape(len(REASON_WORDS), -1)
        top = np.cumsum(share, axis=0)
        points = pd.DataFrame(
            {
                "panel": stack["panel"].iloc[0],
                "stopped_for": rows["stopped_for"],
                "x": rows["milestone_months"],
                "middle": (top - share / 2).ravel(),
                "share": share.ravel(),
                "ci_low": rows["ci_low"],
                "ci_high": rows["ci_high"],
                "n_events": rows["n_events"],
            }
        )
        still = 1 - top[-1]
        rest = {"panel": points["panel"].iloc[0], "stopped_for": ON_DRUG}
        rest |= {"x": rows["milestone_months"].unique(), "middle": 1 - still / 2, "share": still}
        both = pd.concat([points, pd.DataFrame(rest)], ignore_index=True)
        parts.append(both[(both["x"] <= stack["x"].max()) & (both["share"] > 0)])
    return pd.concat(parts, ignore_index=True).assign(kind="point")


def _at_risk(rows: pd.DataFrame, name: str, place: int) -> pd.DataFrame:
    """How many are followed on the drug up to each month, in the columns of the risk table."""
    rows = rows[rows["reason"] == rows["reason"].iloc[0]]
    row = np.searchsorted(rows["day"], np.array(MONTHS_SHOWN) * DAYS_PER_MONTH, side="left")
    return pd.DataFrame(
        {
            "kind": "risk",
            "place": place,
            "row": name,
            "indent": 0,
            "x": MONTHS_SHOWN,
            "count": np.append(rows["n_at_risk"], 0)[row],
            "yields": False,
        }
    )


def build_reasons(
    panels: tuple[str, ...], reasons: tuple[str, ...], mode: Mode
) -> alt.TopLevelMixin:
    """A panel for all patients or one a level, at risk under them."""
    views = [_panel(panel, len(panels), reasons, mode) for panel in panels]
    return configure(alt.vconcat(*views, draw_risk_table(len(panels), mode), spacing=8))


def _panel(
    panel: str, n_panels: int, reasons: tuple[str, ...], mode: Mode
) -> alt.LayerChart | alt.FacetChart:
    source = alt.Chart(table_source()).transform_filter(alt.datum.panel == panel)
    shades = alt.Scale(
        domain=[WORDS[reason] for reason in reasons],
        range=[tint(*LOOKS[reason], mode) for reason in reasons],
    )
    columns = alt.ExprRef("width < 560 ? 2 : 5")
    legend = alt.Legend(title=None, columns=columns, symbolType="square", symbolStrokeWidth=0)
    x, axis = alt.X("x:Q", **months_axis(title="")), percent_axis("Share of patients")
    bands = (
        source.transform_filter("datum.kind == 'band'")
        .mark_area(interpolate="step-after", stroke=colour("page", mode), strokeWidth=0.5)
        .encode(
            x=x,
            y=alt.Y("low:Q", **axis),
            y2="high:Q",
            color=alt.Color("stopped_for:N", scale=shades, legend=legend),
        )
    )
    points = source.transform_filter("datum.kind == 'point'").mark_point(
        size=220, opacity=0, filled=True
    )
    tooltip = [
        alt.Tooltip("stopped_for:N", title=" "),
        alt.Tooltip("x:Q", format="d", title="by month"),
        alt.Tooltip("share:Q", format=".1%", title="share"),
        alt.Tooltip("ci_low:Q", format=".1%", title="95 % CI from"),
        alt.Tooltip("ci_high:Q", format=".1%", title="to"),
        alt.Tooltip("n_events:Q", format=",d", title="patients"),
    ]
    seen = points.encode(x=x, y=alt.Y("middle:Q", **axis), tooltip=tooltip)
    height = FIGURE_HEIGHT if n_panels == 1 else PANEL_HEIGHT
    return alt.layer(bands, seen).properties(height=height, title=panel)
