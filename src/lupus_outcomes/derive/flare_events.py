"""Flares on the drug, as clinicians recorded them or as derived from visits: never mixed.

From the index date to the end of exposure (stop + 28 days or the end of observation), both days
included. A derived flare is dated at the visit that shows it and judged against the visit before;
one shown at the index date or earlier belongs to the time before the drug.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from lupus_outcomes.derive.cohort import Cohort
from lupus_outcomes.derive.columns import is_code, numbers
from lupus_outcomes.derive.exposure import derive_exposure_end
from lupus_outcomes.derive.timepoints import BASELINE_OLDEST_DAY
from lupus_outcomes.indices.flare import SEVERITIES
from lupus_outcomes.indices.three_valued import FALSE, TRUE, Numbers

Source = Literal["recorded", "derived"]
SOURCES: tuple[Source, ...] = ("recorded", "derived")
Severity = Literal["any", "mild_moderate", "severe"]
FLARE_SEVERITIES: tuple[Severity, ...] = ("any", "mild_moderate", "severe")
MILD, SEVERE = SEVERITIES.index("mild_moderate"), SEVERITIES.index("severe")
UNKNOWN_FLARE = -1
DISEASE_STATES = ("DORIS", "LLDAS, not DORIS", "neither", "not known")
IN_DORIS, IN_LLDAS, IN_NEITHER, IN_UNKNOWN = range(len(DISEASE_STATES))
# Days of a patient fit between the keys of two.
KEY = 1_000_000


@dataclass(frozen=True, slots=True)
class FlareEvents:
    """One row a flare, sorted by patient and day: arrays of shape (flares,).

    ``severity``: position in ``indices.flare.SEVERITIES``, 0 where a recorded one has none.
    ``end_day``: last day at risk of each patient, shape (patients,).
    """

    patient: NDArray[np.int64]
    day: NDArray[np.int64]
    severity: NDArray[np.int8]
    end_day: Numbers

    def of(self, severity: Severity, members: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Which flares are of that severity, in these patients."""
        is_of = {
            "any": np.ones(len(self.day), dtype=np.bool_),
            "mild_moderate": self.severity == MILD,
            "severe": self.severity == SEVERE,
        }
        return is_of[severity] & members[self.patient]

    def first_days(self, severity: Severity) -> Numbers:
        """Day of each patient's first such flare, NaN for none; shape (patients,)."""
        rows = np.flatnonzero(self.of(severity, np.ones(len(self.end_day), dtype=np.bool_)))[::-1]
        first = np.full(len(self.end_day), np.nan)
        # With repeated indices the last assignment holds: reversed, a patient's first.
        first[self.patient[rows]] = self.day[rows]
        return first


def is_flare_recorded(cohort: Cohort) -> bool:
    """Whether the registry records flares at all."""
    return "flares.flare_date" not in cohort.dataset.not_collected


def derive_flare_events(cohort: Cohort, source: Source) -> FlareEvents:
    """All flares of a source between the index date and the end of exposure."""
    end = np.maximum(derive_exposure_end(cohort.follow_up), 0.0)
    patient, day, severity = _recorded(cohort) if source == "recorded" else _derived(cohort)
    on_drug = (day >= 0) & (day <= end[patient])
    patient, day, severity = patient[on_drug], day[on_drug].astype(np.int64), severity[on_drug]
    order = np.lexsort((day, patient))
    return FlareEvents(patient[order].astype(np.int64), day[order], severity[order], end)


def _recorded(cohort: Cohort) -> tuple[NDArray, Numbers, NDArray[np.int8]]:
    flares = cohort.tables["flares"]
    severity = np.where(is_code(flares["severity"], "severe") == TRUE, SEVERE, 0)
    severity = np.where(is_code(flares["severity"], "mild_moderate") == TRUE, MILD, severity)
    day = numbers(flares["flare_day"])
    return flares["patient"].to_numpy(), day, severity.astype(np.int8)


def _derived(cohort: Cohort) -> tuple[NDArray, Numbers, NDArray[np.int8]]:
    states = cohort.states
    severity, day = states["flare"].to_numpy(), states["visit_day"].to_numpy()
    rows = np.flatnonzero((severity >= MILD) & (day > 0))
    return states["patient"].to_numpy()[rows], day[rows].astype(np.float64), severity[rows]


@dataclass(frozen=True, slots=True)
class Periods:
    """One row a visit on the drug at which a flare could be judged; arrays of shape (periods,).

    Severities as in ``FlareEvents``, the worst where several were recorded. ``n_unmatched``:
    recorded flares after the patient's last such visit, shape (patients,).
    """

    patient: NDArray[np.int64]
    derived: NDArray[np.int8]
    recorded: NDArray[np.int8]
    is_recorded: NDArray[np.bool_]
    n_unmatched: NDArray[np.int64]


def derive_periods(cohort: Cohort) -> Periods:
    """What was recorded between visits beside what the visit that ends the period shows.

    A recorded flare belongs to the first judged visit on or after its day.
    """
    states, flares = cohort.states, derive_flare_events(cohort, "recorded")
    patient, day = states["patient"].to_numpy(), states["visit_day"].to_numpy()
    derived = states["flare"].to_numpy()
    is_judged = (derived != UNKNOWN_FLARE) & (day > 0) & (day <= flares.end_day[patient])
    rows = np.flatnonzero(is_judged)
    patient, day, derived = patient[rows].astype(np.int64), day[rows], derived[rows]
    place = np.searchsorted(patient * KEY + day, flares.patient * KEY + flares.day, side="left")
    owner = np.append(patient, -1)[place]
    matched = owner == flares.patient
    worst, is_recorded = np.zeros(len(rows), np.int8), np.zeros(len(rows), np.bool_)
    np.maximum.at(worst, place[matched], flares.severity[matched])
    is_recorded[place[matched]] = True
    unmatched = np.bincount(flares.patient[~matched], minlength=cohort.n_patients)
    return Periods(patient, derived, worst, is_recorded, unmatched)


def derive_state_days(cohort: Cohort) -> Numbers:
    """Days at risk in each disease state, shape (states, patients); see DISEASE_STATES.

    The state of a visit holds from its day to the patient's next visit or the end of exposure.
    Before the first visit, without a baseline, it is not known.
    """
    end = np.maximum(derive_exposure_end(cohort.follow_up), 0.0)
    patient = cohort.states["patient"].to_numpy()
    day = cohort.states["visit_day"].to_numpy().astype(np.float64)
    until = end[patient]
    is_last = np.append(patient[1:] != patient[:-1], True)[: len(patient)]
    following = np.append(day[1:], np.inf)[: len(day)]
    until = np.where(is_last, until, np.minimum(following, until))
    held = np.maximum(until - np.maximum(day, 0.0), 0.0)
    cells = _disease_state(cohort).astype(np.int64) * len(end) + patient
    size = len(DISEASE_STATES) * len(end)
    summed = np.bincount(cells, weights=held, minlength=size).astype(np.float64)
    days = summed.reshape(len(DISEASE_STATES), -1)
    days[IN_UNKNOWN] += end - days.sum(axis=0)
    return days


def derive_state_before(cohort: Cohort, flares: FlareEvents) -> NDArray[np.int64]:
    """Position in DISEASE_STATES at the last visit before the day of each flare."""
    patient = cohort.states["patient"].to_numpy().astype(np.int64)
    day = cohort.states["visit_day"].to_numpy()
    keys = patient * KEY + day
    row = np.searchsorted(keys, flares.patient * KEY + flares.day, side="left") - 1
    state = np.append(_disease_state(cohort), IN_UNKNOWN)
    is_own = (row >= 0) & (np.append(patient, -1)[row] == flares.patient)
    return np.where(is_own, state[row], IN_UNKNOWN)


def _disease_state(cohort: Cohort) -> NDArray[np.int64]:
    """At each visit; older than a baseline may be, it says nothing of the time on the drug."""
    doris, lldas = (cohort.states[name].to_numpy() for name in ("doris", "lldas"))
    is_old = cohort.states["visit_day"].to_numpy() < BASELINE_OLDEST_DAY
    not_doris = doris == FALSE
    return np.select(
        [is_old, doris == TRUE, not_doris & (lldas == TRUE), not_doris & (lldas == FALSE)],
        [IN_UNKNOWN, IN_DORIS, IN_LLDAS, IN_NEITHER],
        default=IN_UNKNOWN,
    )
