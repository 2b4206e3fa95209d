"""Comparing exposed with unexposed patients: balance, weights, lag, and what could explain it away.

Standardised differences: Austin 2009, Stat Med 28:3083. Overlap weights: Li 2018, J Am Stat Assoc
113:390. E-value: VanderWeele & Ding 2017, Ann Intern Med 167:268.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lupus_outcomes.indices.three_valued import Numbers

BALANCE_LIMIT = 0.1


@dataclass(frozen=True, slots=True)
class LaggedFollowUp:
    """Follow-up counted from the end of a lag; arrays of shape (patients,).

    Patients whose follow-up ends within the lag are not ``is_at_risk``: neither their time nor
    their event counts. The same lag goes for exposed and unexposed.
    """

    is_at_risk: NDArray[np.bool_]
    follow_up_days: NDArray[np.integer]
    event_observed: NDArray[np.bool_]


def compute_smd_continuous(
    mean_1: ArrayLike, sd_1: ArrayLike, mean_0: ArrayLike, sd_0: ArrayLike
) -> Numbers:
    """Absolute standardised difference of two means, in pooled standard deviations."""
    return _standardise(np.subtract(mean_1, mean_0), np.square(sd_1), np.square(sd_0))


def compute_smd_binary(proportion_1: ArrayLike, proportion_0: ArrayLike) -> Numbers:
    """Absolute standardised difference of two proportions."""
    one, zero = np.asarray(proportion_1), np.asarray(proportion_0)
    return _standardise(one - zero, one * (1 - one), zero * (1 - zero))


def compute_smd(
    covariates: Numbers, is_exposed: NDArray[np.bool_], weights: Numbers | None = None
) -> Numbers:
    """Absolute standardised difference of each covariate, weighted means over unweighted SDs.

    Parameters
    ----------
    covariates
        Complete values, shape (patients, covariates); a binary covariate is 0 and 1.
    is_exposed, weights
        Shape (patients,); no weights means equal ones.
    """
    is_binary = np.asarray(np.isin(covariates, (0, 1)).all(axis=0))
    exposed, unexposed = covariates[is_exposed], covariates[~is_exposed]
    weight_1, weight_0 = (
        (None, None) if weights is None else (weights[is_exposed], weights[~is_exposed])
    )
    return _standardise(
        np.average(exposed, axis=0, weights=weight_1)
        - np.average(unexposed, axis=0, weights=weight_0),
        _variance(exposed, is_binary),
        _variance(unexposed, is_binary),
    )


def _variance(values: Numbers, is_binary: NDArray[np.bool_]) -> Numbers:
    return np.where(is_binary, values.var(axis=0), values.var(axis=0, ddof=1))


def _standardise(difference: Numbers, variance_1: Numbers, variance_0: Numbers) -> Numbers:
    """Without any variance: no difference is 0, a difference cannot be standardised (NaN)."""
    pooled = np.sqrt((variance_1 + variance_0) / 2)
    gap = np.abs(difference)
    return np.where(gap == 0, 0.0, gap / np.where(pooled > 0, pooled, np.nan))


def is_balanced(smd: Numbers) -> NDArray[np.bool_]:
    """Below 0.1. No p-value: balance is a property of the sample."""
    return smd < BALANCE_LIMIT


def compute_overlap_weights(propensity: Numbers, is_exposed: NDArray[np.bool_]) -> Numbers:
    """Exposed 1 - e, unexposed e: the patients on whom doctors could have decided either way."""
    return np.where(is_exposed, 1 - propensity, propensity)


def compute_iptw_weights(
    propensity: Numbers, is_exposed: NDArray[np.bool_], *, stabilised: bool = False
) -> Numbers:
    """Inverse probability of treatment: exposed 1/e, unexposed 1/(1 - e); the whole population."""
    weights = np.where(is_exposed, 1 / propensity, 1 / (1 - propensity))
    if not stabilised:
        return weights
    share = np.mean(is_exposed)
    return weights * np.where(is_exposed, share, 1 - share)


def compute_att_weights(propensity: Numbers, is_exposed: NDArray[np.bool_]) -> Numbers:
    """Exposed 1, unexposed e/(1 - e): the effect in those who were treated."""
    return np.where(is_exposed, 1.0, propensity / (1 - propensity))


def effective_sample_size(weights: Numbers) -> float:
    """How many equally weighted patients are worth as much: (sum w)² / sum w²."""
    return float(weights.sum() ** 2 / np.square(weights).sum())


def compute_e_value(hazard_ratio: ArrayLike, *, outcome_is_rare: bool = True) -> Numbers:
    """Least strength of a confounder, as a risk ratio, that could explain the association away.

    A common outcome (more than 15 % by the end) has its hazard ratio turned into a risk ratio.
    """
    ratio = np.asarray(hazard_ratio, dtype=np.float64)
    if not outcome_is_rare:
        ratio = (1 - 0.5 ** np.sqrt(ratio)) / (1 - 0.5 ** np.sqrt(1 / ratio))
    away_from_one = np.where(ratio < 1, 1 / ratio, ratio)
    return away_from_one + np.sqrt(away_from_one * (away_from_one - 1))


def compute_e_value_limit(
    ci_low: ArrayLike, ci_high: ArrayLike, *, outcome_is_rare: bool = True
) -> Numbers:
    """E-value of the confidence limit nearest to 1; 1 where the interval holds 1."""
    low, high = np.asarray(ci_low, dtype=np.float64), np.asarray(ci_high, dtype=np.float64)
    nearest = np.where(low > 1, low, np.where(high < 1, high, 1.0))
    return compute_e_value(nearest, outcome_is_rare=outcome_is_rare)


def apply_lag(
    follow_up_days: NDArray[np.integer], event_observed: NDArray[np.bool_], lag_days: int
) -> LaggedFollowUp:
    """Start risk time ``lag_days`` after index: a tumour found sooner was there before.

    ``follow_up_days``: from index to event or censoring, shape (patients,). The day the lag ends
    counts.
    """
    is_at_risk = follow_up_days >= lag_days
    return LaggedFollowUp(
        is_at_risk=is_at_risk,
        follow_up_days=np.where(is_at_risk, follow_up_days - lag_days, 0),
        event_observed=event_observed & is_at_risk,
    )
