"""Whether the curves of groups differ: the log-rank family, by counting on whole days.

Mantel 1966, Cancer Chemother Rep 50:163 (hypergeometric variance); weights of Gehan 1965 and
Breslow 1970 (number at risk), Tarone & Ware 1977 (its square root), Peto & Peto 1972 in the form of
Harrington & Fleming 1982 with rho 1 (survival just before the day; R's ``survdiff(rho = 1)``).
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from lupus_outcomes.analysis.chi_square import NOTHING_TO_TEST, compute_quadratic_test
from lupus_outcomes.analysis.survival import Counts
from lupus_outcomes.indices.three_valued import Numbers

Weighting = Literal["log-rank", "gehan-breslow", "tarone-ware", "peto"]


@dataclass(frozen=True, slots=True)
class LogRank:
    """``observed`` and ``expected`` events of each group, weighted; shape (groups,).

    ``variance`` of observed - expected, shape (groups, groups). The test's fields are NaN where no
    two groups were at risk together.
    """

    statistic: float
    df: int
    p_value: float
    observed: Numbers
    expected: Numbers
    variance: Numbers


def compute_log_rank(
    follow_up_days: NDArray[np.integer],
    event_observed: NDArray[np.bool_],
    group: NDArray[np.integer],
    stratum: NDArray[np.integer] | None = None,
    weighting: Weighting = "log-rank",
    entry_days: NDArray[np.integer] | None = None,
) -> LogRank:
    """Test of equal hazards.

    Parameters
    ----------
    follow_up_days, event_observed
        Whole days from 0 to event or censoring, and which it was, shape (patients,).
    group, stratum
        Codes from 0, shape (patients,); groups are compared within strata.
    entry_days
        Last day before a patient is at risk, for late entry.
    """
    at_risk, events = _count(follow_up_days, event_observed, group, stratum, entry_days)
    total, died = at_risk.sum(axis=1), events.sum(axis=1)
    weight = _WEIGHTS[weighting](total, died)
    is_used = died > 0
    share = np.moveaxis(at_risk, 1, 0)[:, is_used] / total[is_used]
    weight, total, died = weight[is_used], total[is_used], died[is_used]
    observed = (weight * np.moveaxis(events, 1, 0)[:, is_used]).sum(axis=1)
    expected = (weight * died * share).sum(axis=1)
    spread = weight**2 * died * (total - died) / np.maximum(total - 1, 1)
    variance = np.diag(share @ spread) - (share * spread) @ share.T
    tested = np.flatnonzero(expected > 0)[:-1]
    test = (
        compute_quadratic_test((observed - expected)[tested], variance[np.ix_(tested, tested)])
        if tested.size
        else NOTHING_TO_TEST
    )
    return LogRank(test.statistic, test.df, test.p_value, observed, expected, variance)


def _count(
    days: NDArray[np.integer],
    event: NDArray[np.bool_],
    group: NDArray[np.integer],
    stratum: NDArray[np.integer] | None,
    entry_days: NDArray[np.integer] | None,
) -> tuple[Counts, Counts]:
    """At risk and events by stratum, group and day, each of shape (strata, groups, days)."""
    if not len(days):
        return np.zeros((1, 0, 0), np.int64), np.zeros((1, 0, 0), np.int64)
    n_groups, n_days = int(group.max()) + 1, int(days.max()) + 1
    n_strata = 1 if stratum is None else int(stratum.max()) + 1
    first = (group if stratum is None else stratum * n_groups + group).astype(np.int64) * n_days
    shape = (n_strata, n_groups, n_days)
    size = n_strata * n_groups * n_days

    def by_cell(cells: NDArray[np.integer]) -> Counts:
        return np.bincount(cells, minlength=size).reshape(shape)

    at_risk = by_cell(first + days)
    if entry_days is not None:
        at_risk = at_risk - by_cell(first + np.minimum(entry_days, n_days - 1))
    return at_risk[..., ::-1].cumsum(axis=-1)[..., ::-1], by_cell((first + days)[event])


def _survival_before(total: Counts, died: Counts) -> Numbers:
    fraction: Numbers = died / np.maximum(total, 1)
    survival = np.cumprod(1 - fraction, axis=-1)
    return np.concatenate([np.ones_like(survival[:, :1]), survival[:, :-1]], axis=1)


_WEIGHTS = {
    "log-rank": lambda total, died: np.ones(total.shape),
    "gehan-breslow": lambda total, died: total.astype(np.float64),
    "tarone-ware": lambda total, died: np.sqrt(total),
    "peto": _survival_before,
}
