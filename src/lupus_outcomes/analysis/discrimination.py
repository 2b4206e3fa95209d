"""How well probabilities for patients not seen before rank, fit and pay, with intervals.

Over R repeats every patient has R probabilities, each from models that never saw the patient's
centre. A pair of patients is compared within its fold only, since models of different folds have
different levels. Arrays are of shape (repeats, n); NaN where a patient was never held out.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit, ndtri

from lupus_outcomes.analysis.intervals import LEVEL
from lupus_outcomes.indices.three_valued import Numbers

STEPS, ENOUGH = 50, 1e-10


class Estimate(NamedTuple):
    """A value with its limits."""

    value: float
    low: float
    high: float


def estimate_auc(p: Numbers, y: NDArray[np.int64], fold: NDArray[np.int64]) -> Estimate:
    """Area under the curve over folds and repeats, limits by influence curves.

    LeDell, Petersen & van der Laan 2015, Electron J Stat 9:1583; a patient's influence is averaged
    over the repeats, and the variance is widened for the overlap of the folds' models.
    """
    n_agreeing, n_pairs = 0.0, 0.0
    parts: list[tuple[int, NDArray[np.bool_], Numbers]] = []
    for repeat in range(len(p)):
        for k in np.unique(fold[repeat][fold[repeat] >= 0]).tolist():
            rows = fold[repeat] == k
            won = _shares_won(p[repeat, rows], y[rows])
            n_with = int(y[rows].sum())
            n_without = int(rows.sum()) - n_with
            n_pairs += n_with * n_without
            n_agreeing += float(np.nansum(won[y[rows] == 1])) * n_without
            parts.append((repeat, rows, won))
    if not n_pairs:
        return Estimate(np.nan, np.nan, np.nan)
    auc = n_agreeing / n_pairs
    influence = np.zeros(y.shape)
    share = y.mean()
    for _, rows, won in parts:
        weight = np.where(y[rows] == 1, 1 / share, 1 / (1 - share))
        influence[rows] += np.nan_to_num(weight * (won - auc)) / len(p)
    variance = (influence**2).mean() / len(y) * _widened(fold)
    reach = ndtri((1 + LEVEL) / 2) * np.sqrt(variance)
    return Estimate(auc, max(auc - reach, 0.0), min(auc + reach, 1.0))


def _widened(fold: NDArray[np.int64]) -> float:
    """By what the variance of a mean over held-out patients grows: models of folds share patients.

    Nadeau & Bengio 2003, Mach Learn 52:239: one plus folds times held out over fitted. With
    nothing but chance in the outcome the limits without it leave out 0.5 in a seventh of datasets.
    One where nothing was held out.
    """
    sizes = [np.unique(row[row >= 0], return_counts=True)[1] for row in fold]
    return 1 + float(np.mean([(n / (n.sum() - n)).sum() if len(n) > 1 else 0.0 for n in sizes]))


def _shares_won(p: Numbers, y: NDArray[np.int64]) -> Numbers:
    """Of the other answer's patients the share ranked on the right side; ties count half."""
    won = np.full(len(y), np.nan)
    for answer in (0, 1):
        others = np.sort(p[y != answer])
        if not len(others):
            continue
        own = p[y == answer]
        below = (np.searchsorted(others, own, "left") + np.searchsorted(others, own, "right")) / 2
        won[y == answer] = below / len(others) if answer else 1 - below / len(others)
    return won


def estimate_mean(losses: Numbers, fold: NDArray[np.int64]) -> Estimate:
    """Mean loss a patient, the repeats of a patient averaged first; limits as for the area."""
    of_patient = np.nanmean(losses, axis=0)
    variance = of_patient.var(ddof=1) / len(of_patient) * _widened(fold)
    reach = ndtri((1 + LEVEL) / 2) * np.sqrt(variance)
    return Estimate(float(of_patient.mean()), of_patient.mean() - reach, of_patient.mean() + reach)


def brier_losses(p: Numbers, y: NDArray[np.int64]) -> Numbers:
    """Squared distance from the answer."""
    return (p - y) ** 2


def log_losses(p: Numbers, y: NDArray[np.int64]) -> Numbers:
    """Log loss of each."""
    return -np.where(y == 1, np.log(p), np.log1p(-p))


class Recalibration(NamedTuple):
    """Logistic regression of the answer on the log-odds: intercept and slope, their covariance."""

    coefficients: Numbers
    covariance: Numbers


def recalibrate(p: Numbers, y: NDArray[np.int64], with_slope: bool = True) -> Recalibration:
    """Cox 1958, Biometrika 45:562; all repeats together, a patient's rows as one cluster.

    Without the slope: the intercept with the log-odds as an offset, calibration in the large.
    """
    known = ~np.isnan(p)
    patient = np.nonzero(known)[1]
    log_odds, answer = logit(p[known]), y[patient]
    ones = np.ones_like(log_odds)
    design = np.column_stack([ones, log_odds]) if with_slope else ones[:, np.newaxis]
    offset = np.zeros_like(log_odds) if with_slope else log_odds
    coefficients = np.array([0.0, 1.0])[: design.shape[1]]
    for _ in range(STEPS):
        expected = expit(offset + design @ coefficients)
        information = design.T @ (design * (expected * (1 - expected))[:, np.newaxis])
        step = np.linalg.pinv(information) @ (design.T @ (answer - expected))
        coefficients = coefficients + step
        if np.abs(step).max() < ENOUGH:
            break
    residual = answer - expit(offset + design @ coefficients)
    scores = np.zeros((len(y), design.shape[1]))
    np.add.at(scores, patient, design * residual[:, np.newaxis])
    bread = np.linalg.pinv(information)
    return Recalibration(coefficients, bread @ (scores.T @ scores) @ bread)


def estimate_coefficient(found: Recalibration, place: int) -> Estimate:
    """One of the two with its limits."""
    value = float(found.coefficients[place])
    reach = float(ndtri((1 + LEVEL) / 2) * np.sqrt(found.covariance[place, place]))
    return Estimate(value, value - reach, value + reach)


def net_benefit(p: Numbers, y: NDArray[np.int64], thresholds: Numbers) -> Numbers:
    """Net benefit of treating those with at least the threshold, mean over repeats.

    Vickers & Elkin 2006, Med Decis Making 26:565: true positives less false positives weighted by
    the odds of the threshold, per patient.
    """
    treated = p[..., np.newaxis] >= thresholds
    n = np.sum(~np.isnan(p), axis=-1)[..., np.newaxis]
    true = (treated & (y == 1)[:, np.newaxis]).sum(axis=-2) / n
    false = (treated & (y == 0)[:, np.newaxis]).sum(axis=-2) / n
    return np.mean(true - false * thresholds / (1 - thresholds), axis=0)
