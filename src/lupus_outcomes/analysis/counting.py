"""Sums by code: what replaces sorting and grouping where days and groups are whole numbers."""

import numpy as np
from numpy.typing import NDArray

from lupus_outcomes.indices.three_valued import Numbers


def sum_by(code: NDArray[np.integer], values: Numbers, n_codes: int) -> Numbers:
    """Sum of ``values`` for each code from 0 to ``n_codes`` - 1; ``code`` has their shape."""
    return np.bincount(code, values, n_codes).astype(np.float64, copy=False)


def from_here_on(values: NDArray) -> NDArray:
    """Sum over this and all later positions, along the last axis."""
    return values[..., ::-1].cumsum(axis=-1)[..., ::-1]
