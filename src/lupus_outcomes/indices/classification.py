"""Classification of systemic lupus erythematosus: ACR 1997, SLICC 2012, EULAR/ACR 2019.

ACR 1997: Tan 1982, Arthritis Rheum 25:1271; Hochberg 1997, 40:1725. At least 4 of 11 criteria.
SLICC 2012: Petri 2012, Arthritis Rheum 64:2677. At least 4 criteria with one clinical and one
immunological, or biopsy-proven nephritis with ANA or anti-dsDNA.
EULAR/ACR 2019: Aringer 2019, Ann Rheum Dis 78:1151. ANA of 1:80 or more ever, then 10 points or
more with one clinical item; only the highest item of each domain counts.

Criteria are cumulative (ever present) and three-valued, shape (criteria, n) in the order of the
tuples here. A missing criterion gives bounds of the count or the points, and leaves the class
unknown where the bounds do not decide. Limits differ from those of SLEDAI: fever above 38.3 degrees
C, leukocytes below 4.0 x10^9/L.
"""

from dataclasses import dataclass

import numpy as np

from lupus_outcomes.indices.sledai import Score
from lupus_outcomes.indices.three_valued import (
    FALSE,
    TRUE,
    UNKNOWN,
    ThreeValued,
    at_least_within,
    every,
    some,
)

ACR_1997 = (
    "malar_rash",
    "discoid_rash",
    "photosensitivity",
    "oral_ulcers",
    "arthritis",
    "serositis",
    "renal",
    "neurological",
    "haematological",
    "immunological",
    "ana",
)
SLICC_2012_CLINICAL = (
    "acute_cutaneous",
    "chronic_cutaneous",
    "oral_ulcers",
    "alopecia",
    "synovitis",
    "serositis",
    "renal",
    "neurological",
    "haemolytic_anaemia",
    "leukopenia",
    "thrombocytopenia",
)
SLICC_2012_IMMUNOLOGICAL = (
    "ana",
    "anti_dsdna",
    "anti_sm",
    "antiphospholipid",
    "low_complement",
    "direct_coombs",
)
CRITERIA_NEEDED, POINTS_NEEDED = 4, 10


@dataclass(frozen=True, slots=True)
class Item:
    """One weighted item of EULAR/ACR 2019."""

    id: str
    domain: str
    weight: int
    is_clinical: bool = True


EULAR_ACR_2019 = (
    Item("fever", "constitutional", 2),
    Item("leukopenia", "haematological", 3),
    Item("thrombocytopenia", "haematological", 4),
    Item("autoimmune_haemolysis", "haematological", 4),
    Item("delirium", "neuropsychiatric", 2),
    Item("psychosis", "neuropsychiatric", 3),
    Item("seizure", "neuropsychiatric", 5),
    Item("alopecia", "mucocutaneous", 2),
    Item("oral_ulcers", "mucocutaneous", 2),
    Item("subacute_cutaneous_or_discoid", "mucocutaneous", 4),
    Item("acute_cutaneous", "mucocutaneous", 6),
    Item("effusion", "serosal", 5),
    Item("acute_pericarditis", "serosal", 6),
    Item("joint", "musculoskeletal", 6),
    Item("proteinuria", "renal", 4),
    Item("class_ii_v", "renal", 8),
    Item("class_iii_iv", "renal", 10),
    Item("antiphospholipid", "antiphospholipid antibodies", 2, is_clinical=False),
    Item("low_c3_or_c4", "complement", 3, is_clinical=False),
    Item("low_c3_and_c4", "complement", 4, is_clinical=False),
    Item("anti_dsdna", "specific antibodies", 6, is_clinical=False),
    Item("anti_sm", "specific antibodies", 6, is_clinical=False),
)
_WEIGHTS = np.array([item.weight for item in EULAR_ACR_2019], dtype=np.float64)[:, None]
_IS_CLINICAL = np.array([item.is_clinical for item in EULAR_ACR_2019])
_DOMAINS = tuple(dict.fromkeys(item.domain for item in EULAR_ACR_2019))
_DOMAIN_ROWS = tuple(
    [row for row, item in enumerate(EULAR_ACR_2019) if item.domain == domain] for domain in _DOMAINS
)


@dataclass(frozen=True, slots=True)
class Classification:
    """``meets``: three-valued, shape (n,). ``score``: criteria counted, or points, with bounds."""

    meets: ThreeValued
    score: Score


def classify_acr_1997(criteria: ThreeValued) -> Classification:
    """At least 4 of the criteria of ACR_1997, serially or together. ``criteria``: (11, n)."""
    count = _count(criteria)
    return Classification(at_least_within(count.low, count.high, CRITERIA_NEEDED), count)


def classify_slicc_2012(
    clinical: ThreeValued, immunological: ThreeValued, biopsy_nephritis: ThreeValued
) -> Classification:
    """SLICC 2012. ``clinical``: (11, n), ``immunological``: (6, n), ``biopsy_nephritis``: (n,)."""
    count = _count(np.concatenate([clinical, immunological]))
    by_count = every(
        at_least_within(count.low, count.high, CRITERIA_NEEDED),
        clinical.max(axis=0),
        immunological.max(axis=0),
    )
    ana, anti_dsdna = immunological[:2]
    return Classification(some(by_count, every(biopsy_nephritis, some(ana, anti_dsdna))), count)


def classify_eular_acr_2019(ana_1_80: ThreeValued, items: ThreeValued) -> Classification:
    """EULAR/ACR 2019. ``ana_1_80``: (n,), ``items``: (22, n); no points without the ANA."""
    points = Score(_points(items == TRUE), _points(items >= UNKNOWN))
    meets = every(
        ana_1_80,
        at_least_within(points.low, points.high, POINTS_NEEDED),
        items[_IS_CLINICAL].max(axis=0),
    )
    not_scored = ana_1_80 == FALSE
    return Classification(
        meets,
        Score(np.where(not_scored, np.nan, points.low), np.where(not_scored, np.nan, points.high)),
    )


def _count(criteria: ThreeValued) -> Score:
    sure, possible = criteria == TRUE, criteria >= UNKNOWN
    return Score(sure.sum(axis=0).astype(np.float64), possible.sum(axis=0).astype(np.float64))


def _points(counts: np.ndarray) -> np.ndarray:
    weighted = _WEIGHTS * counts
    return sum((weighted[rows].max(axis=0) for rows in _DOMAIN_ROWS), np.zeros(counts.shape[1]))
