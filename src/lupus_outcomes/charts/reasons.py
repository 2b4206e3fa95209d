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
    number,
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
    daily = {panel: _of(curve.table, panel, in_panels) for panel in panels}
    stacks = {name: _stack(rows, name if in_panels else "") for name, rows in daily.items()}
    drawn = {name: stack for name, stack in stacks.items() if len(stack)}
    if not drawn:
        return None
    names = tuple(drawn)
    present = {reason for s in drawn.values() for reason in s["reason"][s["high"] > s["low"]]}
    points = [
        _milestones(_of(released.table, name, in_panels), stack) for name, stack in drawn.items()
    ]
    risk = [
        _at_risk(daily[name], name if in_panels else "at risk", place)
        for place, name in enumerate(names)
    ]
    return Drawing(
        figure="reasons",
        arguments=(names if in_panels else ("",), mode),
        data=pd.concat([*drawn.values(), *points, *risk], ignore_index=True),
        alt=released.result.finding,
        caption=" ".join(_caption(levels, panels, names)),
        numbers={"reasons": [WORDS[reason] for reason in LOOKS if reason in present]},
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


def _stack(rows: pd.DataFrame, panel: str) -> pd.DataFrame:
    """The bands from below, a row a reason and day, day 0 first: lower and upper end each."""
    is_shown = (rows["n_at_risk"] >= FEWEST_AT_RISK) & (rows["day"] <= LAST_DAY)
    if not is_shown.any():
        return pd.DataFrame()
    reason, day, incidence = (
        rows[name].to_numpy()[is_shown] for name in ("reason", "day", "cumulative_incidence")
    )
    reasons = [name for name in LOOKS if name in set(reason)]
    incidence = np.stack([incidence[reason == name] for name in reasons])
    day = day[reason == reasons[0]]
    kept = np.unique(np.linspace(0, len(day) - 1, min(len(day), MOST_STEPS)).round().astype(int))
    incidence = np.pad(incidence[:, kept], ((0, 0), (1, 0)))
    upper = np.vstack([np.cumsum(incidence, axis=0), np.ones(incidence.shape[1])])
    lower = np.vstack([np.zeros(incidence.shape[1]), upper[:-1]])
    names = [*reasons, "on_drug"]
    months = np.append(0, day[kept]) / DAYS_PER_MONTH
    return pd.DataFrame(
        {
            "kind": "band",
            "panel": panel,
            "reason": np.repeat(names, len(months)),
            "stopped_for": np.repeat([WORDS[name] for name in names], len(months)),
            "x": np.tile(months, len(names)),
            "low": lower.ravel(),
            "high": upper.ravel(),
        }
    )


def _milestones(rows: pd.DataFrame, stack: pd.DataFrame) -> pd.DataFrame:
    """The middle of each band at the months it reaches, for the numbers there."""
    rows = rows[rows["milestone_months"].isin(MONTHS_SHOWN)]
    share = rows["cumulative_incidence"].to_numpy().reshape(len(REASON_WORDS), -1)
    top = np.cumsum(share, axis=0)
    still = 1 - top[-1]
    n_months = len(still)
    nothing = np.full(n_months, np.nan)
    columns = {
        "stopped_for": np.append(rows["stopped_for"], [ON_DRUG] * n_months),
        "x": np.append(rows["milestone_months"], rows["milestone_months"].iloc[:n_months]),
        "middle": np.append(top - share / 2, 1 - still / 2),
        "share": np.append(share, still),
        **{name: np.append(rows[name], nothing) for name in ("ci_low", "ci_high", "n_events")},
    }
    is_drawn = (columns["x"] <= stack["x"].max()) & (columns["share"] > 0)
    points = {name: values[is_drawn] for name, values in columns.items()}
    return pd.DataFrame({"kind": "point", "panel": stack["panel"].iloc[0]} | points)


def _at_risk(rows: pd.DataFrame, name: str, place: int) -> pd.DataFrame:
    """How many are followed on the drug up to each month, in the columns of the risk table."""
    is_first = (rows["reason"] == rows["reason"].iloc[0]).to_numpy()
    day, n_at_risk = (rows[column].to_numpy()[is_first] for column in ("day", "n_at_risk"))
    row = np.searchsorted(day, np.array(MONTHS_SHOWN) * DAYS_PER_MONTH, side="left")
    return pd.DataFrame(
        {
            "kind": "risk",
            "place": place,
            "row": name,
            "indent": 0,
            "x": MONTHS_SHOWN,
            "count": np.append(n_at_risk, 0)[row],
            "yields": False,
        }
    )


def build_reasons(panels: tuple[str, ...], mode: Mode) -> alt.TopLevelMixin:
    """A panel for all patients or one a level, at risk under them."""
    views = [_panel(panel, len(panels), mode) for panel in panels]
    return configure(alt.vconcat(*views, draw_risk_table(len(panels), mode), spacing=8))


def _panel(panel: str, n_panels: int, mode: Mode) -> alt.LayerChart | alt.FacetChart:
    source = alt.Chart(table_source()).transform_filter(alt.datum.panel == panel)
    shades = alt.Scale(
        domain=[WORDS[reason] for reason in LOOKS],
        range=[tint(*look, mode) for look in LOOKS.values()],
    )
    columns = alt.ExprRef("width < 560 ? 2 : 5")
    legend = alt.Legend(
        title=None,
        columns=columns,
        symbolType="square",
        symbolStrokeWidth=0,
        values=number("reasons"),
    )
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
