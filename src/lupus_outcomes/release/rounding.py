"""The rule of release mode for a count: 0 stays, 1 to 7 are hidden, the rest is rounded to 5."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lupus_outcomes.indices.three_valued import Numbers

# Small enough to identify someone; see docs/decisions.md.
LARGEST_HIDDEN = 7
ROUNDED_TO = 5
FARTHEST = ROUNDED_TO // 2
# Means, medians and curves describe this many people at least.
FEWEST_DESCRIBED = 10


def is_small(counts: ArrayLike) -> NDArray[np.bool_]:
    """Whether a count is hidden by itself."""
    counts = np.asarray(counts, dtype=np.float64)
    return (counts > 0) & (counts <= LARGEST_HIDDEN)


def round_to_five(values: ArrayLike) -> Numbers:
    """The nearest multiple of 5, a half upwards."""
    return np.floor(np.asarray(values, dtype=np.float64) / ROUNDED_TO + 0.5) * ROUNDED_TO


def round_counts(counts: ArrayLike) -> Numbers:
    """Counts as they are released, NaN where they are hidden."""
    return np.where(is_small(counts), np.nan, round_to_five(counts))


def round_patients(n: int) -> int:
    """How many patients a result is about, as a sentence may say it; none for few."""
    return 0 if is_small(n) else int(round_to_five(n))


def lowest_behind(shown: ArrayLike) -> Numbers:
    """The smallest count that is released as this one."""
    shown = np.asarray(shown, dtype=np.float64)
    return np.where(shown == 0, 0, np.maximum(shown - FARTHEST, LARGEST_HIDDEN + 1))


def highest_behind(shown: ArrayLike) -> Numbers:
    """The largest count that is released as this one."""
    shown = np.asarray(shown, dtype=np.float64)
    return np.where(shown == 0, 0, shown + FARTHEST)
