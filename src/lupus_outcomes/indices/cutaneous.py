"""CLASI: cutaneous lupus erythematosus disease area and severity index.

Albrecht 2005, J Invest Dermatol 125:889; severity and improvement: Klein 2011, Arch Dermatol
147:203. The worst lesion of each of 13 areas is scored. Activity 0-70, damage 0-56. A missing part
of a score makes the score missing.
"""

import numpy as np
from numpy.typing import NDArray

from lupus_outcomes.indices.three_valued import (
    Numbers,
    ThreeValued,
    at_least,
    fallen_by,
    some,
)

AREAS = (
    "scalp",
    "ears",
    "nose and malar",
    "rest of face",
    "V-neck",
    "posterior neck and shoulders",
    "chest",
    "abdomen",
    "back and buttocks",
    "arms",
    "hands",
    "legs",
    "feet",
)
ERYTHEMA_MAX, SCALE_MAX, DYSPIGMENTATION_MAX, SCARRING_MAX = 3, 2, 1, 2
MUCOUS_MEMBRANE_MAX, RECENT_HAIR_LOSS_MAX, ALOPECIA_MAX = 1, 1, 3
# By the number of scarred quadrants of the scalp.
SCALP_SCARRING = (0, 3, 4, 5, 6)
LASTING_FACTOR = 2

SEVERITIES = ("mild", "moderate", "severe")
MODERATE_FROM, SEVERE_FROM = 10, 21
TRIAL_BASELINE = 10
IMPROVED_POINTS, IMPROVED_FRACTION = 4, 0.2


def compute_activity(
    erythema: Numbers,
    scale: Numbers,
    *,
    mucous_membrane: Numbers,
    recent_hair_loss: Numbers,
    alopecia: Numbers,
) -> Numbers:
    """Activity, 0-70.

    Parameters
    ----------
    erythema, scale
        Points of each area, 0-3 and 0-2, shape (13, n) in the order of AREAS.
    mucous_membrane, recent_hair_loss, alopecia
        Points, 0-1, 0-1 and 0-3, shape (n,); alopecia is the non-scarring kind.
    """
    by_area = erythema.sum(axis=0) + scale.sum(axis=0)
    return by_area + mucous_membrane + recent_hair_loss + alopecia


def compute_damage(
    dyspigmentation: Numbers, lasts_a_year: NDArray[np.bool_], scarring: Numbers, scalp: Numbers
) -> Numbers:
    """Damage, 0-56.

    Parameters
    ----------
    dyspigmentation
        Points of each area, 0-1, shape (13, n); counted double where it usually lasts a year.
    lasts_a_year
        Shape (n,).
    scarring
        Points of each area but the scalp, 0-2, shape (12, n).
    scalp
        Points of SCALP_SCARRING, shape (n,).
    """
    pigment = dyspigmentation.sum(axis=0) * np.where(lasts_a_year, LASTING_FACTOR, 1)
    return pigment + scarring.sum(axis=0) + scalp


ACTIVITY_MAX = (
    len(AREAS) * (ERYTHEMA_MAX + SCALE_MAX)
    + MUCOUS_MEMBRANE_MAX
    + RECENT_HAIR_LOSS_MAX
    + ALOPECIA_MAX
)
DAMAGE_MAX = (
    len(AREAS) * DYSPIGMENTATION_MAX * LASTING_FACTOR
    + (len(AREAS) - 1) * SCARRING_MAX
    + max(SCALP_SCARRING)
)


def compute_severity(activity: Numbers) -> NDArray[np.int8]:
    """Position in SEVERITIES: mild 0-9, moderate 10-20, severe 21-70; -1 where missing."""
    band = np.searchsorted([MODERATE_FROM, SEVERE_FROM], activity, side="right")
    return np.where(np.isnan(activity), -1, band).astype(np.int8)


def compute_percent_change(baseline: Numbers, now: Numbers) -> Numbers:
    """Change in percent of baseline, negative when better; NaN from a baseline of 0."""
    return 100 * (now - baseline) / np.where(baseline > 0, baseline, np.nan)


def compute_clasi_50(baseline: Numbers, now: Numbers) -> ThreeValued:
    """Activity lower by at least half (inclusive); unknown from a baseline of 0."""
    return fallen_by(baseline, now, 0.5)


def compute_improvement(baseline: Numbers, now: Numbers) -> ThreeValued:
    """The smallest improvement that matters: at least 4 points or 20 %."""
    return some(
        at_least(baseline - now, IMPROVED_POINTS), fallen_by(baseline, now, IMPROVED_FRACTION)
    )


def is_trial_population(baseline: Numbers) -> ThreeValued:
    """Baseline activity of at least 10: the denominator of CLASI-50 in TULIP."""
    return at_least(baseline, TRIAL_BASELINE)
