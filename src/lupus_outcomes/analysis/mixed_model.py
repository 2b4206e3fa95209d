"""Repeated measurements of patients: linear mixed model by restricted maximum likelihood.

Laird & Ware 1982, Biometrics 38:963; Bates 2015, J Stat Softw 67(1) (profiled likelihood). Equal to
R's ``nlme::lme`` and ``lme4::lmer``. Only sums over each patient's measurements enter, so a million
measurements cost one pass. Degrees of freedom are those of ``lme`` (Pinheiro & Bates 2000, p. 91).
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq, minimize
from scipy.special import stdtr, stdtrit

from lupus_outcomes.analysis.intervals import LEVEL
from lupus_outcomes.analysis.newton import is_singular
from lupus_outcomes.indices.three_valued import Numbers

MixedStatus = Literal["converged", "collinear", "too few measurements"]

# Ratios of variances, between over within patients, that are searched; 0 is always tried.
LOG_RATIOS = np.linspace(-18.0, 18.0, 73)


@dataclass(frozen=True, slots=True)
class MixedFit:
    """Coefficients, shape (p,), in the unit of the outcome; NaN unless ``status`` is "converged".

    ``sigma`` within patients; ``sigma_between``, shape (q,), the standard deviations of the
    patients' own intercepts (and slopes) with their ``correlation``, shape (q, q). ``df``: of the t
    distribution behind the limits.
    """

    status: MixedStatus
    n_patients: int
    n_measurements: int
    coefficients: Numbers
    covariance: Numbers
    se: Numbers
    df: Numbers
    ci_low: Numbers
    ci_high: Numbers
    p_value: Numbers
    sigma: float
    sigma_between: Numbers
    correlation: Numbers
    log_likelihood: float


@dataclass(frozen=True, slots=True)
class _Sums:
    """Cross-products of each patient's rows: random effects z, and the fixed with the outcome w."""

    zz: Numbers
    zw: Numbers
    ww: Numbers
    n: int

    @property
    def p(self) -> int:
        return len(self.ww) - 1


@dataclass(frozen=True, slots=True)
class _Solved:
    """The best fit for a given covariance of the random effects relative to sigma²."""

    coefficients: Numbers
    covariance: Numbers
    sigma: float
    deviance: float


def estimate_mixed_model(
    outcome: Numbers,
    covariates: Numbers,
    patient: NDArray[np.integer],
    random: Numbers | None = None,
    level: float = LEVEL,
) -> MixedFit:
    """Fit by REML.

    Parameters
    ----------
    outcome, patient
        Of each measurement, and its patient's code; shape (measurements,).
    covariates
        Fixed effects with a column of ones for the intercept, shape (measurements, p).
    random
        Columns whose effect is each patient's own, shape (measurements, q); by default the
        intercept.
    """
    present, code = np.unique(patient, return_inverse=True)
    n, p = covariates.shape
    z = np.ones((n, 1)) if random is None else random
    df = _degrees_of_freedom(covariates, code, len(present))
    if n <= p or (df <= 0).any():
        return _nothing("too few measurements", len(present), n, p, z.shape[1])
    if is_singular(covariates.T @ covariates, least=0.0):
        return _nothing("collinear", len(present), n, p, z.shape[1])
    sums = _sum(outcome, covariates, z, code, len(present))
    root = _find_ratio(sums) if z.shape[1] == 1 else _find_root(sums)
    return _result(_solve(sums, root), root, df, len(present), n, level)


def _nothing(status: MixedStatus, n_patients: int, n: int, p: int, q: int) -> MixedFit:
    nan, square = np.full(p, np.nan), np.full((p, p), np.nan)
    empty = np.full(q, np.nan), np.full((q, q), np.nan)
    return MixedFit(
        status, n_patients, n, nan, square, nan, nan, nan, nan, nan, np.nan, *empty, np.nan
    )


def _result(
    found: _Solved, root: Numbers, df: Numbers, n_patients: int, n: int, level: float
) -> MixedFit:
    between = found.sigma**2 * root @ root.T
    spread = np.sqrt(np.diag(between))
    scale = np.where(spread > 0, spread, np.nan)
    se = np.sqrt(np.diag(found.covariance))
    reach = stdtrit(df, (1 + level) / 2) * se
    return MixedFit(
        status="converged",
        n_patients=n_patients,
        n_measurements=n,
        coefficients=found.coefficients,
        covariance=found.covariance,
        se=se,
        df=df,
        ci_low=found.coefficients - reach,
        ci_high=found.coefficients + reach,
        p_value=2 * stdtr(df, -np.abs(found.coefficients / se)),
        sigma=found.sigma,
        sigma_between=spread,
        correlation=between / np.outer(scale, scale),
        log_likelihood=-found.deviance / 2,
    )


def _sum(
    outcome: Numbers, covariates: Numbers, z: Numbers, code: NDArray[np.integer], n_patients: int
) -> _Sums:
    w = np.column_stack([covariates, outcome])

    def by_patient(a: Numbers, b: Numbers) -> Numbers:
        cells = [[np.bincount(code, left * right, n_patients) for right in b.T] for left in a.T]
        return np.moveaxis(np.array(cells), -1, 0)

    return _Sums(by_patient(z, z), by_patient(z, w), w.T @ w, len(outcome))


def _solve(sums: _Sums, root: Numbers) -> _Solved:
    """Generalised least squares and the REML deviance.

    ``root``: lower triangular, root root' the covariance of the random effects over sigma²; (q, q).
    """
    inner = np.eye(len(root)) + root.T @ sums.zz @ root
    projected = root.T @ sums.zw
    solved = np.linalg.solve(inner, projected)
    whole = sums.ww - np.einsum("iqa,iqb->ab", projected, solved)
    p = sums.p
    fixed, crossed = whole[:p, :p], whole[:p, p]
    coefficients = np.linalg.solve(fixed, crossed)
    df = sums.n - p
    variance = float(whole[p, p] - crossed @ coefficients) / df
    log_dets = np.linalg.slogdet(inner)[1].sum() + np.linalg.slogdet(fixed)[1]
    deviance = float(log_dets + df * (np.log(2 * np.pi * variance) + 1))
    covariance = variance * np.linalg.inv(fixed)
    return _Solved(coefficients, covariance, float(np.sqrt(variance)), deviance)


def _find_ratio(sums: _Sums) -> Numbers:
    """Standard deviation between over that within patients: one number, by its derivative."""
    ratios = np.exp(LOG_RATIOS)
    at_grid = [_solve(sums, np.array([[np.sqrt(ratio)]])).deviance for ratio in (0.0, *ratios)]
    best = int(np.argmin(at_grid))
    if best == 0:
        return np.zeros((1, 1))
    position = min(max(best - 1, 1), len(ratios) - 2)
    low, high = LOG_RATIOS[position - 1], LOG_RATIOS[position + 1]
    if _slope(sums, low) >= 0 or _slope(sums, high) <= 0:
        return np.array([[np.sqrt(ratios[best - 1])]])
    found = brentq(lambda log_ratio: _slope(sums, log_ratio), low, high, xtol=1e-14)
    return np.array([[np.exp(float(found) / 2)]])  # pyright: ignore[reportArgumentType]


def _slope(sums: _Sums, log_ratio: float) -> float:
    """Derivative of the deviance in the ratio of variances, of a random intercept."""
    ratio = np.exp(log_ratio)
    at = _solve(sums, np.array([[np.sqrt(ratio)]]))
    size, total = sums.zz[:, 0, 0], sums.zw[:, 0]
    shrink = 1 / (1 + size * ratio)
    fixed = total[:, :-1]
    left = (total[:, -1] - fixed @ at.coefficients) * shrink
    spread = fixed * shrink[:, None]
    trace = np.einsum("ia,ab,ib->", spread, at.covariance / at.sigma**2, spread)
    return float(np.sum(size * shrink) - trace - np.sum(left**2) / at.sigma**2)


def _find_root(sums: _Sums) -> Numbers:
    """Relative covariance factor of several random effects, by its lower triangle."""
    q = sums.zz.shape[1]
    rows, columns = np.tril_indices(q)
    # Each random effect in units in which its columns have mean square 1.
    scale = np.sqrt(sums.zz.sum(axis=0).diagonal() / sums.n)

    def unfold(values: Numbers) -> Numbers:
        root = np.zeros((q, q))
        root[rows, columns] = values
        return root / scale[:, None]

    def deviance(values: Numbers) -> float:
        return _solve(sums, unfold(values)).deviance

    options = {"xatol": 1e-9, "fatol": 1e-11, "maxiter": 10_000, "maxfev": 10_000}
    start = np.eye(q)[rows, columns]
    found = minimize(deviance, start, method="Nelder-Mead", options=options)
    again = minimize(deviance, found.x, method="Nelder-Mead", options=options)
    return unfold(again.x)


def _degrees_of_freedom(covariates: Numbers, code: NDArray[np.integer], n_patients: int) -> Numbers:
    """Covariates that vary within patients count against measurements, others against patients."""
    first = np.zeros((n_patients, covariates.shape[1]))
    first[code] = covariates
    is_inner = (covariates != first[code]).any(axis=0)
    is_intercept = np.ptp(covariates, axis=0) == 0 if len(covariates) else is_inner
    inner = len(covariates) - n_patients - is_inner.sum()
    outer = n_patients - (~is_inner).sum()
    return np.where(is_inner | is_intercept, inner, outer).astype(np.float64)
