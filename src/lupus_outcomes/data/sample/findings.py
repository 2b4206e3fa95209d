"""What the physician finds and decides at each visit, complete and without error."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lupus_outcomes.data.sample.activity import (
    CNS_DESCRIPTORS,
    COLUMN,
    ITEM_IDS,
    Flags,
    compute_clinical_sledai,
    compute_sledai,
)
from lupus_outcomes.data.sample.assessment import count_clasi, count_swollen, count_tender
from lupus_outcomes.data.sample.course import MONTHS, Course
from lupus_outcomes.indices.sledai import DESCRIPTOR_IDS

# Which of the seven descriptors a patient's nervous involvement is (no source).
CNS_SHARES = (0.20, 0.10, 0.12, 0.08, 0.12, 0.23, 0.15)
# Beyond SLEDAI, present at the start and gone after some months (no source; both rare here).
HAEMOLYSIS_SHARE, GUT_SHARE, BEYOND_SLEDAI_MONTHS = 0.012, 0.006, (1, 7)
GENERALISED_RASH = 0.55
MUCOCUTANEOUS_VASCULITIS = 0.70  # of vasculitis; the rest is systemic (no source)
HEART_OR_LUNG = 0.004  # of visits (no source)
PULSE_AT_SEVERE_FLARE = 0.25  # no source
NOT_TOLERATED, INVESTIGATIONAL, UNSTABLE_AT_START = 0.005, 0.002, 0.03  # of visits (no source)


def record_findings(
    visits: pd.DataFrame, baseline: pd.DataFrame, course: Course, rng: np.random.Generator
) -> pd.DataFrame:
    """Descriptors, counts, global, dose, skin and damage: one row a visit, in the order given."""
    patient, month = visits["patient"].to_numpy(), visits["month"].to_numpy()
    items = course.items[patient, month]
    parts = [
        _descriptors(items, patient, len(baseline), rng),
        _beyond_sledai(items, visits, len(baseline), rng),
        _scores(visits, items, baseline, course),
        _treatment(visits, course, rng),
    ]
    return pd.concat(parts, axis=1)


def _descriptors(
    items: Flags, patient: NDArray[np.int64], patients: int, rng: np.random.Generator
) -> pd.DataFrame:
    which = rng.choice(CNS_DESCRIPTORS, patients, p=CNS_SHARES)[patient]
    columns = {}
    for name in DESCRIPTOR_IDS:
        if name in CNS_DESCRIPTORS:
            columns[name] = items[:, COLUMN["cns"]] & (which == name)
        elif name in ITEM_IDS:
            columns[name] = items[:, COLUMN[name]]
        else:
            columns[name] = np.zeros(len(items), dtype=bool)
    return pd.DataFrame(columns)


def _beyond_sledai(
    items: Flags, visits: pd.DataFrame, patients: int, rng: np.random.Generator
) -> pd.DataFrame:
    patient, month = visits["patient"].to_numpy(), visits["month"].to_numpy()
    chance = rng.random((2, patients))
    lasts = rng.integers(*BEYOND_SLEDAI_MONTHS, (2, patients))
    early = month < lasts[:, patient]
    generalised = rng.random(patients) < GENERALISED_RASH
    on_skin = rng.random(patients) < MUCOCUTANEOUS_VASCULITIS
    rash, vasculitis = items[:, COLUMN["rash"]], items[:, COLUMN["vasculitis"]]
    extent = np.where(generalised[patient], "generalised", "localised")
    serosal = items[:, COLUMN["pleurisy"]] | items[:, COLUMN["pericarditis"]]
    return pd.DataFrame(
        {
            "haemolytic_anaemia": (chance[0, patient] < HAEMOLYSIS_SHARE) & early[0],
            "gastrointestinal_activity": (chance[1, patient] < GUT_SHARE) & early[1],
            "mucocutaneous_vasculitis": vasculitis & on_skin[patient],
            "systemic_vasculitis": vasculitis & ~on_skin[patient],
            "neuropsychiatric": items[:, COLUMN["cns"]],
            "cardiac_pulmonary": serosal & (rng.random(len(items)) < HEART_OR_LUNG),
            "serositis": serosal,
            "rash_extent": np.where(rash, extent, "none"),
        }
    )


def _scores(
    visits: pd.DataFrame, items: Flags, baseline: pd.DataFrame, course: Course
) -> pd.DataFrame:
    at = (visits["patient"].to_numpy(), visits["month"].to_numpy())
    stray, mucosal = (baseline[c].to_numpy()[at[0]] for c in ("stray_joint", "clasi_mucosal"))
    swollen = count_swollen(items, course.swollen[at], stray)
    return pd.DataFrame(
        {
            "sledai_2k": compute_sledai(items),
            "clinical_sledai": compute_clinical_sledai(items),
            "physician_ga": course.physician_ga[at],
            "swollen_joints_28": swollen,
            "tender_joints_28": count_tender(items, course.tender[at], swollen),
            "clasi_activity": count_clasi(items, course.clasi[at], mucosal),
            "clasi_damage": course.clasi_damage[at],
            "slicc_damage_index": course.sdi[at],
        }
    )


def _treatment(visits: pd.DataFrame, course: Course, rng: np.random.Generator) -> pd.DataFrame:
    patient, month = visits["patient"].to_numpy(), visits["month"].to_numpy()
    decides = visits["decides_flare"].to_numpy()
    tapered, raised = course.tapered[patient, month], course.prednisone[patient, month]
    next_taper = course.tapered[patient, np.minimum(month + 1, MONTHS)]
    # As before this visit's own decision, which counts against the next visit's stability.
    changes = course.has_changed[patient, np.where(decides, month - 1, month)]
    is_first = ~visits.duplicated("patient").to_numpy()
    changed = np.r_[False, changes[1:] != changes[:-1]] & ~is_first
    unstable_at_start = is_first & (rng.random(len(visits)) < UNSTABLE_AT_START)
    severe = decides & (course.flare[patient, month] == 2)
    return pd.DataFrame(
        {
            "prednisone_mg_day": np.where(decides, tapered, raised),
            "prednisone_after_mg_day": np.where(decides, raised, next_taper),
            "pulse_last_28_days": severe & (rng.random(len(visits)) < PULSE_AT_SEVERE_FLARE),
            "treatment_stable": ~(changed | unstable_at_start),
            "maintenance_in_limits": rng.random(len(visits)) >= NOT_TOLERATED,
            "investigational_drug": rng.random(len(visits)) < INVESTIGATIONAL,
        }
    )
