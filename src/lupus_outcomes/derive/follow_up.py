"""How long each patient is observed and stays on anifrolumab, as of a data cut."""

from dataclasses import dataclass, fields

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lupus_outcomes.derive.columns import numbers
from lupus_outcomes.derive.courses import name_drugs
from lupus_outcomes.indices.three_valued import Numbers

# A restart within this gap is the same course (definitions 12.4).
RESTART_WITHIN_DAYS = 90
STUDY_DRUG = "anifrolumab"


@dataclass(frozen=True, slots=True)
class FollowUp:
    """One value a patient, in days from the index date; NaN where it never happened.

    ``observed_until_day`` is the data cut or, if earlier, the withdrawal of consent.
    ``stop_reason`` is empty for patients still on the drug. A death on the drug counts as a stop
    on its day.
    """

    cut_day: Numbers
    observed_until_day: Numbers
    last_contact_day: Numbers
    death_day: Numbers
    stop_day: Numbers
    stop_reason: NDArray[np.object_]

    def of(self, patients: range) -> "FollowUp":
        """The follow-up of some of the patients."""
        rows = slice(patients.start, patients.stop)
        return FollowUp(*(getattr(self, f.name)[rows] for f in fields(self)))


def derive_follow_up(
    patients: pd.DataFrame,
    treatments: pd.DataFrame,
    data_cut: pd.Timestamp,
    restart_within_days: int = RESTART_WITHIN_DAYS,
) -> FollowUp:
    """Follow-up of every patient, with nothing after the data cut or a withdrawal counted."""
    cut = _days_since_index(patients, pd.Series(data_cut, index=patients.index))
    until = np.fmin(cut, _days_since_index(patients, patients["withdrawal_date"]))
    death = _before(_days_since_index(patients, patients["death_date"]), until)
    contact = np.fmin(_days_since_index(patients, patients["last_contact_date"]), until)
    stop, reason = _derive_stops(treatments, len(patients), until, restart_within_days)
    dies_on_drug = ~np.isnan(death) & ~(stop <= death)
    return FollowUp(
        cut_day=cut,
        observed_until_day=until,
        last_contact_day=np.fmin(contact, np.where(np.isnan(death), np.inf, death)),
        death_day=death,
        stop_day=np.where(dies_on_drug, death, stop),
        stop_reason=np.where(dies_on_drug, "death", reason),
    )


def _days_since_index(patients: pd.DataFrame, dates: pd.Series) -> Numbers:
    return (dates - patients["index_date"]).dt.days.to_numpy(dtype=np.float64)


def _before(day: Numbers, limit: Numbers) -> Numbers:
    return np.where(day <= limit, day, np.nan)


def _derive_stops(
    treatments: pd.DataFrame, n_patients: int, until: Numbers, restart_within_days: int
) -> tuple[Numbers, NDArray[np.object_]]:
    """First stop of anifrolumab that is not followed by a restart soon enough to be one course."""
    is_study_drug = name_drugs(treatments).where(STUDY_DRUG.__eq__)
    courses = treatments[is_study_drug & treatments["start_day"].notna().to_numpy()]
    courses = courses.iloc[np.lexsort((courses["start_day"], courses["patient"]))]
    patient, start = courses["patient"].to_numpy(), numbers(courses["start_day"])
    next_start = np.full(len(courses), np.nan)
    next_start[:-1] = np.where(patient[1:] == patient[:-1], start[1:], np.nan)
    end = numbers(courses["stop_day"])
    # A course left open lasts until the patient's next one starts.
    end = np.where(np.isnan(end), next_start, end)
    last = _last_to_end(patient, end)
    stop = end[last]
    goes_on = (next_start - stop <= restart_within_days) & (next_start <= until[patient])
    is_stop = (stop <= until[patient]) & ~goes_on
    stopped, first = np.unique(patient[is_stop], return_index=True)
    day = np.full(n_patients, np.nan)
    reason = np.full(n_patients, "", dtype=object)
    day[stopped] = stop[is_stop][first]
    given = courses["stop_reason"].iloc[last[is_stop][first]]
    reason[stopped] = given.astype(object).fillna("other").to_numpy(dtype=object)
    return day, reason


def _last_to_end(patient: NDArray[np.integer], end: Numbers) -> NDArray[np.int64]:
    """Of a patient's courses up to each one, the row of that which ends last.

    Courses can overlap, as when a route changes: an end inside a running course is no stop.
    """
    rank = np.empty(len(end), dtype=np.int64)
    # By patient, then by end, an open one (NaN) last: the running maximum never crosses patients.
    rank[np.lexsort((end, patient))] = np.arange(len(end))
    is_latest = rank == np.maximum.accumulate(rank)
    return np.maximum.accumulate(np.where(is_latest, np.arange(len(end)), 0))
