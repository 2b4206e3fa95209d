"""What an examiner makes of the simulated state: skin, joints, the physician's global."""

import numpy as np
import pandas as pd

from lupus_outcomes.data.sample.activity import (
    COLUMN,
    Flags,
    Values,
    compute_clinical_sledai,
)
from lupus_outcomes.data.sample.response import Latent

# No source: what stays tender when an arthritis has cleared.
TENDER_WITHOUT_ARTHRITIS = 0.65


def count_clasi(items: Flags, clasi: Values, mucosal: Values) -> Values:
    """CLASI activity as scored: at least 1 with a rash; hair and mucosa alone give 1 to 3."""
    mucosa = items[..., COLUMN["alopecia"]] | items[..., COLUMN["mucosal_ulcers"]]
    return np.where(
        items[..., COLUMN["rash"]], np.maximum(np.round(clasi), 1), np.where(mucosa, mucosal, 0.0)
    )


def count_swollen(items: Flags, swollen: Values, stray: Flags) -> Values:
    """Swollen joints as counted: at least two with arthritis; without it one, in few patients."""
    counted = np.round(swollen)
    return np.where(
        items[..., COLUMN["arthritis"]], np.maximum(counted, 2), np.minimum(counted, stray)
    )


def count_tender(items: Flags, tender: Values, swollen: Values) -> Values:
    """Tender joints as counted, no fewer than the swollen; fewer once the arthritis has gone."""
    share = np.where(items[..., COLUMN["arthritis"]], 1.0, TENDER_WITHOUT_ARTHRITIS)
    return np.maximum(np.round(share * tender), swollen)


def draw_physician_ga(
    items: Flags,
    clasi: Values,
    swollen: Values,
    baseline: pd.DataFrame,
    latent: Latent,
    rng: np.random.Generator,
) -> Values:
    """Physician's global assessment, 0-3 by 0.1; sample-cohort.md D2."""
    stray, mucosal = (baseline[c].to_numpy() for c in ("stray_joint", "clasi_mucosal"))
    visit = np.exp(rng.normal(-0.02, 0.20, latent.eta.size))
    activity = (compute_clinical_sledai(items) * latent.severity * visit) ** 0.82
    score = (
        0.10
        + 0.30 * activity
        + 0.018 * count_clasi(items, clasi, mucosal)
        + 0.03 * count_swollen(items, swollen, stray)
        + latent.global_shift
        + rng.normal(0.0, 0.18, latent.eta.size)
    )
    return np.clip(score, 0.0, 3.0).round(1)
