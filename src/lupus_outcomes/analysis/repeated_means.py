"""Mean changes under a random intercept, for many groups at once: a mixed model in sums.

Laird & Ware 1982, Biometrics 38:963; REML profiled in the ratio of variances as in Bates 2015, J
Stat Softw 67(1). With time points as categories and an intercept of each patient's own, a patient
enters through which time points are known and through the sum of the values. So patients with
equally many values add up to one matrix, and a fit costs the same for ten and ten thousand of them.
The same numbers as R's ``nlme::lme``, whose degrees of freedom the limits have (Pinheiro & Bates
2000, p. 91).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy.special import stdtrit

from lupus_outcomes.analysis.intervals import LEVEL
from lupus_outcomes.indices.three_valued import Numbers

# Log of the variance between over that within patients: where the best is looked for first, and
# how often the interval around it is narrowed.
LOG_RATIOS = np.arange(-14.0, 14.5, 1.0)
NARROWINGS, ENOUGH = 60, 1e-11
# Of the sum of squares: less than this is rounding, and then nothing varies within patients.
NO_VARIATION = 1e-20


@dataclass(frozen=True, slots=True)
class MeanChanges:
    """Changes from the first time point, shape (groups, time points); NaN where not estimable."""

    change: Numbers
    ci_low: Numbers
    ci_high: Numbers


@dataclass(frozen=True, slots=True)
class Sums:
    """One group's measurements, added up by how many a patient has (first axis, from 1).

    ``n_patients``; ``together``: how many have both of two time points; ``by_time``: sums of the
    patients' totals by time point; ``squares``: of the totals. Then over all measurements: how
    many and their sum by time point, and the sum of their squares. Values are centred.
    """

    n_patients: Numbers
    together: Numbers
    by_time: Numbers
    squares: Numbers
    n: Numbers
    total: Numbers
    square: float


class _Stacked(NamedTuple):
    """``Sums`` of several groups, the groups on the first axis."""

    n_patients: Numbers
    together: Numbers
    by_time: Numbers
    squares: Numbers
    n: Numbers
    total: Numbers
    square: Numbers


class _Profile(NamedTuple):
    """At one ratio a group: REML deviance and slope, means, their covariance by sigma², sigma²."""

    deviance: Numbers
    slope: Numbers
    means: Numbers
    covariance: Numbers
    variance: Numbers


def sum_measurements(values: Numbers) -> Sums:
    """Add up one group. ``values``: shape (time points, patients), NaN where unknown."""
    known = ~np.isnan(values)
    n_times = len(values)
    filled = np.where(known, values - (values[known].mean() if known.any() else 0.0), 0.0)
    size, total = known.sum(axis=0), filled.sum(axis=0)
    chosen = [np.flatnonzero(size == k) for k in range(1, n_times + 1)]
    known_by_size = [known[:, rows].astype(np.float64) for rows in chosen]
    return Sums(
        n_patients=np.array([len(rows) for rows in chosen], dtype=np.float64),
        together=np.array([k @ k.T for k in known_by_size]),
        by_time=np.array([k @ total[r] for k, r in zip(known_by_size, chosen, strict=True)]),
        squares=np.array([float(total[rows] @ total[rows]) for rows in chosen]),
        n=known.sum(axis=1).astype(np.float64),
        total=filled.sum(axis=1),
        square=float((filled**2).sum()),
    )


def estimate_mean_changes(groups: Sequence[Sums], level: float = LEVEL) -> MeanChanges:
    """Fit each group by REML, time points as categories, a random intercept a patient.

    A time point without a measurement is left out of its group's model. NaN where there is no
    first time point, no degree of freedom is left, or nothing varies within patients.
    """
    sums = _Stacked(*(np.array([getattr(g, name) for g in groups]) for name in _Stacked._fields))
    df = sums.n.sum(axis=1) - sums.n_patients.sum(axis=1) - ((sums.n > 0).sum(axis=1) - 1)
    with np.errstate(invalid="ignore", divide="ignore"):
        found = _profile(sums, _find_ratio(sums))
    first = found.means[:, :1]
    spread = np.diagonal(found.covariance, axis1=1, axis2=2)
    of_change = spread + spread[:, :1] - 2 * found.covariance[:, 0, :]
    can_tell = (df > 0) & (sums.n[:, 0] > 0) & (found.variance > NO_VARIATION * sums.square)
    is_told = can_tell[:, np.newaxis] & (sums.n > 0)
    change = np.where(is_told, found.means - first, np.nan)
    error = np.sqrt(np.maximum(of_change, 0) * np.maximum(found.variance, 0)[:, np.newaxis])
    reach = stdtrit(np.where(can_tell, df, np.nan), (1 + level) / 2)[:, np.newaxis] * error
    return MeanChanges(change, change - reach, change + reach)


def _find_ratio(sums: _Stacked) -> Numbers:
    """Variance between over that within patients with the least deviance, a group each."""
    grid = np.repeat(np.exp(LOG_RATIOS)[:, np.newaxis], len(sums.n), axis=1)
    on_grid = _profile(sums, grid).deviance
    best = np.argmin(np.where(np.isnan(on_grid), np.inf, on_grid), axis=0)
    low = LOG_RATIOS[np.maximum(best - 1, 0)]
    high = LOG_RATIOS[np.minimum(best + 1, len(LOG_RATIOS) - 1)]
    found = _find_root(lambda log_ratio: _profile(sums, np.exp(log_ratio)).slope, low, high)
    ratio = np.exp(found)
    none = np.zeros_like(ratio)
    is_none = _profile(sums, none).deviance <= _profile(sums, ratio).deviance
    return np.where(is_none, none, ratio)


def _find_root(slope: Callable[[Numbers], Numbers], low: Numbers, high: Numbers) -> Numbers:
    """Where a rising slope is 0 between ``low`` and ``high``, by false position (Illinois).

    Where the ends do not enclose a root it is the end nearer to one.
    """
    at_low, at_high = slope(low), slope(high)
    low, high = np.where(at_high < 0, high, low), np.where(at_low > 0, low, high)
    middle, rose = (low + high) / 2, np.full(low.shape, np.nan)
    for _ in range(NARROWINGS):
        before = middle
        middle = (low * at_high - high * at_low) / (at_high - at_low)
        is_inside = (middle >= low) & (middle <= high)
        middle = np.where(is_inside, middle, (low + high) / 2)
        at_middle = slope(middle)
        rises = at_middle > 0
        # The end that stays twice counts half, so that both ends move.
        stays_twice = np.where(rises == rose, 0.5, 1.0)
        at_low, at_high = (
            np.where(rises, at_low * stays_twice, at_middle),
            np.where(rises, at_middle, at_high * stays_twice),
        )
        low, high, rose = np.where(rises, low, middle), np.where(rises, middle, high), rises
        if np.nanmax(np.abs(middle - before)) < ENOUGH:
            break
    return middle


def _profile(sums: _Stacked, ratio: Numbers) -> _Profile:
    """Everything at one ratio a group; ``ratio``: shape (…, groups)."""
    size = np.arange(1, sums.n_patients.shape[1] + 1)
    grown = 1 + size * ratio[..., np.newaxis]
    shrink, bend = ratio[..., np.newaxis] / grown, 1 / grown**2
    count = sums.n
    # A time point without a measurement stands aside: a mean of 0 with variance 1.
    inner = np.where(count > 0, count, 1.0)[..., np.newaxis] * np.eye(count.shape[1])
    information = inner - np.einsum("...k,...kts->...ts", shrink, sums.together)
    covariance = np.linalg.inv(information)
    right = sums.total - np.einsum("...k,...kt->...t", shrink, sums.by_time)
    means = np.einsum("...ts,...s->...t", covariance, right)
    rest = sums.square - np.einsum("...k,...k->...", shrink, sums.squares)
    rest = rest - np.einsum("...t,...t->...", right, means)
    df = count.sum(axis=1) - (count > 0).sum(axis=1)
    variance = rest / np.where(df > 0, df, np.nan)
    log_dets = np.einsum("...k,...k->...", sums.n_patients, np.log(grown))
    log_dets = log_dets + np.linalg.slogdet(information)[1]
    # The derivative in the ratio: of both determinants and of the residual sum of squares.
    together = np.einsum("...k,...kts->...ts", bend, sums.together)
    trace = np.einsum("...ts,...st->...", covariance, together)
    crossed = np.einsum("...k,...kt,...t->...", bend, sums.by_time, means)
    within = np.einsum("...t,...ts,...s->...", means, together, means)
    fall = np.einsum("...k,...k->...", bend, sums.squares) - 2 * crossed + within
    slope = np.einsum("...k,...k->...", sums.n_patients * size, 1 / grown) - trace - fall / variance
    return _Profile(log_dets + df * np.log(variance), slope, means, covariance, variance)
