"""How well each patient responds: the planted signal, and what follows from it alone.

Effects: sample-cohort.md D3. Sex, age, centre size, anti-Ro, BMI and the weekday of the first
infusion have no effect on purpose, so that an analysis can be seen to find none.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from lupus_outcomes.data.sample.activity import Values
from lupus_outcomes.data.sample.baseline import CENTRES

INTERCEPT, CENTRE_SD, PATIENT_SD = -1.06, 0.25, 0.80
SKIN_DOMINANT_CLASI = 8  # points


@dataclass(frozen=True, slots=True)
class Latent:
    """What no register sees, one value a patient.

    ``eta``: response scale. ``clasi_floor``, ``joint_floor``: share of the baseline that stays.
    ``severity``: factor on clinical SLEDAI in the physician's eyes; ``global_shift``: PGA points.
    """

    eta: Values
    clasi_floor: Values
    joint_floor: Values
    severity: Values
    global_shift: Values


def draw_latent(frame: pd.DataFrame, baseline: pd.DataFrame, rng: np.random.Generator) -> Latent:
    """The response scale and the patient's own factors."""
    patients = len(baseline)
    centre = rng.normal(0.0, CENTRE_SD, CENTRES)[frame["centre"].to_numpy() - 1]
    noise = rng.normal(0.0, PATIENT_SD, patients)
    eta = INTERCEPT + centre + noise + compute_planted_effect(baseline)
    return Latent(
        eta=eta,
        clasi_floor=1 / (1 + np.exp(1.35 + 0.95 * eta + rng.normal(0.0, 0.7, patients))),
        joint_floor=1 / (1 + np.exp(1.15 + 0.95 * eta + rng.normal(0.0, 0.8, patients))),
        severity=np.exp(rng.normal(-0.08, 0.40, patients)),
        global_shift=rng.normal(0.0, 0.18, patients),
    )


def compute_planted_effect(baseline: pd.DataFrame) -> Values:
    """Sum of the planted effects on the response scale, one value a patient."""
    skin = baseline["clasi"] >= SKIN_DOMINANT_CLASI
    effect = (
        0.80 * skin
        - 1.00 * (skin & baseline["smoker"])
        - 0.40 * (np.minimum(baseline["sdi"], 4) - 0.9)
        - 0.40 * (np.minimum(baseline["prednisone"], 20) - 7) / 5
        - 0.70 * (baseline["biologics"] >= 2)
        + 0.45 * baseline["hydroxychloroquine"]
        - 0.25 * baseline["low_complement"]
        + 0.20 * baseline["ifn_high"]
        + 0.15 * (baseline["swollen"] >= 3)
        - 0.15 * baseline["duration_years"] / 10
    )
    return effect.to_numpy(float)
