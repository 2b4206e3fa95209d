"""What is told of each patient at baseline and at each time point, a row a patient and time."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from lupus_outcomes.derive.cohort import Cohort
from lupus_outcomes.derive.columns import numbers, take_numbers
from lupus_outcomes.derive.measured import Schedule, derive_measured, derive_schedule, is_measured
from lupus_outcomes.derive.outcomes import HANDLINGS, Outcome
from lupus_outcomes.derive.timepoints import STATUS_WORDS, STATUSES
from lupus_outcomes.endpoints import ENDPOINTS
from lupus_outcomes.export.variables import (
    NO_VISIT,
    NOT_APPLICABLE,
    NOT_COLLECTED,
    NOT_DUE,
    OFF_DRUG,
    UNKNOWN_VALUE,
    Variable,
    condition,
    number,
    short_name,
    uncollected,
    yes_no,
)
from lupus_outcomes.indices.three_valued import UNKNOWN, ThreeValued
from lupus_outcomes.measures import MEASURES
from lupus_outcomes.protocol import Handling

SUFFIXES: dict[Handling, str] = {
    "nri": "nri",
    "observed": "obs",
    "treatment_policy": "tp",
    "locf": "locf",
}
HANDLING_LABELS: dict[Handling, str] = {
    "nri": "non-responder imputation",
    "observed": "seen on the drug",
    "treatment_policy": "on the drug or not",
    "locf": "last carried forward",
}
STATUS_CODES = {0: "baseline", **{c: STATUS_WORDS[s] for c, s in enumerate(STATUSES, start=1)}}


def timepoint_variables(cohort: Cohort) -> Iterator[Variable]:
    """Every variable of all patients of the cohort: patient by patient, baseline first."""
    schedule = derive_schedule(cohort, "treatment_policy")
    yield from _when(cohort, schedule)
    for endpoint in cohort.protocol.endpoints:
        yield from _endpoint(cohort, endpoint)
    yield from _measured(cohort, schedule)


def _when(cohort: Cohort, schedule: Schedule) -> Iterator[Variable]:
    shape = schedule.visit.shape
    index = np.broadcast_to(np.arange(shape[0])[:, np.newaxis], shape)
    months = np.broadcast_to(np.array(schedule.months)[:, np.newaxis], shape)
    status = np.vstack([np.zeros((1, shape[1])), cohort.timepoints.status + 1])
    day = take_numbers(cohort.states["visit_day"].to_numpy(), schedule.visit)
    why = _why_no_value(schedule)
    on_drug = derive_schedule(cohort).is_seen
    labels = dict(enumerate(schedule.labels))
    yield number("timepoint", "Time point", _flat(index), codes=labels)
    yield number("months", "Target of the time point, months", _flat(months))
    yield number("status", "What became of the patient", _flat(status), codes=STATUS_CODES)
    yield condition("due", "Window closed by the data cut", _flat(schedule.is_due))
    yield number("visit_day", "Day of the visit that counts", _flat(day), _flat(why))
    yield condition("seen", "Due and seen on the drug, or at baseline", _flat(on_drug))


def _why_no_value(schedule: Schedule) -> NDArray[np.str_]:
    """Why there is no value at a time, shape (1 + time points, patients)."""
    without_visit = np.where(schedule.is_seen, UNKNOWN_VALUE, NO_VISIT)
    return np.where(schedule.is_due, without_visit, NOT_DUE)


def _endpoint(cohort: Cohort, endpoint: str) -> Iterator[Variable]:
    name, label = short_name(endpoint), ENDPOINTS[endpoint].label
    outcome = cohort.outcomes.get(endpoint)
    if outcome is None:
        shape = ((1 + len(cohort.protocol.timepoints)) * cohort.n_patients,)
        yield uncollected(name, label, shape)
        for handling, suffix in SUFFIXES.items():
            words = f"{label}: {HANDLING_LABELS[handling]}"
            yield uncollected(f"{name}_{suffix}", words, shape)
        return
    counts = cohort.timepoints.is_due & outcome.in_denominator
    yield yes_no(name, label, *_answers(cohort, outcome, outcome.at_visit, counts))
    for handling in HANDLINGS:
        answer = outcome.attained(cohort.timepoints, handling)
        words = f"{label}: {HANDLING_LABELS[handling]}"
        values, why = _answers(cohort, outcome, answer, counts)
        if handling == "observed":
            is_off = np.vstack([np.zeros_like(counts[:1]), _is_off_drug(cohort) & counts])
            why = np.where(_flat(is_off), OFF_DRUG, why)
        yield yes_no(f"{name}_{SUFFIXES[handling]}", words, values, why)


def _answers(
    cohort: Cohort, outcome: Outcome, answer: ThreeValued, counts: NDArray[np.bool_]
) -> tuple[ThreeValued, NDArray[np.str_]]:
    """Answers of those who count, and why the others have none; nothing is asked at baseline."""
    timepoints = cohort.timepoints
    why = np.select(
        [
            np.broadcast_to(~outcome.in_denominator, counts.shape),
            ~timepoints.is_due,
            timepoints.visit < 0,
        ],
        [NOT_APPLICABLE, NOT_DUE, NO_VISIT],
        UNKNOWN_VALUE,
    )
    nobody = np.full((1, counts.shape[1]), UNKNOWN)
    values = np.vstack([nobody, np.where(counts, answer, UNKNOWN)])
    return _flat(values), _flat(np.vstack([np.full_like(why[:1], NOT_APPLICABLE), why]))


def _is_off_drug(cohort: Cohort) -> NDArray[np.bool_]:
    return (cohort.timepoints.visit >= 0) & ~cohort.timepoints.is_on_drug


def _measured(cohort: Cohort, schedule: Schedule) -> Iterator[Variable]:
    why = _flat(_why_no_value(schedule))
    dose = take_numbers(numbers(cohort.states["prednisone_mg_day"]), schedule.visit)
    yield number("prednisone_mg_day", "Prednisone, mg/day", _flat(dose), why)
    for measure in MEASURES.values():
        values = _flat(derive_measured(cohort, measure, schedule))
        label = f"{measure.label}, {measure.unit}"
        yield number(
            measure.id, label, values, why if is_measured(cohort, measure) else NOT_COLLECTED
        )


def _flat(by_time: NDArray) -> NDArray:
    """Shape (times, patients) as one row after another, all times of a patient together."""
    return by_time.T.ravel()
