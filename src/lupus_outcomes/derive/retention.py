"""How long each patient stays on anifrolumab, and why the clock stopped."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from lupus_outcomes.derive.cohort import Cohort
from lupus_outcomes.derive.follow_up import FollowUp
from lupus_outcomes.derive.selection import Selection
from lupus_outcomes.dictionary import STOP_REASONS

LOST = "lost_to_follow_up"
CONTROL = "standard_of_care"
# Reasons of a stop, those that compete; being lost to follow-up is none of them.
REASONS = tuple(reason for reason in STOP_REASONS if reason != LOST)
REASON_WORDS = {
    "primary_inefficacy": "primary inefficacy",
    "secondary_inefficacy": "secondary inefficacy",
    "adverse_event": "adverse event",
    "pregnancy": "pregnancy",
    "remission": "remission",
    "patient_decision": "patient's choice",
    "death": "death",
    "other": "other",
}


@dataclass(frozen=True, slots=True)
class Retention:
    """Days from the index date to the end of the clock, and what ended it; shape (patients,).

    ``cause``: 0 where the clock ended without a stop, else one more than the place of the reason in
    ``REASONS``.
    """

    follow_up_days: NDArray[np.int64]
    cause: NDArray[np.int64]

    @property
    def is_stop(self) -> NDArray[np.bool_]:
        """Who stopped, for any reason."""
        return self.cause > 0


def derive_retention(follow_up: FollowUp) -> Retention:
    """Time on anifrolumab.

    The clock runs from the index date to the stop; a death without one is a stop on its day, a
    change of route and a restart within 90 days are none (``derive_follow_up``). Being lost to
    follow-up censors at the recorded stop; whoever has not stopped is censored at the last contact
    or the data cut, whichever is earlier.
    """
    last_seen = np.fmin(follow_up.last_contact_day, follow_up.observed_until_day)
    day = np.where(np.isnan(follow_up.stop_day), last_seen, follow_up.stop_day)
    cause = np.zeros(len(day), dtype=np.int64)
    for code, reason in enumerate(REASONS, start=1):
        cause[follow_up.stop_reason == reason] = code
    # Nobody is followed for less than no time, whatever a date says.
    return Retention(np.maximum(np.nan_to_num(day), 0).astype(np.int64), cause)


def select_treated(cohort: Cohort, selection: Selection) -> Selection:
    """The selection without patients on standard of care: they have no anifrolumab to stay on."""
    is_treated = (cohort.patients["treatment_group"] != CONTROL).to_numpy()
    return replace(
        selection,
        members=selection.members & is_treated,
        groups=tuple(
            replace(group, members=group.members & is_treated) for group in selection.groups
        ),
    )
