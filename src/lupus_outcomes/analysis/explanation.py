"""What a model of response rests on, and how stable that is over refits: association, not cause."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lupus_outcomes.analysis.evidence import Evidence
from lupus_outcomes.analysis.prediction import prediction_result
from lupus_outcomes.analysis.question import Posed
from lupus_outcomes.analysis.result import Result
from lupus_outcomes.derive.cohort import Cohort
from lupus_outcomes.derive.features import Feature
from lupus_outcomes.derive.selection import Selection
from lupus_outcomes.indices.three_valued import Numbers

SHAP_SOURCES = (
    "Lundberg 2020, Nat Mach Intell 2:56 (TreeSHAP)",
    "Friedman 2001, Ann Stat 29:1189 (partial dependence)",
)
LIMITS = (2.5, 97.5)
# A direction is told when this share of the refits has it.
STABLE = 0.8
PAIRS_SHOWN = 10


def estimate_predictors(
    posed: Posed, evidence: Evidence, cohort: Cohort, selection: Selection
) -> Result:
    """Features by their mean |SHAP|, as ``predictors.csv``: ranks and directions over refits.

    ``mean_abs_shap``: of patients not seen by the model, in log-odds. ``rank_low``, ``rank_high``
    and the limits: 95 % of bootstrap refits. ``direction``: 1 more of it goes with response, -1
    less, 0 where fewer than 80 % of the refits agree.
    """
    size = np.abs(evidence.shap).mean(axis=0) if len(evidence.shap) else np.full(_p(posed), np.nan)
    refits = np.array([refit.shap for refit in evidence.refits]).reshape(-1, _p(posed))
    signs = np.array([refit.sign for refit in evidence.refits]).reshape(-1, _p(posed))
    ranks = _rank(refits)
    mean_sign = signs.mean(axis=0) if len(signs) else np.zeros(_p(posed))
    stability = (1 + np.abs(mean_sign)) / 2 if len(signs) else np.full(_p(posed), np.nan)
    table = pd.DataFrame(
        {
            "feature": [f.id for f in posed.features],
            "label": [f.label for f in posed.features],
            "unit": [f.unit for f in posed.features],
            "mean_abs_shap": size,
            "mean_abs_low": _percentile(refits, LIMITS[0]),
            "mean_abs_high": _percentile(refits, LIMITS[1]),
            "rank": _rank(size),
            "rank_low": _percentile(ranks, LIMITS[0]),
            "rank_high": _percentile(ranks, LIMITS[1]),
            "direction": np.where(stability >= STABLE, np.sign(mean_sign), 0).astype(np.int64),
            "stability": stability,
            "expected": [f.direction for f in posed.features],
            "n_missing": np.isnan(posed.x).sum(axis=0),
            "by_design": posed.is_by_design,
        }
    ).sort_values("rank", kind="stable", ignore_index=True)
    return prediction_result(
        posed,
        cohort,
        selection,
        id="predictors",
        title="What goes with response",
        finding=_finding(table, posed),
        table=table,
        method=(
            "SHAP values of the boosted trees for patients of centres held out, mean of the "
            "repeats, in log-odds; they add up to the model's output for every patient. Limits and "
            f"ranks: 95 % of {len(evidence.refits)} bootstrap refits. A direction is told when at "
            f"least {100 * STABLE:.0f} % of the refits agree. Associated with response, not its "
            "cause: a feature can stand for another."
        ),
        more_sources=SHAP_SOURCES,
    )


def _p(posed: Posed) -> int:
    return len(posed.features)


def _rank(values: Numbers) -> NDArray[np.int64]:
    """Places along the last axis, 1 the largest; equal ones share the first of theirs."""
    return 1 + (values[..., np.newaxis, :] > values[..., :, np.newaxis]).sum(axis=-1)


def _percentile(values: NDArray, percent: float) -> Numbers:
    if not len(values):
        return np.full(values.shape[1], np.nan)
    return np.percentile(values, percent, axis=0)


def _finding(table: pd.DataFrame, posed: Posed) -> str:
    words = {1: "more often", -1: "less often", 0: "in no stable direction"}
    first = table.head(5).to_dict("records")
    if table["stability"].isna().all():
        names = ", ".join(_within(row["label"]) for row in first)
        return (
            f"{posed.outcome.label} seems most associated with {names}. Directions and ranks are "
            "told when the model has been refitted."
        )
    named = [f"{_within(row['label'])} ({words[row['direction']]})" for row in first]
    return (
        f"{posed.outcome.label} was most associated with {', '.join(named)}: with more of it, or "
        "with it present, the outcome was attained more or less often. Associated with, not "
        "caused by."
    )


def _within(label: str) -> str:
    return label if label[1:2].isupper() else label[:1].lower() + label[1:]


def estimate_interactions(
    posed: Posed, evidence: Evidence, cohort: Cohort, selection: Selection
) -> Result:
    """Pairs of features that act together, by the mean |SHAP interaction| over refits."""
    found = np.array([r.interactions for r in evidence.refits if r.interactions.size])
    names = [f.id for f in posed.features]
    rows = []
    for i in range(len(names)):
        for k in range(i):
            values = found[:, i, k] if len(found) else np.empty(0)
            if len(values):
                rows.append(_pair(posed.features[k], posed.features[i], values))
    table = pd.DataFrame(rows, columns=list(PAIR_COLUMNS))
    table = table.sort_values("mean_abs", ascending=False, kind="stable", ignore_index=True)
    table = table.head(PAIRS_SHOWN)
    finding = (
        "The trees have no interactions: each has a single split, or refits are still being made."
    )
    in_first_ten = _share_in_first(found, names)
    table["stability"] = [
        in_first_ten.get(pair, np.nan)
        for pair in zip(table["feature"], table["other"], strict=True)
    ]
    if len(table):
        finding = (
            f"Of all pairs, {table['label'].iloc[0]} act together most, "
            f"{table['mean_abs'].iloc[0]:.3f} log-odds on average; in "
            f"{100 * table['stability'].iloc[0]:.0f} % of the refits it is among the first ten "
            "pairs."
        )
    return prediction_result(
        posed,
        cohort,
        selection,
        id="prediction_interactions",
        title="Features that act together",
        finding=finding,
        table=table,
        method=(
            "Mean absolute SHAP interaction value over patients, both halves together, over "
            "bootstrap refits with 95 % limits; stability: share of the refits with the pair among "
            "the first ten."
        ),
        more_sources=SHAP_SOURCES,
    )


PAIR_COLUMNS = ("feature", "other", "label", "mean_abs", "mean_low", "mean_high", "stability")


def _pair(one: Feature, other: Feature, values: Numbers) -> dict:
    low, high = np.percentile(values, LIMITS)
    return {
        "feature": one.id,
        "other": other.id,
        "label": f"{one.label} × {other.label}",
        "mean_abs": float(values.mean()),
        "mean_low": float(low),
        "mean_high": float(high),
        "stability": np.nan,
    }


def _share_in_first(found: Numbers, names: list[str]) -> Mapping[tuple[str, str], float]:
    if not len(found):
        return {}
    rows, columns = np.tril_indices(len(names), -1)
    pairs = found[:, rows, columns]
    share = (_rank(pairs) <= PAIRS_SHOWN).mean(axis=0)
    return {(names[k], names[i]): float(s) for i, k, s in zip(rows, columns, share, strict=True)}


def estimate_odds_ratios(
    posed: Posed, evidence: Evidence, cohort: Cohort, selection: Selection
) -> Result:
    """The penalised logistic regression beside the trees, odds ratios with bootstrap limits."""
    per = np.array([f.per for f in posed.features])
    value = evidence.ridge[-1].coef_[0] / evidence.ridge[1].scale_ * per
    refits = np.array([r.log_odds for r in evidence.refits]).reshape(-1, _p(posed)) * per
    table = pd.DataFrame(
        {
            "feature": [f.id for f in posed.features],
            "label": [f.label for f in posed.features],
            "per": ["yes against no" if f.is_binary else _per(f) for f in posed.features],
            "odds_ratio": np.exp(value),
            "ci_low": np.exp(_percentile(refits, LIMITS[0])),
            "ci_high": np.exp(_percentile(refits, LIMITS[1])),
            "n_missing": np.isnan(posed.x).sum(axis=0),
        }
    )
    apart = table[(table["ci_low"] > 1) | (table["ci_high"] < 1)]
    return prediction_result(
        posed,
        cohort,
        selection,
        id="prediction_odds_ratios",
        title="Odds ratios of the penalised logistic regression",
        finding=(
            f"Of {len(table)} features, {len(apart)} have limits that leave out 1"
            + (f": {', '.join(map(_within, apart['label']))}." if len(apart) else ".")
        ),
        table=table,
        method=(
            "Ridge penalty on standardised features, so that odds ratios are drawn towards 1; "
            "limits: 95 % of the bootstrap refits, not tests. Missing values are the median."
        ),
    )


def _per(feature: Feature) -> str:
    return (
        f"per {feature.unit.removesuffix('s')}"
        if feature.per == 1
        else (f"per {feature.per:g} {feature.unit}")
    )
