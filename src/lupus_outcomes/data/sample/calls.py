"""The clinician's own calls, kept apart from the rules: remission, low activity, flare.

They agree with the findings most of the time. How often they do not has no source: figures near the
disagreement of physicians and LLDAS reported from practice (definitions.md 3.4).
"""

import numpy as np
import pandas as pd

from lupus_outcomes.data.sample.activity import Flags
from lupus_outcomes.data.sample.course import Course
from lupus_outcomes.indices.sledai import DESCRIPTOR_IDS, DESCRIPTORS

MAJOR = [d.id for d in DESCRIPTORS if d.is_major]
CALL_MISSED, CALL_GIVEN_FREELY = 0.08, 0.20  # held but not called; called on a near miss
FLARE_MISSED, FLARE_GIVEN_FREELY, SEVERE_CALLED_MILD, MILD_CALLED_SEVERE = 0.10, 0.02, 0.10, 0.02
SEVERITIES = np.array(["none", "mild_moderate", "severe"])
FLARE_UNRECORDED = np.array([0.0, 0.02, 0.0])  # of flares, by severity
ADMITTED = np.array([0.0, 0.01, 0.40])
DATE_ERROR_DAYS = 4


def find_lldas(findings: pd.DataFrame) -> Flags:
    """LLDAS by items 1, 3, 4 and 5 on complete findings: what a clinician can see at one visit."""
    return (
        (findings["sledai_2k"] <= 4)
        & ~findings[MAJOR].any(axis=1)
        & ~findings["haemolytic_anaemia"]
        & ~findings["gastrointestinal_activity"]
        & (findings["physician_ga"] <= 1)
        & (findings["prednisone_mg_day"] <= 7.5)
        & findings["maintenance_in_limits"]
        & ~findings["investigational_drug"]
    ).to_numpy()


def find_doris(findings: pd.DataFrame) -> Flags:
    """DORIS remission on complete findings."""
    return (
        (findings["clinical_sledai"] == 0)
        & (findings["physician_ga"] < 0.5)
        & (findings["prednisone_mg_day"] <= 5)
        & findings["treatment_stable"]
    ).to_numpy()


def find_new_descriptors(visits: pd.DataFrame, findings: pd.DataFrame) -> Flags:
    """A descriptor that was absent at the visit before; false at the first visit."""
    present = findings[list(DESCRIPTOR_IDS)].to_numpy(bool)
    is_first = ~visits.duplicated("patient").to_numpy()
    before = np.vstack([present[:1], present[:-1]])
    return (present & ~before).any(axis=1) & ~is_first


def draw_calls(
    visits: pd.DataFrame, findings: pd.DataFrame, course: Course, rng: np.random.Generator
) -> pd.DataFrame:
    """Recorded remission, low activity and flare since the visit before, one row a visit."""
    lldas = find_lldas(findings) & ~find_new_descriptors(visits, findings)
    return pd.DataFrame(
        {
            "doris_recorded": _call(find_doris(findings), _is_near(findings, 2, 0.7), rng),
            "lldas_recorded": _call(lldas, _is_near(findings, 4, 1.2), rng),
            "flare_recorded": SEVERITIES[_call_flare(_flare_since(visits, course), rng)],
        }
    )


def _is_near(findings: pd.DataFrame, clinical_sledai: float, physician_ga: float) -> Flags:
    return (
        (findings["clinical_sledai"] <= clinical_sledai)
        & (findings["physician_ga"] <= physician_ga)
    ).to_numpy()


def _call(holds: Flags, nearly: Flags, rng: np.random.Generator) -> Flags:
    share = np.select([holds, nearly], [1 - CALL_MISSED, CALL_GIVEN_FREELY], 0.0)
    return rng.random(holds.size) < share


def _flare_since(visits: pd.DataFrame, course: Course) -> np.ndarray:
    """Worst flare since the visit before: 0 none, 1 mild or moderate, 2 severe."""
    patient, month = visits["patient"].to_numpy(), visits["month"].to_numpy()
    is_first = ~visits.duplicated("patient").to_numpy()
    worst = np.zeros(len(visits), dtype=np.int64)
    for severity in (1, 2):
        total = np.cumsum(course.flare == severity, axis=1)[patient, month]
        rises = np.r_[False, total[1:] > total[:-1]] & ~is_first
        worst = np.where(rises, severity, worst)
    return worst


def _call_flare(flare: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    chance, graded = rng.random((2, flare.size))
    return np.select(
        [flare == 0, chance < FLARE_MISSED, (flare == 2) & (graded < SEVERE_CALLED_MILD)],
        [chance < FLARE_GIVEN_FREELY, 0, 1],
        np.where((flare == 1) & (graded < MILD_CALLED_SEVERE), 2, flare),
    )


def record_flares(
    flares: pd.DataFrame, last_contact_day: np.ndarray, rng: np.random.Generator
) -> pd.DataFrame:
    """The table of flares as the clinician keeps it: patient, day, severity, admitted."""
    severity = flares["severity"].to_numpy()
    chance, graded, admission = rng.random((3, len(flares)))
    called = np.where((severity == 2) & (graded < SEVERE_CALLED_MILD), 1, severity)
    called = np.where((severity == 1) & (graded < MILD_CALLED_SEVERE), 2, called)
    day = flares["day"].to_numpy() + rng.integers(
        -DATE_ERROR_DAYS, DATE_ERROR_DAYS + 1, len(flares)
    )
    recorded = pd.DataFrame(
        {
            "patient": flares["patient"],
            "day": np.clip(day, 1, last_contact_day[flares["patient"]]),
            "severity": SEVERITIES[called],
            "admitted": admission < ADMITTED[called],
        }
    )
    return recorded[chance >= FLARE_UNRECORDED[severity]].reset_index(drop=True)
