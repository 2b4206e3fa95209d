"""SLEDAI-2K and its clinical part, with bounds where descriptors are missing.

Gladman 2002, J Rheumatol 29:288. Twenty-four descriptors scored when present and attributed to
lupus, range 0-105; the clinical score leaves out low complement and anti-dsDNA, range 0-101. Scored
over 30 days by default: 30-day scoring agreed with 10-day scoring in all but one of 149 patients.

Missing descriptors: no total, but bounds from the known sum to the known sum plus the weights of
the unknown, so that a threshold can often be decided all the same.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lupus_outcomes.indices.three_valued import (
    FALSE,
    TRUE,
    UNKNOWN,
    Numbers,
    ThreeValued,
    above,
    below,
)

SLEDAI_WINDOW_DAYS = 30


@dataclass(frozen=True, slots=True)
class Descriptor:
    """One of the 24 items. ``is_major``: activity of a major organ in the sense of LLDAS item 1."""

    id: str
    weight: int
    domain: str
    is_clinical: bool = True
    is_major: bool = False


DESCRIPTORS = (
    Descriptor("seizure", 8, "central nervous system", is_major=True),
    Descriptor("psychosis", 8, "central nervous system", is_major=True),
    Descriptor("organic_brain_syndrome", 8, "central nervous system", is_major=True),
    Descriptor("visual_disturbance", 8, "central nervous system", is_major=True),
    Descriptor("cranial_nerve_disorder", 8, "central nervous system", is_major=True),
    Descriptor("lupus_headache", 8, "central nervous system", is_major=True),
    Descriptor("cerebrovascular_accident", 8, "central nervous system", is_major=True),
    Descriptor("vasculitis", 8, "vascular", is_major=True),
    Descriptor("arthritis", 4, "musculoskeletal"),
    # Franklyn 2016 does not list myositis among the major organs; LldasOptions can add it.
    Descriptor("myositis", 4, "musculoskeletal"),
    Descriptor("urinary_casts", 4, "renal", is_major=True),
    Descriptor("haematuria", 4, "renal", is_major=True),
    Descriptor("proteinuria", 4, "renal", is_major=True),
    Descriptor("pyuria", 4, "renal", is_major=True),
    Descriptor("rash", 2, "mucocutaneous"),
    Descriptor("alopecia", 2, "mucocutaneous"),
    Descriptor("mucosal_ulcers", 2, "mucocutaneous"),
    Descriptor("pleurisy", 2, "serosal", is_major=True),
    Descriptor("pericarditis", 2, "serosal", is_major=True),
    Descriptor("low_complement", 2, "immunological", is_clinical=False),
    Descriptor("anti_dsdna", 2, "immunological", is_clinical=False),
    Descriptor("fever", 1, "constitutional", is_major=True),
    Descriptor("thrombocytopenia", 1, "haematological"),
    Descriptor("leukopenia", 1, "haematological"),
)
DESCRIPTOR_IDS = tuple(d.id for d in DESCRIPTORS)
WEIGHTS = np.array([d.weight for d in DESCRIPTORS], dtype=np.int16)
IS_CLINICAL = np.array([d.is_clinical for d in DESCRIPTORS])
IS_MAJOR = np.array([d.is_major for d in DESCRIPTORS])
DOMAINS = tuple(dict.fromkeys(d.domain for d in DESCRIPTORS))
SEROLOGY_WEIGHT = 2


@dataclass(frozen=True, slots=True)
class Score:
    """A total known at least within bounds: float arrays of one length, points."""

    low: Numbers
    high: Numbers

    @property
    def value(self) -> Numbers:
        """The total where nothing is missing, else NaN."""
        return np.where(self.low == self.high, self.low, np.nan)


def compute_sledai_2k(items: ThreeValued) -> Score:
    """Total with bounds. ``items``: three-valued, shape (24, visits), ordered as DESCRIPTORS."""
    return _weighted(items, WEIGHTS)


def compute_clinical_sledai(items: ThreeValued) -> Score:
    """Total without serology, with bounds. ``items``: three-valued, shape (24, visits)."""
    return _weighted(items, WEIGHTS * IS_CLINICAL)


def _weighted(items: ThreeValued, weights: NDArray[np.int16]) -> Score:
    present = np.zeros(items.shape[1], dtype=np.int16)
    unknown = np.zeros(items.shape[1], dtype=np.int16)
    # A row at a time: one pass over a block of visits that stays in the processor's cache.
    for item, weight in zip(items, weights, strict=True):
        if weight:
            present += weight * (item == TRUE)
            unknown += weight * (item == UNKNOWN)
    return Score(present.astype(np.float64), (present + unknown).astype(np.float64))


def deduce_items_from_totals(
    items: ThreeValued, recorded_total: Numbers, recorded_clinical: Numbers
) -> ThreeValued:
    """Fill what recorded totals prove about visits on which no descriptor was recorded.

    A descriptor that weighs more than its recorded total cannot be present. The serology is
    the difference of the two totals: 0 proves both absent, 4 both present.
    ``items``: three-valued, shape (24, visits); totals in points, NaN where not recorded.
    """
    has_total = ~(np.isnan(recorded_total) & np.isnan(recorded_clinical))
    # Most registries record no totals: then the descriptors need not be looked through.
    only_totals = has_total & (items == UNKNOWN).all(axis=0) if has_total.any() else has_total
    if not only_totals.any():
        return items
    total, clinical = recorded_total[only_totals], recorded_clinical[only_totals]
    largest_clinical = np.fmin(total, clinical)
    serology = total - clinical
    deduced = items[:, only_totals]
    for row, descriptor in zip(deduced, DESCRIPTORS, strict=True):
        limit = largest_clinical if descriptor.is_clinical else np.fmin(total, serology)
        row[descriptor.weight > limit] = FALSE
        if not descriptor.is_clinical:
            row[serology == 2 * SEROLOGY_WEIGHT] = TRUE
    filled = items.copy()
    filled[:, only_totals] = deduced
    return filled


def use_recorded(score: Score, recorded: Numbers, items: ThreeValued) -> Score:
    """The recorded total where no descriptor was recorded, else the total of the descriptors.

    ``items`` as recorded, before any deduction, three-valued, shape (24, visits).
    """
    if np.isnan(recorded).all():
        return score
    instead = (items == UNKNOWN).all(axis=0) & ~np.isnan(recorded)
    return Score(np.where(instead, recorded, score.low), np.where(instead, recorded, score.high))


def bound_by_other_total(score: Score, low: Numbers, high: Numbers, items: ThreeValued) -> Score:
    """Narrow bounds by what the other recorded total proves where no descriptor was recorded.

    Serology is worth 0 to 4 points: the total lies between the clinical score and 4 points above
    it, the clinical score between 4 points below the total and the total.

    Parameters
    ----------
    score
        Bounds from the descriptors.
    low, high
        The least and the most the other total allows, NaN where it was not recorded.
    items
        Descriptors as recorded, before any deduction, three-valued, shape (24, visits).
    """
    if np.isnan(low).all() and np.isnan(high).all():
        return score
    applies = (items == UNKNOWN).all(axis=0)
    return Score(
        np.where(applies, np.fmax(score.low, low), score.low),
        np.where(applies, np.fmin(score.high, high), score.high),
    )


def compute_laboratory_descriptors(
    *,
    proteinuria_g_24h: Numbers,
    haematuria_rbc_hpf: Numbers,
    pyuria_wbc_hpf: Numbers,
    platelets_10e9_l: Numbers,
    leukocytes_10e9_l: Numbers,
    temperature_c: Numbers,
) -> dict[str, ThreeValued]:
    """Descriptors decided by a measurement, attribution to lupus assumed. All limits are strict.

    Proteinuria > 0.5 g/24 h, haematuria and pyuria > 5 cells/hpf, platelets < 100 and leukocytes
    < 3.0 x10^9/L, temperature > 38.0 degrees C. A missing measurement is unknown.
    """
    return {
        "proteinuria": above(proteinuria_g_24h, 0.5),
        "haematuria": above(haematuria_rbc_hpf, 5),
        "pyuria": above(pyuria_wbc_hpf, 5),
        "thrombocytopenia": below(platelets_10e9_l, 100),
        "leukopenia": below(leukocytes_10e9_l, 3.0),
        "fever": above(temperature_c, 38.0),
    }
