"""Recorded beside derived: a published kappa, and a cross table by hand."""

import numpy as np
import pytest

from lupus_outcomes.analysis.agreement import compute_kappa, estimate_agreement, is_recorded
from lupus_outcomes.derive.selection import select_patients
from tests.drawn import draw_cohort

DRAWN = """
    anna:
      0    lldas_recorded=no
      90   lldas_recorded=yes
      180  lldas_recorded=no
      270  dose=10 lldas_recorded=yes
      360  ga=? lldas_recorded=yes
      450
"""


def test_kappa_of_the_textbook_example():
    # Two readers of fifty proposals: 20 yes and yes, 15 no and no.
    assert compute_kappa(np.array([[20, 5], [10, 15]])) == pytest.approx(0.4)


def test_perfect_and_chance_agreement():
    assert compute_kappa(np.array([[7, 0], [0, 3]])) == pytest.approx(1)
    assert compute_kappa(np.array([[25, 25], [25, 25]])) == pytest.approx(0)


def test_agreement_that_could_not_have_been_otherwise_has_no_kappa():
    assert np.isnan(compute_kappa(np.array([[80, 0], [0, 0]])))
    assert np.isnan(compute_kappa(np.zeros((2, 2), dtype=np.int64)))


def test_each_visit_is_counted_once_where_it_belongs():
    cohort = draw_cohort(DRAWN)
    result = estimate_agreement(cohort, select_patients(cohort), "lldas")
    table = result.table.set_index("derived")

    assert table.loc["yes"].to_dict() == {
        "n_recorded_no": 1, "n_recorded_yes": 1, "n_not_recorded": 1
    }  # fmt: skip
    assert table.loc["no", "n_recorded_yes"] == 1
    # The first assessment cannot be told: nothing is there to compare activity with.
    assert table.loc["cannot be told"].tolist() == [1, 1, 0]
    assert "agree in 33 % (1 of 3" in result.finding
    assert "At 2 visits with a call" in result.finding


def test_flares_have_three_levels():
    cohort = draw_cohort("anna:\n 0\n 90 flare_recorded=severe\n 180 flare_recorded=none")
    table = estimate_agreement(cohort, select_patients(cohort), "flare").table

    assert table["derived"].tolist() == ["none", "mild or moderate", "severe", "cannot be told"]
    assert table.set_index("derived").loc["none"].tolist() == [1, 0, 1, 0]


def test_what_was_never_recorded_is_known():
    assert not is_recorded(draw_cohort("anna:\n 0"), "doris")
    assert is_recorded(draw_cohort(DRAWN), "lldas")
