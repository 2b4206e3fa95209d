"""The disease items of the simulated patients: how common, how fast they clear, how they return.

Shares, clearance hazards and flare weights: sample-cohort.md D2 and D4. The seven descriptors of
the central nervous system are one item here, because the sources give one frequency for any of
them; which of the seven it is belongs to the patient (``CNS_DESCRIPTORS``).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lupus_outcomes.indices.sledai import DESCRIPTORS

Flags = NDArray[np.bool_]
Values = NDArray[np.floating]

WEIGHT_OF = {d.id: d.weight for d in DESCRIPTORS}
CNS_DESCRIPTORS = tuple(d.id for d in DESCRIPTORS if d.domain == "central nervous system")
CNS_WEIGHT = WEIGHT_OF[CNS_DESCRIPTORS[0]]


@dataclass(frozen=True, slots=True)
class Item:
    """One item. ``clearance``: hazard a month on full effect; ``flare_weight``: share of flares."""

    id: str
    baseline_share: float
    clearance: float
    flare_weight: float
    is_serology: bool = False

    @property
    def weight(self) -> int:
        """SLEDAI-2K points."""
        return WEIGHT_OF.get(self.id, CNS_WEIGHT)


ITEMS = (
    Item("rash", 0.63, 0.44, 0.34),
    Item("alopecia", 0.29, 0.20, 0.12),
    Item("mucosal_ulcers", 0.18, 0.50, 0.12),
    Item("arthritis", 0.60, 0.36, 0.34),
    # The flare weights of the rest share the remaining 0.08 about as their frequency at baseline.
    Item("leukopenia", 0.17, 0.07, 0.025),
    Item("thrombocytopenia", 0.06, 0.22, 0.014),
    Item("pleurisy", 0.04, 0.40, 0.010),
    Item("pericarditis", 0.03, 0.40, 0.006),
    Item("proteinuria", 0.07, 0.11, 0.008),
    Item("haematuria", 0.025, 0.14, 0.003),
    Item("vasculitis", 0.04, 0.30, 0.004),
    Item("fever", 0.03, 0.70, 0.006),
    Item("myositis", 0.015, 0.25, 0.003),
    Item("cns", 0.008, 0.30, 0.001),
    Item("low_complement", 0.50, 0.045, 0.0, is_serology=True),
    Item("anti_dsdna", 0.52, 0.040, 0.0, is_serology=True),
)
ITEM_IDS = tuple(item.id for item in ITEMS)
COLUMN = {name: position for position, name in enumerate(ITEM_IDS)}
WEIGHTS = np.array([item.weight for item in ITEMS], dtype=np.float64)
IS_SEROLOGY = np.array([item.is_serology for item in ITEMS])
CLEARANCE = np.array([item.clearance for item in ITEMS])
FLARE_WEIGHTS = np.array([item.flare_weight for item in ITEMS])

# Log hazard ratio of clearance for one unit of the response scale.
CLINICAL_RESPONSE, SEROLOGY_RESPONSE = 0.80, 0.28
SEROLOGY_RETURN = 0.02  # a month, in patients who had it at the start


def compute_sledai(items: Flags) -> Values:
    """SLEDAI-2K of each patient, points. ``items``: shape (patients, 16)."""
    return items @ WEIGHTS


def compute_clinical_sledai(items: Flags) -> Values:
    """Clinical SLEDAI-2K of each patient, points. ``items``: shape (patients, 16)."""
    return items @ (WEIGHTS * ~IS_SEROLOGY)


def clear_items(items: Flags, response: Values, pace: Values, rng: np.random.Generator) -> Flags:
    """The items still present a month later.

    ``response``: eta; ``pace``: multiplies every hazard (persistence, off drug). Both by patient.
    """
    slope = np.where(IS_SEROLOGY, SEROLOGY_RESPONSE, CLINICAL_RESPONSE)
    hazard = CLEARANCE * np.exp(np.outer(response, slope)) * pace[:, None]
    return items & (rng.random(items.shape) < np.exp(-hazard))


def return_serology(items: Flags, at_start: Flags, rng: np.random.Generator) -> Flags:
    """Serology that had cleared and is positive again this month."""
    absent = at_start & IS_SEROLOGY & ~items
    return items | (absent & (rng.random(items.shape) < SEROLOGY_RETURN))


def switch_on_items(items: Flags, number: NDArray[np.int64], rng: np.random.Generator) -> Flags:
    """Items after a flare in ``number`` of them, drawn by weight; some are active already."""
    with np.errstate(divide="ignore"):
        # Gumbel noise on log weights: the k largest are a draw of k without replacement.
        key = np.log(FLARE_WEIGHTS) + rng.gumbel(size=items.shape)
    rank = np.argsort(np.argsort(-key, axis=1), axis=1)
    return items | (rank < number[:, None])
