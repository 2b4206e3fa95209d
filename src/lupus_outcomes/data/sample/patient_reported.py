"""Fatigue, quality of life, pain and the patient's global: sample-cohort.md D2.

FACIT-Fatigue follows the declared equation; the other instruments follow FACIT and the physician's
global with effects of the patient. Fibromyalgia worsens all of them and leaves SLEDAI alone, so
that there is discordance to show.
"""

import numpy as np
import pandas as pd

from lupus_outcomes.data.sample.activity import Values

FIBROMYALGIA_SD = 0.8  # worsening in SD of the instrument
FACIT_SD, SF36_SD = 9.3, 8.5
PATIENT_VARIANCE = 0.65  # intraclass correlation of the instruments other than FACIT
FACIT_PATIENT_SD, FACIT_VISIT_SD = 8.0, 3.5


def draw_patient_reported(
    visits: pd.DataFrame, findings: pd.DataFrame, baseline: pd.DataFrame, rng: np.random.Generator
) -> pd.DataFrame:
    """All instruments, complete, rounded as they are scored; one row a visit."""
    patient = visits["patient"].to_numpy()
    physician_ga = findings["physician_ga"].to_numpy()
    age, pain_syndrome = (baseline[c].to_numpy()[patient] for c in ("age", "fibromyalgia"))
    sdi = findings["slicc_damage_index"].to_numpy()
    own = rng.standard_normal((8, len(baseline)))[:, patient]
    visit = rng.standard_normal(own.shape)
    facit = (
        38.5
        - 4.4 * physician_ga
        - 0.18 * np.maximum(age - 40, 0)
        - 0.6 * sdi
        + FACIT_PATIENT_SD * own[0]
        + FACIT_VISIT_SD * visit[0]
        - FIBROMYALGIA_SD * FACIT_SD * pain_syndrome
    )
    facit = np.clip(facit, 0, 52).round()
    noise = np.sqrt(PATIENT_VARIANCE) * own[1:] + np.sqrt(1 - PATIENT_VARIANCE) * visit[1:]
    return _score_instruments(facit, physician_ga, sdi, pain_syndrome, noise)


def _score_instruments(
    facit: Values, physician_ga: Values, sdi: Values, pain_syndrome: Values, noise: Values
) -> pd.DataFrame:
    # Slopes on FACIT (points from 30) and on the global (points from 1): no source beyond D2.
    energy, disease = facit - 30, physician_ga - 1
    pcs = 46 - 5 * physician_ga - 1.2 * sdi + 7 * noise[0]
    mcs = 48 - 3 * physician_ga + 0.25 * energy + 8 * noise[1]
    pcs, mcs = (score - FIBROMYALGIA_SD * SF36_SD * pain_syndrome for score in (pcs, mcs))
    eq5d = 0.72 + 0.009 * energy - 0.05 * disease + 0.10 * noise[2]
    pain = 42 - 0.9 * energy + 8 * disease + 10 * pain_syndrome + 14 * noise[4]
    return pd.DataFrame(
        {
            "facit_fatigue": facit,
            "sf36_pcs": np.clip(pcs, 10, 70).round(1),
            "sf36_mcs": np.clip(mcs, 10, 70).round(1),
            "eq5d_index": np.clip(eq5d, -0.4, 1.0).round(3),
            "eq5d_vas": np.clip(62 + 0.9 * energy - 6 * disease + 11 * noise[3], 0, 100).round(),
            "pain_vas": np.clip(pain, 0, 100).round(),
            "lupusqol_physical": np.clip(
                64 + 1.2 * energy - 6 * disease + 12 * noise[5], 0, 100
            ).round(1),
            "patient_ga": np.clip(40 - 0.9 * energy + 10 * disease + 12 * noise[6], 0, 100).round(),
        }
    )
