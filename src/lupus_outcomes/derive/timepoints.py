"""Which visit stands for a time point, and what became of those who have none.

Windows are half-open, target minus to target plus three months (month 3: one and a half). The
visit nearest to the target counts, a tie goes to the later, and each time point chooses by itself.
A patient is *due* once the window has closed by the data cut, whatever data exist: a death, a stop
or a loss makes nobody less due, and nobody not yet due is in a denominator.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lupus_outcomes.derive.columns import take_numbers
from lupus_outcomes.derive.follow_up import FollowUp
from lupus_outcomes.indices.three_valued import Numbers
from lupus_outcomes.protocol import DAYS_PER_MONTH, TimePoint

STATUSES = ("assessed", "missed", "stopped", "died", "lost", "pending", "not_due")
ASSESSED, MISSED, STOPPED, DIED, LOST, PENDING, NOT_DUE = range(len(STATUSES))
STATUS_WORDS = {
    "assessed": "seen on the drug",
    "missed": "visit missed",
    "stopped": "stopped",
    "died": "died",
    "lost": "lost to follow-up",
    "pending": "window still open",
    "not_due": "not yet due",
}

BASELINE_OLDEST_DAY = -3 * DAYS_PER_MONTH
NONE = -1


@dataclass(frozen=True, slots=True)
class Timepoints:
    """Time points by patients, arrays of shape (time points, patients).

    ``status``: position in STATUSES. ``visit``: row of the chosen visit, -1 for none.
    ``is_on_drug``: the chosen visit is on or before the day anifrolumab stopped. ``carry_limit``:
    last row that a value may be carried forward from, -1 for none.
    """

    timepoints: tuple[TimePoint, ...]
    status: NDArray[np.int8]
    visit: NDArray[np.int64]
    is_on_drug: NDArray[np.bool_]
    carry_limit: NDArray[np.int64]

    @property
    def is_due(self) -> NDArray[np.bool_]:
        """Whose window has closed by the data cut: the denominator of every proportion."""
        return self.status < PENDING


def derive_timepoints(
    day: NDArray[np.integer],
    bounds: NDArray[np.int64],
    follow_up: FollowUp,
    timepoints: tuple[TimePoint, ...],
) -> Timepoints:
    """Choose visits and tell statuses. ``day`` sorted within patient, ``bounds`` rows a patient."""
    per_timepoint = [_derive_one(day, bounds, follow_up, t) for t in timepoints]
    visit, on_drug, status, carry = (np.stack(parts) for parts in zip(*per_timepoint, strict=True))
    return Timepoints(timepoints, status, visit, on_drug, carry)


def _derive_one(day, bounds, follow_up, timepoint):
    visit = choose_visits(day, bounds, timepoint)
    chosen_day = take_numbers(day, visit)
    on_drug = (visit != NONE) & ~(chosen_day > follow_up.stop_day)
    status = derive_status(chosen_day, follow_up, timepoint)
    last_in_window = _last_before(day, bounds, timepoint.window_end_day)
    return visit, on_drug, status, np.where(visit == NONE, last_in_window, visit)


def choose_visits(
    day: NDArray[np.integer], bounds: NDArray[np.int64], timepoint: TimePoint
) -> NDArray[np.int64]:
    """Row of the visit nearest to the target within the window, ties to the later; -1 for none."""
    before = _last_before(day, bounds, np.nextafter(timepoint.target_day, np.inf))
    n_patients = len(bounds) - 1
    after = np.where(before == NONE, bounds[:-1], before + 1)
    after = np.where(after < bounds[1:], after, NONE)
    gap_before = _gap(day, before, timepoint)
    gap_after = _gap(day, after, timepoint)
    chosen = np.where(gap_after <= gap_before, after, before)
    nearest = np.minimum(gap_before, gap_after)
    return np.where(np.isinf(nearest), np.full(n_patients, NONE), chosen)


def _gap(day, row, timepoint: TimePoint) -> Numbers:
    """Days from the target; infinite outside the window or without a row."""
    at = take_numbers(day, row)
    inside = (at >= timepoint.window_start_day) & (at < timepoint.window_end_day)
    return np.where(inside, np.abs(at - timepoint.target_day), np.inf)


def _last_before(day, bounds, limit: float) -> NDArray[np.int64]:
    """Last row of each patient with ``day < limit``, -1 for none."""
    counted = np.concatenate([[0], np.cumsum(day < limit)])
    n_before = counted[bounds[1:]] - counted[bounds[:-1]]
    return np.where(n_before > 0, bounds[:-1] + n_before - 1, NONE)


def derive_status(
    chosen_day: Numbers, follow_up: FollowUp, timepoint: TimePoint
) -> NDArray[np.int8]:
    """What became of each patient at one time point, as positions in STATUSES.

    ``chosen_day``: day of the chosen visit, NaN for none. Stopped: before the chosen visit or,
    without one, before the target. Whoever had stopped before dying or being lost is counted as
    stopped.
    """
    target = timepoint.target_day
    reason = follow_up.stop_reason
    reached = np.where(np.isnan(chosen_day), target, chosen_day)
    stopped = follow_up.stop_day < reached
    never_seen_again = np.isnan(follow_up.stop_day) & (
        follow_up.last_contact_day < timepoint.window_start_day
    )
    status = np.select(
        [
            timepoint.window_start_day > follow_up.cut_day,
            timepoint.window_end_day > follow_up.cut_day,
            stopped & (reason == "death"),
            stopped & (reason == "lost_to_follow_up"),
            stopped,
            ~np.isnan(chosen_day),
            never_seen_again,
        ],
        [NOT_DUE, PENDING, DIED, LOST, STOPPED, ASSESSED, LOST],
        default=MISSED,
    )
    return status.astype(np.int8)


def choose_baseline(day: NDArray[np.integer], bounds: NDArray[np.int64]) -> NDArray[np.int64]:
    """Row of the last visit on or before day 0 and no older than three months; -1 for none."""
    row = _last_before(day, bounds, 1)
    return np.where(take_numbers(day, row) >= BASELINE_OLDEST_DAY, row, NONE)
