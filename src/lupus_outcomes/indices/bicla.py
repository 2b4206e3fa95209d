"""BICLA: BILAG-based composite lupus assessment.

Against baseline: every A falls to B or lower and every B to C or lower, without worsening elsewhere
(no new A, not more than one new B), without a higher SLEDAI-2K and without a worse physician global
assessment. Undefined, hence unknown, in patients without an A or B at baseline.

Two forms: ``tulip`` (Morand 2020, N Engl J Med 382:211) allows a rise of the global assessment
below 0.3 on 0-3; ``original`` (Wallace 2014, Ann Rheum Dis 73:183) one of up to 10 % of the scale.

A missing part leaves the response unknown unless another part already fails.
"""

from typing import Literal

import numpy as np

from lupus_outcomes.indices.bilag import A, B, has_active_system, has_new_activity, is_at_least
from lupus_outcomes.indices.global_assessment import SCALE_MAX, has_worsened
from lupus_outcomes.indices.sri import ResponderInputs
from lupus_outcomes.indices.three_valued import (
    FALSE,
    TRUE,
    UNKNOWN,
    Numbers,
    ThreeValued,
    above,
    at_most_within,
    every,
    negate,
    some,
)

Form = Literal["tulip", "original"]
ORIGINAL_RISE = 0.1 * SCALE_MAX


def compute_bicla(
    inputs: ResponderInputs,
    form: Form = "tulip",
    treatment_failed: ThreeValued | np.int8 = FALSE,
) -> ThreeValued:
    """BICLA response.

    ``treatment_failed``: stopped, or restricted medication beyond the allowance, as in trials; a
    registry leaves it out, because stopping is handled with the time points.
    """
    before, now = inputs.sledai_baseline, inputs.sledai_now
    response = every(
        _every_system_improved(inputs),
        negate(has_new_activity(inputs.bilag_now, inputs.bilag_baseline)),
        at_most_within(now.low - before.high, now.high - before.low, 0),
        negate(_global_worse(inputs.physician_ga_baseline, inputs.physician_ga_now, form)),
        negate(treatment_failed),
    )
    return np.where(has_active_system(inputs.bilag_baseline) == TRUE, response, UNKNOWN)


def _every_system_improved(inputs: ResponderInputs) -> ThreeValued:
    """Each system active at baseline is at least one grade better; shape (n,)."""
    before, now = inputs.bilag_baseline, inputs.bilag_now
    fallen = every(
        some(negate(is_at_least(before, A)), negate(is_at_least(now, A))),
        some(negate(is_at_least(before, B)), is_at_least(before, A), negate(is_at_least(now, B))),
    )
    return fallen.min(axis=0)


def _global_worse(baseline: Numbers, now: Numbers, form: Form) -> ThreeValued:
    if form == "tulip":
        return has_worsened(baseline, now)
    return above(np.round(now - baseline, 2), ORIGINAL_RISE)
