"""Incidence: events per person-time, and patients with an event per time to their first.

The event rate counts all events over all exposure; the exposure-adjusted incidence rate (EAIR)
counts patients with an event over the time to their first. Numerators and denominators both differ,
so the two are never combined. Limits are exact Poisson (Garwood 1936, Biometrika 28:437); for an
EAIR that takes patients with an event as Poisson.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lupus_outcomes.analysis.intervals import LEVEL, compute_garwood
from lupus_outcomes.indices.three_valued import Numbers

DAYS_PER_YEAR = 365.25
PER_YEARS = 100


@dataclass(frozen=True, slots=True)
class Rate:
    """Events per ``per_years`` person-years; NaN where no time was observed."""

    n_events: int
    person_years: float
    per_years: int
    estimate: float
    ci_low: float
    ci_high: float


@dataclass(frozen=True, slots=True)
class ExposureAdjusted:
    """Two rates of one kind of event. ``first_event``: the EAIR. ``all_events``: the event rate."""

    n_patients: int
    n_exposed: int
    first_event: Rate
    all_events: Rate


def compute_rate(
    n_events: int, person_years: float, per_years: int = PER_YEARS, level: float = LEVEL
) -> Rate:
    """Events per ``per_years`` person-years with exact limits."""
    limits = compute_garwood(n_events, person_years, per_years, level)
    return Rate(
        n_events=int(n_events),
        person_years=float(person_years),
        per_years=per_years,
        estimate=per_years * n_events / person_years if person_years > 0 else np.nan,
        ci_low=float(limits.low),
        ci_high=float(limits.high),
    )


def compute_exposure_adjusted(
    follow_up_years: ArrayLike,
    event_patient: NDArray[np.integer],
    event_years: ArrayLike,
    per_years: int = PER_YEARS,
) -> ExposureAdjusted:
    """Rate of first and of all events.

    Parameters
    ----------
    follow_up_years
        Exposure of each patient, shape (patients,).
    event_patient
        Position of the patient of each event, shape (events,).
    event_years
        Time of each event since the patient's first dose, within the exposure, shape (events,).
    """
    exposure: Numbers = np.asarray(follow_up_years, dtype=np.float64)
    patients = np.asarray(event_patient, dtype=np.int64)
    until_first = exposure.copy()
    np.minimum.at(until_first, patients, np.asarray(event_years, dtype=np.float64))
    n_patients = np.unique(patients).size
    return ExposureAdjusted(
        n_patients=n_patients,
        n_exposed=exposure.size,
        first_event=compute_rate(n_patients, until_first.sum(), per_years),
        all_events=compute_rate(patients.size, exposure.sum(), per_years),
    )
