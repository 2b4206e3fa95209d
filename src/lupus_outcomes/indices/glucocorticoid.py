"""Glucocorticoids: prednisone equivalents, dose endpoints and cumulative dose.

Equivalence is a ratio, never a rounded multiplier: 0.75 mg of dexamethasone is exactly 5 mg of
prednisone. Oral and intravenous doses only; inhaled, topical and intra-articular are not converted.
Pulses never enter the daily dose. A missing dose is not 0.
"""

from collections.abc import Iterable

import numpy as np

from lupus_outcomes.indices.three_valued import (
    TRUE,
    UNKNOWN,
    Numbers,
    ThreeValued,
    above,
    at_most,
    every,
)

# Milligrams equal to 5 mg of prednisone. Other tables print 0.6 for betamethasone and
# dexamethasone, 6 to 7.5 for deflazacort.
EQUIVALENT_TO_5_MG = {
    "prednisone": 5.0,
    "prednisolone": 5.0,
    "methylprednisolone": 4.0,
    "triamcinolone": 4.0,
    "hydrocortisone": 20.0,
    "cortisone": 25.0,
    "dexamethasone": 0.75,
    "betamethasone": 0.75,
    "deflazacort": 6.0,
}
TULIP_BASELINE_MG_DAY, TULIP_TARGET_MG_DAY = 10.0, 7.5
TULIP_FROM_WEEK, TULIP_TO_WEEK = 40, 52
RECENT_PULSE_DAYS = 28


def compute_prednisone_equivalent(drug: str, dose_mg: Numbers) -> Numbers:
    """Milligrams of prednisone equal to a dose of ``drug``; NaN for a drug without equivalence."""
    return np.asarray(dose_mg) * 5.0 / EQUIVALENT_TO_5_MG.get(drug, np.nan)


def compute_sustained_taper(
    baseline_mg_day: float, weeks: Numbers, doses_mg_day: Numbers
) -> ThreeValued:
    """TULIP: baseline >= 10 mg/day, at most 7.5 reached by week 40 and kept to week 52.

    One patient, weeks ascending, 0-d result. The dose at week 40 is the last one recorded by then.
    Unknown (outside the denominator) when baseline is below 10 mg/day or missing; unknown too when
    no dose is known by week 40, or none after it.
    """
    if not baseline_mg_day >= TULIP_BASELINE_MG_DAY:
        return np.asarray(UNKNOWN)
    reached = doses_mg_day[weeks <= TULIP_FROM_WEEK][-1:]
    kept = doses_mg_day[(weeks > TULIP_FROM_WEEK) & (weeks <= TULIP_TO_WEEK)]
    parts = [part if len(part) else np.array([np.nan]) for part in (reached, kept)]
    return every(*at_most(np.concatenate(parts), TULIP_TARGET_MG_DAY))


def compute_cumulative_dose(dose_mg_day: Numbers, days: Numbers) -> float:
    """Sum of dose times days over a step function, in mg."""
    return float(np.sum(np.asarray(dose_mg_day) * np.asarray(days)))


def compute_pulse_dose(pulses: Iterable[tuple[str, float, int]]) -> float:
    """Prednisone equivalent of pulses given as (drug, mg, number), in mg."""
    return float(
        sum(compute_prednisone_equivalent(drug, np.asarray(mg)) * n for drug, mg, n in pulses)
    )


def compute_mean_daily_dose(dose_mg: float, every_days: int) -> float:
    """Mean mg/day of a regimen taken every so many days; alternate days are averaged."""
    return dose_mg / every_days


def compute_new_attainment(baseline: Numbers, now: Numbers, limit: float) -> ThreeValued:
    """At most ``limit`` mg/day now in patients above it at baseline; unknown for all others."""
    held = at_most(now, limit)
    return np.where(above(baseline, limit) == TRUE, held, UNKNOWN)


def is_recent_pulse(days_since_pulse: Numbers) -> ThreeValued:
    """A pulse in the last 28 days: a flag beside the daily dose, which never holds pulses."""
    return at_most(days_since_pulse, RECENT_PULSE_DAYS)
