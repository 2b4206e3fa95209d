"""Mean, spread and quartiles of many rows at once, and Student's t of their means.

Rows are the last axis; NaN is a missing value and counts nowhere. What too few values cannot tell
is NaN.
"""

from typing import NamedTuple

import numpy as np
from scipy.special import stdtr, stdtrit

from lupus_outcomes.analysis.intervals import LEVEL, Limits
from lupus_outcomes.indices.three_valued import Numbers

# Of the mean: differences that small are rounding, and values that differ so little are all alike.
ALIKE = 1e-12


class Moments(NamedTuple):
    """Number of values, mean and standard deviation (n - 1), arrays of one shape."""

    n: Numbers
    mean: Numbers
    sd: Numbers


class Quartiles(NamedTuple):
    """First quartile, median and third quartile, arrays of one shape."""

    q1: Numbers
    median: Numbers
    q3: Numbers


def compute_moments(values: Numbers) -> Moments:
    """Moments of each row. ``values``: shape (…, n)."""
    known = ~np.isnan(values)
    n = known.sum(axis=-1).astype(np.float64)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.where(known, values, 0.0).sum(axis=-1) / np.where(n > 0, n, np.nan)
        off = np.where(known, values - mean[..., np.newaxis], 0.0)
        sd = np.sqrt((off**2).sum(axis=-1) / np.where(n > 1, n - 1, np.nan))
    return Moments(n, mean, sd)


def compute_quartiles(values: Numbers) -> Quartiles:
    """Quartiles of each row by linear interpolation (type 7 of R, numpy's default)."""
    if not values.shape[-1]:
        nothing = np.full(values.shape[:-1], np.nan)
        return Quartiles(nothing, nothing, nothing)
    in_order = np.sort(values, axis=-1)  # NaN comes last
    last = np.maximum((~np.isnan(values)).sum(axis=-1) - 1, 0)
    return Quartiles(*(_at(in_order, share * last) for share in (0.25, 0.5, 0.75)))


def _at(in_order: Numbers, place: Numbers) -> Numbers:
    """The value at a place between two of the ordered ones."""
    below = np.floor(place).astype(np.int64)
    above = np.ceil(place).astype(np.int64)
    low, high = (
        np.take_along_axis(in_order, at[..., np.newaxis], axis=-1)[..., 0] for at in (below, above)
    )
    return low + (place - below) * (high - low)


def compute_t_limits(moments: Moments, level: float = LEVEL) -> Limits:
    """Limits of each mean by the t distribution; NaN with fewer than two values."""
    n = np.where(moments.n > 1, moments.n, np.nan)
    half_width = stdtrit(n - 1, (1 + level) / 2) * moments.sd / np.sqrt(n)
    return Limits(moments.mean - half_width, moments.mean + half_width)


def compute_t_p(moments: Moments) -> Numbers:
    """Two-sided p of a mean of 0, by Student's t; of paired changes, the paired t test.

    NaN with fewer than two values, and where all values are alike: nothing varies then.
    """
    n = np.where(moments.n > 1, moments.n, np.nan)
    varies = moments.sd > ALIKE * np.maximum(np.abs(moments.mean), ALIKE)
    error = np.where(varies, moments.sd, np.nan) / np.sqrt(n)
    return 2 * stdtr(n - 1, -np.abs(moments.mean / error))
