"""BILAG-2004 grades that agree with the other findings of a visit.

Not a derivation: the instrument's glossary is licensed. The grades are plausible ones for the
simulated findings, so that composite responses can be computed. A to C now; D once the system has
been involved, E never, and E follows no other grade. Isenberg 2005, Rheumatology 44:902.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from lupus_outcomes.data.sample.activity import CNS_DESCRIPTORS, Flags

# Share of patients in whom a system had been involved before the index date (no source).
PAST_INVOLVEMENT = {
    "constitutional": 0.45,
    "mucocutaneous": 0.85,
    "neuropsychiatric": 0.10,
    "musculoskeletal": 0.90,
    "cardiorespiratory": 0.25,
    "gastrointestinal": 0.04,
    "ophthalmic": 0.03,
    "renal": 0.30,
    "haematological": 0.50,
}
SEVERE_CLASI, MODERATE_CLASI = 21, 10  # bands of CLASI activity: definitions.md 7.1
SEVERE_JOINTS, MODERATE_JOINTS = 10, 4  # swollen joints (no source)
ARTHRALGIA_JOINTS = 4  # tender joints (no source)
SEVERE_PROTEINURIA, MODERATE_PROTEINURIA = 3000, 1000  # mg/24 h (no source)
SEVERE_PLATELETS, MODERATE_PLATELETS = 25, 50  # 10^9/L


@dataclass(frozen=True, slots=True)
class Grading:
    """Where a system deserves A, B or C; the highest wins. Boolean columns, one value a visit."""

    severe: Flags | pd.Series
    moderate: Flags | pd.Series
    mild: Flags | pd.Series


def grade_bilag(
    visits: pd.DataFrame, findings: pd.DataFrame, patients: int, rng: np.random.Generator
) -> pd.DataFrame:
    """One column a system, grades A to E, one row a visit; visits sorted by patient and day."""
    patient = visits["patient"].to_numpy()
    columns = {}
    for system, grading in _grade_systems(findings).items():
        past = (rng.random(patients) < PAST_INVOLVEMENT[system])[patient]
        active = grading.severe | grading.moderate | grading.mild
        ever = past | pd.Series(active).groupby(patient).cummax().to_numpy(bool)
        columns[f"bilag_{system}"] = np.select(
            [grading.severe, grading.moderate, grading.mild, ever], ["A", "B", "C", "D"], "E"
        )
    return pd.DataFrame(columns)


def _grade_systems(f: pd.DataFrame) -> dict[str, Grading]:
    no = np.zeros(len(f), dtype=bool)
    mucosa = f["alopecia"] | f["mucosal_ulcers"] | f["rash"]
    severe_rash = f["rash"] & (f["clasi_activity"] >= SEVERE_CLASI)
    moderate_rash = f["rash"] & (f["clasi_activity"] >= MODERATE_CLASI)
    joints = f["swollen_joints_28"]
    proteinuria, platelets = f["proteinuria_mg_24h"], f["platelets_10e9_l"]
    nervous = f[list(CNS_DESCRIPTORS)].any(axis=1)
    return {
        "constitutional": Grading(no, f["fever"], no),
        "mucocutaneous": Grading(
            severe_rash, moderate_rash | f["mucocutaneous_vasculitis"], mucosa
        ),
        "neuropsychiatric": Grading(nervous, no, no),
        "musculoskeletal": Grading(
            f["arthritis"] & (joints >= SEVERE_JOINTS),
            f["myositis"] | (f["arthritis"] & (joints >= MODERATE_JOINTS)),
            f["arthritis"] | (f["tender_joints_28"] >= ARTHRALGIA_JOINTS),
        ),
        "cardiorespiratory": Grading(f["cardiac_pulmonary"], f["serositis"], no),
        "gastrointestinal": Grading(no, f["gastrointestinal_activity"], no),
        "ophthalmic": Grading(f["visual_disturbance"], no, no),
        "renal": Grading(
            f["proteinuria"] & (proteinuria >= SEVERE_PROTEINURIA),
            f["proteinuria"] & (proteinuria >= MODERATE_PROTEINURIA),
            f["proteinuria"] | f["haematuria"],
        ),
        "haematological": Grading(
            f["thrombocytopenia"] & (platelets < SEVERE_PLATELETS),
            f["haemolytic_anaemia"] | (f["thrombocytopenia"] & (platelets < MODERATE_PLATELETS)),
            f["thrombocytopenia"] | f["leukopenia"],
        ),
    }
