"""What stood in the way of a state: each criterion that failed, alone or with others."""

import pytest

from lupus_outcomes.analysis.obstacles import PARTS, describe_undecided, estimate_obstacles
from lupus_outcomes.derive.selection import select_patients
from tests.drawn import draw_cohort
from tests.reference_cohort import reference_cohort

DRAWN = """
    attained:
      0
      180
    dose_alone:
      0
      180  dose=10
    dose_and_global:
      0
      180  dose=10 ga=2
    dose_but_global_unknown:
      0
      180  dose=10 ga=?
    undecided:
      0
      180  ga=?
    off_drug: stop=100/other
      0
      180  dose=10
    missed:
      0
    not_due: index=2026-10-01
      0
      100  dose=10
"""


def at_6(endpoint, text=DRAWN):
    cohort = draw_cohort(text)
    table = estimate_obstacles(cohort, select_patients(cohort), endpoint).table
    return table[table["timepoint_months"] == 6].set_index("criterion")


@pytest.mark.parametrize(
    ("endpoint", "dose", "physician_global"),
    [
        ("doris", "prednisone above 5 mg/day", "physician global 0.5 or more"),
        ("lldas", "prednisone above 7.5 mg/day", "physician global above 1"),
    ],
)
def test_alone_or_with_others(endpoint, dose, physician_global):
    rows = at_6(endpoint)

    assert (rows["n_seen"] == 5).all()
    assert (rows["n_not_attained"] == 3).all()
    assert (rows["n_undecided"] == 1).all()
    assert rows.loc[dose, ["n_failed", "n_alone", "n_unknown"]].tolist() == [3, 1, 0]
    assert rows.loc[physician_global, ["n_failed", "n_alone", "n_unknown"]].tolist() == [1, 0, 2]
    assert rows.loc[dose, "proportion_failed"] == 1
    assert rows.loc[dose, "proportion_alone"] == pytest.approx(1 / 3)


def test_what_did_not_fail_is_0():
    rows = at_6("lldas").drop(index=["prednisone above 7.5 mg/day", "physician global above 1"])

    assert (rows[["n_failed", "n_alone"]] == 0).all(axis=None)


@pytest.mark.parametrize("endpoint", PARTS)
def test_in_the_cohort_nobody_misses_without_a_criterion_that_failed(endpoint):
    cohort = reference_cohort()
    selection = select_patients(cohort)
    table = estimate_obstacles(cohort, selection, endpoint).table
    totals = table.groupby("timepoint_months")[["n_failed", "n_alone"]].sum()
    first = table.groupby("timepoint_months")[["n_not_attained", "n_undecided", "n_seen"]].first()

    assert (totals["n_failed"] >= first["n_not_attained"]).all()
    assert (totals["n_alone"] <= first["n_not_attained"]).all()
    assert (first["n_not_attained"] + first["n_undecided"] <= first["n_seen"]).all()


@pytest.mark.parametrize("endpoint", PARTS)
def test_undecided_visits_are_a_third_kind(endpoint):
    cohort = reference_cohort()
    table = describe_undecided(cohort, select_patients(cohort), endpoint).table
    kinds = table[["n_attained", "n_not_attained", "n_undecided"]]

    assert (kinds.sum(axis=1) == table["n_seen"]).all()
    assert (kinds["n_undecided"] > 0).any()
