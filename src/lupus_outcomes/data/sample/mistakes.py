"""Planted data errors, about one visit in fifty, of the kinds a register really has: D6.

Every kind is one that the check sets aside or queries; none makes the dataset unreadable. Positions
are drawn, counts are fixed shares, so that a sample of usual size has some of each.
"""

import numpy as np
import pandas as pd

from lupus_outcomes.data.sample.activity import Flags

TEN_TIMES_DOSE = 0.003  # of visits: 50 mg/day for 5.0
JOINTS_SWAPPED = 0.005  # swollen above tender
TEN_TIMES_GLOBAL = 0.002  # 12 for 1.2: out of range
COUNT_PER_MICROLITRE = 0.002  # leukocytes 5600 for 5.6
UNKNOWN_CODE = 0.003  # "generalized" for "generalised"
DAMAGE_FALLS = 0.002
WRONG_TOTAL = 0.004  # recorded SLEDAI-2K is not the sum of its descriptors
NOT_DONE_AS_NUMBER = 0.003  # 99 for a questionnaire not filled in: out of range
YEAR_MISTYPED = 0.006  # of patients: the first visit a year before it was
EVENT_DATES_SWAPPED = 0.015  # of adverse events: end before onset
COURSE_DATES_SWAPPED = 0.02  # of background courses that ended: end before start
DIAGNOSIS_AFTER_INDEX = 0.005  # of patients
DAYS_PER_YEAR = 365


def spoil_visits(visits: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """``visits`` (with patient and day) with the planted errors of single values."""
    v = visits.copy()
    dose, ga = v["prednisone_mg_day"], v["physician_ga"]
    joints = ["swollen_joints_28", "tender_joints_28"]
    later = v.duplicated("patient")
    at = _choose(dose.between(1.25, 10), TEN_TIMES_DOSE, rng)
    v.loc[at, "prednisone_mg_day"] = 10 * dose
    at = _choose(v[joints[0]] < v[joints[1]], JOINTS_SWAPPED, rng)
    v.loc[at, joints] = v.loc[at, joints[::-1]].to_numpy()
    v.loc[_choose(ga >= 0.4, TEN_TIMES_GLOBAL, rng), "physician_ga"] = (10 * ga).round()
    at = _choose(v["leukocytes_10e9_l"].notna(), COUNT_PER_MICROLITRE, rng)
    v.loc[at, "leukocytes_10e9_l"] = (1000 * v["leukocytes_10e9_l"]).round()
    at = _choose(v["rash_extent"] == "generalised", UNKNOWN_CODE, rng)
    v.loc[at, "rash_extent"] = "generalized"
    at = _choose(later & (v["slicc_damage_index"] >= 1), DAMAGE_FALLS, rng)
    v.loc[at, "slicc_damage_index"] -= 1
    at = _choose(v["sledai_2k"] >= 2, WRONG_TOTAL, rng)
    v.loc[at, "sledai_2k"] -= 2
    v.loc[_choose(v["facit_fatigue"].isna(), NOT_DONE_AS_NUMBER, rng), "facit_fatigue"] = 99
    at = _choose(~later, YEAR_MISTYPED, rng, among=int((~later).sum()))
    v.loc[at, "day"] -= DAYS_PER_YEAR
    return v


def swap_event_dates(events: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """``events`` with a few ends before their onsets."""
    e = events.copy()
    at = _choose((e["end_day"] < np.inf) & (e["end_day"] > e["day"]), EVENT_DATES_SWAPPED, rng)
    e.loc[at, ["day", "end_day"]] = e.loc[at, ["end_day", "day"]].to_numpy()
    return e


def swap_course_dates(courses: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """``courses`` with a few ends before their starts; never the study drug's."""
    c = courses.copy()
    ended = (c["stop_day"] < np.inf) & (c["drug"] != "anifrolumab")
    at = _choose(ended, COURSE_DATES_SWAPPED, rng, among=int(ended.sum()))
    c.loc[at, ["start_day", "stop_day"]] = c.loc[at, ["stop_day", "start_day"]].to_numpy()
    return c


def misdate_diagnoses(patients: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """``patients`` with a few diagnoses dated after the index date."""
    p = patients.copy()
    at = _choose(p["diagnosis_date"].notna(), DIAGNOSIS_AFTER_INDEX, rng)
    p.loc[at, "diagnosis_date"] = p["index_date"] + pd.Timedelta(days=DAYS_PER_YEAR)
    return p


def _choose(
    possible: pd.Series, share: float, rng: np.random.Generator, among: int | None = None
) -> Flags:
    """A mask with ``share`` of all rows (or of ``among``), drawn from the possible ones."""
    key = np.where(possible.to_numpy(bool), rng.random(len(possible)), np.inf)
    number = round(share * (len(possible) if among is None else among))
    rank = np.argsort(np.argsort(key, kind="stable"), kind="stable")
    return (rank < number) & np.isfinite(key)
