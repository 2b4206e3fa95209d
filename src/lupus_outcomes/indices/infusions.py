"""Spacing of anifrolumab infusions, as its label asks.

300 mg every four weeks; a missed infusion is given as soon as possible, with at least 14 days
between two.
"""

from lupus_outcomes.indices.three_valued import Numbers, ThreeValued, below

MINIMUM_INTERVAL_DAYS = 14


def is_too_soon(days_since_last: Numbers) -> ThreeValued:
    """Less than 14 days after the last infusion; unknown at the first (NaN)."""
    return below(days_since_last, MINIMUM_INTERVAL_DAYS)
