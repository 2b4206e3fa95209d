"""What a model of response rests on, and how stable that is over refits: association, not cause."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lupus_outcomes.analysis.evidence import Evidence
from lupus_outcomes.analysis.prediction import prediction_result
from lupus_outcomes.analysis.predictive_models import probability
from lupus_outcomes.analysis.question import Posed
from lupus_outcomes.analysis.resampling import explain_trees
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
VALUE_GROUPS, FEWEST_IN_GROUP = 8, 10
PAIRS_SHOWN = 10
# A patient is like another within half a standard deviation of each measurement.
ALIKE_WITHIN_SD, FEWEST_ALIKE = 0.5, 3


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


def estimate_dependence(
    posed: Posed, evidence: Evidence, cohort: Cohort, selection: Selection, feature: str
) -> Result:
    """SHAP values of one feature over groups of its values, beside the partial dependence."""
    place = [f.id for f in posed.features].index(feature)
    declared = posed.features[place]
    value, shap = posed.x[evidence.explained, place], evidence.shap[:, place]
    missing = np.isnan(value)
    groups = _value_groups(value, declared)
    rows = [
        _dependence_row(value, shap, (value >= low) & (value <= high), is_missing=False)
        for low, high in groups
    ]
    partial = _partial_dependence(posed, evidence, place, [row["middle"] for row in rows])
    for row, at in zip(rows, partial, strict=True):
        row["partial_dependence"] = at
    if missing.sum() >= FEWEST_IN_GROUP:
        rows.append(_dependence_row(value, shap, missing, is_missing=True))
    table = pd.DataFrame(rows, columns=list(DEPENDENCE_COLUMNS)).assign(feature=feature)
    return prediction_result(
        posed,
        cohort,
        selection,
        id="prediction_dependence",
        title=f"{declared.label} and response",
        finding=_dependence_finding(table, declared),
        table=table[["feature", *DEPENDENCE_COLUMNS]],
        method=(
            f"Mean SHAP value of groups of at least {FEWEST_IN_GROUP} patients with similar "
            "values, and the middle 80 % of patients. Partial dependence: the mean output with "
            "everybody given the value, centred. Where the two part, the feature goes with others."
        ),
        more_sources=SHAP_SOURCES,
    )


DEPENDENCE_COLUMNS = (
    "low", "high", "middle", "n", "shap_mean", "shap_low", "shap_high", "partial_dependence",
    "is_missing",
)  # fmt: skip


def _value_groups(value: Numbers, feature: Feature) -> list[tuple[float, float]]:
    known = np.sort(value[~np.isnan(value)])
    if feature.is_binary:
        return [(answer, answer) for answer in (0.0, 1.0) if (known == answer).any()]
    n_groups = int(np.clip(len(known) // FEWEST_IN_GROUP, 1, VALUE_GROUPS))
    edges = np.unique(np.quantile(known, np.linspace(0, 1, n_groups + 1)[1:], method="lower"))
    starts = [known[0], *(known[known > edge][0] for edge in edges[:-1])]
    return list(zip(starts, edges, strict=True))


def _dependence_row(value: Numbers, shap: Numbers, rows, is_missing: bool) -> dict:
    low, high = np.percentile(shap[rows], (10, 90))
    ends = (np.nan,) * 3 if is_missing else (
        value[rows].min(), value[rows].max(), value[rows].mean(),
    )  # fmt: skip
    return {
        **dict(zip(("low", "high", "middle"), ends, strict=True)),
        "n": int(rows.sum()),
        "shap_mean": float(shap[rows].mean()),
        "shap_low": float(low),
        "shap_high": float(high),
        "partial_dependence": np.nan,
        "is_missing": is_missing,
    }


def _partial_dependence(
    posed: Posed, evidence: Evidence, place: int, values: list[float]
) -> Numbers:
    """Mean log-odds with everybody given each value, around the mean over the patients."""
    x = posed.x[evidence.explained]
    centre = evidence.trees.decision_function(x).mean()
    found = []
    for value in values:
        given = x.copy()
        given[:, place] = value
        found.append(evidence.trees.decision_function(given).mean() - centre)
    return np.array(found)


def _dependence_finding(table: pd.DataFrame, feature: Feature) -> str:
    known = table[~table["is_missing"].astype(bool)]
    if len(known) < 2:
        return f"{feature.label} does not vary enough."
    rows: list[Any] = sorted(known.to_dict("records"), key=lambda row: row["shap_mean"])
    lowest, highest = rows[0], rows[-1]
    if feature.is_binary:
        say = {0.0: "without it", 1.0: "with it"}
        return (
            f"{feature.label}: {say[highest['middle']]} {_signed(highest['shap_mean'])} log-odds, "
            f"{say[lowest['middle']]} {_signed(lowest['shap_mean'])}, on average."
        )
    return (
        f"{feature.label}: most favourable around {highest['middle']:.3g} {feature.unit} "
        f"({_signed(highest['shap_mean'])} log-odds), least around {lowest['middle']:.3g} "
        f"({_signed(lowest['shap_mean'])})."
    )


def _signed(value: float) -> str:
    return f"{value:+.2f}".replace("-", "−")


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


def explain_patient(
    posed: Posed, evidence: Evidence, cohort: Cohort, patient_row: int
) -> pd.DataFrame:
    """One patient's way from the base to the prediction, largest step first; for investigators.

    Columns label, value (in words), shap, from, to. Empty where the patient is not in the question.
    """
    places = np.flatnonzero(posed.rows == patient_row)
    if not len(places):
        return pd.DataFrame(columns=["label", "value", "shap", "from", "to"])
    x = posed.x[places]
    shap, base, _ = explain_trees(evidence.trees, x)
    order = np.argsort(-np.abs(shap[0]), kind="stable")
    steps = shap[0][order]
    to = base + np.cumsum(steps)
    rows = pd.DataFrame(
        {
            "label": [posed.features[k].label for k in order],
            "value": [_value_in_words(posed.features[k], x[0, k]) for k in order],
            "shap": steps,
            "from": to - steps,
            "to": to,
        }
    )
    first = {"label": "All patients", "value": "", "shap": 0.0, "from": base, "to": base}
    last = {"label": "This patient", "value": "", "shap": 0.0, "from": to[-1], "to": to[-1]}
    return pd.concat([pd.DataFrame([first]), rows, pd.DataFrame([last])], ignore_index=True)


def _value_in_words(feature: Feature, value: float) -> str:
    if np.isnan(value):
        return "not known"
    if feature.is_binary:
        return "yes" if value else "no"
    return f"{value:.3g} {feature.unit}"


@dataclass(frozen=True, slots=True)
class WhatIf:
    """Probability with 95 % limits over refits; ``n_like``: patients like this; ``refusal``: why
    nothing is said, empty if it is.
    """

    probability: float
    ci_low: float
    ci_high: float
    n_like: int
    refusal: str


def predict_what_if(posed: Posed, evidence: Evidence, values: Mapping[str, float | None]) -> WhatIf:
    """The probability for baseline values that nobody need have; refuses to extrapolate.

    A value left out is unknown. Refused: a measurement outside those of the patients, or fewer
    than three patients like this.
    """
    x = np.array([[_number(values.get(f.id)) for f in posed.features]])
    n_like = int(_is_like(posed, x[0]).sum())
    refusal = _refusal(posed, x[0], n_like)
    if refusal:
        return WhatIf(np.nan, np.nan, np.nan, n_like, refusal)
    found = float(probability(evidence.trees, x)[0])
    refits = [probability(refit.trees, x)[0] for refit in evidence.refits]
    low, high = np.percentile(refits, LIMITS) if refits else (np.nan, np.nan)
    return WhatIf(found, float(low), float(high), n_like, "")


def _number(value: float | None) -> float:
    return np.nan if value is None else float(np.float32(value))


def _is_like(posed: Posed, x: Numbers):
    """Patients within half a standard deviation of each measurement, the same conditions of those
    that the first features ask for; what either does not know does not part them.
    """
    alike = np.ones(posed.n, dtype=np.bool_)
    for place, feature in enumerate(posed.features):
        column = posed.x[:, place]
        if np.isnan(x[place]) or feature.direction == 0:
            continue
        within = 0.0 if feature.is_binary else ALIKE_WITHIN_SD * np.nanstd(column)
        alike &= np.isnan(column) | (np.abs(column - x[place]) <= within)
    return alike


def _refusal(posed: Posed, x: Numbers, n_like: int) -> str:
    for place, feature in enumerate(posed.features):
        column = posed.x[:, place]
        low, high = np.nanmin(column), np.nanmax(column)
        if not np.isnan(x[place]) and not low <= x[place] <= high:
            return (
                f"{feature.label} of {x[place]:.3g} {feature.unit}: the patients here have "
                f"{low:.3g} to {high:.3g}. The model says nothing beyond them."
            )
    if n_like < FEWEST_ALIKE:
        return (
            f"Only {n_like} patients here are like this; with fewer than {FEWEST_ALIKE} the model "
            "says nothing."
        )
    return ""
