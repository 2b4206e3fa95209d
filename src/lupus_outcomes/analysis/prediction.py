"""How good a model of response is, for patients it has not seen: said before what it rests on."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import expit, logit, ndtri

from lupus_outcomes.analysis.discrimination import (
    Estimate,
    Recalibration,
    brier_losses,
    estimate_auc,
    estimate_coefficient,
    estimate_mean,
    log_losses,
    net_benefit,
    recalibrate,
)
from lupus_outcomes.analysis.evidence import Evidence
from lupus_outcomes.analysis.intervals import LEVEL, compute_wilson
from lupus_outcomes.analysis.question import Posed
from lupus_outcomes.analysis.result import Result, of_whom, remarks
from lupus_outcomes.derive.cohort import Cohort
from lupus_outcomes.derive.outcomes import HANDLING_WORDS
from lupus_outcomes.derive.selection import Selection
from lupus_outcomes.endpoints import ENDPOINTS
from lupus_outcomes.indices.three_valued import Numbers

MODELS = ("gradient_boosting", "logistic", "prevalence")
BOOSTING, RIDGE, PREVALENCE = range(3)
METRICS = (
    "auc", "brier", "scaled_brier", "calibration_intercept", "calibration_slope", "log_loss",
)  # fmt: skip
# Vittinghoff & McCulloch 2007, Am J Epidemiol 165:710: with fewer, results are often wrong.
MINIMUM_EVENTS_PER_FEATURE = 5
CALIBRATION_GROUPS, CURVE_POINTS = 5, 41
UNKNOWN = Estimate(np.nan, np.nan, np.nan)
THRESHOLDS = np.round(np.arange(0.05, 0.951, 0.025), 3)
SOURCES = (
    "scikit-learn HistGradientBoostingClassifier: Ke 2017, NeurIPS 30",
    "Cross-validated area under the curve: LeDell 2015, Electron J Stat 9:1583",
    "Calibration: Cox 1958, Biometrika 45:562; Van Calster 2019, BMC Med 17:230",
    "Reporting: TRIPOD+AI, Collins 2024, BMJ 385:e078378",
)


def estimate_performance(
    posed: Posed, evidence: Evidence, cohort: Cohort, selection: Selection
) -> Result:
    """Apparent and corrected performance of three models, as ``prediction_performance.csv``.

    ``apparent``: on the patients the model was fitted to. ``corrected``: on patients of centres
    held out, with 95 % limits.
    """
    rows = [row for model in range(len(MODELS)) for row in _performance(posed, evidence, model)]
    return prediction_result(
        posed,
        cohort,
        selection,
        id="prediction_performance",
        title="Performance of models of response",
        finding=_verdict(posed, evidence, selection),
        table=pd.DataFrame(rows),
        method=_method(evidence),
    )


def _performance(posed: Posed, evidence: Evidence, model: int) -> Iterator[dict]:
    corrected = _metrics(evidence.held_out[model], posed, evidence.fold, model)
    together = np.zeros((1, posed.n), dtype=np.int64)
    apparent = _metrics(evidence.apparent[model][np.newaxis], posed, together, model)
    for metric in METRICS:
        yield {
            "model": MODELS[model],
            "metric": metric,
            "apparent": apparent[metric].value,
            "corrected": corrected[metric].value,
            "ci_low": corrected[metric].low,
            "ci_high": corrected[metric].high,
            "n": posed.n,
            "n_events": posed.n_events,
            "n_features": 0 if model == PREVALENCE else len(posed.features),
        }


def _metrics(p: Numbers, posed: Posed, fold, model: int) -> dict[str, Estimate]:
    brier = estimate_mean(brier_losses(p, posed.y), fold)
    share = posed.n_events / posed.n
    # The prevalence ranks nobody before anybody, and its log-odds have no spread for a slope.
    ranks = model != PREVALENCE
    reference = share * (1 - share)
    return {
        "auc": estimate_auc(p, posed.y, fold) if ranks else Estimate(0.5, np.nan, np.nan),
        "brier": brier,
        "scaled_brier": Estimate(*(1 - end / reference for end in (brier[0], brier[2], brier[1]))),
        "calibration_intercept": estimate_coefficient(recalibrate(p, posed.y, False), 0),
        "calibration_slope": (
            estimate_coefficient(recalibrate(p, posed.y), 1) if ranks else UNKNOWN
        ),
        "log_loss": estimate_mean(log_losses(p, posed.y), fold),
    }


def corrected_auc(posed: Posed, evidence: Evidence) -> Estimate:
    """Of the boosted trees, for patients of centres held out."""
    return estimate_auc(evidence.held_out[BOOSTING], posed.y, evidence.fold)


def is_no_better_than_chance(posed: Posed, evidence: Evidence) -> bool:
    """Whether the limits of the corrected area under the curve reach 0.5."""
    return _reaches_chance(corrected_auc(posed, evidence))


def _reaches_chance(auc: Estimate) -> bool:
    return not auc.low > 0.5


def events_per_feature(posed: Posed) -> float:
    """Patients with the rarer answer per feature."""
    return min(posed.n_events, posed.n - posed.n_events) / max(len(posed.features), 1)


def doubts(posed: Posed, evidence: Evidence) -> tuple[str, ...]:
    """Why what the model rests on must not be relied on; empty without doubts."""
    said = []
    auc = corrected_auc(posed, evidence)
    if _reaches_chance(auc):
        said.append(
            f"The model is no better than chance: its corrected area under the curve is "
            f"{auc.value:.2f}, and the 95 % limits ({auc.low:.2f} to {auc.high:.2f}) include 0.5. "
            "What it rests on explains the model, not the patients."
        )
    if events_per_feature(posed) < MINIMUM_EVENTS_PER_FEATURE:
        said.append(
            f"There are {events_per_feature(posed):.1f} patients with the rarer answer per "
            f"feature, fewer than the {MINIMUM_EVENTS_PER_FEATURE} declared as the minimum: ranks "
            "and directions are unstable."
        )
    return tuple(said)


def _verdict(posed: Posed, evidence: Evidence, selection: Selection) -> str:
    auc = corrected_auc(posed, evidence)
    together = np.zeros((1, posed.n), dtype=np.int64)
    apparent = estimate_auc(evidence.apparent[BOOSTING][np.newaxis], posed.y, together).value
    ridge = estimate_auc(evidence.held_out[RIDGE], posed.y, evidence.fold)
    if _reaches_chance(auc):
        said = "no better than chance"
    elif auc.value < 0.7:
        said = "better than chance, but weak"
    else:
        said = "better than chance"
    rival = "better" if ridge.value > auc.value else "no better"
    return (
        f"{posed.outcome.label}{of_whom(selection)}: the boosted trees are {said} in patients of "
        f"centres they have not seen, area under the curve {auc.value:.2f} (95 % CI "
        f"{auc.low:.2f}–{auc.high:.2f}); on the {posed.n} patients they were fitted to, of whom "
        f"{posed.n_events} attained it, it looks like {apparent:.2f}. A penalised logistic "
        f"regression is {rival}: {ridge.value:.2f} ({ridge.low:.2f}–{ridge.high:.2f})."
    )


def _method(evidence: Evidence) -> str:
    n_repeats = len(evidence.fold)
    tuned = (
        "trees and penalty tuned anew inside each fold by the log loss"
        if evidence.is_complete
        else "a first answer with a fixed tuning, to be replaced by nested tuning"
    )
    return (
        "Gradient-boosted trees with strong shrinkage and a ridge logistic regression; "
        f"{evidence.n_folds} folds of whole centres, repeats: {n_repeats}, {tuned}. Area under the "
        "curve: pairs of patients within a fold, limits by influence curves. Brier score and log "
        "loss: mean over patients, normal limits. Limits of these three are widened because the "
        "models of the folds share patients (Nadeau & Bengio 2003, Mach Learn 52:239). "
        "Calibration intercept and slope: logistic recalibration, a patient's repeats as one "
        "cluster. Missing values are a value of their own for the trees and the median for the "
        "regression. Associated with response, not its cause."
    )


def estimate_calibration(
    posed: Posed, evidence: Evidence, cohort: Cohort, selection: Selection
) -> Result:
    """Observed against predicted shares: fifths of the patients, and the recalibration curve."""
    p = np.nanmean(evidence.held_out[BOOSTING], axis=0)
    found = recalibrate(evidence.held_out[BOOSTING], posed.y)
    slope = estimate_coefficient(found, 1)
    table = pd.concat([_groups(p, posed), _curve(p, posed, found)], ignore_index=True)
    return prediction_result(
        posed,
        cohort,
        selection,
        id="prediction_calibration",
        title="Predicted and observed shares",
        finding=(
            f"Calibration slope {slope.value:.2f} (95 % CI {slope.low:.2f}–{slope.high:.2f}): 1 is "
            "right, below 1 predictions are too extreme, above 1 too timid."
        ),
        table=table,
        method=(
            "Points: fifths of the patients by their held-out prediction, mean of the repeats, "
            "with Wilson limits. Curve: logistic recalibration with 95 % band, a patient's repeats "
            "as one cluster."
        ),
    )


def _groups(p: Numbers, posed: Posed) -> pd.DataFrame:
    order = np.argsort(p, kind="stable")
    parts = np.array_split(order, CALIBRATION_GROUPS)
    n = np.array([len(part) for part in parts])
    events = np.array([posed.y[part].sum() for part in parts])
    low, high = compute_wilson(events, n)
    return pd.DataFrame(
        {
            "kind": "group",
            "predicted": [p[part].mean() for part in parts],
            "observed": events / n,
            "ci_low": low,
            "ci_high": high,
            "n": n,
            "n_events": events,
        }
    )


def _curve(p: Numbers, posed: Posed, found: Recalibration) -> pd.DataFrame:
    predicted = np.linspace(p.min(), p.max(), CURVE_POINTS)
    design = np.column_stack([np.ones(CURVE_POINTS), logit(predicted)])
    middle = design @ found.coefficients
    spread = np.sqrt(np.einsum("ij,jk,ik->i", design, found.covariance, design))
    reach = ndtri((1 + LEVEL) / 2) * spread
    return pd.DataFrame(
        {
            "kind": "curve",
            "predicted": predicted,
            "observed": expit(middle),
            "ci_low": expit(middle - reach),
            "ci_high": expit(middle + reach),
            "n": posed.n,
            "n_events": posed.n_events,
        }
    )


def estimate_net_benefit(
    posed: Posed, evidence: Evidence, cohort: Cohort, selection: Selection
) -> Result:
    """Net benefit of treating by each model, all patients or none, over the threshold."""
    share = posed.n_events / posed.n
    everyone = share - (1 - share) * THRESHOLDS / (1 - THRESHOLDS)
    curves = {
        MODELS[model]: net_benefit(evidence.held_out[model], posed.y, THRESHOLDS)
        for model in (BOOSTING, RIDGE)
    } | {"treat_all": everyone, "treat_none": np.zeros_like(THRESHOLDS)}
    table = pd.concat(
        [
            pd.DataFrame({"strategy": name, "threshold": THRESHOLDS, "net_benefit": values})
            for name, values in curves.items()
        ],
        ignore_index=True,
    )
    gains = curves[MODELS[BOOSTING]] > np.maximum(everyone, 0) + 1e-12
    best = THRESHOLDS[gains]
    finding = (
        f"Treating by the boosted trees does more good than treating all or none at thresholds "
        f"from {100 * best[0]:.0f} to {100 * best[-1]:.0f} % where the curve lies on top."
        if best.size
        else "At no threshold does treating by the boosted trees do more good than all or none."
    )
    return prediction_result(
        posed,
        cohort,
        selection,
        id="prediction_net_benefit",
        title="Decision curve",
        finding=finding,
        table=table,
        method=(
            "Held-out predictions; true positives less false positives weighted by the odds of the "
            "threshold, per patient (Vickers & Elkin 2006, Med Decis Making 26:565). No limits: a "
            "curve above another by little is not above it."
        ),
    )


def estimate_by_centre(
    posed: Posed, evidence: Evidence, cohort: Cohort, selection: Selection
) -> Result:
    """Each centre predicted by a model fitted to all others."""
    rows = []
    for code in np.unique(posed.centre).tolist():
        own = posed.centre == code
        p, y = evidence.centre_out[own], posed.y[own]
        together = np.zeros((1, len(y)), dtype=np.int64)
        auc = UNKNOWN if np.isnan(p).any() else estimate_auc(p[np.newaxis], y, together)
        rows.append(
            {
                "centre": posed.centres[code],
                "n": int(own.sum()),
                "n_events": int(y.sum()),
                "expected": float(p.sum()),
                "auc": auc.value,
                "ci_low": auc.low,
                "ci_high": auc.high,
            }
        )
    table = pd.DataFrame(rows)
    known = table.dropna(subset="auc")
    finding = (
        "No centre was left out yet, or none has patients with and without the outcome."
        if known.empty
        else f"Left out one by one, {len(known)} centres have an area under the curve from "
        f"{known['auc'].min():.2f} to {known['auc'].max():.2f}; single centres are small."
    )
    return prediction_result(
        posed,
        cohort,
        selection,
        id="prediction_by_centre",
        title="Each centre left out",
        finding=finding,
        table=table,
        method="The boosted trees fitted to all other centres; expected: the sum of probabilities.",
    )


def describe_shuffled(
    posed: Posed, evidence: Evidence, cohort: Cohort, selection: Selection
) -> Result:
    """What the same procedure finds where there is nothing to find."""
    values = np.append(evidence.unshuffled, evidence.shuffled)
    table = pd.DataFrame({"shuffle": np.arange(len(values)), "auc": values})
    n = len(evidence.shuffled)
    as_high = int((evidence.shuffled >= evidence.unshuffled).sum())
    return prediction_result(
        posed,
        cohort,
        selection,
        id="prediction_shuffled",
        title="With the outcome shuffled",
        finding=(
            f"With the outcome dealt out by chance {n} times, {as_high} were as good as the "
            f"{evidence.unshuffled:.2f} of the data themselves."
            if n
            else "The outcome has not been shuffled yet."
        ),
        table=table,
        method=(
            "One cross-validation by centre each, with the tuning of the whole; the outcome is "
            "permuted over all patients."
        ),
    )


def prediction_result(
    posed: Posed,
    cohort: Cohort,
    selection: Selection,
    *,
    more_sources: tuple[str, ...] = (),
    **parts: Any,
) -> Result:
    """A result with the words that all tables of a question share."""
    endpoint = posed.outcome.endpoint
    uses = ENDPOINTS[endpoint].needs if endpoint else ()
    return Result(
        n_patients=selection.n_patients,
        denominator=f"{posed.outcome.label}, {HANDLING_WORDS[posed.question.handling]}",
        sources=(*SOURCES, *more_sources),
        uses=uses,
        notes=(*_missing_by_design(posed), *remarks(cohort, uses)),
        **parts,
    )


def _missing_by_design(posed: Posed) -> tuple[str, ...]:
    names = [f.label for f, by in zip(posed.features, posed.is_by_design, strict=True) if by]
    return (f"Measured at some centres only: {', '.join(names)}.",) if names else ()
