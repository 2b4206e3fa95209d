"""True, false and unknown as numbers, so that whole columns combine at the speed of a minimum.

A three-valued array is ``int8``: 1 true, 0 unknown, -1 false. In that order Kleene's strong logic
is arithmetic: *and* is the minimum, *or* the maximum, *not* the change of sign. Unknown is never
false: a composite is false when a part is false, else unknown when a part is unknown, else true.
"""

from functools import reduce

import numpy as np
from numpy.typing import NDArray

ThreeValued = NDArray[np.int8]
Numbers = NDArray[np.floating]

TRUE, UNKNOWN, FALSE = np.int8(1), np.int8(0), np.int8(-1)


def every(*parts: ThreeValued) -> ThreeValued:
    """All parts hold. Arrays of one shape, three-valued in and out."""
    return reduce(np.minimum, parts)


def some(*parts: ThreeValued) -> ThreeValued:
    """At least one part holds. Arrays of one shape, three-valued in and out."""
    return reduce(np.maximum, parts)


def negate(part: ThreeValued | np.int8) -> ThreeValued:
    """The opposite; unknown stays unknown."""
    return np.negative(part)


def at_most(value: Numbers, limit: float) -> ThreeValued:
    """``value <= limit``; a missing value (NaN) is unknown."""
    return _decided(value <= limit, value > limit)


def at_least(value: Numbers, limit: float) -> ThreeValued:
    """``value >= limit``; a missing value (NaN) is unknown."""
    return _decided(value >= limit, value < limit)


def below(value: Numbers, limit: float) -> ThreeValued:
    """``value < limit``; a missing value (NaN) is unknown."""
    return _decided(value < limit, value >= limit)


def above(value: Numbers, limit: float) -> ThreeValued:
    """``value > limit``; a missing value (NaN) is unknown."""
    return _decided(value > limit, value <= limit)


def at_most_within(low: Numbers, high: Numbers, limit: float) -> ThreeValued:
    """``value <= limit`` when only bounds of the value are known: sure, excluded, or unknown."""
    return _decided(high <= limit, low > limit)


def at_least_within(low: Numbers, high: Numbers, limit: float) -> ThreeValued:
    """``value >= limit`` when only bounds of the value are known: sure, excluded, or unknown."""
    return _decided(low >= limit, high < limit)


def fallen_by(baseline: Numbers, now: Numbers, fraction: float) -> ThreeValued:
    """Whether a value fell by at least ``fraction`` of its baseline (inclusive).

    A baseline of 0 or a missing value is unknown: nothing can fall from 0.
    """
    can_fall = np.where(baseline > 0, baseline, np.nan)
    # Nine decimals: (10 - 8) / 10 must not miss 0.2 by the last bit of a binary fraction.
    return at_least(np.round((can_fall - now) / can_fall, 9), fraction)


def is_known(part: ThreeValued) -> NDArray[np.bool_]:
    """Where the answer is true or false."""
    return part != UNKNOWN


def _decided(holds: NDArray[np.bool_], fails: NDArray[np.bool_]) -> ThreeValued:
    # A comparison with NaN is false both ways, which leaves 0: unknown.
    return np.asarray(holds).view(np.int8) - np.asarray(fails).view(np.int8)
