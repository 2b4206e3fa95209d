"""Exposure ends 28 days after the stop, at the last contact or at the data cut, whichever first."""

import numpy as np

from lupus_outcomes.derive.exposure import derive_exposure_end
from lupus_outcomes.derive.follow_up import FollowUp


def test_the_earliest_end_counts():
    end = derive_exposure_end(
        FollowUp(
            cut_day=np.array([500.0, 500, 500, 110, 500]),
            observed_until_day=np.array([500.0, 500, 500, 110, 300]),
            last_contact_day=np.array([400.0, 400, 110, 400, 400]),
            death_day=np.full(5, np.nan),
            stop_day=np.array([np.nan, 100, 100, 100, np.nan]),
            stop_reason=np.array(["", "other", "other", "other", ""], dtype=object),
        )
    )

    # On the drug: last contact. Stopped: 28 days on. Not seen so long; the cut before; withdrawn.
    assert end.tolist() == [400, 128, 110, 110, 300]
