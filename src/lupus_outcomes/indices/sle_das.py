"""SLE-DAS: disease activity score, its categories and its two target states.

Score: Jesus 2019, Ann Rheum Dis 78:365. Categories and remission: Jesus 2021, Ann Rheum Dis
80:1568. Low disease activity: Assuncao 2022. **The coefficients below rest on one secondary
source** (a public implementation that cites Figure 1 of the 2019 paper): constant + low complement
+ anti-dsDNA is 2.076, just the published remission cut-off of 2.08, which speaks for them; check
against sle-das.eu before use in a paper.

The continuous terms count only beyond a strict gate: proteinuria above 500 mg/24 h, platelets below
100 and leukocytes below 3 x10^9/L. A missing item gives bounds; no rule for missing items is
published.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lupus_outcomes.indices.sledai import Score
from lupus_outcomes.indices.three_valued import (
    TRUE,
    UNKNOWN,
    Numbers,
    ThreeValued,
    above,
    at_least,
    at_most,
    at_most_within,
    below,
    every,
    negate,
    some,
)

CONSTANT = 0.366
ARTHRITIS, EACH_SWOLLEN_JOINT, JOINTS = 3.132, 0.454, 28
LOCALISED_RASH, GENERALISED_RASH = 3.138, 3.887
# Points of each item that is present or absent.
POINTS = {
    "mucocutaneous_vasculitis": 4.408,
    "alopecia": 0.973,
    "mucosal_ulcers": 2.769,
    "low_complement": 0.754,
    "anti_dsdna": 0.956,
    "neuropsychiatric": 18.0,
    "systemic_vasculitis": 18.0,
    "cardiac_pulmonary": 18.0,
    "myositis": 9.0,
    "serositis": 6.0,
    "haemolytic_anaemia": 9.0,
}
SEROLOGY = ("low_complement", "anti_dsdna")

REMISSION_LIMIT, LOW_ACTIVITY_LIMIT, MILD_LIMIT = 2.08, 2.48, 7.64
REMISSION_GLUCOCORTICOID_MG_DAY, LOW_ACTIVITY_GLUCOCORTICOID_MG_DAY = 5.0, 7.5
CATEGORIES = ("remission", "mild", "moderate_severe")


@dataclass(frozen=True, slots=True)
class Gate:
    """A continuous term: ``intercept + slope * ln(value)`` beyond ``limit``, else nothing."""

    limit: float
    counts_above: bool
    intercept: float
    slope: float
    extreme: float

    def term(self, value: Numbers) -> Numbers:
        """Points of a measurement, NaN where it is missing."""
        beyond = value > self.limit if self.counts_above else value < self.limit
        least, most = sorted((self.limit, self.extreme))
        # A count of 0 has no logarithm: no value scores beyond ``extreme``.
        inside = self.intercept + self.slope * np.log(np.clip(value, least, most))
        return np.where(np.isnan(value), np.nan, np.where(beyond, inside, 0.0))

    @property
    def largest(self) -> float:
        """Points at the most extreme value taken as possible: the upper bound."""
        return float(self.intercept + self.slope * np.log(self.extreme))

    @property
    def smallest(self) -> float:
        """Points just beyond the limit, where the term starts."""
        return max(0.0, float(self.intercept + self.slope * np.log(self.limit)))


# ``extreme``: the largest proteinuria (mg/24 h) and smallest counts (10^9/L) taken as possible.
PROTEINURIA = Gate(500, True, -17.584, 3.811, extreme=50_000)
PLATELETS = Gate(100, False, 26.105, -5.577, extreme=1)
LEUKOCYTES = Gate(3, False, 6.118, -5.058, extreme=0.1)


@dataclass(frozen=True, slots=True)
class SleDasInputs:
    """What the score is made of, one array a visit each.

    ``flags``: the items of POINTS, three-valued. ``localised_rash`` and ``generalised_rash``:
    three-valued, generalised wins; a rash of unknown extent is localised true, generalised unknown.
    ``swollen_joints_28``: 0-28. Measurements: mg/24 h and 10^9/L, NaN where missing. The three
    descriptors say, where a measurement is missing, whether it lies beyond the same limit.
    """

    flags: dict[str, ThreeValued]
    localised_rash: ThreeValued
    generalised_rash: ThreeValued
    swollen_joints_28: Numbers
    proteinuria_mg_24h: Numbers
    platelets_10e9_l: Numbers
    leukocytes_10e9_l: Numbers
    proteinuria: ThreeValued
    thrombocytopenia: ThreeValued
    leukopenia: ThreeValued


def compute_sle_das(inputs: SleDasInputs) -> Score:
    """The score with its bounds, in points."""
    joints_low, joints_high = _joints(inputs.swollen_joints_28)
    rash_low, rash_high = _rash(inputs.localised_rash, inputs.generalised_rash)
    low = CONSTANT + joints_low + rash_low
    high = CONSTANT + joints_high + rash_high
    for name, points in POINTS.items():
        low = low + points * (inputs.flags[name] == TRUE)
        high = high + points * (inputs.flags[name] >= UNKNOWN)
    for gate, value, descriptor in (
        (PROTEINURIA, inputs.proteinuria_mg_24h, inputs.proteinuria),
        (PLATELETS, inputs.platelets_10e9_l, inputs.thrombocytopenia),
        (LEUKOCYTES, inputs.leukocytes_10e9_l, inputs.leukopenia),
    ):
        term = gate.term(value)
        missing = np.isnan(term)
        low = low + np.where(missing, gate.smallest * (descriptor == TRUE), term)
        high = high + np.where(missing, gate.largest * (descriptor >= UNKNOWN), term)
    return Score(low, high)


def _joints(swollen: Numbers) -> tuple[Numbers, Numbers]:
    points = ARTHRITIS * (swollen >= 1) + EACH_SWOLLEN_JOINT * swollen
    most = ARTHRITIS + EACH_SWOLLEN_JOINT * JOINTS
    missing = np.isnan(swollen)
    return np.where(missing, 0.0, points), np.where(missing, most, points)


def _rash(localised: ThreeValued, generalised: ThreeValued) -> tuple[Numbers, Numbers]:
    def points(localised_counts: NDArray, generalised_counts: NDArray) -> Numbers:
        return np.where(generalised_counts, GENERALISED_RASH, LOCALISED_RASH * localised_counts)

    return (
        points(localised == TRUE, generalised == TRUE),
        points(localised >= UNKNOWN, generalised >= UNKNOWN),
    )


def compute_category(score: Score) -> NDArray[np.int8]:
    """Position in CATEGORIES, -1 where the bounds do not decide. The bands carry no dose clause."""
    limits = np.array([REMISSION_LIMIT, MILD_LIMIT])
    low, high = (np.searchsorted(limits, np.round(b, 2)) for b in (score.low, score.high))
    return np.where(low == high, low, -1).astype(np.int8)


def compute_remission(score: Score, prednisone_mg_day: Numbers) -> ThreeValued:
    """Index-based remission: score at most 2.08 and prednisone equivalent at most 5 mg/day."""
    return _state(score, REMISSION_LIMIT, prednisone_mg_day, REMISSION_GLUCOCORTICOID_MG_DAY)


def compute_low_disease_activity(score: Score, prednisone_mg_day: Numbers) -> ThreeValued:
    """Low disease activity: score at most 2.48 and at most 7.5 mg/day. It contains remission."""
    return _state(score, LOW_ACTIVITY_LIMIT, prednisone_mg_day, LOW_ACTIVITY_GLUCOCORTICOID_MG_DAY)


def _state(score: Score, limit: float, dose: Numbers, dose_limit: float) -> ThreeValued:
    # The calculator shows two decimals, and 2.076 has to pass 2.08 either way.
    held = at_most_within(np.round(score.low, 2), np.round(score.high, 2), limit)
    return every(held, at_most(dose, dose_limit))


def compute_remission_boolean(inputs: SleDasInputs, prednisone_mg_day: Numbers) -> ThreeValued:
    """Boolean remission: every clinical item absent, serology allowed, at most 5 mg/day."""
    clinical = [flag for name, flag in inputs.flags.items() if name not in SEROLOGY]
    counts = some(
        at_least(inputs.swollen_joints_28, 1),
        _beyond(PROTEINURIA, inputs.proteinuria_mg_24h, inputs.proteinuria),
        _beyond(PLATELETS, inputs.platelets_10e9_l, inputs.thrombocytopenia),
        _beyond(LEUKOCYTES, inputs.leukocytes_10e9_l, inputs.leukopenia),
    )
    active = some(counts, inputs.localised_rash, inputs.generalised_rash, *clinical)
    return every(negate(active), at_most(prednisone_mg_day, REMISSION_GLUCOCORTICOID_MG_DAY))


def _beyond(gate: Gate, value: Numbers, descriptor: ThreeValued) -> ThreeValued:
    measured = above(value, gate.limit) if gate.counts_above else below(value, gate.limit)
    return np.where(np.isnan(value), descriptor, measured)
