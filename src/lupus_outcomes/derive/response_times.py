"""When each patient first attains an endpoint or loses a manifestation, judged at every visit.

Day 0 is the index date. Whoever is outside the endpoint's denominator or attains it already at
baseline is outside; an unknown baseline is not attained. Visits that leave the endpoint undecided
are no assessments. Computed when asked for, from states that are there already.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from lupus_outcomes.derive.characteristics import MANIFESTATIONS, SEROLOGY
from lupus_outcomes.derive.cohort import Cohort
from lupus_outcomes.derive.columns import (
    numbers,
    take_conditions,
    take_numbers,
    three_valued_rows,
)
from lupus_outcomes.derive.follow_up import FollowUp
from lupus_outcomes.derive.outcomes import VisitColumns
from lupus_outcomes.derive.rules import answer
from lupus_outcomes.endpoints import ENDPOINTS
from lupus_outcomes.indices.sledai import DESCRIPTOR_IDS, deduce_items_from_totals
from lupus_outcomes.indices.sustained import NONE, find_first_attainment, find_sustained_k
from lupus_outcomes.indices.three_valued import (
    TRUE,
    UNKNOWN,
    Numbers,
    ThreeValued,
    every,
    negate,
    some,
)

Definition = Literal["first", "sustained_2"]
DEFINITIONS: tuple[Definition, ...] = ("first", "sustained_2")
RESPONSE, STOP = 1, 2
LOST = "lost_to_follow_up"
# Organ domains by their SLEDAI-2K descriptors; serology as a whole and each part of it.
RESOLVABLE: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {**MANIFESTATIONS, "serology": SEROLOGY} | {name: (name,) for name in SEROLOGY}
)


@dataclass(frozen=True, slots=True)
class ResponseTimes:
    """One value a patient, in whole days from the index date.

    ``is_at_risk`` and ``is_attained_before`` (at baseline already) make up the denominator.
    ``response_day``: the visit at which the response began, NaN for none, be it on the drug or
    later. ``not_yet_day``: last assessment on the drug known to be before the response, 0 for none.
    ``last_day``: last assessment, 0 for none after the index date. ``stop_day``: of anifrolumab,
    NaN for none; ``is_lost``: where that stop is a loss to follow-up.
    """

    is_at_risk: NDArray[np.bool_]
    is_attained_before: NDArray[np.bool_]
    response_day: Numbers
    not_yet_day: Numbers
    last_day: Numbers
    stop_day: Numbers
    is_lost: NDArray[np.bool_]

    @property
    def is_response(self) -> NDArray[np.bool_]:
        """Who responds on the drug; a visit on the day of the stop still counts."""
        return ~np.isnan(self.response_day) & ~(self.response_day > self.stop_day)

    def until_stop(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Follow-up days and cause (1 response, 0 censored); a stop censors."""
        seen = np.fmin(self.last_day, self.stop_day)
        return self._days(seen), self.is_response.astype(np.int64)

    def with_stops_competing(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Follow-up days and cause (1 response, 2 stopped first, 0 censored); a loss censors."""
        days, cause = self.until_stop()
        stops = ~self.is_response & ~np.isnan(self.stop_day) & ~self.is_lost
        at_stop = np.maximum(np.where(stops, self.stop_day, 0.0), 0.0).astype(np.int64)
        return np.where(stops, at_stop, days), np.where(stops, STOP, cause)

    def between_visits(self) -> tuple[Numbers, Numbers]:
        """The response lies after the first and at the latest on the second; infinite for none."""
        return self.not_yet_day, np.where(self.is_response, self.response_day, np.inf)

    def _days(self, censored: Numbers) -> NDArray[np.int64]:
        days = np.where(self.is_response, self.response_day, censored)
        return np.maximum(days, 0.0).astype(np.int64)


def derive_endpoint_times(
    cohort: Cohort, endpoint_id: str, definition: Definition = "first"
) -> ResponseTimes:
    """Time to an endpoint that the dataset can answer."""
    patient = cohort.states["patient"].to_numpy()
    states = {str(name): values.to_numpy() for name, values in cohort.states.items()}
    states["baseline"] = cohort.baseline[patient]
    columns = VisitColumns(cohort.tables["visits"], states, cohort.tables["patients"])
    value = answer(ENDPOINTS[endpoint_id].attained, columns)
    is_there_already = take_conditions(value, cohort.baseline) == TRUE
    in_denominator = cohort.outcomes[endpoint_id].in_denominator
    return _derive_times(cohort, value, in_denominator, is_there_already, definition)


def derive_manifestation_times(
    cohort: Cohort, names: tuple[str, ...], definition: Definition = "first"
) -> dict[str, ResponseTimes]:
    """Time to the absence of every item of a domain, for those with one of them at baseline."""
    visits = cohort.tables["visits"]
    totals = numbers(visits["sledai_2k"]), numbers(visits["clinical_sledai"])
    items = deduce_items_from_totals(three_valued_rows(visits, DESCRIPTOR_IDS), *totals)
    found = {}
    for name in names:
        rows = [items[DESCRIPTOR_IDS.index(item)] for item in RESOLVABLE[name]]
        is_absent = every(*(negate(row) for row in rows))
        is_present = take_conditions(some(*rows), cohort.baseline) == TRUE
        found[name] = _derive_times(cohort, is_absent, is_present, ~is_present, definition)
    return found


def _derive_times(
    cohort: Cohort,
    value: ThreeValued,
    in_denominator: NDArray[np.bool_],
    is_there_already: NDArray[np.bool_],
    definition: Definition,
) -> ResponseTimes:
    return find_times(
        value,
        cohort.states["patient"].to_numpy(),
        cohort.states["visit_day"].to_numpy(),
        in_denominator,
        is_there_already,
        cohort.follow_up,
        definition,
    )


def find_times(
    value: ThreeValued,
    patient: NDArray[np.integer],
    day: NDArray[np.integer],
    in_denominator: NDArray[np.bool_],
    is_there_already: NDArray[np.bool_],
    follow_up: FollowUp,
    definition: Definition,
) -> ResponseTimes:
    """Times of one three-valued answer a visit, visits sorted by patient and day.

    ``sustained_2``: two assessed visits in a row, dated at the first. A response at the last
    assessment of all is then open: it neither began there nor did not.
    """
    n_patients = len(in_denominator)
    value = np.where(day > 0, value, UNKNOWN).astype(np.int8)
    if definition == "first":
        began = find_first_attainment(value, patient, n_patients)
    else:
        began = find_sustained_k(value, patient, n_patients, k=2)
    assessed = np.flatnonzero(value != UNKNOWN)
    last = _last_row(assessed, patient, n_patients)
    stop_day = follow_up.stop_day
    before = np.where(began == NONE, len(value), began)[patient[assessed]]
    is_open = (value[assessed] == TRUE) & (assessed == last[patient[assessed]])
    is_not_yet = (assessed < before) & ~is_open & ~(day[assessed] > stop_day[patient[assessed]])
    not_yet = _last_row(assessed[is_not_yet], patient, n_patients)
    return ResponseTimes(
        is_at_risk=in_denominator & ~is_there_already,
        is_attained_before=in_denominator & is_there_already,
        response_day=take_numbers(day, began),
        not_yet_day=_day_or_0(day, not_yet),
        last_day=_day_or_0(day, last),
        stop_day=stop_day,
        is_lost=follow_up.stop_reason == LOST,
    )


def _last_row(
    rows: NDArray[np.int64], patient: NDArray[np.integer], n_patients: int
) -> NDArray[np.int64]:
    """The last of these rows of each patient, -1 for none; rows ascending."""
    last = np.full(n_patients, NONE, dtype=np.int64)
    # With repeated indices the last assignment holds.
    last[patient[rows]] = rows
    return last


def _day_or_0(day: NDArray[np.integer], rows: NDArray[np.int64]) -> Numbers:
    return np.nan_to_num(take_numbers(day, rows), nan=0.0)
