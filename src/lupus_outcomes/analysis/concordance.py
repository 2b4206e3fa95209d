"""Concordance: of two patients, does the one with the higher risk score have the event sooner?

Harrell 1982, J Am Med Assoc 247:2543, as R's ``concordance``: pairs that cannot be ordered in time
are left out, ties of the score count half. Counted bit by bit of the scores' ranks: n log n.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lupus_outcomes.indices.three_valued import Numbers


@dataclass(frozen=True, slots=True)
class Concordance:
    """Pairs by the order of their scores; ``estimate`` is NaN without any pair."""

    n_concordant: int
    n_discordant: int
    n_tied_score: int
    estimate: float


def compute_concordance(
    follow_up_days: NDArray[np.integer], event_observed: NDArray[np.bool_], risk_score: Numbers
) -> Concordance:
    """Concordance of a risk score (higher: sooner) with time to event; shapes (patients,)."""
    # Censored on the day of an event is later than it; two events of a day are not ordered.
    moment = 2 * follow_up_days.astype(np.int64) + ~event_observed
    rank = np.unique(risk_score, return_inverse=True)[1].astype(np.int64)
    lower = _count_later_and_lower(moment, rank, event_observed)
    higher = _count_later_and_lower(moment, rank.max(initial=0) - rank, event_observed)
    ordered = np.sort(moment)
    pairs = int(
        (len(ordered) - np.searchsorted(ordered, moment[event_observed], side="right")).sum()
    )
    tied = pairs - lower - higher
    estimate = (lower + tied / 2) / pairs if pairs else np.nan
    return Concordance(lower, higher, tied, float(estimate))


def _count_later_and_lower(
    moment: NDArray[np.int64], rank: NDArray[np.int64], is_event: NDArray[np.bool_]
) -> int:
    """Pairs of an event and a patient who is later and of lower rank."""
    order = np.argsort(moment, kind="stable")
    moment, rank, is_event = moment[order], rank[order], is_event[order]
    count = 0
    for bit in reversed(range(int(rank.max(initial=0)).bit_length())):
        is_high = (rank >> bit) & 1 == 1
        # Within a group all higher bits agree, so those without this bit are lower than those with.
        group = rank >> (bit + 1)
        is_new_group = np.diff(group, append=-1) != 0
        is_last = is_new_group | (np.diff(moment, append=-1) != 0)
        n_low = np.cumsum(~is_high)
        count += _later_low(n_low, is_high & is_event, is_new_group, is_last)
        order = np.lexsort((~is_high * 0 + is_high, group))
        moment, rank, is_event = moment[order], rank[order], is_event[order]
    return count


def _later_low(
    n_low: NDArray[np.int64],
    is_asking: NDArray[np.bool_],
    ends_group: NDArray[np.bool_],
    ends_moment: NDArray[np.bool_],
) -> int:
    """Sum over who asks of the low ones after its moment and within its group."""
    if not is_asking.any():
        return 0
    positions = np.flatnonzero(is_asking)
    group_end = np.flatnonzero(ends_group)
    moment_end = np.flatnonzero(ends_moment)
    until = n_low[group_end[np.searchsorted(group_end, positions)]]
    by_then = n_low[moment_end[np.searchsorted(moment_end, positions)]]
    return int((until - by_then).sum())
