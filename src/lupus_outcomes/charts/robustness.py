"""One headline number under every choice: a forest around the primary analysis."""

from collections.abc import Hashable, Mapping
from math import isnan
from typing import Any

import pandas as pd

from lupus_outcomes.analysis.robustness import HEADLINES
from lupus_outcomes.analysis.robustness_range import CENTRE, HANDLING, LOSS, PRIMARY
from lupus_outcomes.charts.attainment import MEANING
from lupus_outcomes.charts.forest import ForestStyle, draw_forest
from lupus_outcomes.charts.style import Drawing, Mode
from lupus_outcomes.derive.variants import DEFINITION, WINDOW
from lupus_outcomes.release.disclosure import Released

HEADINGS = {
    PRIMARY: "Primary analysis",
    HANDLING: "Who is counted",
    DEFINITION: "Reading of the definition",
    WINDOW: "Window",
    LOSS: "Loss to follow-up",
    CENTRE: "Without one centre",
}
CAPTION = (
    "Distance from the primary analysis in percentage points. Lines are the 95 % limits of each "
    "estimate itself, not of its difference."
)


def draw_robustness(released: Released, mode: Mode) -> Drawing | None:
    """The figure of ``estimate_robustness`` for one headline; none where it cannot be told."""
    table = released.table
    if table.empty or pd.isna(table["estimate"].iloc[0]):
        return None
    headline = HEADLINES[str(table["headline_id"].iloc[0])]
    meaning = MEANING.get(headline.endpoint or "", ("retention",))[0]
    counts = "attained, of" if headline.endpoint else "stopped, of"
    style = ForestStyle(
        estimate="Percentage points from the primary analysis",
        counts=counts,
        lower="lower",
        higher="higher",
        meaning=meaning,
        is_ratio=False,
    )
    return draw_forest(released, _rows(table), style, mode, CAPTION)


def _rows(table: pd.DataFrame) -> pd.DataFrame:
    """Choices under their headings, in points from the primary analysis."""
    by_choice: dict[str, list[dict[str, Any]]] = {}
    primary = table["estimate"].iloc[0]
    for row in table.to_dict("records"):
        by_choice.setdefault(row["choice"], []).append(
            {
                "label": row["option"],
                "is_heading": False,
                "counts": f"{row['n_events']:,} of {row['n']:,}",
                "text": _in_words(row),
            }
            | {name: 100 * (row[name] - primary) for name in ("estimate", "ci_low", "ci_high")}
        )
    parts = []
    for choice, rows in by_choice.items():
        heading = {"label": HEADINGS[choice], "is_heading": True, "counts": "", "text": ""}
        parts += [heading, *rows]
    return pd.DataFrame(parts)


def _in_words(row: Mapping[Hashable, Any]) -> str:
    estimate, low, high = (100 * row[name] for name in ("estimate", "ci_low", "ci_high"))
    if isnan(estimate):
        return "not estimable"
    limits = "" if isnan(low) else f" ({low:.0f}–{high:.0f})"
    return f"{estimate:.0f} %{limits}"
