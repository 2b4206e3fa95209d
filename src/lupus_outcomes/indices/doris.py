"""DORIS remission of systemic lupus erythematosus, 2021 definition and its variants.

van Vollenhoven 2021, Lupus Sci Med 8:e000538: clinical SLEDAI 0, physician global assessment below
0.5 on 0-3, prednisone equivalent at most 5 mg/day, background treatment stable. Serology is
ignored, no minimum duration. Variants on and off treatment, clinical and complete: van Vollenhoven
2017, Ann Rheum Dis 76:554.

A missing part leaves the state unknown unless another part already fails.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from lupus_outcomes.indices.sledai import Score
from lupus_outcomes.indices.three_valued import (
    TRUE,
    UNKNOWN,
    Numbers,
    ThreeValued,
    at_most,
    at_most_within,
    below,
    every,
    negate,
)

PHYSICIAN_GA_LIMIT = 0.5
GLUCOCORTICOID_LIMIT_MG_DAY = 5.0


@dataclass(frozen=True, slots=True)
class DorisOptions:
    """Readings of the definition found in print.

    ``glucocorticoid``: "<=5" as the abstract says, "<5" as its Table 2 prints.
    ``physician_ga``: "<0.5" as the definition says, "<=0.5" as one later paper prints.
    ``assume_stable``: take background treatment as stable where nothing is recorded.
    """

    glucocorticoid: Literal["<=5", "<5"] = "<=5"
    physician_ga: Literal["<0.5", "<=0.5"] = "<0.5"
    assume_stable: bool = False


@dataclass(frozen=True, slots=True)
class DorisItems:
    """The parts, kept apart so that a page can say which one stood in the way. Three-valued."""

    clinical_sledai: ThreeValued
    physician_ga: ThreeValued
    glucocorticoid: ThreeValued
    stable: ThreeValued


def compute_doris_items(
    clinical_sledai: Score,
    physician_ga: Numbers,
    prednisone_mg_day: Numbers,
    treatment_stable: ThreeValued,
    options: DorisOptions = DorisOptions(),
) -> DorisItems:
    """The four parts of DORIS 2021 at each visit. Global 0-3, dose in mg/day taken at the visit.

    "Stable" has no published duration: no start and no rise of an immunosuppressant or biologic
    since the previous assessment; a change of antimalarial is allowed.
    """
    ga_holds = at_most if options.physician_ga == "<=0.5" else below
    dose_holds = at_most if options.glucocorticoid == "<=5" else below
    stable = treatment_stable
    if options.assume_stable:
        stable = np.where(stable == UNKNOWN, TRUE, stable)
    return DorisItems(
        clinical_sledai=at_most_within(clinical_sledai.low, clinical_sledai.high, 0),
        physician_ga=ga_holds(physician_ga, PHYSICIAN_GA_LIMIT),
        glucocorticoid=dose_holds(prednisone_mg_day, GLUCOCORTICOID_LIMIT_MG_DAY),
        stable=stable,
    )


def compute_doris_2021(items: DorisItems) -> ThreeValued:
    """DORIS 2021, clinical remission on treatment: all four parts."""
    return every(items.clinical_sledai, items.physician_ga, items.glucocorticoid, items.stable)


def compute_doris_complete(doris: ThreeValued, serology_positive: ThreeValued) -> ThreeValued:
    """Complete remission: clinical remission with low complement and anti-dsDNA both absent."""
    return every(doris, negate(serology_positive))


def compute_doris_off_treatment(
    items: DorisItems, prednisone_mg_day: Numbers, takes_immunosuppressant_or_biologic: ThreeValued
) -> ThreeValued:
    """Remission off treatment: no glucocorticoid, immunosuppressant or biologic.

    Antimalarials are allowed. Without treatment there is nothing to be stable, so that item is not
    asked. Nobody who receives anifrolumab can be in it; see ``compute_doris_glucocorticoid_free``.
    """
    return every(
        items.clinical_sledai,
        items.physician_ga,
        at_most(prednisone_mg_day, 0.0),
        negate(takes_immunosuppressant_or_biologic),
    )


def compute_doris_glucocorticoid_free(
    doris: ThreeValued, prednisone_mg_day: Numbers
) -> ThreeValued:
    """DORIS 2021 without any glucocorticoid: not a published variant, so not "off treatment"."""
    return every(doris, at_most(prednisone_mg_day, 0.0))


def query_blind_spot(
    doris: ThreeValued, haemolytic_anaemia: ThreeValued, gastrointestinal_activity: ThreeValued
) -> np.ndarray:
    """Where DORIS is met despite recorded activity that SLEDAI cannot see: bool, a data query."""
    seen = (haemolytic_anaemia == TRUE) | (gastrointestinal_activity == TRUE)
    return (doris == TRUE) & seen
