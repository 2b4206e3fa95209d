"""What treatments and admissions say about each visit: drugs newly started, doses within limits."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lupus_outcomes.derive.columns import numbers
from lupus_outcomes.indices.flare import MILD_DRUGS
from lupus_outcomes.indices.lldas import (
    MAINTENANCE_CEILINGS,
    MAINTENANCE_CEILINGS_MG_PER_KG,
    NEVER_MAINTENANCE,
    WEEKLY_DRUGS,
    compute_dose_in_limits,
)
from lupus_outcomes.indices.three_valued import FALSE, TRUE, UNKNOWN, Numbers, ThreeValued

# Wider than any study day, so that patient and day sort together as one whole number.
_DAYS_A_PATIENT = 1 << 24
_DAY_ZERO = 1 << 23
Keys = NDArray[np.int64]
MG_A_UNIT = {"mg": 1.0, "g": 1000.0}
SAME_DRUG = {
    "mycophenolate": "mycophenolate mofetil",
    "cyclosporin": "ciclosporin",
    "cyclosporine": "ciclosporin",
}


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
    drug = name_drugs(treatments)
    # A course without a start cannot be placed in time; its stop must not end another.
    has_start = treatments["start_day"].notna().to_numpy()
    in_limits = _in_limits(treatments, drug, numbers(tables["patients"]["weight_kg"]))
    is_admission = flares["admitted"].to_numpy(dtype=np.bool_, na_value=False)

    def starts_of(drugs: tuple[str, ...]) -> Keys:
        # Mycophenolate mofetil and mycophenolic acid both begin with the name the index uses.
        is_among = drug.where(lambda name: name.startswith(drugs))
        return _keys(treatments[is_among], "start_day")

    def running(is_chosen: NDArray[np.bool_]) -> Running:
        chosen = treatments[is_chosen & has_start]
        return Running(_keys(chosen, "start_day"), _keys(chosen, "stop_day"))

    return Courses(
        severe_drug_starts=starts_of(flare_drugs),
        mild_drug_starts=starts_of(MILD_DRUGS),
        admissions=_keys(flares[is_admission], "flare_day"),
        beyond_limits=running(in_limits == FALSE),
        dose_unknown=running(in_limits == UNKNOWN),
    )


@dataclass(frozen=True, slots=True)
class Drugs:
    """The drug of each course: position in ``names`` (lower case), -1 for none given."""

    position: NDArray[np.int64]
    names: tuple[str, ...]

    def where(self, is_meant: Callable[[str], bool]) -> NDArray[np.bool_]:
        """Courses whose drug's name is meant; a name is asked once, however many courses it has."""
        return np.array([*map(is_meant, self.names), False], dtype=np.bool_)[self.position]


def name_drugs(treatments: pd.DataFrame) -> Drugs:
    """The drugs of a table of courses, whatever the case they were written in."""
    position, written = pd.factorize(treatments["drug"])
    names = (str(name).strip().casefold() for name in written)
    return Drugs(position, tuple(SAME_DRUG.get(name, name) for name in names))


def _in_limits(treatments: pd.DataFrame, drug: Drugs, weight_kg: Numbers) -> ThreeValued:
    dose, interval = _dose_mg(treatments), numbers(treatments["interval_days"])
    weight = weight_kg[treatments["patient"].to_numpy()]
    in_limits = np.full(len(treatments), TRUE, dtype=np.int8)
    for name in (*MAINTENANCE_CEILINGS, *MAINTENANCE_CEILINGS_MG_PER_KG, *NEVER_MAINTENANCE):
        rows = drug.where(name.__eq__)
        # An interval that is not given is the drug's usual one: a day, or a week.
        usual = 7.0 if name in WEEKLY_DRUGS else 1.0
        every_days = np.where(interval[rows] > 0, interval[rows], usual)
        in_limits[rows] = compute_dose_in_limits(name, dose[rows], every_days, weight[rows])
    return in_limits


def _dose_mg(treatments: pd.DataFrame) -> Numbers:
    """Doses in mg; without a unit they are mg, in a unit other than mg or g unknown."""
    position, units = pd.factorize(treatments["unit"])
    factor = np.array([*(_mg_each(str(unit)) for unit in units), 1.0])
    return numbers(treatments["dose"]) * factor[position]


def _mg_each(unit: str) -> float:
    """Milligrams of one unit, ``mg`` or ``g/day``; NaN for any other, per kilogram included."""
    parts = re.findall(r"[^\W\d_]+", unit.casefold())
    return np.nan if not parts or "kg" in parts else MG_A_UNIT.get(parts[0], np.nan)


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
    """LLDAS item 5 from the doses of all courses running on the day, where treatments are complete.

    A course runs from its start up to, not including, its stop: on the day of a change the new dose
    counts. Beyond a ceiling is false, an unknown dose of a drug with a ceiling unknown, no drug at
    all true.
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
