"""One headline number under every choice: a forest around the primary analysis."""

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
    points = 100 * (table[["estimate", "ci_low", "ci_high"]] - table["estimate"].iloc[0])
    rows = points.assign(
        label=table["option"],
        is_heading=False,
        counts=[f"{k:,} of {n:,}" for k, n in zip(table["n_events"], table["n"], strict=True)],
        text=[_in_words(row) for row in table.itertuples()],
    )
    parts = []
    for choice in table["choice"].unique():
        heading = {"label": HEADINGS[choice], "is_heading": True, "counts": "", "text": ""}
        parts += [pd.DataFrame([heading]), rows[table["choice"] == choice]]
    return pd.concat(parts, ignore_index=True)


def _in_words(row) -> str:
    if pd.isna(row.estimate):
        return "not estimable"
    limits = "" if pd.isna(row.ci_low) else f" ({100 * row.ci_low:.0f}–{100 * row.ci_high:.0f})"
    return f"{100 * row.estimate:.0f} %{limits}"
