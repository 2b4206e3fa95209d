"""SRI-4: systemic lupus erythematosus responder index.

Furie 2009, Arthritis Rheum 61:1143. Against baseline: SLEDAI at least 4 points lower, no new BILAG
A and not more than one new B, physician global assessment not worse (a rise of 0.3 or more on 0-3
is worse). Where BILAG is not collected only the *modified* SRI can be had, and is named so.

A missing part leaves the response unknown unless another part already fails; missing descriptors
and missing grades are decided by bounds where they can be. A baseline SLEDAI below 4 cannot fall by
4: such patients belong outside the denominator.
"""

from dataclasses import dataclass

import numpy as np

from lupus_outcomes.indices.bilag import Grades, has_new_activity
from lupus_outcomes.indices.global_assessment import has_worsened
from lupus_outcomes.indices.sledai import Score
from lupus_outcomes.indices.three_valued import (
    FALSE,
    Numbers,
    ThreeValued,
    at_least_within,
    every,
    negate,
)

SLEDAI_FALL = 4
LEAST_BASELINE_SLEDAI = 4


@dataclass(frozen=True, slots=True)
class ResponderInputs:
    """A visit each with its baseline: scores shape (n,), grades (9, n), global assessment 0-3."""

    sledai_baseline: Score
    sledai_now: Score
    bilag_baseline: Grades
    bilag_now: Grades
    physician_ga_baseline: Numbers
    physician_ga_now: Numbers


def compute_sri_4(
    inputs: ResponderInputs, treatment_failed: ThreeValued | np.int8 = FALSE
) -> ThreeValued:
    """SRI-4 response.

    ``treatment_failed``: stopped, or restricted medication beyond the allowance, as in trials; a
    registry leaves it out, because stopping is handled with the time points.
    """
    return every(
        compute_modified_sri_4(inputs),
        negate(has_new_activity(inputs.bilag_now, inputs.bilag_baseline)),
        negate(treatment_failed),
    )


def compute_modified_sri_4(inputs: ResponderInputs) -> ThreeValued:
    """Modified SRI-4: without BILAG. Never to be labelled SRI-4."""
    before, now = inputs.sledai_baseline, inputs.sledai_now
    fallen = at_least_within(before.low - now.high, before.high - now.low, SLEDAI_FALL)
    worse = has_worsened(inputs.physician_ga_baseline, inputs.physician_ga_now)
    return every(fallen, negate(worse))


def can_respond(sledai_baseline: Score, least_sledai: float = LEAST_BASELINE_SLEDAI) -> ThreeValued:
    """Whether a patient belongs in the denominator: baseline SLEDAI of at least 4 (APLC: 6)."""
    return at_least_within(sledai_baseline.low, sledai_baseline.high, least_sledai)
