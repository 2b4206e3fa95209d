"""The patients on the day of the first infusion: who they are and how active their lupus is.

Distributions: sample-cohort.md D1 and D2. One row a patient, no missing values yet.
"""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lupus_outcomes.data.sample.activity import (
    COLUMN,
    IS_SEROLOGY,
    ITEM_IDS,
    ITEMS,
    Flags,
    Values,
)

CENTRES = 12
CENTRE_CONCENTRATION = 6.0  # Dirichlet alpha; gives about 7 to 26 patients a centre of 180
ENROLMENT_MONTHS = 36.0
ENROLMENT_SHAPE = 1.25  # Beta(1.25, 1): enrolment speeds up as centres open

# Latent normal correlations of age, log duration, log damage rate and log glucocorticoid dose.
CORRELATION = np.array(
    [
        [1.00, 0.55, 0.45, 0.00],
        [0.55, 1.00, 0.35, 0.15],
        [0.45, 0.35, 1.00, 0.10],
        [0.00, 0.15, 0.10, 1.00],
    ]
)
AGE_MEAN, AGE_SD, AGE_LOW, AGE_HIGH = 44.5, 12.5, 18.0, 80.0  # years
DURATION_MEDIAN, DURATION_SIGMA, YOUNGEST_ONSET = 10.5, 0.75, 14.0  # years
DAMAGE_RATE, DAMAGE_LOG_SD, DAMAGE_HIGH = 0.52, 1.0, 8  # SDI points
DOSE_MEDIAN, DOSE_SIGMA, DOSE_STEP, DOSE_HIGH = 7.5, 0.62, 1.25, 40.0  # prednisone mg/day
WITHOUT_PREDNISONE = 0.14
SEROLOGY_IFN_LOG_ODDS, IFN_HIGH_SHARE = 0.55, 0.81
DSDNA_COPIES_COMPLEMENT = 0.25
# Who has no clinical item is given one: nobody starts anifrolumab without activity.
FORCED_ITEMS, FORCED_SHARES = ("arthritis", "rash", "mucosal_ulcers"), (0.45, 0.45, 0.10)
FEMALE, HYDROXYCHLOROQUINE, IMMUNOSUPPRESSANT, SMOKER, VACCINATED = 0.90, 0.74, 0.62, 0.18, 0.45
NO_PRIOR_BIOLOGIC, FURTHER_BIOLOGICS, FURTHER_BIOLOGIC_SHARE = 0.38, 2, 0.22
FIBROMYALGIA = 0.12
STRAY_SWOLLEN_JOINT = 0.06  # of patients have one swollen joint though no arthritis
ANTI_RO, BMI_MEAN, BMI_SD = 0.40, 25.5, 4.8  # null by design


def draw_frame(patients: int, rng: np.random.Generator) -> pd.DataFrame:
    """Centre (1 to 12) and month of entry, counted from the first patient."""
    shares = rng.dirichlet(np.full(CENTRES, CENTRE_CONCENTRATION))
    entry = ENROLMENT_MONTHS * rng.beta(ENROLMENT_SHAPE, 1.0, patients)
    return pd.DataFrame(
        {
            "centre": rng.choice(CENTRES, patients, p=shares) + 1,
            "entry_month": np.sort(entry - entry.min()),
        }
    )


def draw_baseline(patients: int, rng: np.random.Generator) -> pd.DataFrame:
    """Demography, history, disease items, joints, skin and dose, one row a patient."""
    person = _draw_person(patients, rng)
    items = _draw_items(person["ifn_high"].to_numpy(), rng)
    skin = _draw_skin(items, person["duration_years"].to_numpy(), rng)
    joints = _draw_joints(items[:, COLUMN["arthritis"]], rng)
    return pd.concat([person, pd.DataFrame(items, columns=ITEM_IDS), skin, joints], axis=1)


def _draw_person(patients: int, rng: np.random.Generator) -> pd.DataFrame:
    z = rng.multivariate_normal(np.zeros(4), CORRELATION, patients, method="cholesky").T
    age = np.clip(AGE_MEAN + AGE_SD * z[0], AGE_LOW, AGE_HIGH)
    duration = np.minimum(DURATION_MEDIAN * np.exp(DURATION_SIGMA * z[1]), age - YOUNGEST_ONSET)
    biologics = 1 + rng.binomial(FURTHER_BIOLOGICS, FURTHER_BIOLOGIC_SHARE, patients)
    return pd.DataFrame(
        {
            "age": age,
            "duration_years": duration,
            "sdi": np.minimum(rng.poisson(DAMAGE_RATE * np.exp(DAMAGE_LOG_SD * z[2])), DAMAGE_HIGH),
            "prednisone": _draw_dose(z[3], rng),
            "ifn_high": rng.random(patients) < _expit(1.55 - 0.05 * (age - 44)),
            "female": rng.random(patients) < FEMALE,
            "hydroxychloroquine": rng.random(patients) < HYDROXYCHLOROQUINE,
            "immunosuppressant": rng.random(patients) < IMMUNOSUPPRESSANT,
            "smoker": rng.random(patients) < SMOKER,
            "vaccinated": rng.random(patients) < VACCINATED,
            "biologics": np.where(rng.random(patients) < NO_PRIOR_BIOLOGIC, 0, biologics),
            "fibromyalgia": rng.random(patients) < FIBROMYALGIA,
            "anti_ro": rng.random(patients) < ANTI_RO,
            "bmi": np.clip(rng.normal(BMI_MEAN, BMI_SD, patients), 16.0, 45.0).round(1),
        }
    )


def _draw_dose(z: Values, rng: np.random.Generator) -> Values:
    dose = DOSE_STEP * np.round(DOSE_MEDIAN * np.exp(DOSE_SIGMA * z) / DOSE_STEP)
    dose = np.clip(dose, DOSE_STEP, DOSE_HIGH)
    return np.where(rng.random(z.size) < WITHOUT_PREDNISONE, 0.0, dose)


def _draw_items(ifn_high: Flags, rng: np.random.Generator) -> Flags:
    share = np.array([item.baseline_share for item in ITEMS])
    logit = np.log(share / (1 - share))
    # Centred on the share of IFN-high patients, so that the overall frequencies stay as declared.
    shift = SEROLOGY_IFN_LOG_ODDS * (ifn_high - IFN_HIGH_SHARE)
    logits = logit + np.outer(shift, IS_SEROLOGY)
    items = rng.random(logits.shape) < _expit(logits)
    copied = rng.random(ifn_high.size) < DSDNA_COPIES_COMPLEMENT
    items[copied, COLUMN["anti_dsdna"]] = items[copied, COLUMN["low_complement"]]
    quiet = ~items[:, ~IS_SEROLOGY].any(axis=1)
    columns = [COLUMN[name] for name in FORCED_ITEMS]
    forced = rng.choice(columns, ifn_high.size, p=FORCED_SHARES)
    items[np.flatnonzero(quiet), forced[quiet]] = True
    return items


def _draw_skin(items: Flags, duration_years: Values, rng: np.random.Generator) -> pd.DataFrame:
    patients = len(items)
    rash = items[:, COLUMN["rash"]]
    # Gamma(1.9, 4.6): median 7 where there is a rash; the others' draw waits for a first rash.
    clasi = np.clip(np.round(rng.gamma(1.9, 4.6, patients)), 1, 50)
    damage = rng.negative_binomial(1.1, 1.1 / (1.1 + np.exp(1.1 + 0.03 * (duration_years - 13))))
    return pd.DataFrame(
        {
            "clasi": np.where(rash, clasi, 0.0),
            "clasi_of_first_rash": clasi,
            "clasi_mucosal": rng.integers(1, 4, patients).astype(float),
            "clasi_damage": np.where(rng.random(patients) < 0.35, 0, np.minimum(damage, 30)),
        }
    )


def _draw_joints(arthritis: Flags, rng: np.random.Generator) -> pd.DataFrame:
    patients = arthritis.size
    # The counts of those without arthritis wait for a first one.
    swollen_first = np.minimum(2 + _negative_binomial(3.2, 1.6, patients, rng), 24).astype(float)
    tender_first = np.minimum(swollen_first + _negative_binomial(2.8, 1.3, patients, rng), 28)
    stray = rng.random(patients) < STRAY_SWOLLEN_JOINT
    arthralgia = _negative_binomial(1.9, 1.3, patients, rng)
    return pd.DataFrame(
        {
            "stray_joint": stray,
            "swollen": np.where(arthritis, swollen_first, stray),
            "tender": np.where(arthritis, tender_first, arthralgia),
            "swollen_of_first_arthritis": swollen_first,
            "tender_of_first_arthritis": tender_first,
        }
    )


def _negative_binomial(
    mean: Values | float, size: float, patients: int, rng: np.random.Generator
) -> NDArray[np.int64]:
    return rng.negative_binomial(size, size / (size + mean), patients)


def _expit(x: Values) -> Values:
    return 1.0 / (1.0 + np.exp(-x))
