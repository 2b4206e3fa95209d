"""Who was observed for how long, and when the flares of the simulated course fell.

Frame: sample-cohort.md D1. The same patients with the same course are seen at every data cut; a
later cut only shows more of them.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lupus_outcomes.data.sample.activity import Flags, Values
from lupus_outcomes.data.sample.course import MONTHS, Course
from lupus_outcomes.data.sample.stopping import CAUSES
from lupus_outcomes.protocol import DAYS_PER_MONTH

FIRST_ENTRY = np.datetime64("2021-03-01")  # a Monday; month 66 after it is September 2026
WEEK_STARTS = np.datetime64("1970-01-05")  # a Monday
SATURDAY = 5
LAST_VISIT_SLACK_DAYS = 30  # the visit of month 60 may come late
WITHDRAWAL_SHARE = 0.15  # of those who stop by their own choice: about two of 180 patients
CLOSING_VISIT_SHARE = 0.60
CLOSING_VISIT_DAYS = (28, 120)  # after the stop
CLOSING_CALL_DAYS = 28  # last contact of those who stop without a visit: the safety call

NEVER = np.inf


@dataclass(frozen=True, slots=True)
class FollowUp:
    """One value a patient; days from index, infinite where it did not happen before the data cut.

    ``cause``: position in CAUSES or -1. ``observed_until``: last day on which anything is known.
    """

    index_date: NDArray[np.datetime64]
    observed_until: Values
    stop_day: Values
    cause: NDArray[np.int64]
    is_withdrawn: Flags
    closing_visit_day: Values
    last_contact_day: Values

    def stopped_by(self, cause: str) -> Flags:
        """Patients whose stop has this cause."""
        return self.cause == CAUSES.index(cause)


def compute_index_dates(entry_month: Values) -> NDArray[np.datetime64]:
    """First infusions, on weekdays; ``entry_month`` counted from the first patient."""
    date = FIRST_ENTRY + np.floor(entry_month * DAYS_PER_MONTH).astype("timedelta64[D]")
    weekday = (date - WEEK_STARTS).astype(np.int64) % 7
    return date + np.where(weekday >= SATURDAY, 7 - weekday, 0).astype("timedelta64[D]")


def follow_patients(
    entry_month: Values, course: Course, data_cut: np.datetime64, rng: np.random.Generator
) -> FollowUp:
    """Stop, last visit and last contact of each patient as known at ``data_cut``."""
    # All draws first: they must not depend on the data cut.
    within_month, leaves, returns, later = rng.random((4, len(entry_month)))
    index_date = compute_index_dates(entry_month)
    study_end = np.round(MONTHS * DAYS_PER_MONTH) + LAST_VISIT_SLACK_DAYS
    observed_until = np.minimum((data_cut - index_date).astype(float), study_end)
    stop_day, cause = _find_stops(course, within_month, observed_until)
    seen = cause >= 0
    is_withdrawn = (cause == CAUSES.index("patient_decision")) & (leaves < WITHDRAWAL_SHARE)
    gone = is_withdrawn | np.isin(cause, [CAUSES.index("death"), CAUSES.index("lost_to_follow_up")])
    earliest, latest = CLOSING_VISIT_DAYS
    closing = stop_day + np.floor(earliest + later * (latest - earliest))
    comes = seen & ~gone & (returns < CLOSING_VISIT_SHARE) & (closing <= observed_until)
    closing_visit_day = np.where(comes, closing, NEVER)
    last_known = np.select(
        [gone, comes, seen], [stop_day, closing, stop_day + CLOSING_CALL_DAYS], observed_until
    )
    return FollowUp(
        index_date=index_date,
        observed_until=observed_until,
        stop_day=stop_day,
        cause=cause,
        is_withdrawn=is_withdrawn,
        closing_visit_day=closing_visit_day,
        last_contact_day=np.minimum(last_known, observed_until),
    )


def _find_stops(
    course: Course, within_month: Values, observed_until: Values
) -> tuple[Values, NDArray[np.int64]]:
    stops = course.stop >= 0
    month = stops.argmax(axis=1)
    day = np.floor((month - 1 + within_month) * DAYS_PER_MONTH) + 1
    seen = stops.any(axis=1) & (day <= observed_until)
    cause = course.stop[np.arange(month.size), month]
    return np.where(seen, day, NEVER), np.where(seen, cause, -1)


def draw_flare_days(course: Course, rng: np.random.Generator) -> Values:
    """Day of the flare in each month, infinite without one; shape (patients, months).

    Flares fall in the first half of a month, so that a visit dated to the month's end comes after.
    """
    month = np.arange(course.flare.shape[1])
    day = 1 + np.floor((month - 1 + 0.5 * rng.random(course.flare.shape)) * DAYS_PER_MONTH)
    return np.where(course.flare > 0, day, NEVER)


def list_flares(course: Course, flare_days: Values, follow_up: FollowUp) -> pd.DataFrame:
    """The flares that happened under observation: patient, month, day, severity (1 or 2)."""
    known = np.minimum(follow_up.last_contact_day, follow_up.observed_until)
    patient, month = np.nonzero(flare_days <= known[:, None])
    return pd.DataFrame(
        {
            "patient": patient,
            "month": month,
            "day": flare_days[patient, month],
            "severity": course.flare[patient, month],
        }
    )
