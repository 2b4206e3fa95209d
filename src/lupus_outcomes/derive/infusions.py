"""Doses of anifrolumab against their schedule, patient by patient.

300 mg into a vein every four weeks, at least 14 days apart; 120 mg under the skin every week. A
gap of more than 90 days is a stop by the definition of retention, here told from the doses alone.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lupus_outcomes.derive.columns import first_rows, numbers
from lupus_outcomes.derive.follow_up import FollowUp
from lupus_outcomes.indices.infusions import is_too_soon
from lupus_outcomes.indices.three_valued import TRUE, Numbers

IV, SC = 0, 1
INTERVAL_DAYS = np.array([28, 7])
DOSE_MG = np.array([300.0, 120.0])
LONG_INTERVAL_DAYS = 56
Counts = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Infusions:
    """Doses given while on the drug, sorted by patient and day; arrays of shape (doses,).

    ``days_since_last``: NaN at a patient's first dose. ``route``: 0 into a vein, 1 under the skin,
    of this dose; ``is_iv_interval``: both this dose and the one before were given into a vein.
    ``on_drug_days``, shape (patients,): from the index date to the stop or to when last seen.
    """

    patient: Counts
    day: Numbers
    dose_mg: Numbers
    route: Counts
    days_since_last: Numbers
    is_iv_interval: NDArray[np.bool_]
    on_drug_days: Numbers

    @property
    def n_patients(self) -> int:
        """All patients, with doses recorded or not."""
        return len(self.on_drug_days)

    @property
    def n_given(self) -> Counts:
        """Doses of each patient, shape (patients,)."""
        return self.count(np.ones(len(self.patient), dtype=np.bool_))

    @property
    def is_too_soon(self) -> NDArray[np.bool_]:
        """Infusions less than 14 days after the last one."""
        return self.is_iv_interval & (is_too_soon(self.days_since_last) == TRUE)

    @property
    def is_late(self) -> NDArray[np.bool_]:
        """Infusions more than eight weeks after the last one."""
        return self.is_iv_interval & (self.days_since_last > LONG_INTERVAL_DAYS)

    @property
    def is_other_dose(self) -> NDArray[np.bool_]:
        """Doses known to differ from that of their route."""
        return ~np.isnan(self.dose_mg) & (self.dose_mg != DOSE_MG[self.route])

    @property
    def is_switch(self) -> NDArray[np.bool_]:
        """Doses under the skin that follow one into a vein."""
        return ~self._is_first & (self.route == SC) & (np.roll(self.route, 1) == IV)

    @property
    def n_missed(self) -> Counts:
        """Doses left out before each one, shape (doses,): whole intervals of its gap less one."""
        every = INTERVAL_DAYS[np.where(self._is_first, self.route, np.roll(self.route, 1))]
        in_gap = np.round(np.nan_to_num(self.days_since_last) / every)
        return np.maximum(in_gap - 1, 0).astype(np.int64)

    @property
    def _is_first(self) -> NDArray[np.bool_]:
        return np.isnan(self.days_since_last)

    def count(self, of: NDArray) -> Counts:
        """A condition or a number of each dose, summed by patient; shape (patients,)."""
        return np.bincount(self.patient, of, minlength=self.n_patients).astype(np.int64)

    @property
    def n_expected(self) -> Counts:
        """Doses due by schedule before the end of the time on the drug; shape (patients,).

        A route lasts from its first dose to the first of the next route; the first begins on day 0,
        with a dose. Who has no dose recorded is due those into a vein.
        """
        starts = np.flatnonzero(self._is_first | (self.route != np.roll(self.route, 1)))
        patient, is_first = self.patient[starts], self._is_first[starts]
        begins = np.where(is_first, 0.0, self.day[starts])
        is_last = np.append(is_first[1:], True)
        ends = np.where(is_last, self.on_drug_days[patient], np.append(begins[1:], 0.0))
        due = np.maximum(np.ceil((ends - begins) / INTERVAL_DAYS[self.route[starts]]), 1)
        expected = np.bincount(patient, due, minlength=self.n_patients)
        none = np.maximum(np.ceil(self.on_drug_days / INTERVAL_DAYS[IV]), 1)
        return np.where(expected > 0, expected, none).astype(np.int64)


def derive_infusions(infusions: pd.DataFrame, follow_up: FollowUp) -> Infusions:
    """The doses between the index date and the stop, both included."""
    seen_until = np.fmin(follow_up.last_contact_day, follow_up.observed_until_day)
    end = np.where(np.isnan(follow_up.stop_day), seen_until, follow_up.stop_day)
    on_drug = np.maximum(np.nan_to_num(end), 0.0)
    day, patient = numbers(infusions["infusion_day"]), infusions["patient"].to_numpy()
    rows = np.flatnonzero((day >= 0) & (day <= np.append(on_drug, 0)[patient]))
    rows = rows[np.lexsort((day[rows], patient[rows]))]
    patient, day = patient[rows].astype(np.int64), day[rows]
    is_sc = (infusions["route"].iloc[rows] == "sc").to_numpy(dtype=np.bool_, na_value=False)
    route = np.where(is_sc, SC, IV)
    starts = first_rows(patient)
    return Infusions(
        patient=patient,
        day=day,
        dose_mg=numbers(infusions["dose_mg"])[rows],
        route=route,
        days_since_last=np.where(starts, np.nan, day - np.roll(day, 1)),
        is_iv_interval=~starts & (route == IV) & (np.roll(route, 1) == IV),
        on_drug_days=on_drug,
    )
