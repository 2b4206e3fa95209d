"""Which response is asked about, in whom, counted how: what a prediction model is given."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from lupus_outcomes.derive.cohort import Cohort
from lupus_outcomes.derive.features import Feature, derive_features
from lupus_outcomes.derive.follow_up import FollowUp
from lupus_outcomes.derive.retention import LOST
from lupus_outcomes.derive.selection import Selection
from lupus_outcomes.indices.three_valued import TRUE, UNKNOWN, Numbers
from lupus_outcomes.protocol import DAYS_PER_MONTH, Handling

# With fewer patients with or without the outcome no model can be judged.
FEWEST_OF_EACH = 20
_ENDPOINTS = {
    "lldas": ("lldas", "LLDAS"),
    "doris": ("doris", "DORIS remission"),
    "steroid": ("glucocorticoid_le5", "Prednisone ≤ 5 mg/day"),
    "sri4": ("sri4", "SRI-4"),
    "bicla": ("bicla", "BICLA"),
    "clasi50": ("clasi50", "CLASI-50"),
}


@dataclass(frozen=True, slots=True)
class PredictedOutcome:
    """An outcome that can be asked about; no ``endpoint``: still on anifrolumab."""

    id: str
    label: str
    months: float
    endpoint: str | None


OUTCOMES: Mapping[str, PredictedOutcome] = MappingProxyType(
    {
        f"{name}_{months}": PredictedOutcome(
            f"{name}_{months}", f"{label} at {months} months", float(months), endpoint
        )
        for name, (endpoint, label) in _ENDPOINTS.items()
        for months in (6, 12)
    }
    | {"on_drug_12": PredictedOutcome("on_drug_12", "On anifrolumab at 12 months", 12.0, None)}
)


@dataclass(frozen=True, slots=True)
class Question:
    """An outcome and how patients without an answer are counted: ``nri`` or ``observed``."""

    outcome: str = "lldas_12"
    handling: Handling = "nri"


@dataclass(frozen=True)
class Posed:
    """A question with its data. ``rows``: patients of the cohort who are in it; ``x``: features of
    shape (n, features), NaN where unknown; ``y``: 1 response, 0 none; ``centre``: codes.
    ``too_small``: why no model can be fitted, empty if one can.
    """

    question: Question
    outcome: PredictedOutcome
    features: tuple[Feature, ...]
    is_by_design: NDArray[np.bool_]
    rows: NDArray[np.int64]
    x: Numbers
    y: NDArray[np.int64]
    centre: NDArray[np.int64]
    centres: tuple[str, ...]
    too_small: str

    @property
    def n(self) -> int:
        """Patients in the question."""
        return len(self.y)

    @property
    def n_events(self) -> int:
        """Of them with the outcome."""
        return int(self.y.sum())


def find_outcomes(cohort: Cohort) -> tuple[str, ...]:
    """The outcomes that the study asks for, the dataset can answer and some patient is due for."""
    months = [timepoint.months for timepoint in cohort.protocol.timepoints]
    return tuple(
        outcome.id
        for outcome in OUTCOMES.values()
        if outcome.months in months
        and (outcome.endpoint is None or outcome.endpoint in cohort.outcomes)
    )


def pose_question(cohort: Cohort, selection: Selection, question: Question) -> Posed:
    """Put a question to the selected patients who are due at its time point."""
    outcome = OUTCOMES[question.outcome]
    answered, attained = _answers(cohort, outcome, question.handling)
    rows = np.flatnonzero(selection.members & answered)
    table = derive_features(cohort)
    y = attained[rows].astype(np.int64)
    centres = cohort.characteristics["centre"]
    return Posed(
        question=question,
        outcome=outcome,
        features=table.features,
        is_by_design=table.is_by_design,
        rows=rows,
        # As the trees and their explanation both see them.
        x=table.values[rows].astype(np.float32).astype(np.float64),
        y=y,
        centre=np.argmax(centres.members[:, rows], axis=0),
        centres=centres.levels,
        too_small=_too_small(outcome, y),
    )


def _answers(
    cohort: Cohort, outcome: PredictedOutcome, handling: Handling
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Who has an answer, and who attained the outcome; shape (patients,)."""
    months = [timepoint.months for timepoint in cohort.protocol.timepoints]
    place = months.index(outcome.months)
    due = cohort.timepoints.is_due[place]
    if outcome.endpoint is None:
        return _still_on_drug(cohort.follow_up, outcome.months, due, handling)
    of_endpoint = cohort.outcomes[outcome.endpoint]
    value = of_endpoint.attained(cohort.timepoints, handling)[place]
    return due & of_endpoint.in_denominator & (value != UNKNOWN), value == TRUE


def _still_on_drug(
    follow_up: FollowUp, months: float, due: NDArray[np.bool_], handling: Handling
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """A loss to follow-up is a stop where what is not seen counts as not attained."""
    stopped = follow_up.stop_day <= months * DAYS_PER_MONTH
    is_lost = stopped & (follow_up.stop_reason == LOST)
    return (due & ~is_lost if handling == "observed" else due), ~stopped


def _too_small(outcome: PredictedOutcome, y: NDArray[np.int64]) -> str:
    n_with, n_without = int(y.sum()), int(len(y) - y.sum())
    if min(n_with, n_without) >= FEWEST_OF_EACH:
        return ""
    return (
        f"{outcome.label}: {n_with} patients with and {n_without} without it are too few for a "
        f"model; {FEWEST_OF_EACH} of each are needed."
    )
