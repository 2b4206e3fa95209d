"""Why and when patients stop anifrolumab: cause-specific monthly hazards, sample-cohort.md D5."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lupus_outcomes.data.sample.activity import Flags, Values

CAUSES = (
    "inefficacy",
    "adverse_event",
    "patient_decision",
    "lost_to_follow_up",
    "pregnancy",
    "remission",
    "death",
)
PREGNANCY_AGE = 41  # years, women younger than this


@dataclass(frozen=True, slots=True)
class AtRisk:
    """What the hazards of one month depend on, one value a patient."""

    month: int
    sledai: Values
    physician_ga: Values
    in_doris: Flags
    female: Flags
    age: Values


def compute_hazards(at_risk: AtRisk) -> Values:
    """Hazard a month of each cause, shape (patients, causes), in the order of CAUSES."""
    month, everyone = at_risk.month, np.ones(at_risk.age.size)
    active = (at_risk.sledai > 6) | (at_risk.physician_ga > 1.2)
    inefficacy = 0.0105 * np.where(active, 2.6, 0.12) * (1.25 if month <= 15 else 0.8)
    return np.column_stack(
        [
            inefficacy if month > 3 else 0.0008 * everyone,
            (0.0042 if month <= 6 else 0.0016) * everyone,
            0.0018 * everyone,
            0.0010 * everyone,
            0.0022 * (at_risk.female & (at_risk.age < PREGNANCY_AGE)),
            0.0035 * (at_risk.in_doris & (month > 24)),
            0.00012 * np.exp(0.05 * (at_risk.age - 45)),
        ]
    )


def draw_stops(hazards: Values, rng: np.random.Generator) -> NDArray[np.int64]:
    """Position of the cause in CAUSES for those who stop this month, else -1."""
    cumulated = np.cumsum(hazards, axis=1)
    stops = rng.random(len(hazards)) < -np.expm1(-cumulated[:, -1])
    chosen = (rng.random(len(hazards)) * cumulated[:, -1])[:, None] >= cumulated
    return np.where(stops, np.minimum(chosen.sum(axis=1), len(CAUSES) - 1), -1)
