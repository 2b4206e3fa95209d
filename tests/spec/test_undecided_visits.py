"""Ten visits of the independent cohort that missing items leave undecided: unknown, never failed.

Picked by hand from ``tests/data/inputs/cohort/dataset/visits.csv``. All else at these visits speaks
for the state, so the missing item alone decides it: recorded one way the state is attained,
recorded the other way it is not.

====  ========  =====  ======  =====================  ==========================================
line  patient   state  months  missing item           what is known, and why it does not decide
====  ========  =====  ======  =====================  ==========================================
   5  H01-0001  DORIS       6  physician_ga           nothing active, no prednisone, stable
 798  H01-0103  DORIS       6  prednisone_mg_day      nothing active, global 0.1; 22.5 mg before
 653  H01-0085  DORIS       6  treatment_stable       only serology active, global 0.2, 1.25 mg
 546  H01-0070  DORIS       6  rash                   23 descriptors absent: cSLEDAI 0 or 2
 120  H01-0016  LLDAS       6  anti_dsdna             SLEDAI 2 or 4, both pass; absent before, so
                                                      it would be new
  21  H01-0003  LLDAS       6  low_complement         SLEDAI 1 or 3, both pass; absent before
  91  H01-0012  LLDAS       6  maintenance_in_limits  myositis, SLEDAI 4: no major organ; 6.25 mg
 244  H01-0033  LLDAS       3  gastrointestinal_      rash and low complement, SLEDAI 4, both as
                               activity               before, 3.75 mg
 572  H01-0074  LLDAS      12  haemolytic_anaemia     anti-dsDNA as before, global 0.4, 6.25 mg
 407  H01-0052  LLDAS      12  low_complement at the  low complement now: new, unless it was low
                               visit before (406)     already
====  ========  =====  ======  =====================  ==========================================
"""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import pytest

from lupus_outcomes.analysis.attainment import estimate_attainment
from lupus_outcomes.analysis.obstacles import estimate_obstacles
from lupus_outcomes.derive.cohort import derive_cohort
from lupus_outcomes.derive.selection import Group, Selection
from tests.reference_cohort import FOLDER, reference_cohort


@dataclass(frozen=True)
class Undecided:
    """``line``: of visits.csv, its header being line 1. ``speaks_for``, ``against``: the item."""

    line: int
    endpoint: str
    months: int
    item: str
    speaks_for: float | bool
    against: float | bool
    item_line: int = 0

    @property
    def where_missing(self) -> int:
        return self.item_line or self.line


PICKED = (
    Undecided(5, "doris", 6, "physician_ga", 0.4, 0.5),
    Undecided(798, "doris", 6, "prednisone_mg_day", 5.0, 7.5),
    Undecided(653, "doris", 6, "treatment_stable", True, False),
    Undecided(546, "doris", 6, "rash", False, True),
    Undecided(120, "lldas", 6, "anti_dsdna", False, True),
    Undecided(21, "lldas", 6, "low_complement", False, True),
    Undecided(91, "lldas", 6, "maintenance_in_limits", True, False),
    Undecided(244, "lldas", 3, "gastrointestinal_activity", False, True),
    Undecided(572, "lldas", 12, "haemolytic_anaemia", False, True),
    Undecided(407, "lldas", 12, "low_complement", True, False, item_line=406),
)
each_visit = pytest.mark.parametrize("visit", PICKED, ids=lambda v: f"line {v.line} {v.endpoint}")


def find_row(line):
    """Row of the derived visits, from its line in the file."""
    source = pd.read_csv(FOLDER / "dataset" / "visits.csv", usecols=["patient_id", "visit_date"])
    patient_id, visit_date = source.loc[line - 2]
    cohort = reference_cohort()
    patient = cohort.patients.index[cohort.patients["patient_id"] == patient_id][0]
    day = (pd.Timestamp(visit_date) - cohort.patients["index_date"][patient]).days
    states = cohort.states
    return states.index[(states["patient"] == patient) & (states["visit_day"] == day)][0]


def only(patient):
    """A selection of one patient."""
    members = np.arange(reference_cohort().n_patients) == patient
    return Selection(members, (), (Group("all", "all", members),), "one patient")


def attainment_of(visit):
    """The row of each handling for the patient alone at the visit's time point."""
    cohort = reference_cohort()
    selection = only(cohort.states["patient"][find_row(visit.line)])
    table = estimate_attainment(cohort, selection, (visit.endpoint,)).table
    return table[table["timepoint_months"] == visit.months].set_index("handling")


@each_visit
def test_the_item_is_missing_and_the_visit_stands_for_its_time_point(visit):
    cohort, row = reference_cohort(), find_row(visit.line)
    timepoint = [t.months for t in cohort.protocol.timepoints].index(visit.months)

    assert pd.isna(cohort.tables["visits"][visit.item][find_row(visit.where_missing)])
    assert cohort.timepoints.visit[timepoint, cohort.states["patient"][row]] == row


@each_visit
def test_the_state_is_unknown_and_the_item_alone_decides_it(visit):
    cohort, row = reference_cohort(), find_row(visit.line)

    assert cohort.states[visit.endpoint][row] == 0
    assert state_with(visit, visit.speaks_for) == 1
    assert state_with(visit, visit.against) == -1


def state_with(visit, value):
    """The state at the visit, had the missing item been recorded so."""
    cohort = reference_cohort()
    visits = cohort.dataset.tables["visits"].copy()
    visits.loc[find_row(visit.where_missing), visit.item] = value
    dataset = replace(cohort.dataset, tables={**cohort.dataset.tables, "visits": visits})
    return derive_cohort(dataset, cohort.protocol).states[visit.endpoint][find_row(visit.line)]


@each_visit
def test_it_is_counted_as_unknown_in_the_attainment_of_its_time_point(visit):
    rows = attainment_of(visit)
    fates = ["n_assessed", "n_undecided", "n_missed", "n_stopped", "n_died", "n_lost"]

    assert (rows["n_due"] == 1).all()
    assert rows.loc["nri", fates].tolist() == [0, 1, 0, 0, 0, 0]


@each_visit
def test_only_imputation_puts_it_in_a_denominator(visit):
    rows = attainment_of(visit)

    assert rows.loc[["observed", "treatment_policy"], "n"].tolist() == [0, 0]
    assert rows.loc[["observed", "treatment_policy"], "proportion"].isna().all()
    assert rows.loc["nri", ["n", "responders"]].tolist() == [1, 0]


@each_visit
def test_no_criterion_is_said_to_have_failed(visit):
    cohort = reference_cohort()
    selection = only(cohort.states["patient"][find_row(visit.line)])
    table = estimate_obstacles(cohort, selection, visit.endpoint).table
    rows = table[table["timepoint_months"] == visit.months]

    assert (rows["n_not_attained"] == 0).all()
    assert (rows["n_failed"] == 0).all()
    assert (rows["n_undecided"] == 1).all()
