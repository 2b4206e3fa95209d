import numpy as np
import pytest

from lupus_outcomes.analysis.attainment import estimate_attainment
from lupus_outcomes.analysis.damage import NO_DOMAINS, estimate_damage
from lupus_outcomes.derive.selection import select_patients
from tests.drawn import draw_cohort
from tests.reference_cohort import reference_cohort

PATIENTS = """
    anna:
      0    damage=0
      180  damage=1
    bea:
      0    damage=2
      180  damage=1          # a fall is none: damage does not heal
    cleo:
      0    damage=1
      180  damage=?
    dora: slicc_damage_index=1
      0
      180  damage=3
    eva:
      0
      180  damage=0
    fay: stop=100/other
      0    damage=0
      180  damage=2
"""


@pytest.fixture(scope="module")
def cohort():
    return draw_cohort(PATIENTS)


def at_6(cohort, **how):
    table = estimate_damage(cohort, select_patients(cohort), **how).table
    return table[table["timepoint_months"] == 6].iloc[0]


def test_unknown_is_not_zero_and_damage_does_not_heal(cohort):
    at = at_6(cohort)

    assert at[["n_due", "n_with_visit", "n_assessed", "n_damage_gt0"]].tolist() == [6, 5, 4, 3]
    assert at[["n_paired", "n_accrual"]].tolist() == [3, 2]
    assert at["mean"] == pytest.approx((1 + 2 + 3 + 0) / 4)
    assert at["mean_change"] == pytest.approx((1 + 0 + 2) / 3)


def test_off_the_drug_counts_where_asked(cohort):
    at = at_6(cohort, handling="treatment_policy")
    assert at[["n_assessed", "n_damage_gt0", "n_paired", "n_accrual"]].tolist() == [5, 4, 4, 3]


def test_baseline_has_the_index_of_the_index_date(cohort):
    table = estimate_damage(cohort, select_patients(cohort)).table
    assert table.iloc[0][["n_due", "n_assessed", "n_damage_gt0"]].tolist() == [6, 5, 3]


def test_which_organ_is_said_not_to_be_collected(cohort):
    assert NO_DOMAINS in estimate_damage(cohort, select_patients(cohort)).notes


def test_without_any_index_there_is_a_sentence():
    cohort = draw_cohort("anna:\n 0\n 180")
    result = estimate_damage(cohort, select_patients(cohort))

    assert result.finding == "The damage index is not known for anyone."
    assert (result.table["n_assessed"] == 0).all()
    assert np.isnan(result.table["mean"]).all()


def test_accrual_agrees_with_attainment():
    cohort = reference_cohort()
    selection = select_patients(cohort)
    ours = estimate_damage(cohort, selection).table
    theirs = estimate_attainment(cohort, selection, ("damage_accrual",), ("observed",)).table
    both = ours.merge(theirs, on="timepoint_months", suffixes=("", "_attained"))

    assert len(both) == 7
    assert (both["n_due"] == both["n_due_attained"]).all()
    assert (both["n_paired"] == both["n"]).all()
    assert (both["n_accrual"] == both["responders"]).all()
