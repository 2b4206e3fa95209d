"""Regression of the incidence of one of several competing causes on covariates.

Fine & Gray 1999, J Am Stat Assoc 94:496: proportional subdistribution hazards, ties by Breslow,
with the variance that allows for the estimated censoring; equal to ``crr`` of R's ``cmprsk``.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from lupus_outcomes.analysis.counting import from_here_on, sum_by
from lupus_outcomes.analysis.intervals import LEVEL, normal_quantile
from lupus_outcomes.analysis.newton import Status, compute_sandwich, maximise
from lupus_outcomes.analysis.survival import CENSORED
from lupus_outcomes.indices.three_valued import Numbers


@dataclass(frozen=True, slots=True)
class FineGrayFit:
    """Log subdistribution hazard ratios; arrays of shape (p,), NaN unless "converged"."""

    status: Status
    n_patients: int
    n_events: int
    coefficients: Numbers
    covariance: Numbers
    se: Numbers
    hazard_ratio: Numbers
    ci_low: Numbers
    ci_high: Numbers
    p_value: Numbers
    log_likelihood_null: float
    log_likelihood: float


@dataclass(frozen=True, slots=True)
class _ByDay:
    """Sums by day, shape (days,), and what each patient's day and cause are, shape (patients,)."""

    covariates: Numbers
    day: NDArray[np.int64]
    is_event: NDArray[np.bool_]
    is_competing: NDArray[np.bool_]
    is_censored: NDArray[np.bool_]
    n_events: Numbers
    censoring_before: Numbers
    own_censoring: Numbers


@dataclass(frozen=True, slots=True)
class _Evaluation:
    log_likelihood: float
    score: Numbers
    information: Numbers
    risk: Numbers
    mean: Numbers
    hazard: Numbers


def estimate_fine_gray(
    follow_up_days: NDArray[np.integer],
    cause: NDArray[np.integer],
    covariates: Numbers,
    of_cause: int = 1,
    level: float = LEVEL,
) -> FineGrayFit:
    """Regression of the incidence of ``of_cause`` on ``covariates``, shape (patients, p)."""
    p = covariates.shape[1]
    n_events = int(np.sum(cause == of_cause))
    if not n_events or not p:
        return _summarise("no events" if not n_events else "collinear", len(cause), n_events, p)
    spread = covariates.std(axis=0)
    spread = np.where(spread > 0, spread, 1.0)
    x = ((covariates - covariates.mean(axis=0)) / spread).T
    data = _count(follow_up_days, cause, np.ascontiguousarray(x), of_cause)
    found = maximise(lambda at: _evaluate(data, at), p)
    if found.status != "converged":
        return _summarise(found.status, len(cause), n_events, p)
    end = found.at_end
    residuals = _score_residuals(data, end) + _censoring_residuals(data, end)
    return _summarise(
        found.status,
        len(cause),
        n_events,
        p,
        found.coefficients / spread,
        compute_sandwich(end.information, residuals) / np.outer(spread, spread),
        (found.at_start.log_likelihood, end.log_likelihood),
        level,
    )


def _summarise(
    status: Status,
    n_patients: int,
    n_events: int,
    p: int,
    coefficients: Numbers | None = None,
    covariance: Numbers | None = None,
    log_likelihoods: tuple[float, float] = (np.nan, np.nan),
    level: float = LEVEL,
) -> FineGrayFit:
    coefficients = np.full(p, np.nan) if coefficients is None else coefficients
    covariance = np.full((p, p), np.nan) if covariance is None else covariance
    se = np.sqrt(np.diag(covariance))
    reach = normal_quantile(level) * se
    return FineGrayFit(
        status,
        n_patients,
        n_events,
        coefficients,
        covariance,
        se,
        np.exp(coefficients),
        np.exp(coefficients - reach),
        np.exp(coefficients + reach),
        2 * ndtr(-np.abs(coefficients / se)),
        *log_likelihoods,
    )


def _count(
    days: NDArray[np.integer], cause: NDArray[np.integer], covariates: Numbers, of_cause: int
) -> _ByDay:
    day = days.astype(np.int64)
    n_days = int(day.max()) + 1
    is_censored, is_event = cause == CENSORED, cause == of_cause
    at_risk = from_here_on(np.bincount(day, minlength=n_days))
    censored = np.bincount(day[is_censored], minlength=n_days)
    # Probability of not being censored before each day.
    staying = np.cumprod(1 - censored / np.maximum(at_risk, 1))
    before = np.concatenate([[1.0], staying[:-1]])
    return _ByDay(
        covariates,
        day,
        is_event,
        ~(is_censored | is_event),
        is_censored,
        np.bincount(day[is_event], minlength=n_days).astype(np.float64),
        before,
        before[day],
    )


def _after(values: Numbers) -> Numbers:
    """Sum over later days, along the last axis."""
    return from_here_on(values) - values


def _sum_at_risk(data: _ByDay, values: Numbers) -> Numbers:
    """Over those without the event: others' events leave by the chance of being censored."""
    n_days = len(data.n_events)
    followed = from_here_on(sum_by(data.day, values, n_days))
    had_other = data.is_competing
    kept = sum_by(data.day[had_other], values[had_other] / data.own_censoring[had_other], n_days)
    return followed + data.censoring_before * (np.cumsum(kept) - kept)


def _expect(data: _ByDay, per_day: Numbers) -> Numbers:
    """Sum of a quantity of days over those each patient is at risk on, with weights."""
    expected = np.cumsum(per_day, axis=-1)[..., data.day]
    later = _after(per_day * data.censoring_before)[..., data.day] / data.own_censoring
    return expected + data.is_competing * later


def _evaluate(data: _ByDay, coefficients: Numbers) -> _Evaluation:
    predictor = coefficients @ data.covariates
    top = predictor.max()
    risk = np.exp(predictor - top)
    total = _sum_at_risk(data, risk)
    first = np.stack([_sum_at_risk(data, risk * column) for column in data.covariates])
    is_used = data.n_events > 0
    total = np.where(is_used, total, 1.0)
    mean = np.where(is_used, first / total, 0.0)
    hazard = data.n_events / total
    log_likelihood = np.sum(predictor[data.is_event] - top) - data.n_events @ np.log(total)
    expected = risk * _expect(data, hazard)
    score = data.covariates @ (data.is_event - expected)
    information = (data.covariates * expected) @ data.covariates.T - (mean * data.n_events) @ mean.T
    return _Evaluation(float(log_likelihood), score, information, risk, mean, hazard)


def _score_residuals(data: _ByDay, at: _Evaluation) -> Numbers:
    """Each patient's part of the score as if the censoring were known, shape (p, patients)."""
    x = data.covariates
    own = np.where(data.is_event, x - at.mean[:, data.day], 0.0)
    expected = x * _expect(data, at.hazard) - _expect(data, at.mean * at.hazard)
    return own - at.risk * expected


def _censoring_residuals(data: _ByDay, at: _Evaluation) -> Numbers:
    """What each patient adds by taking part in the estimate of the censoring, (p, patients)."""
    n_days = len(data.n_events)
    weighted = data.censoring_before * at.hazard
    from_here = from_here_on(weighted), from_here_on(weighted * at.mean)
    scale = np.where(data.is_competing, at.risk / data.own_censoring, 0.0)

    def earlier(values: Numbers) -> Numbers:
        by_day = sum_by(data.day, values, n_days)
        return np.cumsum(by_day) - by_day

    total = earlier(scale)
    first = np.stack([earlier(scale * column) for column in data.covariates])
    per_censoring = first * from_here[0] - total * from_here[1]
    at_risk = from_here_on(np.bincount(data.day, minlength=n_days))
    per_censoring = per_censoring / np.maximum(at_risk, 1)
    hazard = np.bincount(data.day[data.is_censored], minlength=n_days) / np.maximum(at_risk, 1)
    own = np.where(data.is_censored, per_censoring[:, data.day], 0.0)
    return own - np.cumsum(per_censoring * hazard, axis=1)[:, data.day]
