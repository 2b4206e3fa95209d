"""A measure of each patient at baseline and at the visits that stand for the time points."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lupus_outcomes.derive.cohort import Cohort
from lupus_outcomes.derive.columns import numbers, take_numbers
from lupus_outcomes.indices.three_valued import Numbers
from lupus_outcomes.measures import Measure
from lupus_outcomes.protocol import Handling

BASELINE_MONTHS, BASELINE_LABEL = 0.0, "baseline"


@dataclass(frozen=True, slots=True)
class Schedule:
    """Who is due and who is seen when; arrays of shape (1 + time points, patients), baseline first.

    At baseline everyone is due. ``visit``: row of the visit of those due and seen, -1 for none.
    """

    months: tuple[float, ...]
    labels: tuple[str, ...]
    is_due: NDArray[np.bool_]
    visit: NDArray[np.int64]

    @property
    def is_seen(self) -> NDArray[np.bool_]:
        """Due and seen."""
        return self.visit >= 0


def derive_schedule(cohort: Cohort, handling: Handling = "observed") -> Schedule:
    """Baseline and time points. ``observed``: seen on the drug; ``treatment_policy``: or off it."""
    rows = cohort.timepoints
    due = rows.is_due
    counts = due & rows.is_on_drug if handling == "observed" else due
    timepoints = cohort.protocol.timepoints
    return Schedule(
        months=(BASELINE_MONTHS, *(t.months for t in timepoints)),
        labels=(BASELINE_LABEL, *(t.label for t in timepoints)),
        is_due=np.vstack([np.ones((1, cohort.n_patients), dtype=np.bool_), due]),
        visit=np.vstack([cohort.baseline, np.where(counts, rows.visit, -1)]),
    )


def measured_at_visits(cohort: Cohort, measure: Measure) -> Numbers:
    """The measure at every visit, in the order of visit states, NaN where unknown."""
    if measure.id in cohort.states:
        return cohort.states[measure.id].to_numpy(dtype=np.float64)
    return numbers(cohort.tables["visits"][measure.id])


def is_measured(cohort: Cohort, measure: Measure) -> bool:
    """Whether the dataset has the measure at all."""
    return bool((~np.isnan(measured_at_visits(cohort, measure))).any())


def derive_measured(cohort: Cohort, measure: Measure, schedule: Schedule) -> Numbers:
    """The measure of each patient, shape (1 + time points, patients), NaN where unknown."""
    return take_numbers(measured_at_visits(cohort, measure), schedule.visit)


def is_meant_for(cohort: Cohort, measure: Measure) -> NDArray[np.bool_]:
    """Patients the measure is meant for, shape (patients,): an organ active at baseline, or all."""
    if not measure.manifestation:
        return np.ones(cohort.n_patients, dtype=np.bool_)
    found = cohort.characteristics.get("manifestation")
    if found is None or measure.manifestation not in found.levels:
        return np.zeros(cohort.n_patients, dtype=np.bool_)
    return found.members[found.levels.index(measure.manifestation)]
