"""SLICC/ACR damage index: a running maximum, because damage never heals.

Gladman 1996, Arthritis Rheum 39:363; glossary Gladman 1997. Forty-one items in twelve domains whose
maxima sum to 47 (0-46 is often printed, so 47 is a soft bound). A score of 2 needs a second event
at least 6 months after the first. End-stage renal disease scores 3 in place of the other renal
items. A missing index is not 0.
"""

from calendar import monthrange
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from lupus_outcomes.indices.three_valued import Numbers

# The 41 items by domain, with the most each can score; 2 is for a second event or site.
ITEMS = {
    "ocular": {"cataract": 1, "retinal_change_or_optic_atrophy": 1},
    "neuropsychiatric": {
        "cognitive_impairment_or_psychosis": 1,
        "seizures": 1,
        "cerebrovascular_accident": 2,
        "cranial_or_peripheral_neuropathy": 1,
        "transverse_myelitis": 1,
    },
    "renal": {"gfr_below_50": 1, "proteinuria_3_5_g": 1, "end_stage_renal_disease": 3},
    "pulmonary": {
        "pulmonary_hypertension": 1,
        "pulmonary_fibrosis": 1,
        "shrinking_lung": 1,
        "pleural_fibrosis": 1,
        "pulmonary_infarction_or_resection": 1,
    },
    "cardiovascular": {
        "angina_or_bypass": 1,
        "myocardial_infarction": 2,
        "cardiomyopathy": 1,
        "valvular_disease": 1,
        "pericarditis_or_pericardiectomy": 1,
    },
    "peripheral vascular": {
        "claudication": 1,
        "minor_tissue_loss": 1,
        "significant_tissue_loss": 2,
        "venous_thrombosis": 1,
    },
    "gastrointestinal": {
        "bowel_infarction_or_resection": 2,
        "mesenteric_insufficiency": 1,
        "chronic_peritonitis": 1,
        "stricture_or_upper_gi_surgery": 1,
        "pancreatic_insufficiency": 1,
    },
    "musculoskeletal": {
        "muscle_atrophy_or_weakness": 1,
        "deforming_or_erosive_arthritis": 1,
        "osteoporotic_fracture": 1,
        "avascular_necrosis": 2,
        "osteomyelitis": 1,
        "ruptured_tendon": 1,
    },
    "skin": {"scarring_alopecia": 1, "extensive_scarring": 1, "skin_ulceration": 1},
    "gonadal": {"premature_gonadal_failure": 1},
    "diabetes": {"diabetes": 1},
    "malignancy": {"malignancy": 2},
}
ITEM_MAXIMA = {item: most for domain in ITEMS.values() for item, most in domain.items()}
END_STAGE_RENAL_DISEASE = "end_stage_renal_disease"
OTHER_RENAL_ITEMS = ("gfr_below_50", "proteinuria_3_5_g")
# End-stage renal disease stands in place of the other renal items, so they do not add up.
DOMAIN_MAXIMA = {
    domain: sum(most for item, most in items.items() if item not in OTHER_RENAL_ITEMS)
    for domain, items in ITEMS.items()
}
LARGEST = sum(DOMAIN_MAXIMA.values())
SECOND_EVENT_AFTER_MONTHS = 6


@dataclass(frozen=True, slots=True)
class Accrual:
    """First rise above baseline: after assessment ``last_without``, by assessment ``first_with``.

    Positions in the patient's series of assessments. The date in between is not known.
    """

    last_without: int
    first_with: int


def compute_running_damage(recorded: Numbers, starts: NDArray[np.bool_]) -> Numbers:
    """The index carried as its running maximum within each patient; NaN stays NaN.

    Parameters
    ----------
    recorded
        Points, in order of time within patient, shape (assessments,).
    starts
        True at a patient's first row, same shape.
    """
    filled = np.where(np.isnan(recorded), -1.0, recorded)
    # Adding a patient-wise step larger than any score keeps one patient's maximum from the next.
    step = np.cumsum(starts) * (LARGEST + 10.0)
    running = np.maximum.accumulate(filled + step) - step
    return np.where(np.isnan(recorded), np.nan, running)


def is_falling(recorded: Numbers, starts: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Where a recorded index is below an earlier one of the same patient: a data query."""
    return recorded < compute_running_damage(recorded, starts)


def find_accrual(running: Numbers) -> Accrual | None:
    """The first rise of one patient's running index above the first assessment, if any.

    ``running``: points in order of time, NaN where missing. Damage is interval-censored: it arose
    somewhere between the two assessments. None where there was no rise, or no baseline.
    """
    assessed = np.flatnonzero(~np.isnan(running))
    if not len(assessed) or assessed[0] != 0:
        return None
    has_risen = running[assessed] > running[0]
    if not has_risen.any():
        return None
    first = int(np.argmax(has_risen))
    return Accrual(last_without=int(assessed[first - 1]), first_with=int(assessed[first]))


def compute_item_score(event_dates: Sequence[date], item: str) -> int:
    """Points of one item from the dates of its events; a second counts after 6 months or more."""
    if not event_dates:
        return 0
    first, last = min(event_dates), max(event_dates)
    has_second = last >= _add_months(first, SECOND_EVENT_AFTER_MONTHS)
    return min(2 if has_second else 1, ITEM_MAXIMA[item])


def _add_months(day: date, months: int) -> date:
    """The same day of a later month, or that month's last day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def compute_damage_index(
    items: Mapping[str, int], end_stage_replaces: tuple[str, ...] = OTHER_RENAL_ITEMS
) -> int:
    """Sum of item scores, each no more than its maximum.

    ``end_stage_replaces``: the items for which end-stage renal disease stands; the layout of the
    index reads as all renal items, one register leaves out proteinuria only.
    """
    points = {item: min(score, ITEM_MAXIMA[item]) for item, score in items.items()}
    if points.get(END_STAGE_RENAL_DISEASE):
        points[END_STAGE_RENAL_DISEASE] = ITEM_MAXIMA[END_STAGE_RENAL_DISEASE]
        points = {item: score for item, score in points.items() if item not in end_stage_replaces}
    return sum(points.values())
