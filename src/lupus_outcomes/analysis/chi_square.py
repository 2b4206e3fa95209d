"""A chi-square test as a result, and a matrix form of it."""

from dataclasses import dataclass

import numpy as np
from scipy.special import chdtrc

from lupus_outcomes.indices.three_valued import Numbers

# Variance of a count that should be 0 misses it by less than this.
ROUNDING = 1e-12


@dataclass(frozen=True, slots=True)
class ChiSquare:
    """``statistic`` on ``df`` degrees of freedom; NaN where there was nothing to test."""

    statistic: float
    df: int
    p_value: float


NOTHING_TO_TEST = ChiSquare(np.nan, 0, np.nan)


def compute_chi_square(statistic: float, df: int) -> ChiSquare:
    """The upper tail of a chi-square statistic."""
    return ChiSquare(float(statistic), int(df), float(chdtrc(df, max(statistic, 0.0))))


def compute_quadratic_test(
    difference: Numbers, variance: Numbers, least: float = ROUNDING
) -> ChiSquare:
    """Test that a vector of shape (df,) is zero, given its variance of shape (df, df).

    A variance up to ``least`` is the rounding of none; 0 where the unit is arbitrary.
    """
    if not len(difference) or not np.isfinite(variance).all():
        return NOTHING_TO_TEST
    scale = np.sqrt(np.maximum(np.diag(variance), 0.0))
    if (scale**2 <= least).any():
        return NOTHING_TO_TEST
    correlation = variance / np.outer(scale, scale)
    if np.linalg.matrix_rank(correlation, hermitian=True) < len(difference):
        return NOTHING_TO_TEST
    standardised = difference / scale
    statistic = float(standardised @ np.linalg.solve(correlation, standardised))
    return compute_chi_square(statistic, len(difference))
