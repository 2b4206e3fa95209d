"""How prednisone is tapered and raised again: sample-cohort.md D4.

Two readings of the rules were chosen because they give the doses published with them: 7.5 mg goes
down to 5 in one step, and of the steps at 5 mg or less three in four are not taken (the rules say
80 %, with which 39 instead of 48 % are off at 36 months).
"""

import numpy as np
from numpy.typing import NDArray

from lupus_outcomes.data.sample.activity import Values

# A month's probability of a step by clinical SLEDAI: 0, up to 2, up to 4, above.
STEP_SHARES = (0.56, 0.44, 0.34, 0.15)
LOW_DOSE, STEPS_TAKEN_AT_LOW_DOSE = 5.0, 0.25  # mg/day
AFTER_FLARE_MONTHS, AFTER_FLARE_DOSE, AFTER_FLARE_SHARE = 2, 10.0, 0.25
BUMP_SHARE, BUMP_TO = np.array([0.0, 0.45, 0.85]), np.array([0.0, 7.5, 25.0])  # mg/day, by severity


def taper(
    dose: Values, clinical_sledai: Values, months_since_flare: Values, rng: np.random.Generator
) -> Values:
    """Prednisone after this month's taper, mg/day."""
    quiet = np.select(
        [clinical_sledai == 0, clinical_sledai <= 2, clinical_sledai <= 4],
        STEP_SHARES[:3],
        STEP_SHARES[3],
    )
    share = quiet * np.select([dose > 10, dose > 7.5], [1.5, 1.25], 1.0)
    after_flare = np.where(dose > AFTER_FLARE_DOSE, AFTER_FLARE_SHARE, 0.0)
    share = np.where(months_since_flare < AFTER_FLARE_MONTHS, after_flare, share)
    share = np.where(dose <= LOW_DOSE, STEPS_TAKEN_AT_LOW_DOSE * share, share)
    step = np.select([dose > 20, dose >= 7.5], [5.0, 2.5], 1.25)
    return np.where(rng.random(dose.size) < share, np.maximum(dose - step, 0.0), dose)


def raise_at_flare(dose: Values, flare: NDArray[np.int64], rng: np.random.Generator) -> Values:
    """Prednisone once this month's flares are treated, mg/day. ``flare``: 0, 1 or 2 by severity."""
    is_raised = rng.random(dose.size) < BUMP_SHARE[flare]
    return np.where(is_raised, np.maximum(dose, BUMP_TO[flare]), dose)
