"""Doses of anifrolumab and the courses of background drugs.

300 mg intravenously every four weeks, at least 14 days apart; 120 mg subcutaneously every week once
that form was on the market (definitions.md 14). Background drugs stay within the ceilings of LLDAS.
"""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lupus_outcomes.data.sample.activity import IS_SEROLOGY, Flags, Values
from lupus_outcomes.data.sample.course import MONTHS, Course
from lupus_outcomes.data.sample.follow_up import NEVER, FollowUp
from lupus_outcomes.data.sample.stopping import CAUSES
from lupus_outcomes.protocol import DAYS_PER_MONTH

IV_DOSE_MG, IV_INTERVAL_DAYS, SC_DOSE_MG, SC_INTERVAL_DAYS = 300.0, 28, 120.0, 7
INFUSION_JITTER_SD_DAYS, INFUSION_JITTER_DAYS = 2.0, 6
MISSED_DOSE_SHARE = 0.025  # no source; never two in a row, so that no gap passes for a stop
SC_AVAILABLE = np.datetime64("2026-02-01")  # EU approval December 2025
SC_SWITCH_SHARE, SC_SWITCH_DAYS = 0.15, 730  # of those still treated, within this time (no source)
WASHOUT_BEFORE_SC_DAYS = 21  # between the last infusion and the first injection (no source)

PRIMARY_INEFFICACY_DAYS = 7.5 * DAYS_PER_MONTH  # judged at 6 to 9 months: definitions.md 12.4

# Drug, share, usual doses (mg), the dose after a flare (mg), days between doses. No source.
IMMUNOSUPPRESSANTS = (
    ("mycophenolate mofetil", 0.40, (1000.0, 1500.0, 2000.0), 3000.0, 1),
    ("azathioprine", 0.26, (50.0, 100.0, 150.0), 200.0, 1),
    ("methotrexate", 0.28, (10.0, 15.0, 20.0), 25.0, 7),
    ("leflunomide", 0.06, (10.0, 10.0, 20.0), 20.0, 1),
)
RAISED = 3  # position of the dose after a flare, behind the three usual ones
NO_IMMUNOSUPPRESSANT = "none"
HYDROXYCHLOROQUINE_DOSES, HYDROXYCHLOROQUINE_SHARES = (200.0, 300.0, 400.0), (0.45, 0.25, 0.30)
# Share of those in remission who come off their immunosuppressant after month 18 (no source).
WITHDRAWAL_IN_REMISSION, EARLIEST_WITHDRAWAL_MONTH = 0.30, 18


def draw_immunosuppressant(uses: Flags, rng: np.random.Generator) -> NDArray[np.int64]:
    """Position in IMMUNOSUPPRESSANTS of each patient's drug at index, -1 without one."""
    drug = rng.choice(len(IMMUNOSUPPRESSANTS), uses.size, p=[d[1] for d in IMMUNOSUPPRESSANTS])
    return np.where(uses, drug, -1)


def draw_doses(follow_up: FollowUp, rng: np.random.Generator) -> pd.DataFrame:
    """Every dose of anifrolumab: patient, day, dose in mg, route."""
    until = np.minimum(follow_up.stop_day - 1, follow_up.observed_until)
    switch = _draw_switch(follow_up, rng)
    infusions = _draw_infusions(np.minimum(until, switch - WASHOUT_BEFORE_SC_DAYS), rng)
    injections = _list_injections(switch, until)
    infusions = infusions.assign(dose_mg=IV_DOSE_MG, route="iv")
    injections = injections.assign(dose_mg=SC_DOSE_MG, route="sc")
    doses = pd.concat([infusions, injections], ignore_index=True)
    return doses.sort_values(["patient", "day"], ignore_index=True)


def _draw_switch(follow_up: FollowUp, rng: np.random.Generator) -> Values:
    chosen, later = rng.random((2, follow_up.index_date.size))
    first_day = (SC_AVAILABLE - follow_up.index_date).astype(float)
    first_day = np.maximum(first_day, 6 * IV_INTERVAL_DAYS)  # after half a year of infusions
    day = first_day + np.floor(later * SC_SWITCH_DAYS)
    return np.where(chosen < SC_SWITCH_SHARE, day, NEVER)


def _draw_infusions(until: Values, rng: np.random.Generator) -> pd.DataFrame:
    number = int(np.ceil((MONTHS + 2) * DAYS_PER_MONTH / IV_INTERVAL_DAYS))
    shape = (until.size, number)
    jitter = np.round(rng.normal(0.0, INFUSION_JITTER_SD_DAYS, shape))
    jitter = np.clip(jitter, -INFUSION_JITTER_DAYS, INFUSION_JITTER_DAYS)
    jitter[:, 0] = 0
    day = IV_INTERVAL_DAYS * np.arange(number) + jitter
    missed = rng.random(shape) < MISSED_DOSE_SHARE
    missed[:, 0] = False
    missed[:, 1:] &= ~missed[:, :-1]
    patient, dose = np.nonzero(~missed & (day <= until[:, None]))
    return pd.DataFrame({"patient": patient, "day": day[patient, dose]})


def _list_injections(switch: Values, until: Values) -> pd.DataFrame:
    number = int(np.ceil((MONTHS + 2) * DAYS_PER_MONTH / SC_INTERVAL_DAYS))
    users = np.flatnonzero(switch <= until)
    day = switch[users, None] + SC_INTERVAL_DAYS * np.arange(number)
    row, dose = np.nonzero(day <= until[users, None])
    return pd.DataFrame({"patient": users[row], "day": day[row, dose]})


def find_stop_reasons(follow_up: FollowUp, has_responded: Flags) -> NDArray[np.str_]:
    """Reason in the dictionary's codes, empty while on drug. ``has_responded``: ever in LLDAS."""
    reason = np.append(CAUSES, "")[follow_up.cause]
    is_primary = ~has_responded | (follow_up.stop_day <= PRIMARY_INEFFICACY_DAYS)
    split = np.where(is_primary, "primary_inefficacy", "secondary_inefficacy")
    return np.where(reason == "inefficacy", split, reason)


def list_courses(
    follow_up: FollowUp,
    course: Course,
    flare_days: Values,
    baseline: pd.DataFrame,
    has_responded: Flags,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Courses of anifrolumab, hydroxychloroquine and immunosuppressants, days from index."""
    study_drug = pd.DataFrame(
        {
            "patient": np.arange(len(baseline)),
            "drug": "anifrolumab",
            "start_day": 0.0,
            "stop_day": follow_up.stop_day,
            "stop_reason": find_stop_reasons(follow_up, has_responded),
            "dose": IV_DOSE_MG,
            "interval_days": IV_INTERVAL_DAYS,
        }
    )
    parts = [
        study_drug,
        _list_hydroxychloroquine(baseline, rng),
        *_list_immunosuppressants(follow_up, course, flare_days, baseline, rng),
    ]
    courses = pd.concat(parts, ignore_index=True).assign(unit="mg")
    seen = courses["stop_day"] <= follow_up.last_contact_day[courses["patient"]]
    courses["stop_day"] = courses["stop_day"].where(seen, NEVER)
    courses["stop_reason"] = courses["stop_reason"].where(seen, "")
    return courses.sort_values(["patient", "start_day", "drug"], ignore_index=True)


def _list_hydroxychloroquine(baseline: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    patients = len(baseline)
    courses = pd.DataFrame(
        {
            "patient": np.arange(patients),
            "drug": "hydroxychloroquine",
            "start_day": _start_before_index(baseline, rng),
            "stop_day": NEVER,
            "stop_reason": "",
            "dose": rng.choice(HYDROXYCHLOROQUINE_DOSES, patients, p=HYDROXYCHLOROQUINE_SHARES),
            "interval_days": 1,
        }
    )
    return courses[baseline["hydroxychloroquine"].to_numpy()]


def _start_before_index(baseline: pd.DataFrame, rng: np.random.Generator) -> Values:
    since_diagnosis = baseline["duration_years"].to_numpy() * 12 * DAYS_PER_MONTH
    return -np.floor(rng.uniform(0.05, 0.95, len(baseline)) * since_diagnosis) - 30


def _list_immunosuppressants(
    follow_up: FollowUp,
    course: Course,
    flare_days: Values,
    baseline: pd.DataFrame,
    rng: np.random.Generator,
) -> list[pd.DataFrame]:
    """The course held at index, and the one that a flare brought."""
    at_index = baseline["immunosuppressant_drug"].to_numpy()
    started = draw_immunosuppressant(np.ones(at_index.size, dtype=bool), rng)
    level = rng.integers(0, RAISED, at_index.size)
    change_day = _find_change_day(course, flare_days, follow_up)
    withdrawal_day = _draw_withdrawal(course, rng)
    drug = np.where(at_index >= 0, at_index, started)
    held = _courses_of(drug, level).assign(
        start_day=_start_before_index(baseline, rng),
        stop_day=np.minimum(change_day, withdrawal_day),
        stop_reason=np.where(change_day <= withdrawal_day, "other", "remission"),
    )
    # A change raises the drug already taken, or starts one; the old dose ends the day before.
    raised = _courses_of(drug, np.full(drug.size, RAISED)).assign(
        start_day=change_day + 1, stop_day=NEVER, stop_reason=""
    )
    return [held[at_index >= 0], raised[change_day < NEVER]]


def _courses_of(drug: NDArray[np.int64], level: NDArray[np.int64]) -> pd.DataFrame:
    names = np.array([d[0] for d in IMMUNOSUPPRESSANTS])
    doses = np.array([(*d[2], d[3]) for d in IMMUNOSUPPRESSANTS])
    intervals = np.array([d[4] for d in IMMUNOSUPPRESSANTS])
    return pd.DataFrame(
        {
            "patient": np.arange(drug.size),
            "drug": names[drug],
            "dose": doses[drug, level],
            "interval_days": intervals[drug],
        }
    )


def _find_change_day(course: Course, flare_days: Values, follow_up: FollowUp) -> Values:
    """Day of the first new or higher immunosuppressant, decided at a flare."""
    month = course.has_changed.argmax(axis=1)
    day = flare_days[np.arange(month.size), month]
    known = course.has_changed.any(axis=1) & (day < follow_up.last_contact_day)
    return np.where(known, day, NEVER)


def _draw_withdrawal(course: Course, rng: np.random.Generator) -> Values:
    """Day on which the immunosuppressant is stopped in remission, infinite for most."""
    patients = len(course.flare)
    month = rng.integers(EARLIEST_WITHDRAWAL_MONTH, MONTHS, patients)
    remitted = ~course.items[np.arange(patients), month][:, ~IS_SEROLOGY].any(axis=1)
    chosen = remitted & (rng.random(patients) < WITHDRAWAL_IN_REMISSION)
    return np.where(chosen, np.floor(month * DAYS_PER_MONTH), NEVER)
