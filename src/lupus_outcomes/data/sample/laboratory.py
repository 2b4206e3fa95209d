"""Laboratory values that agree with the descriptors, and the serology samples behind two of them.

Values: sample-cohort.md D2, SLE-DAS inputs. The cut-offs are those of SLEDAI-2K: proteinuria above
500 mg/24 h, platelets below 100 and leukocytes below 3 x10^9/L.
"""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lupus_outcomes.data.sample.activity import Flags, Values

PROTEINURIA_LIMIT, PLATELETS_LIMIT, LEUKOCYTES_LIMIT = 500.0, 100.0, 3.0
PROTEINURIA_MEDIAN, PROTEINURIA_SIGMA = 900.0, 0.55  # mg/24 h, with proteinuria
NORMAL_PROTEINURIA_MEDIAN, NORMAL_PROTEINURIA_SIGMA = 120.0, 0.45  # mg/24 h (no source)
PLATELETS_LOW, PLATELETS_MEAN, PLATELETS_SD = (30.0, 99.0), 230.0, 60.0  # 10^9/L
LEUKOCYTES_LOW, LEUKOCYTES_MEAN, LEUKOCYTES_SD = (1.8, 2.9), 5.6, 1.5  # 10^9/L
HAEMOGLOBIN_MEAN, HAEMOGLOBIN_SD, HAEMOLYSIS_FALL = 12.8, 1.2, 3.4  # g/dL (no source)
PATIENT_SHARE = 0.7  # of the variance is between patients (no source)

# Two assays in use, by centre parity: an upper limit of normal each, and its unit.
ASSAY_LIMITS, ASSAY_UNITS = np.array([15.0, 100.0]), np.array(["IU/mL", "U/mL"])
QUANTIFICATION_SHARE = 0.12  # of the upper limit: below it the assay reports its limit


def draw_laboratory(
    visits: pd.DataFrame, findings: pd.DataFrame, patients: int, rng: np.random.Generator
) -> pd.DataFrame:
    """Proteinuria, platelets, leukocytes and haemoglobin, one row a visit."""
    own = rng.standard_normal((4, patients))[:, visits["patient"].to_numpy()]
    z = np.sqrt(PATIENT_SHARE) * own
    z = z + np.sqrt(1 - PATIENT_SHARE) * rng.standard_normal(own.shape)
    low = rng.random((2, len(visits)))
    thrombocytopenia, leukopenia = (
        findings[name].to_numpy() for name in ("thrombocytopenia", "leukopenia")
    )
    haemolysis = findings["haemolytic_anaemia"].to_numpy()
    platelets = PLATELETS_MEAN + PLATELETS_SD * z[1]
    leukocytes = LEUKOCYTES_MEAN + LEUKOCYTES_SD * z[2]
    haemoglobin = HAEMOGLOBIN_MEAN + HAEMOGLOBIN_SD * z[3] - HAEMOLYSIS_FALL * haemolysis
    return pd.DataFrame(
        {
            "proteinuria_mg_24h": _proteinuria(findings["proteinuria"].to_numpy(), z[0]),
            "platelets_10e9_l": np.where(
                thrombocytopenia,
                _between(PLATELETS_LOW, low[0]),
                np.maximum(platelets, PLATELETS_LIMIT),
            ).round(),
            "leukocytes_10e9_l": np.where(
                leukopenia,
                _between(LEUKOCYTES_LOW, low[1]),
                np.maximum(leukocytes, LEUKOCYTES_LIMIT),
            ).round(1),
            "haemoglobin_g_dl": np.clip(haemoglobin, 6.0, 17.0).round(1),
        }
    )


def _proteinuria(is_raised: Flags, z: Values) -> Values:
    raised = PROTEINURIA_MEDIAN * np.exp(PROTEINURIA_SIGMA * z)
    normal = NORMAL_PROTEINURIA_MEDIAN * np.exp(NORMAL_PROTEINURIA_SIGMA * z)
    # Urine protein is reported in steps of 10 mg.
    value = np.where(
        is_raised,
        np.maximum(raised, PROTEINURIA_LIMIT + 10),
        np.minimum(normal, PROTEINURIA_LIMIT - 10),
    )
    return 10 * np.round(value / 10)


def _between(limits: tuple[float, float], uniform: Values) -> Values:
    return limits[0] + (limits[1] - limits[0]) * uniform


def draw_samples(
    visits: pd.DataFrame,
    is_positive: pd.Series,
    centre: NDArray[np.int64],
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Anti-dsDNA titres, one row a visit at which the descriptor is known, in the centre's unit."""
    known = is_positive.notna().to_numpy()
    positive = is_positive.fillna(False).to_numpy(bool)
    assay = centre % 2
    limit = ASSAY_LIMITS[assay]
    raised = limit * (1.02 + rng.lognormal(0.3, 0.8, len(visits)))
    normal = limit * np.minimum(rng.lognormal(-1.2, 0.7, len(visits)), 0.98)
    floor = QUANTIFICATION_SHARE * limit
    value = np.where(positive, raised, np.maximum(normal, floor))
    samples = pd.DataFrame(
        {
            "patient": visits["patient"],
            "day": visits["day"],
            "analyte": "anti_dsdna",
            "value": value.round(1),
            "unit": ASSAY_UNITS[assay],
            "below_limit": ~positive & (normal < floor),
        }
    )
    return samples[known].reset_index(drop=True)
