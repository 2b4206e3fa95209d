"""What treatments and admissions say about each visit: drugs newly started, doses within limits."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lupus_outcomes.derive.columns import numbers
from lupus_outcomes.indices.flare import MILD_DRUGS
from lupus_outcomes.indices.lldas import (
    MAINTENANCE_CEILINGS,
    NEVER_MAINTENANCE,
    WEEKLY_DRUGS,
    compute_dose_in_limits,
)
from lupus_outcomes.indices.three_valued import FALSE, TRUE, UNKNOWN, ThreeValued

# Wider than any study day, so that patient and day sort together as one whole number.
_DAYS_A_PATIENT = 1 << 24
_DAY_ZERO = 1 << 23
Keys = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Running:
    """Starts and stops of some courses, each sorted by patient and day."""

    starts: Keys
    stops: Keys


@dataclass(frozen=True, slots=True)
class Courses:
    """What may count for a flare or for LLDAS item 5, sorted once for all visits."""

    severe_drug_starts: Keys
    mild_drug_starts: Keys
    admissions: Keys
    beyond_limits: Running
    dose_unknown: Running


def read_courses(tables: Mapping[str, pd.DataFrame], flare_drugs: tuple[str, ...]) -> Courses:
    """The courses of a dataset's ``treatments`` and the admissions of its ``flares``.

    ``flare_drugs``: those whose start makes a flare severe.
    """
    treatments, flares = tables["treatments"], tables["flares"]
    positions, names = pd.factorize(treatments["drug"])
    names = pd.Index([str(name).casefold() for name in names], dtype=object)
    in_limits = _in_limits(treatments, positions, names)
    is_admission = flares["admitted"].to_numpy(dtype=np.bool_, na_value=False)

    def starts_of(drugs: tuple[str, ...]) -> Keys:
        # Mycophenolate mofetil and mycophenolic acid both begin with the name the index uses.
        is_among = np.array([name.startswith(drugs) for name in names], dtype=np.bool_)
        return _keys(treatments[_of_drug(is_among, positions)], "start_day")

    def running(is_chosen: NDArray[np.bool_]) -> Running:
        chosen = treatments[is_chosen]
        return Running(_keys(chosen, "start_day"), _keys(chosen, "stop_day"))

    return Courses(
        severe_drug_starts=starts_of(flare_drugs),
        mild_drug_starts=starts_of(MILD_DRUGS),
        admissions=_keys(flares[is_admission], "flare_day"),
        beyond_limits=running(in_limits == FALSE),
        dose_unknown=running(in_limits == UNKNOWN),
    )


def _of_drug(is_among: NDArray[np.bool_], positions: NDArray[np.int64]) -> NDArray[np.bool_]:
    return np.append(is_among, False)[positions]


def _in_limits(
    treatments: pd.DataFrame, positions: NDArray[np.int64], names: pd.Index
) -> ThreeValued:
    dose, interval = numbers(treatments["dose"]), numbers(treatments["interval_days"])
    in_limits = np.full(len(treatments), TRUE, dtype=np.int8)
    for drug in (*MAINTENANCE_CEILINGS, *NEVER_MAINTENANCE):
        is_drug = _of_drug(names == drug, positions)
        # An interval that is not given is the drug's usual one: a day, or a week.
        usual = 7.0 if drug in WEEKLY_DRUGS else 1.0
        every_days = np.where(np.isnan(interval[is_drug]), usual, interval[is_drug])
        in_limits[is_drug] = compute_dose_in_limits(drug, dose[is_drug], every_days)
    return in_limits


def happened_between(
    events: Keys,
    patient: NDArray[np.integer],
    since_day: NDArray[np.integer],
    until_day: NDArray[np.integer],
) -> NDArray[np.bool_]:
    """Whether a patient has an event after ``since_day`` and up to ``until_day``, a row each."""
    until = np.searchsorted(events, _key(patient, until_day), side="right")
    since = np.searchsorted(events, _key(patient, since_day), side="right")
    return until > since


def derive_maintenance_in_limits(
    courses: Courses, patient: NDArray[np.integer], day: NDArray[np.integer]
) -> ThreeValued:
    """LLDAS item 5 from the doses of all courses running on the day; only if treatments are complete.

    Beyond a ceiling is false, an unknown dose of a drug with a ceiling unknown, no drug at all
    true.
    """
    beyond = _is_running(courses.beyond_limits, patient, day)
    undecided = _is_running(courses.dose_unknown, patient, day)
    return np.where(beyond, FALSE, np.where(undecided, UNKNOWN, TRUE))


def _is_running(courses: Running, patient, day) -> NDArray[np.bool_]:
    before_all = np.full(len(patient), 1 - _DAY_ZERO)

    def until_day(events: Keys) -> NDArray[np.int64]:
        first, last = _key(patient, before_all), _key(patient, day)
        return np.searchsorted(events, last, side="right") - np.searchsorted(events, first)

    return until_day(courses.starts) > until_day(courses.stops)


def _keys(rows: pd.DataFrame, day: str) -> Keys:
    dated = rows[rows[day].notna()]
    return np.sort(_key(dated["patient"].to_numpy(), dated[day].to_numpy()))


def _key(patient: NDArray, day: NDArray) -> Keys:
    return patient.astype(np.int64) * _DAYS_A_PATIENT + (day.astype(np.int64) + _DAY_ZERO)
