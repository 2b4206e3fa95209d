"""Whether the incidence of one of several competing causes differs between groups.

Gray 1988, Ann Stat 16:1141, with rho 0; equal to ``cuminc`` of the R package ``cmprsk``. Incidences
themselves: ``survival.estimate_aalen_johansen``; regression: ``fine_gray``.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lupus_outcomes.analysis.chi_square import (
    NOTHING_TO_TEST,
    ChiSquare,
    compute_quadratic_test,
)
from lupus_outcomes.analysis.survival import CENSORED
from lupus_outcomes.indices.three_valued import Numbers


@dataclass(frozen=True, slots=True)
class _Groups:
    """By group and day with an event, shape (groups, days): counts and estimates.

    ``n_own``, ``n_other``: events of the cause and of others. ``before`` and ``survival``: no event
    before and after the day; ``incidence_before``: of the cause.
    """

    n_at_risk: Numbers
    n_own: Numbers
    n_other: Numbers
    before: Numbers
    survival: Numbers
    incidence_before: Numbers


def compute_gray_test(
    follow_up_days: NDArray[np.integer],
    cause: NDArray[np.integer],
    group: NDArray[np.integer],
    of_cause: int = 1,
) -> ChiSquare:
    """Test that the incidence of a cause is the same in all groups.

    Parameters
    ----------
    follow_up_days, cause
        Whole days to the end of follow-up and what ended it, 0 censoring; shape (patients,).
    group
        Codes from 0, shape (patients,).
    """
    if not (cause == of_cause).any():
        return NOTHING_TO_TEST
    by_group = _count(follow_up_days, cause, group, of_cause)
    if len(by_group.n_own) < 2:
        return NOTHING_TO_TEST
    # At risk of the cause had nobody yet had another event.
    reach = np.divide(
        by_group.n_at_risk,
        by_group.before,
        out=np.zeros_like(by_group.before),
        where=by_group.n_at_risk > 0,
    )
    without = reach * (1 - by_group.incidence_before)
    n_own = by_group.n_own.sum(axis=0)
    all_without = without.sum(axis=0)
    expected = np.divide(n_own * without, all_without, out=np.zeros_like(without), where=n_own > 0)
    difference = (by_group.n_own - expected).sum(axis=1)[:-1]
    return compute_quadratic_test(difference, _variance(by_group, reach, n_own)[:-1, :-1])


def _count(
    days: NDArray[np.integer], cause: NDArray[np.integer], group: NDArray[np.integer], of_cause: int
) -> _Groups:
    present, code = np.unique(group, return_inverse=True)
    n_days = int(days.max()) + 1
    shape = (len(present), n_days)

    def by_cell(rows: NDArray[np.bool_]) -> Numbers:
        cells = code[rows] * n_days + days[rows]
        return np.bincount(cells, minlength=shape[0] * n_days).reshape(shape).astype(np.float64)

    leaving = by_cell(np.ones(len(days), dtype=bool))
    at_risk = leaving[:, ::-1].cumsum(axis=1)[:, ::-1]
    own, other = by_cell(cause == of_cause), by_cell((cause != of_cause) & (cause != CENSORED))
    used = (own + other).any(axis=0)
    at_risk, own, other = at_risk[:, used], own[:, used], other[:, used]
    someone = np.maximum(at_risk, 1)
    survival = np.cumprod(1 - (own + other) / someone, axis=1)
    before = np.concatenate([np.ones((shape[0], 1)), survival[:, :-1]], axis=1)
    incidence = np.cumsum(before * own / someone, axis=1)
    none = np.zeros((shape[0], 1))
    return _Groups(
        at_risk, own, other, before, survival, np.concatenate([none, incidence[:, :-1]], axis=1)
    )


def _variance(by_group: _Groups, reach: Numbers, n_own: Numbers) -> Numbers:
    """Variance of the differences, shape (groups, groups); Gray 1988, section 3.

    Each group's events of either kind move the difference of every group at once (``direct``) and
    through what they do to the pooled incidence later on (``later``).
    """
    total = np.maximum(reach.sum(axis=0), 1.0)
    step = n_own / total
    incidence = np.cumsum(step)
    direct = np.eye(len(reach))[:, :, None] * reach[:, None] - reach[:, None] * reach / total
    drift = np.cumsum(direct * step / (1 - incidence + step), axis=-1)
    later = drift[..., -1:] - drift
    is_left = by_group.survival > 0
    kept = np.divide(1 - incidence, by_group.survival, out=np.zeros_like(reach), where=is_left)
    at_risk = np.maximum(by_group.n_at_risk, 1)
    by_own = direct + (1 - kept) * later
    spread = _ties(n_own, total * by_group.before) * by_group.before * step / at_risk
    spread = np.where(by_group.n_at_risk > 0, spread, 0.0)
    by_other = np.where(is_left, kept, 0.0) * later
    n_other = by_group.n_other
    spread_other = _ties(n_other, at_risk) * (by_group.before / at_risk) ** 2 * n_other
    return np.einsum("ikt,jkt,kt->ij", by_own, by_own, spread) + np.einsum(
        "ikt,jkt,kt->ij", by_other, by_other, spread_other
    )


def _ties(n_events: Numbers, at_risk: Numbers) -> Numbers:
    """Factor by which events of one day vary less than independent ones."""
    several = np.broadcast_to(n_events > 1, at_risk.shape)
    return 1 - np.divide(
        n_events - 1, at_risk - 1, out=np.zeros_like(at_risk), where=several & (at_risk > 1)
    )
