"""What was not recorded: sample-cohort.md D6. Values become missing, rows stay.

The patterns are known mechanisms on purpose: by design (interferon signature), by centre
(physician's global), by the patient's own state (questionnaires are left out by the tired).
"""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lupus_outcomes.data.sample.activity import Flags
from lupus_outcomes.data.sample.baseline import CENTRES

INTERFERON_CENTRES = (1, 2, 3, 6, 7)
# Together 6 %: seldom at planned visits, often at visits for a flare, whose form is shorter.
GLOBAL_MISSING_LOGIT, GLOBAL_AT_FLARE_VISIT, GLOBAL_CENTRE_SD = -3.12, 1.9, 0.60
PROM_MISSING_LOGIT, PROM_PER_FACIT_POINT, PROM_CENTRE_SD = -1.1, 0.05, 0.50
PROM_AT_ENROLMENT = -0.9  # on the logit: questionnaires are handed out with the consent (no source)
FACIT_CENTRED_AT = 30
INSTRUMENT_MISSING = 0.05  # of single instruments when the others were filled in (no source)
INSTRUMENTS = (
    ("facit_fatigue",),
    ("sf36_pcs", "sf36_mcs"),
    ("eq5d_index", "eq5d_vas"),
    ("pain_vas", "patient_ga"),
    ("lupusqol_physical",),
)
# Centre and the position in INSTRUMENTS of what it never collects.
NEVER_COLLECTED = ((4, 1), (8, 2), (11, 4))
CLASI_RECORDED_WITH_SKIN_DISEASE, CLASI_RECORDED_WITHOUT = 0.95, 0.60

# Blocks of columns that go missing together, and how often. Urine protein: D6; the rest no source.
BLOCKS = (
    (("proteinuria_mg_24h",), 0.10),
    (("platelets_10e9_l", "leukocytes_10e9_l", "haemoglobin_g_dl"), 0.03),
    (("low_complement", "anti_dsdna", "sledai_2k"), 0.008),
    (("swollen_joints_28", "tender_joints_28"), 0.02),
    (("prednisone_mg_day", "prednisone_after_mg_day"), 0.003),
    (("prednisone_after_mg_day",), 0.02),
    (("haemolytic_anaemia", "gastrointestinal_activity"), 0.003),
    (("maintenance_in_limits", "investigational_drug"), 0.003),
    (("treatment_stable",), 0.008),
    (("sledai_2k", "clinical_sledai"), 0.10),
    (("doris_recorded", "lldas_recorded", "flare_recorded"), 0.12),
    (("slicc_damage_index",), 0.03),
)
SLE_DAS_MISSING = 0.02
SLE_DAS_COLUMNS = (
    "mucocutaneous_vasculitis",
    "systemic_vasculitis",
    "neuropsychiatric",
    "cardiac_pulmonary",
    "serositis",
    "rash_extent",
)
BILAG_MISSING = 0.06  # the whole form (no source)

PATIENT_BLOCKS = (
    (("weight_kg", "bmi"), 0.04),
    (("smoking",), 0.04),
    (("zoster_vaccinated",), 0.06),
    (("diagnosis_date",), 0.01),
    (("classification",), 0.01),
    (("anti_sm", "anti_ro", "anti_la", "anti_rnp"), 0.03),
    (("antiphospholipid",), 0.06),
    (("flare_prior_6_months",), 0.03),
)


def hide_visit_values(
    values: pd.DataFrame,
    visits: pd.DataFrame,
    centre: NDArray[np.int64],
    rng: np.random.Generator,
) -> pd.DataFrame:
    """``values`` with what was not recorded made missing. ``centre`` by visit, 1 to 12."""
    bilag = tuple(name for name in map(str, values) if name.startswith("bilag_"))
    blocks = (*BLOCKS, (SLE_DAS_COLUMNS, SLE_DAS_MISSING), (bilag, BILAG_MISSING))
    hidden = _draw_blocks(values, blocks, rng)
    _hide(hidden, ("physician_ga",), _global_missing(visits, centre, rng))
    _hide(hidden, ("clasi_activity", "clasi_damage"), _clasi_missing(values, visits, rng))
    _hide(hidden, ("slicc_damage_index",), ~visits["is_yearly"].to_numpy())
    tired = PROM_PER_FACIT_POINT * (FACIT_CENTRED_AT - values["facit_fatigue"].to_numpy())
    first = PROM_AT_ENROLMENT * ~visits.duplicated("patient").to_numpy()
    own = rng.normal(0.0, PROM_CENTRE_SD, CENTRES)[centre - 1]
    logit = PROM_MISSING_LOGIT + tired + first + own
    form_missing = rng.random(len(values)) < 1 / (1 + np.exp(-logit))
    for position, columns in enumerate(INSTRUMENTS):
        never = np.isin(centre, [c for c, at in NEVER_COLLECTED if at == position])
        alone = rng.random(len(values)) < INSTRUMENT_MISSING
        _hide(hidden, columns, form_missing | alone | never)
    return _mask(values, hidden)


def hide_patient_values(
    patients: pd.DataFrame, centre: NDArray[np.int64], rng: np.random.Generator
) -> pd.DataFrame:
    """``patients`` with what was not recorded made missing; the signature by centre, by design."""
    hidden = _draw_blocks(patients, PATIENT_BLOCKS, rng)
    _hide(hidden, ("ifn_signature_high",), ~np.isin(centre, INTERFERON_CENTRES))
    return _mask(patients, hidden)


def _draw_blocks(
    values: pd.DataFrame,
    blocks: tuple[tuple[tuple[str, ...], float], ...],
    rng: np.random.Generator,
) -> pd.DataFrame:
    hidden = pd.DataFrame(False, index=values.index, columns=values.columns)
    for columns, share in blocks:
        _hide(hidden, columns, rng.random(len(values)) < share)
    return hidden


def _mask(values: pd.DataFrame, hidden: pd.DataFrame) -> pd.DataFrame:
    nullable = dict.fromkeys(values.select_dtypes(bool), "boolean")
    return values.astype(nullable).mask(hidden)


def _hide(hidden: pd.DataFrame, columns: tuple[str, ...], where: Flags) -> None:
    for name in columns:
        hidden[name] |= where


def _global_missing(
    visits: pd.DataFrame, centre: NDArray[np.int64], rng: np.random.Generator
) -> Flags:
    logit = GLOBAL_MISSING_LOGIT + rng.normal(0.0, GLOBAL_CENTRE_SD, CENTRES)[centre - 1]
    logit = logit + GLOBAL_AT_FLARE_VISIT * ~visits["is_planned"].to_numpy()
    return rng.random(centre.size) < 1 / (1 + np.exp(-logit))


def _clasi_missing(values: pd.DataFrame, visits: pd.DataFrame, rng: np.random.Generator) -> Flags:
    has_skin_disease = (values["clasi_activity"] + values["clasi_damage"]) > 0
    ever = has_skin_disease.groupby(visits["patient"]).transform("max").to_numpy(bool)
    share = np.where(ever, CLASI_RECORDED_WITH_SKIN_DISEASE, CLASI_RECORDED_WITHOUT)
    return rng.random(len(values)) >= share
