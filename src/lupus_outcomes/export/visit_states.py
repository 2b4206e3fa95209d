"""``visit_states.csv``: the derived state of each patient at each visit, to check elsewhere."""

import numpy as np
import pandas as pd

from lupus_outcomes.derive.cohort import Cohort
from lupus_outcomes.derive.selection import Selection
from lupus_outcomes.indices.flare import SEVERITIES
from lupus_outcomes.indices.sle_das import CATEGORIES
from lupus_outcomes.indices.three_valued import ThreeValued

SCORES = ("sledai_2k", "clinical_sledai", "prednisone_mg_day")
STATES = (
    "doris",
    "lldas",
    "lldas_activity",
    "lldas_no_new",
    "lldas_physician_ga",
    "lldas_glucocorticoid",
    "lldas_maintenance",
    "lldas5",
)
SLE_DAS_STATES = ("sle_das_remission", "sle_das_lda")
WORDS = np.array(["false", "", "true"], dtype=object)


def visit_states_table(cohort: Cohort, selection: Selection) -> pd.DataFrame:
    """One row a visit of the selected patients; states in words: true, false, empty for unknown."""
    states = cohort.states[selection.members[cohort.states["patient"].to_numpy()]]
    patient, day = states["patient"].to_numpy(), states["visit_day"].to_numpy()
    index = cohort.patients["index_date"].to_numpy()[patient]
    date = pd.Series(index + day.astype("timedelta64[D]")).dt.strftime("%Y-%m-%d")
    return pd.DataFrame(
        {
            "patient_id": cohort.patients["patient_id"].to_numpy()[patient],
            "visit_date": date.to_numpy(),
            "day": day,
            **{name: states[name].to_numpy() for name in SCORES},
            **{name: in_words(states[name].to_numpy()) for name in STATES},
            "sle_das": states["sle_das"].to_numpy(),
            "sle_das_category": _category(states["sle_das_category"], CATEGORIES),
            **{name: in_words(states[name].to_numpy()) for name in SLE_DAS_STATES},
            "flare": _category(states["flare"], SEVERITIES),
        }
    )


def in_words(codes: ThreeValued) -> np.ndarray:
    """Three-valued codes as true, false or nothing."""
    return WORDS[codes + 1]


def _category(codes: pd.Series, words: tuple[str, ...]) -> np.ndarray:
    return np.array([*words, ""], dtype=object)[codes.to_numpy()]
