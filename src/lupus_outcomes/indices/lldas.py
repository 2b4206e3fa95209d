"""Lupus low disease activity state, its five items kept apart.

Franklyn 2016, Ann Rheum Dis 75:1615: (1) SLEDAI-2K at most 4 with no activity of a major organ,
no haemolytic anaemia and no gastrointestinal activity; (2) no new activity since the previous
assessment; (3) physician global assessment at most 1 on 0-3; (4) prednisone equivalent at most
7.5 mg/day; (5) maintenance treatment tolerated at standard dose, no investigational drug.

Item 2 has four readings, chosen by ``LldasOptions.new_activity``:
``any_descriptor``      no descriptor, haemolysis or gut activity that was absent at the previous
                        assessment (Oon 2019); sets are compared, not totals.
``clinical_only``       the same without serology.
``sfi_flare_previous``  no flare since the previous visit (Golder 2016).
``sfi_modsev_baseline`` no moderate or severe flare against baseline (Parodis 2019).

At the first assessment item 2 is unknown. Unknown now and absent before is unknown; unknown before
and present now is unknown; present before cannot be new.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from lupus_outcomes.indices.sledai import DESCRIPTOR_IDS, IS_CLINICAL, IS_MAJOR, Score
from lupus_outcomes.indices.three_valued import (
    FALSE,
    TRUE,
    UNKNOWN,
    Numbers,
    ThreeValued,
    at_most,
    at_most_within,
    every,
    negate,
)

SLEDAI_LIMIT = 4
PHYSICIAN_GA_LIMIT = 1.0
GLUCOCORTICOID_LIMIT_MG_DAY = 7.5
LLDAS5_GLUCOCORTICOID_LIMIT_MG_DAY = 5.0

NewActivity = Literal[
    "any_descriptor", "clinical_only", "sfi_flare_previous", "sfi_modsev_baseline"
]

# Golder 2016, Arthritis Res Ther 18:260, Table 3; inclusive. Mg a day, methotrexate mg a week.
MAINTENANCE_CEILINGS = {
    "hydroxychloroquine": 400.0,
    "methotrexate": 30.0,
    "azathioprine": 200.0,
    "mycophenolate mofetil": 3000.0,
    "mycophenolic acid": 2160.0,
    "leflunomide": 20.0,
}
WEEKLY_DRUGS = ("methotrexate",)
# Not in that table; the usual limit, inclusive.
MAINTENANCE_CEILINGS_MG_PER_KG = {"ciclosporin": 5.0}
# Induction treatment is not maintenance at any dose.
NEVER_MAINTENANCE = ("cyclophosphamide",)


@dataclass(frozen=True, slots=True)
class LldasOptions:
    """``new_activity``: the reading of item 2. ``myositis_is_major``: one calculator's reading."""

    new_activity: NewActivity = "any_descriptor"
    myositis_is_major: bool = False


@dataclass(frozen=True, slots=True)
class LldasItems:
    """The five items at each visit, three-valued."""

    activity: ThreeValued
    no_new: ThreeValued
    physician_ga: ThreeValued
    glucocorticoid: ThreeValued
    maintenance: ThreeValued


def compute_lldas(items: LldasItems) -> ThreeValued:
    """All five items."""
    return every(
        items.activity, items.no_new, items.physician_ga, items.glucocorticoid, items.maintenance
    )


def compute_lldas5(lldas: ThreeValued, prednisone_mg_day: Numbers) -> ThreeValued:
    """LLDAS with at most 5 mg/day of prednisone equivalent."""
    return every(lldas, at_most(prednisone_mg_day, LLDAS5_GLUCOCORTICOID_LIMIT_MG_DAY))


def compute_activity_item(
    items: ThreeValued,
    sledai_2k: Score,
    haemolytic_anaemia: ThreeValued,
    gastrointestinal_activity: ThreeValued,
    options: LldasOptions = LldasOptions(),
) -> ThreeValued:
    """Item 1. ``items``: descriptors, three-valued, shape (24, visits)."""
    major = IS_MAJOR.copy()
    if options.myositis_is_major:
        major[DESCRIPTOR_IDS.index("myositis")] = True
    return every(
        at_most_within(sledai_2k.low, sledai_2k.high, SLEDAI_LIMIT),
        negate(items[major].max(axis=0)),
        negate(haemolytic_anaemia),
        negate(gastrointestinal_activity),
    )


def compute_no_new_item(
    now: ThreeValued,
    before: ThreeValued,
    has_previous: np.ndarray,
    options: LldasOptions = LldasOptions(),
) -> ThreeValued:
    """Item 2 by descriptors, shape (24 + further features, visits); ``has_previous`` bool a visit.

    The rows after the 24 descriptors are the features beyond SLEDAI (haemolysis, gut).
    """
    compared = np.ones(now.shape[0], dtype=bool)
    if options.new_activity == "clinical_only":
        compared[: len(IS_CLINICAL)] = IS_CLINICAL
    worst = np.full(now.shape[1], FALSE, dtype=np.int8)
    for present, was in zip(now[compared], before[compared], strict=True):
        # New is present now *and* absent before; Kleene's and leaves every unknown as it should be.
        np.maximum(worst, np.minimum(present, negate(was)), out=worst)
    return np.where(has_previous, negate(worst), UNKNOWN)


def compute_physician_ga_item(physician_ga: Numbers) -> ThreeValued:
    """Item 3. Global assessment on 0-3."""
    return at_most(physician_ga, PHYSICIAN_GA_LIMIT)


def compute_glucocorticoid_item(prednisone_mg_day: Numbers) -> ThreeValued:
    """Item 4. Prednisone equivalent at the visit, mg/day."""
    return at_most(prednisone_mg_day, GLUCOCORTICOID_LIMIT_MG_DAY)


def compute_maintenance_item(
    in_limits: ThreeValued, investigational_drug: ThreeValued
) -> ThreeValued:
    """Item 5. ``in_limits``: tolerated and within the ceilings. Stability belongs to DORIS."""
    return every(in_limits, negate(investigational_drug))


def compute_dose_in_limits(
    drug: str, dose_mg: Numbers, interval_days: Numbers, weight_kg: float | Numbers = np.nan
) -> ThreeValued:
    """Whether one drug's dose is within its maintenance ceiling; drugs without a ceiling pass.

    ``dose_mg``: one dose; ``interval_days``: between doses. A missing dose of a drug with a ceiling
    is unknown, a missing weight too where the ceiling is per kilogram.
    """
    if drug in NEVER_MAINTENANCE:
        return np.full(dose_mg.shape, FALSE, dtype=np.int8)
    if drug in MAINTENANCE_CEILINGS_MG_PER_KG:
        mg_per_kg_day = np.round(dose_mg / interval_days / weight_kg, 4)
        return at_most(mg_per_kg_day, MAINTENANCE_CEILINGS_MG_PER_KG[drug])
    if drug not in MAINTENANCE_CEILINGS:
        return np.full(dose_mg.shape, TRUE, dtype=np.int8)
    period_days = 7.0 if drug in WEEKLY_DRUGS else 1.0
    return at_most(dose_mg * period_days / interval_days, MAINTENANCE_CEILINGS[drug])
