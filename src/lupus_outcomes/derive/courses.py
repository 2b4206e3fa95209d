"""What the treatments table says about each visit: drugs newly started, doses within limits."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lupus_outcomes.derive.columns import numbers
from lupus_outcomes.indices.lldas import (
    MAINTENANCE_CEILINGS,
    NEVER_MAINTENANCE,
    compute_dose_in_limits,
)
from lupus_outcomes.indices.three_valued import FALSE, TRUE, UNKNOWN, ThreeValued

# Wider than any study day, so that patient and day sort together as one whole number.
_DAYS_A_PATIENT = 1 << 24
_DAY_ZERO = 1 << 23


def derive_new_drug(
    courses: pd.DataFrame,
    drugs: tuple[str, ...],
    patient: NDArray[np.integer],
    since_day: NDArray[np.integer],
    until_day: NDArray[np.integer],
) -> NDArray[np.bool_]:
    """Whether one of ``drugs`` was started after ``since_day`` and up to ``until_day``, a row each."""
    started = courses[courses["drug"].str.casefold().str.startswith(drugs)]
    starts = _keys(started["patient"].to_numpy(), started["start_day"].to_numpy())
    until = np.searchsorted(starts, _key(patient, until_day), side="right")
    since = np.searchsorted(starts, _key(patient, since_day), side="right")
    return until > since


def derive_maintenance_in_limits(
    courses: pd.DataFrame, patient: NDArray[np.integer], day: NDArray[np.integer]
) -> ThreeValued:
    """LLDAS item 5 from the doses of all courses that run on the day; only if treatments are complete.

    Beyond a ceiling is false, a missing dose of a drug with a ceiling is unknown, no drug at all
    is true.
    """
    in_limits = _course_in_limits(courses)
    beyond = _running(courses[in_limits == FALSE], patient, day)
    undecided = _running(courses[in_limits == UNKNOWN], patient, day)
    return np.where(beyond, FALSE, np.where(undecided, UNKNOWN, TRUE)).astype(np.int8)


def _course_in_limits(courses: pd.DataFrame) -> ThreeValued:
    drug = courses["drug"].str.casefold()
    dose, interval = numbers(courses["dose"]), numbers(courses["interval_days"])
    # An interval that is not given is that of the drug: a day, or a week for methotrexate.
    in_limits = np.full(len(courses), TRUE, dtype=np.int8)
    for name in (*MAINTENANCE_CEILINGS, *NEVER_MAINTENANCE):
        is_drug = (drug == name).to_numpy(dtype=np.bool_)
        usual = 7.0 if name == "methotrexate" else 1.0
        every_days = np.where(np.isnan(interval), usual, interval)
        in_limits[is_drug] = compute_dose_in_limits(name, dose[is_drug], every_days[is_drug])
    return in_limits


def _running(courses: pd.DataFrame, patient, day) -> NDArray[np.bool_]:
    """Whether at least one of the courses runs on the day: started by then and not yet stopped."""
    first, last = _key(patient, np.full(len(patient), 1 - _DAY_ZERO)), _key(patient, day)

    def events_until_day(column: str) -> NDArray[np.int64]:
        dated = courses[courses[column].notna()]
        keys = _keys(dated["patient"].to_numpy(), dated[column].to_numpy())
        return np.searchsorted(keys, last, side="right") - np.searchsorted(keys, first)

    return events_until_day("start_day") > events_until_day("stop_day")


def _keys(patient, day) -> NDArray[np.int64]:
    known = ~np.isnan(day.astype(np.float64))
    return np.sort(_key(patient[known], day[known]))


def _key(patient, day) -> NDArray[np.int64]:
    return patient.astype(np.int64) * _DAYS_A_PATIENT + (day.astype(np.int64) + _DAY_ZERO)
