"""When patients were seen: planned visits, visits for flares, and one visit after the stop.

Schedule: sample-cohort.md D1; missed visits: D6. Visits for flares are added because patients of a
clinic come when they flare; without them a flare between yearly visits would leave no trace.
"""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lupus_outcomes.data.sample.activity import Flags, Values, compute_clinical_sledai
from lupus_outcomes.data.sample.course import MONTHS, Course
from lupus_outcomes.data.sample.follow_up import FollowUp
from lupus_outcomes.protocol import DAYS_PER_MONTH

SCHEDULE_MONTHS = np.array([0, 1, 3, 6, 9, 12, 18, 24, 30, 36, 48, 60])
JITTER_SD_DAYS, BASELINE_SD_DAYS, EARLIEST_SECOND_VISIT_DAY = 9.0, 7.0, 14.0
MISSED_SHARE = 0.04
MISSED_ODDS_IN_REMISSION, REMISSION_MONTH = 2.0, 18  # stable patients come less, beyond month 18
UNDER_RESOURCED_CENTRES, MISSED_ODDS_UNDER_RESOURCED = (4, 9), 1.6
# No source: most missed visits are made up some weeks later, within the same window.
REBOOKED_SHARE, REBOOKED_DAYS = 0.60, (21, 57)
# No source: nearly all severe flares and three in four of the others bring the patient in.
FLARE_VISIT_SHARE = np.array([0.0, 0.75, 0.95])
FLARE_VISIT_DELAY_DAYS = (1, 11)
VISITS_APART_DAYS = 14  # closer to a planned visit, the planned visit serves for both


def draw_visits(
    centre: NDArray[np.int64],
    course: Course,
    flare_days: Values,
    follow_up: FollowUp,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """All visits that took place: patient, day, month of the course, and what kind of visit.

    ``is_planned``: not for a flare; ``is_yearly``: month 0, 12, 24 and so on; ``decides_flare``:
    the first visit after a flare, at which its treatment is decided.
    """
    days, attended = _draw_planned(centre, course, follow_up, rng)
    flare_visits = _draw_flare_visits(course, flare_days, days, attended, rng)
    until = np.minimum(follow_up.stop_day, follow_up.observed_until)
    planned = _rows(days, attended).assign(is_planned=True)
    planned["is_yearly"] = (SCHEDULE_MONTHS % 12 == 0)[planned["column"]]
    extra = _rows(flare_visits, np.isfinite(flare_visits))
    extra = extra.assign(is_planned=False, is_yearly=False)
    on_drug = pd.concat([planned, extra], ignore_index=True)
    on_drug = on_drug[on_drug["day"] <= until[on_drug["patient"]]]
    closing = follow_up.closing_visit_day[:, None]
    last = _rows(closing, np.isfinite(closing)).assign(is_planned=True, is_yearly=False)
    visits = pd.concat([on_drug, last])
    visits = visits.sort_values(["patient", "day"], ignore_index=True)
    visits["month"] = _state_month(visits, flare_days)
    flared = course.flare[visits["patient"], visits["month"]] > 0
    visits["decides_flare"] = flared & ~visits.duplicated(["patient", "month"])
    return visits


def _draw_planned(
    centre: NDArray[np.int64], course: Course, follow_up: FollowUp, rng: np.random.Generator
) -> tuple[Values, Flags]:
    shape = (len(centre), len(SCHEDULE_MONTHS))
    days = np.round(SCHEDULE_MONTHS * DAYS_PER_MONTH + rng.normal(0.0, JITTER_SD_DAYS, shape))
    days[:, 0] = -np.floor(np.abs(rng.normal(0.0, BASELINE_SD_DAYS, len(centre))))
    days[:, 1] = np.maximum(days[:, 1], EARLIEST_SECOND_VISIT_DAY)
    is_remitted = (
        (compute_clinical_sledai(course.items) == 0)
        & (course.physician_ga < 0.5)
        & (course.prednisone <= 5)
    )[:, SCHEDULE_MONTHS]
    odds = MISSED_SHARE / (1 - MISSED_SHARE)
    odds = odds * np.where(
        is_remitted & (SCHEDULE_MONTHS > REMISSION_MONTH), MISSED_ODDS_IN_REMISSION, 1.0
    )
    poor = np.isin(centre, UNDER_RESOURCED_CENTRES)[:, None]
    odds = odds * np.where(poor, MISSED_ODDS_UNDER_RESOURCED, 1.0)
    attended = rng.random(shape) >= odds / (1 + odds)
    attended[:, 0] = True  # the enrolment visit
    rebooked = days + rng.integers(*REBOOKED_DAYS, shape)
    following = np.column_stack([days[:, 1:], np.full(len(centre), np.inf)])
    comes_later = ~attended & (rng.random(shape) < REBOOKED_SHARE)
    comes_later &= rebooked < following - VISITS_APART_DAYS
    days = np.where(comes_later, rebooked, days)
    attended |= comes_later
    until = np.minimum(follow_up.stop_day, follow_up.observed_until)
    return days, attended & (days <= until[:, None])


def _draw_flare_visits(
    course: Course, flare_days: Values, planned: Values, attended: Flags, rng: np.random.Generator
) -> Values:
    comes = rng.random(flare_days.shape) < FLARE_VISIT_SHARE[course.flare]
    day = flare_days + rng.integers(*FLARE_VISIT_DELAY_DAYS, flare_days.shape)
    taken = np.where(attended, planned, np.inf)
    nearest = np.full(day.shape, np.inf)
    with np.errstate(invalid="ignore"):
        for column in taken.T:
            nearest = np.fmin(nearest, np.abs(day - column[:, None]))
    return np.where(comes & (nearest > VISITS_APART_DAYS), day, np.inf)


def _rows(days: Values, keep: Flags) -> pd.DataFrame:
    patient, column = np.nonzero(keep)
    return pd.DataFrame({"patient": patient, "day": days[patient, column], "column": column})


def _state_month(visits: pd.DataFrame, flare_days: Values) -> NDArray[np.int64]:
    """Month of the course that a visit shows: the nearest, or the next if its flare came before."""
    exact = np.clip(visits["day"].to_numpy() / DAYS_PER_MONTH, 0, MONTHS)
    nearest, following = np.round(exact).astype(int), np.ceil(exact).astype(int)
    has_flared = flare_days[visits["patient"], following] <= visits["day"]
    return np.where(has_flared, following, nearest)
