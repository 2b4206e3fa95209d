"""Attributes of an adverse event: serious, treatment-emergent, early or late, serious infection.

Serious: ICH E2A; it is not the same as severe. Treatment-emergent: onset from the first dose to 28
days after the last, both included (Tummala 2021, Lupus Sci Med 8:e000464). Serious infection: an
infection with admission, intravenous antimicrobial or death (NCT07000110). Early means up to 180
days after the first dose; no standard exists.
"""

import numpy as np

from lupus_outcomes.indices.three_valued import (
    Numbers,
    ThreeValued,
    at_least,
    at_most,
    every,
    some,
)

SERIOUSNESS_CRITERIA = (
    "death",
    "life_threatening",
    "hospitalisation",
    "disability",
    "congenital",
    "important",
)
EMERGENT_UNTIL_DAYS = 28
# Until 16 weeks, the washout asked for before a pregnancy: a sensitivity.
WASHOUT_DAYS = 112
EARLY_UNTIL_DAYS = 180


def compute_serious(criteria: ThreeValued) -> ThreeValued:
    """At least one criterion of ICH E2A. ``criteria``: shape (6, n) as SERIOUSNESS_CRITERIA."""
    return criteria.max(axis=0)


def compute_treatment_emergent(
    onset_day: Numbers,
    first_dose_day: Numbers,
    last_dose_day: Numbers,
    until_days: int = EMERGENT_UNTIL_DAYS,
) -> ThreeValued:
    """Onset from the first dose to ``until_days`` after the last, both days included."""
    return every(
        at_least(onset_day - first_dose_day, 0), at_most(onset_day - last_dose_day, until_days)
    )


def compute_early(onset_day: Numbers, first_dose_day: Numbers) -> ThreeValued:
    """Onset up to 180 days after the first dose (inclusive)."""
    return at_most(np.subtract(onset_day, first_dose_day), EARLY_UNTIL_DAYS)


def compute_serious_infection(
    infection: ThreeValued,
    admitted: ThreeValued,
    iv_antimicrobial: ThreeValued,
    fatal: ThreeValued,
) -> ThreeValued:
    """An infection with admission, intravenous antimicrobial or death."""
    return every(infection, some(admitted, iv_antimicrobial, fatal))
