import numpy as np
import pytest

from lupus_outcomes.indices import glucocorticoid
from lupus_outcomes.indices.doris import GLUCOCORTICOID_LIMIT_MG_DAY
from tests.unit.indices.drawn import numbers, signs


@pytest.mark.parametrize(("drug", "mg"), glucocorticoid.EQUIVALENT_TO_5_MG.items())
def test_equivalents_are_exact_at_the_remission_limit(drug, mg):
    dose = glucocorticoid.compute_prednisone_equivalent(drug, numbers(str(mg)))
    assert dose <= GLUCOCORTICOID_LIMIT_MG_DAY
    assert dose == [5.0]


def test_a_drug_without_equivalence_has_none():
    assert np.isnan(glucocorticoid.compute_prednisone_equivalent("budesonide", numbers("9")))


@pytest.mark.parametrize(
    ("baseline", "weeks", "doses", "state"),
    [
        (10, "40 44 48 52", "7.5 7.5 7.5 7.5", "+"),
        (15, "40 44 48 52", "7.5 7.5 10 7.5", "-"),
        (15, "36 44 52", "7.5 5 5", "+"),
        (15, "36 44 52", "10 5 5", "-"),
        (15, "44 48 52", "5 5 5", "?"),
        (15, "40 44 48 52", "5 . 5 5", "?"),
        (15, "40 44 48 52", "5 . 8 5", "-"),
        (15, "12 24", "5 5", "?"),
        (7.5, "40 52", "5 5", "?"),
        (np.nan, "40 52", "5 5", "?"),
    ],
)
def test_sustained_taper_of_tulip(baseline, weeks, doses, state):
    taper = glucocorticoid.compute_sustained_taper(baseline, numbers(weeks), numbers(doses))
    assert signs(taper) == state


def test_cumulative_dose_counts_pulses_apart():
    segments = numbers("10 7.5 5"), numbers("28 28 28")
    assert glucocorticoid.compute_cumulative_dose(*segments) == 630
    assert glucocorticoid.compute_pulse_dose([("methylprednisolone", 500, 3)]) == 1875


def test_alternate_days_are_averaged():
    assert glucocorticoid.compute_mean_daily_dose(10, every_days=2) == 5


def test_new_attainment_leaves_out_who_was_there_already():
    baseline, now = numbers("10 10 5 . 10"), numbers("5 5.01 0 0 .")
    assert signs(glucocorticoid.compute_new_attainment(baseline, now, 5.0)) == "+ - ? ? ?"


def test_a_pulse_is_recent_for_28_days():
    assert signs(glucocorticoid.is_recent_pulse(numbers("10 28 29 ."))) == "+ + - ?"
