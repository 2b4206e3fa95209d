"""The patients table: what a register knows of each person on the day of the first infusion."""

import numpy as np
import pandas as pd

from lupus_outcomes.data.sample.activity import Flags, Values
from lupus_outcomes.data.sample.follow_up import FollowUp
from lupus_outcomes.data.sample.tables import name_patients, to_dates
from lupus_outcomes.data.sample.treatment import IMMUNOSUPPRESSANTS, NO_IMMUNOSUPPRESSANT

DAYS_PER_YEAR = 365.25
# Shares without a source in sample-cohort.md, near what cohorts of refractory lupus report.
FORMER_SMOKER = 0.22
ANTI_SM, ANTI_LA_IF_RO, ANTI_RNP, ANTIPHOSPHOLIPID = 0.20, 0.40, 0.24, 0.28
BELIMUMAB_FIRST, RITUXIMAB_FIRST = 0.68, 0.26
PRIOR_MALIGNANCY, IMMUNODEFICIENCY, TRANSPLANT = 0.03, 0.003, 0.004
SERIOUS_INFECTION_BEFORE, FLARE_BEFORE = 0.03, 0.78
HEIGHT_MEAN_M, HEIGHT_SD_M, MEN_TALLER_M = 1.635, 0.065, 0.12
CONSENT_DAYS_BEFORE = 30
HISTORY_MEDIAN_MONTHS, HISTORY_SIGMA = 60.0, 0.7
# Marketed in Italy's practice only after approval; before, compassionate use.
APPROVED = np.datetime64("2022-02-14")
COMPASSIONATE_BEFORE, COMPASSIONATE_AFTER = 0.95, 0.06
SLICC_YEAR, EULAR_ACR_YEAR = 2012, 2019  # first years of the later classification criteria


def describe_patients(
    frame: pd.DataFrame, baseline: pd.DataFrame, follow_up: FollowUp, rng: np.random.Generator
) -> pd.DataFrame:
    """All columns of the patients table, complete."""
    return pd.concat(
        [
            _describe_frame(frame, baseline, follow_up, rng),
            _describe_person(baseline, rng),
            _describe_history(baseline, rng),
        ],
        axis=1,
    )


def _describe_frame(
    frame: pd.DataFrame, baseline: pd.DataFrame, follow_up: FollowUp, rng: np.random.Generator
) -> pd.DataFrame:
    everyone = np.arange(len(baseline))
    days_ill = np.round(baseline["duration_years"].to_numpy() * DAYS_PER_YEAR)
    died, left = follow_up.stopped_by("death"), follow_up.is_withdrawn
    before_approval = follow_up.index_date < APPROVED
    compassionate = np.where(before_approval, COMPASSIONATE_BEFORE, COMPASSIONATE_AFTER)
    consent = -np.floor(CONSENT_DAYS_BEFORE * rng.random(everyone.size))
    diagnosis = to_dates(follow_up, everyone, -days_ill)
    year = diagnosis.dt.year.to_numpy()
    return pd.DataFrame(
        {
            "patient_id": name_patients(everyone.size),
            "centre": frame["centre"].map("Centre {:02d}".format),
            "index_date": to_dates(follow_up, everyone, np.zeros(everyone.size)),
            "treatment_group": "anifrolumab",
            "diagnosis_date": diagnosis,
            "classification": np.select(
                [year < SLICC_YEAR, year < EULAR_ACR_YEAR],
                ["ACR-1997", "SLICC-2012"],
                "EULAR-ACR-2019",
            ),
            "consent_date": to_dates(follow_up, everyone, consent),
            "withdrawal_date": to_dates(
                follow_up, everyone, np.where(left, follow_up.stop_day, np.inf)
            ),
            "compassionate_use": rng.random(everyone.size) < compassionate,
            "last_contact_date": to_dates(follow_up, everyone, follow_up.last_contact_day),
            "death_date": to_dates(follow_up, everyone, np.where(died, follow_up.stop_day, np.inf)),
        }
    )


def _describe_person(baseline: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    patients = len(baseline)
    male = ~baseline["female"].to_numpy()
    height = HEIGHT_MEAN_M + MEN_TALLER_M * male + HEIGHT_SD_M * rng.standard_normal(patients)
    former = rng.random(patients) < FORMER_SMOKER
    return pd.DataFrame(
        {
            "sex": np.where(male, "male", "female"),
            "age_years": np.floor(baseline["age"]),
            "smoking": np.select([baseline["smoker"], former], ["current", "former"], "never"),
            "weight_kg": (baseline["bmi"] * height**2).round(1),
            "bmi": baseline["bmi"],
        }
    )


def _describe_history(baseline: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    patients = len(baseline)
    chance = rng.random((10, patients))
    biologics, anti_ro = baseline["biologics"].to_numpy(), baseline["anti_ro"].to_numpy()
    several = biologics >= 2
    first = (biologics == 1) & (chance[0] < BELIMUMAB_FIRST)
    names = np.array([*(drug[0] for drug in IMMUNOSUPPRESSANTS), NO_IMMUNOSUPPRESSANT])
    history = HISTORY_MEDIAN_MONTHS * np.exp(HISTORY_SIGMA * rng.standard_normal(patients))
    return pd.DataFrame(
        {
            "prior_biologics": biologics,
            "prior_belimumab": several | first,
            "prior_rituximab": several | ((biologics == 1) & ~first & _second_choice(chance[1])),
            "hydroxychloroquine": baseline["hydroxychloroquine"],
            "immunosuppressant": names[baseline["immunosuppressant_drug"]],
            "ifn_signature_high": baseline["ifn_high"],
            "anti_sm": chance[2] < ANTI_SM,
            "anti_ro": anti_ro,
            "anti_la": anti_ro & (chance[3] < ANTI_LA_IF_RO),
            "anti_rnp": chance[4] < ANTI_RNP,
            "antiphospholipid": chance[5] < ANTIPHOSPHOLIPID,
            "zoster_vaccinated": baseline["vaccinated"],
            "prior_malignancy": chance[6] < PRIOR_MALIGNANCY,
            "hiv_or_immunodeficiency": chance[7] < IMMUNODEFICIENCY,
            "transplant": rng.random(patients) < TRANSPLANT,
            "serious_infection_prior_6_months": chance[8] < SERIOUS_INFECTION_BEFORE,
            "flare_prior_6_months": chance[9] < FLARE_BEFORE,
            "months_of_history": np.minimum(history, 12 * baseline["duration_years"]).round(),
        }
    )


def _second_choice(chance: Values) -> Flags:
    return chance < RITUXIMAB_FIRST / (1 - BELIMUMAB_FIRST)
