"""What goes with response in a model: predictors, pairs, odds ratios, and one patient's steps."""

from typing import Any

import numpy as np
import pandas as pd

from lupus_outcomes.charts.forest import ForestStyle, draw_forest
from lupus_outcomes.charts.ranked_rows import RankedStyle, draw_ranked
from lupus_outcomes.charts.style import Drawing, Mode
from lupus_outcomes.release.disclosure import Released

HIGHER, LOWER, EITHER = "↑", "↓", "↕"
SIGNS = {1: HIGHER, -1: LOWER, 0: EITHER}
PREDICTORS = RankedStyle(
    axis="Mean size of the contribution to the log-odds",
    left="feature",
    right="direction, mean (95 % limits) · rank",
)
INTERACTIONS = RankedStyle(
    axis="Mean size of the joint contribution to the log-odds",
    left="pair of features",
    right="mean (95 % limits)",
)
WATERFALL = RankedStyle(
    axis="Log-odds of response: further right, more likely",
    left="feature",
    right="contribution",
    mark="step",
)
ODDS_RATIOS = ForestStyle(
    estimate="Odds ratio, all features together",
    counts="compared",
    lower="lower odds",
    higher="higher odds",
    meaning="model",
)
REFITTED = (
    f"{HIGHER} dark: higher values, or yes, go with response. {LOWER} pale: they go with none. "
    f"{EITHER} empty: no one direction. Lines and ranks: where 95 % of the refits on resampled "
    "patients lie."
)
FIRST = "A first answer: directions and limits follow when the resampling is done."
ASSOCIATIONS = "Associations in these patients, not effects."
# Room at the ends of the axis of steps.
MARGIN = 0.06


def draw_predictors(released: Released, mode: Mode) -> Drawing | None:
    """The figure of ``estimate_predictors``: bars in the order of their ranks."""
    table = released.table
    if table.empty:
        return None
    table = table.sort_values(["rank", "mean_abs_shap"], ascending=[True, False])
    rows = _bars(table, [_predictor_in_words(row) for row in table.itertuples()])
    return draw_ranked(
        "predictors",
        rows.assign(sign=table["direction"]),
        PREDICTORS,
        (0.0, _end(rows)),
        mode,
        alt=released.result.finding,
        caption=f"{REFITTED if table['stability'].notna().any() else FIRST} {ASSOCIATIONS}",
    )


def _predictor_in_words(row: Any) -> str:
    """Sign, mean and ranks; the mean alone before anything was refitted."""
    mean = _with_limits(row.mean_abs_shap, row.mean_abs_low, row.mean_abs_high)
    if pd.isna(row.stability):
        return mean
    return f"{SIGNS[int(row.direction)]} {mean} · {row.rank_low:.0f}–{row.rank_high:.0f}"


def draw_interactions(released: Released, mode: Mode) -> Drawing | None:
    """The figure of ``estimate_interactions``: pairs, the strongest first."""
    if released.table.empty:
        return None
    table = released.table.rename(
        columns={
            "mean_abs": "mean_abs_shap",
            "mean_low": "mean_abs_low",
            "mean_high": "mean_abs_high",
        }
    )
    text = [
        _with_limits(*row)
        for row in zip(
            table["mean_abs_shap"], table["mean_abs_low"], table["mean_abs_high"], strict=True
        )
    ]
    rows = _bars(table, text)
    return draw_ranked(
        "interactions",
        rows,
        INTERACTIONS,
        (0.0, _end(rows)),
        mode,
        alt=released.result.finding,
        caption="How far the contribution of one feature differs by the value of the other.",
    )


def _bars(table: pd.DataFrame, text: list[str]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "label": table["label"],
            "text": text,
            "note": table["label"],
            "start": 0.0,
            "end": table["mean_abs_shap"],
            "low": table["mean_abs_low"],
            "high": table["mean_abs_high"],
            "sign": 1,
        }
    )


def _end(rows: pd.DataFrame) -> float:
    return 1.05 * max(float(rows[["end", "high"]].max().max()), 0.01)


def _with_limits(value: float, low: float, high: float) -> str:
    return f"{value:.2f}" + ("" if pd.isna(low) else f" ({low:.2f}–{high:.2f})")


def draw_odds_ratios(released: Released, mode: Mode) -> Drawing | None:
    """The figure of ``estimate_odds_ratios``; none where the model could not be fitted."""
    table = released.table
    if table.empty or not table["odds_ratio"].notna().any():
        return None
    rows = pd.DataFrame(
        {
            "label": table["label"],
            "is_heading": False,
            "counts": table["per"],
            "estimate": table["odds_ratio"],
            "ci_low": table["ci_low"],
            "ci_high": table["ci_high"],
            "text": [
                "not estimable" if pd.isna(row[0]) else _with_limits(*row)
                for row in zip(table["odds_ratio"], table["ci_low"], table["ci_high"], strict=True)
            ],
        }
    )
    caption = "Associations adjusted for the other features of the table, not effects."
    return draw_forest(released, rows, ODDS_RATIOS, mode, caption)


def draw_waterfall(steps: pd.DataFrame, mode: Mode) -> Drawing:
    """The figure of ``explain_patient``, for one's own machine only: no file is made of it."""
    is_total = np.isin(np.arange(len(steps)), (0, len(steps) - 1))
    rows = pd.DataFrame(
        {
            "label": [
                label if total or not value else f"{label}: {value}"
                for label, value, total in zip(
                    steps["label"], steps["value"], is_total, strict=True
                )
            ],
            "text": [
                _as_probability(end) if total else _signed(shap)
                for shap, end, total in zip(steps["shap"], steps["to"], is_total, strict=True)
            ],
            "note": steps["label"],
            "start": np.where(is_total, steps["to"], steps["from"]),
            "end": steps["to"],
            "low": np.nan,
            "high": np.nan,
            "sign": np.where(steps["shap"].fillna(0) < 0, -1, 1),
            "is_total": is_total,
        }
    )
    first, last = (
        float(rows[["start", "end"]].min().min()),
        float(rows[["start", "end"]].max().max()),
    )
    margin = max(MARGIN * (last - first), 0.02)
    return draw_ranked(
        "waterfall",
        rows,
        WATERFALL,
        (first - margin, last + margin),
        mode,
        alt=(
            f"From {rows['text'].iloc[0]} on average to {rows['text'].iloc[-1]} for this patient, "
            "feature by feature."
        ),
        caption=(
            "Diamonds: the average of all and this patient's prediction. Dark: goes with response "
            "in this patient. Pale: with none."
        ),
    )


def _signed(shap: float) -> str:
    shown = f"{shap:+.2f}".replace("-", "−")
    return shown if float(f"{shap:.2f}") else shown[1:]


def _as_probability(log_odds: float) -> str:
    return f"{100 / (1 + np.exp(-log_odds)):.0f} %"
