"""How long each patient is at risk of what happens on the drug."""

import numpy as np

from lupus_outcomes.derive.follow_up import FollowUp
from lupus_outcomes.indices.three_valued import Numbers

# A dose acts on for one interval: the tail of the treatment-emergent period (definitions 11.2).
EXPOSURE_TAIL_DAYS = 28


def derive_exposure_end(follow_up: FollowUp) -> Numbers:
    """Last day at risk, days from index: the earliest of stop + 28 days, last contact and data cut.

    What happens from day 0 to that day, both included, is treatment-emergent; person-time is the
    day itself, over 365.25, with no day added. Shape (patients,).
    """
    tail = follow_up.stop_day + EXPOSURE_TAIL_DAYS
    seen_until = np.fmin(follow_up.last_contact_day, follow_up.observed_until_day)
    return np.fmin(tail, seen_until)
