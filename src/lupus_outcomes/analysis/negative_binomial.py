"""Counts of events over unequal times, more varied than Poisson: negative binomial regression.

Lawless 1987, Can J Stat 15:209; estimates and standard errors as ``glm.nb`` of the R package MASS
(Venables & Ripley 2002, section 7.4).
"""

from dataclasses import dataclass
from math import exp, inf
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.special import digamma, gammaln, ndtr, polygamma, xlogy

from lupus_outcomes.analysis.intervals import LEVEL, normal_quantile
from lupus_outcomes.analysis.newton import is_singular
from lupus_outcomes.indices.three_valued import Numbers

CountStatus = Literal[
    "converged", "poisson", "no events", "collinear", "separated", "not converged"
]

MAX_ITERATIONS = 100
SMALL_STEP = 1e-11
# Above this the variance exceeds Poisson's by less than a ten-millionth of the squared mean.
POISSON = 1e7
RUNAWAY = 25.0


@dataclass(frozen=True, slots=True)
class CountFit:
    """Log rate ratios; the intercept, if any, is a covariate of ones. Arrays of shape (p,).

    Variance of a count is mean + mean² / ``theta``. Status "poisson": no more varied than Poisson,
    ``theta`` infinite and the estimates those of Poisson regression. Otherwise all estimates are
    NaN unless "converged". Patients never under observation are left out of ``n_patients``.
    """

    status: CountStatus
    n_patients: int
    n_events: int
    coefficients: Numbers
    covariance: Numbers
    se: Numbers
    rate_ratio: Numbers
    ci_low: Numbers
    ci_high: Numbers
    p_value: Numbers
    theta: float
    theta_se: float
    log_likelihood: float


def estimate_negative_binomial(
    counts: NDArray[np.integer],
    covariates: Numbers,
    person_time: Numbers | None = None,
    level: float = LEVEL,
) -> CountFit:
    """Fit by maximum likelihood.

    Parameters
    ----------
    counts
        Events of each patient, shape (patients,).
    covariates
        With a column of ones for the intercept, shape (patients, p).
    person_time
        Time under observation in any unit, 1 for all by default; shape (patients,).
    """
    time = np.ones(len(counts)) if person_time is None else np.asarray(person_time, np.float64)
    seen = time > 0
    y, x, offset = counts[seen].astype(np.float64), covariates[seen], np.log(time[seen])
    status, coefficients, theta = _fit(y, x, offset)
    if status not in ("converged", "poisson"):
        nothing = np.full(x.shape[1], np.nan)
        spread = np.full((x.shape[1], x.shape[1]), np.nan)
        return _result(status, y, nothing, spread, (np.nan, np.nan), np.nan, level)
    mean = np.exp(x @ coefficients + offset)
    covariance = np.linalg.inv((x.T * (mean / (1 + mean / theta))) @ x)
    theta_se = np.nan if status == "poisson" else _theta_derivatives(theta, y, mean)[1] ** -0.5
    log_likelihood = _log_likelihood(y, mean, theta)
    return _result(status, y, coefficients, covariance, (theta, theta_se), log_likelihood, level)


def _result(
    status: CountStatus,
    y: Numbers,
    coefficients: Numbers,
    covariance: Numbers,
    theta: tuple[float, float],
    log_likelihood: float,
    level: float,
) -> CountFit:
    se = np.sqrt(np.diag(covariance))
    reach = normal_quantile(level) * se
    return CountFit(
        status=status,
        n_patients=len(y),
        n_events=int(y.sum()),
        coefficients=coefficients,
        covariance=covariance,
        se=se,
        rate_ratio=np.exp(coefficients),
        ci_low=np.exp(coefficients - reach),
        ci_high=np.exp(coefficients + reach),
        p_value=2 * ndtr(-np.abs(coefficients / se)),
        theta=theta[0],
        theta_se=theta[1],
        log_likelihood=log_likelihood,
    )


def _fit(y: Numbers, x: Numbers, offset: Numbers) -> tuple[CountStatus, Numbers, float]:
    coefficients = np.zeros(x.shape[1])
    if not y.sum():
        return "no events", coefficients, np.nan
    if is_singular(x.T @ x, least=0.0):
        return "collinear", coefficients, np.nan
    status, coefficients = _fit_coefficients(y, x, offset, np.inf, coefficients)
    if status != "converged":
        return status, coefficients, np.nan
    mean = np.exp(x @ coefficients + offset)
    # Slope of the likelihood in 1/theta at Poisson: it falls where counts vary no more than that.
    if np.sum((y - mean) ** 2 - y) <= 0:
        return "poisson", coefficients, np.inf
    theta = _fit_theta(y, mean)
    for _ in range(MAX_ITERATIONS):
        if theta > POISSON:
            _, coefficients = _fit_coefficients(y, x, offset, np.inf, coefficients)
            return "poisson", coefficients, np.inf
        status, coefficients = _fit_coefficients(y, x, offset, theta, coefficients)
        if status != "converged":
            return status, coefficients, np.nan
        previous, theta = theta, _fit_theta(y, np.exp(x @ coefficients + offset))
        if abs(theta / previous - 1) < _small_step(theta):
            return "converged", coefficients, theta
    return "not converged", coefficients, np.nan


def _fit_coefficients(
    y: Numbers, x: Numbers, offset: Numbers, theta: float, start: Numbers
) -> tuple[CountStatus, Numbers]:
    """Scoring for the coefficients at a given theta."""
    coefficients = start
    # Begins at the means the data suggest when nothing better is known.
    predictor = x @ start + offset if start.any() else np.log(y + 0.1)
    for _ in range(MAX_ITERATIONS):
        mean = np.exp(predictor)
        weight = mean / (1 + mean / theta)
        working = predictor - offset + (y - mean) / mean
        information = (x.T * weight) @ x
        if is_singular(information, least=0.0):
            return "separated", coefficients
        previous, coefficients = (
            coefficients,
            np.linalg.solve(information, (x.T * weight) @ working),
        )
        predictor = x @ coefficients + offset
        if np.abs(predictor - offset).max() > np.abs(offset).max() + RUNAWAY:
            return "separated", coefficients
        if np.abs(x @ (coefficients - previous)).max() < SMALL_STEP:
            return "converged", coefficients
    return "not converged", coefficients


def _fit_theta(y: Numbers, mean: Numbers) -> float:
    """Newton on log(theta); infinite where the likelihood still rises at the edge to Poisson."""
    excess = float(np.mean((y / mean - 1) ** 2 - 1 / mean))
    theta = 1 / excess if excess > 1 / POISSON else 1.0
    for _ in range(MAX_ITERATIONS):
        slope, information = _theta_derivatives(theta, y, mean)
        curvature = theta**2 * information - theta * slope
        step = theta * slope / curvature if curvature > 0 else float(np.sign(slope))
        step = min(max(step, -2.0), 2.0)
        theta *= exp(step)
        if theta > POISSON:
            return inf
        if abs(step) < _small_step(theta):
            break
    return theta


def _small_step(theta: float) -> float:
    """Of log(theta). Near Poisson its slope is lost in rounding, which grows with theta squared.

    The estimates feel theta less and less there: by far fewer digits than are lost.
    """
    return SMALL_STEP * max(1.0, theta**2)


def _theta_derivatives(theta: float, y: Numbers, mean: Numbers) -> tuple[float, float]:
    """Slope of the log-likelihood in theta and minus its second derivative."""
    slope = np.sum(
        digamma(theta + y)
        - digamma(theta)
        + np.log(theta)
        + 1
        - np.log(theta + mean)
        - (y + theta) / (mean + theta)
    )
    information = np.sum(
        -polygamma(1, theta + y)
        + polygamma(1, theta)
        - 1 / theta
        + 2 / (mean + theta)
        - (y + theta) / (mean + theta) ** 2
    )
    return float(slope), float(information)


def _log_likelihood(y: Numbers, mean: Numbers, theta: float) -> float:
    if np.isinf(theta):
        return float(np.sum(xlogy(y, mean) - mean - gammaln(y + 1)))
    return float(
        np.sum(
            gammaln(theta + y)
            - gammaln(theta)
            - gammaln(y + 1)
            - theta * np.log1p(mean / theta)
            + xlogy(y, mean / (mean + theta))
        )
    )
