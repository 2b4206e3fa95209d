"""Who could be judged at each time point, and what is missing at which visits."""

import pytest

from lupus_outcomes.analysis.attainment import estimate_attainment
from lupus_outcomes.analysis.completeness import describe_denominators
from lupus_outcomes.analysis.missing import describe_missing, describe_missing_by_centre
from lupus_outcomes.derive.selection import select_patients
from tests.drawn import draw_cohort
from tests.reference_cohort import reference_cohort

DRAWN = """
    judged: centre=West
      0    ga=1
      180
    undecided: centre=West
      0
      180  ga=?
    missed: centre=Main
      0    ga=?
    stopped: centre=Main stop=50/other
      180
    open: index=2026-06-15
      0
      100
    early: index=2027-01-01
      0
"""


@pytest.fixture(scope="module")
def cohort():
    return draw_cohort(DRAWN)


def test_everyone_is_counted_once_at_a_time_point(cohort):
    table = describe_denominators(cohort, select_patients(cohort), "doris").table
    at_6 = table[table["timepoint_months"] == 6].iloc[0]
    names = ["n", "n_due", "n_seen", "n_assessable", "n_undecided", "n_not_seen", "n_pending"]

    assert at_6[[*names, "n_not_due"]].tolist() == [6, 4, 2, 1, 1, 2, 1, 1]


@pytest.mark.parametrize("endpoint", ["doris", "lldas", "glucocorticoid_off", "clasi50"])
def test_it_agrees_with_attainment(endpoint):
    cohort = reference_cohort()
    selection = select_patients(cohort)
    ours = describe_denominators(cohort, selection, endpoint).table
    theirs = estimate_attainment(cohort, selection, (endpoint,), ("observed",)).table

    assert ours["n_due"].tolist() == theirs["n_due"].tolist()
    assert ours["n_assessable"].tolist() == theirs["n"].tolist()
    assert ours["n_undecided"].tolist() == theirs["n_undecided"].tolist()


def test_missing_cells_at_the_visits_of_time_points(cohort):
    table = describe_missing(cohort, select_patients(cohort)).table
    rows = table[table["column"] == "physician_ga"].set_index("timepoint")

    assert rows.loc["baseline", ["n_visits", "n_missing"]].tolist() == [5, 1]
    # Of patients due there: the visit whose window is still open is not among them.
    assert rows.loc["6 months", ["n_visits", "n_missing"]].tolist() == [3, 1]
    assert rows.loc["all visits", ["n_visits", "n_missing"]].tolist() == [9, 2]
    assert rows.loc["all visits", "proportion"] == pytest.approx(2 / 9)


def test_missing_cells_by_centre(cohort):
    table = describe_missing_by_centre(cohort, select_patients(cohort)).table
    rows = table[table["column"] == "physician_ga"].set_index("centre")

    assert rows.loc["West", ["n_visits", "n_missing"]].tolist() == [4, 1]
    assert rows.loc["Main", ["n_visits", "n_missing"]].tolist() == [2, 1]


def test_a_column_that_is_never_collected_is_named_not_counted(cohort):
    result = describe_missing(cohort, select_patients(cohort))

    assert "clasi_activity" not in set(result.table["column"])
    assert any("Never collected" in note for note in result.notes)
