"""Time to an event known only to lie between two visits: the nonparametric estimate.

Peto 1973, Appl Stat 22:86; Turnbull 1976, J R Stat Soc B 38:290. The maximum is found by a few
steps of self-consistency and then by constrained Newton steps (Wang 2007, Comput Stat Data Anal
52:2388), until the conditions of Kuhn and Tucker hold, which prove it is one.

On whole days an event *on* day d lies in (d - 1, d], so exact days need no rules of their own.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lupus_outcomes.analysis.intervals import LEVEL
from lupus_outcomes.analysis.survival import Counts, compute_limits
from lupus_outcomes.indices.three_valued import Numbers

# Right end of an interval that is still open: the event had not happened by the last visit.
NOT_YET = np.iinfo(np.int64).max

TOLERANCE = 1e-9
MAX_ITERATIONS = 500
MAX_PIVOTS = 30
RIDGE = 1e-12
# A step of self-consistency costs as much as counting; a Newton step the cube of the support. After
# so many, mass below this share of an even one is left out, to come back where it is missed.
SELF_CONSISTENCY_STEPS = 300
LITTLE_MASS = 0.1
# Mass per support interval that is rounding, not an estimate.
NO_MASS = 1e-13


@dataclass(frozen=True, slots=True)
class Turnbull:
    """Mass on the support: k stretches of days within which the data cannot place it.

    ``first_day`` and ``last_day`` (inclusive; ``NOT_YET`` for never so far) and ``mass`` of shape
    (k,). ``covariance`` of the masses, shape (k, k), from the observed information. ``gap``: by how
    much the Kuhn-Tucker conditions fail, in units of one patient's weight.
    """

    n_patients: int
    first_day: Counts
    last_day: Counts
    mass: Numbers
    covariance: Numbers
    log_likelihood: float
    gap: float

    @property
    def has_converged(self) -> bool:
        """Whether this is the maximum."""
        return bool(self.gap <= 1e-8)


@dataclass(frozen=True, slots=True)
class IntervalIncidence:
    """Probability of the event by each day; arrays of the shape of ``day``.

    All that the data say is that the probability lies from ``lowest`` (mass on the last day of its
    stretch) to ``highest`` (on its first). ``estimate`` spreads the mass evenly over the days of
    its stretch, as is the convention; ``se`` and the limits are of ``estimate``.
    """

    day: Counts
    estimate: Numbers
    lowest: Numbers
    highest: Numbers
    se: Numbers
    ci_low: Numbers
    ci_high: Numbers


@dataclass(frozen=True, slots=True)
class _Problem:
    """Distinct ranges of support, ``first`` to ``last`` inclusive, with patients in each."""

    first: NDArray[np.int64]
    last: NDArray[np.int64]
    weight: Numbers
    n_support: int

    def probability(self, mass: Numbers) -> Numbers:
        """Of each range."""
        running = np.concatenate([[0.0], mass.cumsum()])
        return running[self.last + 1] - running[self.first]

    def log_likelihood(self, mass: Numbers) -> float:
        probability = self.probability(mass)
        if (probability <= 0).any():
            return -np.inf
        return float(self.weight @ np.log(probability))

    def gradient(self, mass: Numbers) -> Numbers:
        """Sum of weight / probability over the ranges that hold each support interval."""
        share = self.weight / self.probability(mass)
        size = self.n_support + 1
        steps = np.bincount(self.first, share, size) - np.bincount(self.last + 1, share, size)
        return steps.cumsum()[:-1]

    def curvature(self, mass: Numbers, kept: NDArray[np.int64]) -> Numbers:
        """Minus the second derivatives for the ``kept`` support, shape (kept, kept)."""
        share = self.weight / self.probability(mass) ** 2
        n = len(kept)
        low = np.searchsorted(kept, self.first)
        high = np.searchsorted(kept, self.last, side="right") - 1
        held = high >= low
        cells = np.bincount(low[held] * n + high[held], share[held], n * n).reshape(n, n)
        # Ranges that begin no later than one and end no earlier than the other hold both.
        covering = cells.cumsum(axis=0)[:, ::-1].cumsum(axis=1)[:, ::-1]
        upper = np.triu(covering)
        return upper + np.triu(upper, 1).T


def estimate_turnbull(
    last_without: NDArray[np.integer], first_with: NDArray[np.integer]
) -> Turnbull:
    """Nonparametric maximum likelihood.

    Parameters
    ----------
    last_without
        Last day known to be without the event, -1 for never seen without; shape (patients,).
    first_with
        First day known to be with it, later than that; ``NOT_YET`` if it was never seen. An event
        known to the day d is ``d - 1, d``.
    """
    left = np.asarray(last_without, dtype=np.int64) + 1
    right = np.asarray(first_with, dtype=np.int64)
    if not len(left):
        none = np.zeros(0, np.int64)
        return Turnbull(0, none, none, np.zeros(0), np.zeros((0, 0)), np.nan, np.nan)
    first_day, last_day = _support(left, right)
    problem = _build(left, right, first_day, last_day)
    mass, gap = _maximise(problem)
    kept = np.flatnonzero(mass > NO_MASS)
    covariance = _covariance(problem, mass, kept)
    return Turnbull(
        n_patients=len(left),
        first_day=first_day[kept],
        last_day=last_day[kept],
        mass=mass[kept],
        covariance=covariance,
        log_likelihood=problem.log_likelihood(mass),
        gap=gap,
    )


def _support(
    left: NDArray[np.int64], right: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Innermost stretches: from a beginning to the next end with no beginning between."""
    begins, ends = np.unique(left), np.unique(right)
    next_end = np.searchsorted(ends, begins)
    is_last_before = np.append(next_end[1:] != next_end[:-1], True)
    return begins[is_last_before], ends[next_end[is_last_before]]


def _build(
    left: NDArray[np.int64],
    right: NDArray[np.int64],
    first_day: NDArray[np.int64],
    last_day: NDArray[np.int64],
) -> _Problem:
    n = len(first_day)
    first = np.searchsorted(first_day, left)
    last = np.searchsorted(last_day, right, side="right") - 1
    codes, counts = np.unique(first * n + last, return_counts=True)
    return _Problem(codes // n, codes % n, counts.astype(np.float64), n)


def _maximise(problem: _Problem) -> tuple[Numbers, float]:
    """Mass of each support interval, and the gap left in the Kuhn-Tucker conditions."""
    n = problem.weight.sum()
    mass = np.full(problem.n_support, 1 / problem.n_support)
    for _ in range(SELF_CONSISTENCY_STEPS):
        mass = mass * problem.gradient(mass) / n
    mass = _without_little(problem, mass)
    gap = np.inf
    for _ in range(MAX_ITERATIONS):
        gradient = problem.gradient(mass)
        gap = _kuhn_tucker_gap(gradient, mass, n)
        if gap <= TOLERANCE:
            break
        improved = _newton(problem, mass, gradient)
        if improved is None:
            break
        mass = improved
    return mass, float(gap)


def _without_little(problem: _Problem, mass: Numbers) -> Numbers:
    """The same without little masses, unless a patient would be left without any."""
    most = np.where(mass < LITTLE_MASS / problem.n_support, 0.0, mass)
    kept = most if np.isfinite(problem.log_likelihood(most)) else mass
    return kept / kept.sum()


def _kuhn_tucker_gap(gradient: Numbers, mass: Numbers, n: float) -> float:
    """Nowhere may the gradient exceed n, and where there is mass it must be n."""
    excess = gradient / n - 1
    return float(max(excess.max(), (np.abs(excess) * (mass > NO_MASS)).max()))


def _newton(problem: _Problem, mass: Numbers, gradient: Numbers) -> Numbers | None:
    """A step to the nonnegative maximum of the quadratic approximation; None if none leads up."""
    n = problem.weight.sum()
    kept = np.flatnonzero((mass > NO_MASS) | _is_peak(gradient, mass, n))
    curvature = problem.curvature(mass, kept)
    # Where the data do not tell masses apart this picks one way; the maximum itself stays put.
    curvature[np.diag_indices_from(curvature)] *= 1 + RIDGE
    solved = _solve_nonnegative(curvature, curvature @ mass[kept] + gradient[kept] - n)
    if not solved.sum() > 0:
        return None
    goal = np.zeros_like(mass)
    goal[kept] = solved / solved.sum()
    start = problem.log_likelihood(mass)
    rounding = 1e-14 * max(abs(start), 1.0)
    for halving in range(30):
        candidate = mass + (goal - mass) / 2**halving
        if problem.log_likelihood(candidate) >= start - rounding:
            candidate = np.where(candidate > NO_MASS, candidate, 0.0)
            return candidate / candidate.sum()
    return None


def _solve_nonnegative(curvature: Numbers, target: Numbers) -> Numbers:
    """Minimum of x'Cx/2 - t'x over x >= 0; block pivoting, Portugal 1994, Math Comput 63:625."""
    is_free = np.ones(len(target), dtype=bool)
    solved = np.zeros_like(target)
    for _ in range(MAX_PIVOTS):
        solved = np.zeros_like(target)
        solved[is_free] = np.linalg.solve(curvature[np.ix_(is_free, is_free)], target[is_free])
        slope = curvature @ solved - target
        tolerance = 1e-10 * np.abs(target).max()
        is_wrong = np.where(is_free, solved < 0, slope < -tolerance)
        if not is_wrong.any():
            return solved
        is_free ^= is_wrong
    # Seldom needed, and slow to import.
    from scipy.optimize import nnls

    root = np.linalg.cholesky(curvature)
    return nnls(root.T, np.linalg.solve(root, target))[0]


def _is_peak(gradient: Numbers, mass: Numbers, n: float) -> NDArray[np.bool_]:
    """Where mass would help most: one support interval between any two that have some."""
    stretch = np.cumsum(mass > NO_MASS)
    height = np.zeros(stretch[-1] + 1)
    np.maximum.at(height, stretch, gradient)
    return (gradient > n) & (gradient >= height[stretch])


def _covariance(problem: _Problem, mass: Numbers, kept: NDArray[np.int64]) -> Numbers:
    """Inverse of the observed information of masses that sum to 1, by the last one."""
    if len(kept) < 2:
        return np.zeros((len(kept), len(kept)))
    curvature = problem.curvature(mass, kept)
    free = np.vstack([np.eye(len(kept) - 1), -np.ones(len(kept) - 1)])
    return free @ np.linalg.pinv(free.T @ curvature @ free, hermitian=True) @ free.T


def read_incidence(curve: Turnbull, day: ArrayLike, level: float = LEVEL) -> IntervalIncidence:
    """Probability of the event by these days; NaN after the last day anyone tells about.

    The standard error is Turnbull's, from the observed information of the masses: right when visits
    fall on a limited number of days and patients are many. Without intervals it is Greenwood's.
    Support intervals without mass count as known to have none. Limits on the log(-log) scale.
    """
    wanted = np.atleast_1d(np.asarray(day, dtype=np.int64))
    is_over = curve.last_day[None, :] <= wanted[:, None]
    may_have_begun = curve.first_day[None, :] <= wanted[:, None]
    is_open = (curve.last_day == NOT_YET)[None, :] & may_have_begun
    days_in = (wanted[:, None] - curve.first_day + 1).astype(np.float64)
    share = np.clip(days_in / (curve.last_day - curve.first_day + 1.0), 0.0, 1.0)
    unknown = is_open.any(axis=1) | (len(curve.mass) == 0)

    def known(values: Numbers) -> Numbers:
        return np.where(unknown, np.nan, values)

    estimate = known(share @ curve.mass)
    variance = np.einsum("dk,kl,dl->d", share, curve.covariance, share)
    se = known(np.sqrt(np.maximum(variance, 0.0)))
    ci_low, ci_high = compute_limits(estimate, se, level)
    lowest, highest = known(is_over @ curve.mass), known(may_have_begun @ curve.mass)
    return IntervalIncidence(wanted, estimate, lowest, highest, se, ci_low, ci_high)
