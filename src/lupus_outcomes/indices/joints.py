"""Joint response: swollen and tender joints of 28, halved.

Morand 2020, N Engl J Med 382:211. Two readings: each count separately falls by at least half
(default), or the number of joints both swollen and tender does, as the pooled TULIP label says;
the latter needs joint-level data. A missing count, or one of 0 at baseline, is unknown unless the
other count already fails.
"""

from lupus_outcomes.indices.three_valued import Numbers, ThreeValued, at_least, every, fallen_by

TRIAL_BASELINE = 6


def compute_joint_50(
    swollen_baseline: Numbers, tender_baseline: Numbers, swollen_now: Numbers, tender_now: Numbers
) -> ThreeValued:
    """Swollen and tender count each lower by at least half (inclusive)."""
    return every(
        fallen_by(swollen_baseline, swollen_now, 0.5), fallen_by(tender_baseline, tender_now, 0.5)
    )


def compute_active_joint_50(active_baseline: Numbers, active_now: Numbers) -> ThreeValued:
    """Number of joints that are both swollen and tender lower by at least half (inclusive)."""
    return fallen_by(active_baseline, active_now, 0.5)


def is_trial_population(swollen_baseline: Numbers, tender_baseline: Numbers) -> ThreeValued:
    """At least 6 swollen and 6 tender joints at baseline."""
    return every(
        at_least(swollen_baseline, TRIAL_BASELINE), at_least(tender_baseline, TRIAL_BASELINE)
    )
