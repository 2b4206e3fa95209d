"""Confidence intervals in closed form, for whole arrays: proportions, their contrasts, rates.

Wilson 1927, J Am Stat Assoc 22:209; Clopper & Pearson 1934, Biometrika 26:404; Newcombe 1998, Stat
Med 17:873 (method 10, from Wilson limits); Woolf 1955, Ann Hum Genet 19:251 (odds ratio); Garwood
1936, Biometrika 28:437 (exact Poisson).

Where nothing was observed (n or person-time 0) the limits are NaN: not estimable.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

# Not scipy.stats: that costs a second to import and every page would pay it.
from scipy.special import betaincinv, gammaincinv, ndtri, stdtrit

from lupus_outcomes.indices.three_valued import Numbers

LEVEL = 0.95


class Limits(NamedTuple):
    """Confidence limits, arrays of one shape in the unit of the estimate."""

    low: Numbers
    high: Numbers


def compute_wilson(n_events: ArrayLike, n: ArrayLike, level: float = LEVEL) -> Limits:
    """Wilson's score interval of a proportion."""
    events, total = _counts(n_events, n)
    z_squared = normal_quantile(level) ** 2
    proportion = events / total
    centre = (events + z_squared / 2) / (total + z_squared)
    spread = z_squared * (proportion * (1 - proportion) * total + z_squared / 4)
    half_width = np.sqrt(spread) / (total + z_squared)
    # At 0 and n the limits are exactly 0 and 1, which rounding would miss by the last bit.
    return Limits(
        np.where(events == 0, 0 * total, centre - half_width),
        np.where(events == total, 1.0, centre + half_width),
    )


def compute_clopper_pearson(n_events: ArrayLike, n: ArrayLike, level: float = LEVEL) -> Limits:
    """Exact binomial interval of a proportion."""
    events, total = _counts(n_events, n)
    tail = (1 - level) / 2
    return Limits(
        np.where(events == 0, 0 * total, betaincinv(events, total - events + 1, tail)),
        np.where(events == total, 1.0, betaincinv(events + 1, total - events, 1 - tail)),
    )


def compute_newcombe_difference(
    n_events_1: ArrayLike,
    n_1: ArrayLike,
    n_events_0: ArrayLike,
    n_0: ArrayLike,
    level: float = LEVEL,
) -> Limits:
    """Newcombe's hybrid score interval of the difference of two proportions, 1 minus 0."""
    low_1, high_1 = compute_wilson(n_events_1, n_1, level)
    low_0, high_0 = compute_wilson(n_events_0, n_0, level)
    (events_1, total_1), (events_0, total_0) = _counts(n_events_1, n_1), _counts(n_events_0, n_0)
    share_1, share_0 = events_1 / total_1, events_0 / total_0
    difference = share_1 - share_0
    return Limits(
        difference - np.hypot(share_1 - low_1, high_0 - share_0),
        difference + np.hypot(high_1 - share_1, share_0 - low_0),
    )


def compute_woolf(
    n_events_1: ArrayLike,
    n_1: ArrayLike,
    n_events_0: ArrayLike,
    n_0: ArrayLike,
    level: float = LEVEL,
) -> Limits:
    """Woolf's limits of the odds ratio, 1 over 0; NaN where a cell of the table is empty."""
    (events_1, total_1), (events_0, total_0) = _counts(n_events_1, n_1), _counts(n_events_0, n_0)
    cells = np.stack(
        np.broadcast_arrays(events_1, total_1 - events_1, events_0, total_0 - events_0)
    )
    cells = np.where(cells > 0, cells, np.nan)
    log_ratio = np.log(cells[0] / cells[1] / (cells[2] / cells[3]))
    reach = normal_quantile(level) * np.sqrt((1 / cells).sum(axis=0))
    return Limits(np.exp(log_ratio - reach), np.exp(log_ratio + reach))


def compute_odds_ratio(
    n_events_1: ArrayLike, n_1: ArrayLike, n_events_0: ArrayLike, n_0: ArrayLike
) -> Numbers:
    """Odds ratio, 1 over 0; NaN where a group is empty or the ratio is 0/0, else 0 or infinite."""
    (events_1, total_1), (events_0, total_0) = _counts(n_events_1, n_1), _counts(n_events_0, n_0)
    with np.errstate(divide="ignore", invalid="ignore"):
        return events_1 * (total_0 - events_0) / ((total_1 - events_1) * events_0)


def compute_garwood(
    n_events: ArrayLike, person_time: ArrayLike, per: float = 1.0, level: float = LEVEL
) -> Limits:
    """Exact Poisson interval of a rate per ``per`` units of person-time.

    Events are taken as independent; recurrent events of one patient are not.
    """
    events, time = _counts(n_events, person_time)
    tail = (1 - level) / 2
    return Limits(
        per * np.where(events == 0, 0.0, gammaincinv(events, tail)) / time,
        per * gammaincinv(events + 1, 1 - tail) / time,
    )


def compute_mean_interval(values: Numbers, level: float = LEVEL) -> tuple[float, float]:
    """Limits of one mean by the t distribution; NaN with fewer than two values."""
    n = len(values)
    if n < 2:
        return np.nan, np.nan
    half_width = float(stdtrit(n - 1, (1 + level) / 2) * values.std(ddof=1) / np.sqrt(n))
    return float(values.mean()) - half_width, float(values.mean()) + half_width


def normal_quantile(level: float) -> float:
    """How many standard errors each side of an estimate cover ``level``: 1.96 for 95 %."""
    return float(ndtri((1 + level) / 2))


def _counts(events: ArrayLike, total: ArrayLike) -> tuple[Numbers, Numbers]:
    total = np.asarray(total, dtype=np.float64)
    return np.asarray(events, dtype=np.float64), np.where(total > 0, total, np.nan)
