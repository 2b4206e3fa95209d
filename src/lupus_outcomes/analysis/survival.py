"""Time to event on whole days: risk table, Kaplan-Meier, Aalen-Johansen; exact in ties.

Days are integers, so counting by day replaces sorting. At a tie events precede censorings: who is
censored on a day is still at risk on it. Kaplan & Meier 1958, J Am Stat Assoc 53:457, Greenwood
1926, log(-log) limits Kalbfleisch & Prentice; Aalen & Johansen 1978, Scand J Stat 5:141, with the
delta-method variance (equal to that of R's ``survfit`` for several states).
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lupus_outcomes.analysis.intervals import LEVEL, normal_quantile
from lupus_outcomes.indices.three_valued import Numbers

CENSORED = 0
# A sum of steps that should be 1 misses it by less than this.
ROUNDING = 1e-12
Counts = NDArray[np.int64]
# On which scale limits are symmetric; "log-log" behaves best in small samples, "log" is R's own.
Scale = Literal["log-log", "log", "plain"]


@dataclass(frozen=True, slots=True)
class RiskTable:
    """One row a day on which someone's follow-up ended: k days.

    ``day`` and ``n_at_risk`` (just before the day's end) and ``n_censored`` of shape (k,),
    ``n_events_by_cause`` of shape (causes, k).
    """

    day: Counts
    n_at_risk: Counts
    n_events_by_cause: Counts
    n_censored: Counts

    @property
    def n_events(self) -> Counts:
        """Events of any cause, shape (k,)."""
        return self.n_events_by_cause.sum(axis=0)

    def at_risk_on(self, day: ArrayLike) -> Counts:
        """How many are still followed on these days."""
        row = np.searchsorted(self.day, day, side="left")
        return np.append(self.n_at_risk, 0)[row]


@dataclass(frozen=True, slots=True)
class KaplanMeier:
    """Probability of no event yet, after each day of the table; arrays of shape (k,).

    Limits are NaN where they cannot be estimated: before the first event and from 0 on.
    """

    table: RiskTable
    survival: Numbers
    se: Numbers
    ci_low: Numbers
    ci_high: Numbers


@dataclass(frozen=True, slots=True)
class AalenJohansen:
    """Probability of each cause by each day, others competing; arrays of shape (causes, k).

    ``survival``, shape (k,): no event of any cause. It and the incidences sum to 1.
    """

    table: RiskTable
    survival: Numbers
    incidence: Numbers
    se: Numbers
    ci_low: Numbers
    ci_high: Numbers


def count_at_risk(
    follow_up_days: NDArray[np.integer],
    cause: NDArray,
    n_causes: int = 1,
    entry_days: NDArray[np.integer] | None = None,
) -> RiskTable:
    """Risk table.

    Parameters
    ----------
    follow_up_days
        Whole days from 0 to the event or censoring, shape (patients,).
    cause
        0 censored, 1 to ``n_causes`` the event; a bool array means one cause, shape (patients,).
    entry_days
        Last day before a patient is at risk, for late entry; before ``follow_up_days``.
    """
    width = n_causes + 1
    cells = follow_up_days.astype(np.int64) * width + cause.astype(np.int64)
    n_days = int(follow_up_days.max()) + 1 if len(follow_up_days) else 0
    counts = np.bincount(cells, minlength=n_days * width).reshape(n_days, width)
    leaving = counts.sum(axis=1)
    at_risk = _from_here_on(leaving)
    if entry_days is not None:
        entering = np.bincount(entry_days, minlength=n_days)[:n_days]
        at_risk = at_risk - _from_here_on(entering)
    day = np.flatnonzero(leaving)
    return RiskTable(day, at_risk[day], counts[day, 1:].T, counts[day, CENSORED])


def _from_here_on(counts: Counts) -> Counts:
    return counts[::-1].cumsum()[::-1]


def estimate_kaplan_meier(
    table: RiskTable, level: float = LEVEL, scale: Scale = "log-log"
) -> KaplanMeier:
    """Kaplan-Meier estimate with Greenwood standard errors and limits on ``scale``."""
    events = table.n_events
    survival = np.cumprod(1 - events / table.n_at_risk)
    with np.errstate(divide="ignore", invalid="ignore"):
        greenwood = np.cumsum(events / (table.n_at_risk * (table.n_at_risk - events)))
        se = survival * np.sqrt(greenwood)
    ci_low, ci_high = compute_limits(survival, se, level, scale)
    return KaplanMeier(table, survival, se, ci_low, ci_high)


def estimate_aalen_johansen(table: RiskTable, level: float = LEVEL) -> AalenJohansen:
    """Cumulative incidence of each cause with delta-method standard errors, log(-log) limits."""
    at_risk, events = table.n_at_risk, table.n_events
    survival = np.cumprod(1 - events / at_risk)
    before = np.concatenate([[1.0], survival[:-1]])
    steps = before * table.n_events_by_cause / at_risk
    incidence = np.cumsum(steps, axis=1)
    se = np.sqrt(_incidence_variance(table, before, steps, incidence))
    ci_low, ci_high = compute_limits(incidence, se, level)
    return AalenJohansen(table, survival, incidence, se, ci_low, ci_high)


def _incidence_variance(
    table: RiskTable, before: Numbers, steps: Numbers, incidence: Numbers
) -> Numbers:
    """Variance of the incidence at each day, shape (causes, k); Marubini & Valsecchi 1995.

    Sum over earlier days i of (F(t) - F_i)² d_i / (n_i (n_i - d_i)), of S_i-² (n_i - d_ki) d_ki /
    n_i³ and of -2 (F(t) - F_i) S_i- d_ki / n_i², with the squares opened so that all are running
    sums.
    """
    at_risk, events = table.n_at_risk.astype(np.float64), table.n_events
    left = at_risk - events
    # When all at risk have an event nothing changes any more, so that day weighs nothing later.
    of_any = np.divide(events, at_risk * left, out=np.zeros_like(left), where=left > 0)
    by_cause = table.n_events_by_cause
    own = before**2 * (at_risk - by_cause) * by_cause / at_risk**3
    shared = steps / at_risk

    def run(terms: Numbers) -> Numbers:
        return np.cumsum(terms, axis=-1)

    squares = (
        incidence**2 * run(of_any)
        - 2 * incidence * run(incidence * of_any)
        + run(incidence**2 * of_any)
    )
    products = incidence * run(shared) - run(incidence * shared)
    return np.maximum(squares + run(own) - 2 * products, 0.0)


def compute_limits(
    probability: Numbers, se: Numbers, level: float = LEVEL, scale: Scale = "log-log"
) -> tuple[Numbers, Numbers]:
    """Confidence limits of probabilities, arrays of one shape, kept within [0, 1].

    NaN where the scale ends: at 0, and for "log-log" at 1.
    """
    z = normal_quantile(level)
    if scale == "plain":
        return np.maximum(probability - z * se, 0.0), np.minimum(probability + z * se, 1.0)
    inside = np.where(probability > ROUNDING, probability, np.nan)
    if scale == "log":
        reach = np.exp(z * se / inside)
        return inside / reach, np.minimum(inside * reach, 1.0)
    inside = np.where(probability < 1 - ROUNDING, inside, np.nan)
    reach = z * se / (inside * np.abs(np.log(inside)))
    return inside ** np.exp(reach), inside ** np.exp(-reach)


def read_on(table: RiskTable, values: Numbers, day: ArrayLike, at_start: float) -> Numbers:
    """Value of a step function on these days, along its last axis.

    ``values``: shape (..., k), as of each day of the table; ``at_start`` before the first. NaN
    after the last day of follow-up: nobody was there to be seen.
    """
    wanted = np.asarray(day)
    row = np.searchsorted(table.day, wanted, side="right")
    start = np.full((*values.shape[:-1], 1), at_start)
    read = np.concatenate([start, values], axis=-1)[..., row]
    last_day = table.day[-1] if len(table.day) else -1
    return np.where(wanted > last_day, np.nan, read)
