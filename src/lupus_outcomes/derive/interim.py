"""The patients of an interim analysis and the day their data were complete, frozen for good.

A patient *completes* so many weeks on the first day on which both hold: the weeks have passed since
the first dose, in observation and alive, and the patient was evaluated, at a visit within six weeks
of that assessment, on the drug or not. Only what lies on or before that day decides it, so the set
and its data cut are the same whatever is recorded later.

The window is wider than a trial's: a registry sees its patients at month 6, two weeks later.
"""

import datetime as dt
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lupus_outcomes.derive.cohort import Cohort, derive_cohort
from lupus_outcomes.derive.columns import take_numbers
from lupus_outcomes.derive.eligibility import is_in_analysis_set
from lupus_outcomes.derive.selection import Selection, select_patients
from lupus_outcomes.derive.timepoints import derive_status
from lupus_outcomes.indices.three_valued import Numbers
from lupus_outcomes.protocol import Interim, Protocol, TimePoint, week

WINDOW_WEEKS = 6
LOST = "lost_to_follow_up"


@dataclass(frozen=True, slots=True)
class InterimSet:
    """Who completed, in days from the index date, and whom the interim analysis is about.

    ``completed_day``: shape (patients,), NaN where not completed. ``members``: the first so many
    or, before there are as many, all so far. ``can_complete``: not yet completed, still followed,
    the window open or to come. ``is_closed``: the window has closed. ``data_cut``: the day the
    last of them completed, none before.
    """

    interim: Interim
    timepoint: TimePoint
    completed_day: Numbers
    members: NDArray[np.bool_]
    can_complete: NDArray[np.bool_]
    is_closed: NDArray[np.bool_]
    data_cut: dt.date | None

    @property
    def has_completed(self) -> NDArray[np.bool_]:
        """Who completed by the data cut of the cohort, shape (patients,)."""
        return ~np.isnan(self.completed_day)


@dataclass(frozen=True)
class InterimAnalysis:
    """The study as it was known on the day of the frozen data cut, and the frozen patients."""

    cohort: Cohort
    selection: Selection


def find_interim_set(cohort: Cohort) -> InterimSet | None:
    """Who completed and who is in the interim analysis; none where the protocol has none.

    The first so many by the day they completed, ties by the index date; who has both days in
    common with the last of them is in, too. Shifted dates give no order, so nothing is frozen.
    """
    interim = cohort.protocol.interim
    if interim is None:
        return None
    timepoint = interim_timepoint(interim)
    follow_up, analysed = cohort.follow_up, is_in_analysis_set(cohort)
    completed = np.where(analysed, _completed_day(cohort, timepoint), np.nan)
    has_completed = ~np.isnan(completed)
    is_closed = analysed & (timepoint.window_end_day <= follow_up.cut_day)
    is_followed = (
        np.isnan(follow_up.death_day)
        & (follow_up.observed_until_day == follow_up.cut_day)
        & (follow_up.stop_reason != LOST)
    )
    members, data_cut = _first(cohort, interim, completed)
    return InterimSet(
        interim=interim,
        timepoint=timepoint,
        completed_day=completed,
        members=members,
        can_complete=analysed & ~has_completed & ~is_closed & is_followed,
        is_closed=is_closed,
        data_cut=data_cut,
    )


def interim_timepoint(interim: Interim) -> TimePoint:
    """The assessment that completes the interim's weeks, with its window."""
    return week(interim.weeks, WINDOW_WEEKS * 7)


def _completed_day(cohort: Cohort, timepoint: TimePoint) -> Numbers:
    day = cohort.tables["visits"]["visit_day"].to_numpy()
    patient = cohort.tables["visits"]["patient"].to_numpy()
    inside = (day >= timepoint.window_start_day) & (day < timepoint.window_end_day)
    evaluated = np.full(cohort.n_patients, np.nan)
    # Rows are sorted by day within a patient: written last to first, the first one stays.
    evaluated[patient[inside][::-1]] = day[inside][::-1]
    completed = np.maximum(evaluated, timepoint.target_day)
    follow_up = cohort.follow_up
    is_there = (completed <= follow_up.observed_until_day) & ~(follow_up.death_day < completed)
    return np.where(is_there, completed, np.nan)


def _first(
    cohort: Cohort, interim: Interim, completed: Numbers
) -> tuple[NDArray[np.bool_], dt.date | None]:
    index = cohort.patients["index_date"].to_numpy().astype("datetime64[D]").astype(np.int64)
    date = index + completed
    rows = np.flatnonzero(~np.isnan(completed))
    if len(rows) < interim.n_patients or cohort.dataset.dates_are_shifted:
        return ~np.isnan(completed), None
    last = rows[np.lexsort((index[rows], date[rows]))[interim.n_patients - 1]]
    is_first = (date < date[last]) | ((date == date[last]) & (index <= index[last]))
    return is_first, np.datetime64(int(date[last]), "D").item()


def derive_interim(cohort: Cohort) -> InterimAnalysis | None:
    """The interim analysis as of its own data cut; none before it is reached.

    The assessment that completes is the first of its time points; of the protocol's later ones
    those follow at which somebody is due by then.
    """
    found = find_interim_set(cohort)
    if found is None or found.data_cut is None:
        return None
    index, cut = cohort.patients["index_date"], pd.Timestamp(found.data_cut)
    longest = (cut - index[found.members].min()).days
    protocol = interim_protocol(cohort.protocol, found.timepoint, longest)
    frozen = derive_cohort(cohort.dataset, protocol, found.data_cut, cohort.definitions)
    members = found.members[(index <= cut).to_numpy()]
    words = f"first {found.interim.n_patients} patients to complete {found.interim.weeks} weeks"
    return InterimAnalysis(
        cohort=_count_as_due(frozen, members, found.timepoint),
        selection=select_patients(frozen, members=members, words=words),
    )


def interim_protocol(protocol: Protocol, timepoint: TimePoint, longest_day: float) -> Protocol:
    """The protocol with the interim's assessment as its first and headline time point.

    ``longest_day``: how long the first patient has been followed.
    """
    later = [
        other
        for other in protocol.timepoints
        if other.target_day >= timepoint.window_end_day and other.window_end_day <= longest_day
    ]
    return replace(protocol, timepoints=(timepoint, *later), headline_months=timepoint.months)


def _count_as_due(frozen: Cohort, members: NDArray[np.bool_], timepoint: TimePoint) -> Cohort:
    """Who has completed is due, though another visit might still have come in the window."""
    at = frozen.timepoints
    row = at.timepoints.index(timepoint)
    chosen = take_numbers(frozen.states["visit_day"].to_numpy(), at.visit[row])
    closed = replace(frozen.follow_up, cut_day=np.full(frozen.n_patients, np.inf))
    status = at.status.copy()
    status[row] = np.where(members, derive_status(chosen, closed, timepoint), status[row])
    return replace(frozen, timepoints=replace(at, status=status))
