from datetime import date

import numpy as np
import pytest

from lupus_outcomes.indices import damage
from tests.unit.indices.drawn import numbers


def test_forty_one_items_in_twelve_domains_sum_to_47():
    assert len(damage.ITEM_MAXIMA) == 41
    assert len(damage.DOMAIN_MAXIMA) == 12
    assert damage.LARGEST == 47


def test_damage_never_heals_and_a_missing_index_is_not_zero():
    #                   one patient | the next
    recorded = numbers("2 3 2 . 4     0 . 1")
    starts = np.array([1, 0, 0, 0, 0, 1, 0, 0], dtype=bool)

    running = damage.compute_running_damage(recorded, starts)

    np.testing.assert_array_equal(running, numbers("2 3 3 . 4 0 . 1"))
    assert damage.is_falling(recorded, starts).nonzero()[0].tolist() == [2]


@pytest.mark.parametrize(
    ("running", "accrual"),
    [
        ("0 . 1", damage.Accrual(0, 2)),
        ("0 0 . 1 1", damage.Accrual(1, 3)),
        ("1 1 1", None),
        (". 0 1", None),
        ("0", None),
    ],
)
def test_accrual_lies_between_two_assessments(running, accrual):
    assert damage.find_accrual(numbers(running)) == accrual


@pytest.mark.parametrize(
    ("dates", "points"),
    [([], 0), ([date(2023, 1, 10)], 1), ([date(2023, 1, 10), date(2023, 2, 15)], 1),
     ([date(2023, 1, 10), date(2023, 7, 9)], 1), ([date(2023, 7, 10), date(2023, 1, 10)], 2),
     ([date(2023, 8, 31), date(2024, 2, 29)], 2)],
)  # fmt: skip
def test_a_second_event_counts_after_six_months(dates, points):
    assert damage.compute_item_score(dates, "cerebrovascular_accident") == points


def test_an_item_that_cannot_repeat_scores_once():
    twice = [date(2020, 1, 1), date(2023, 1, 1)]
    assert damage.compute_item_score(twice, "cataract") == 1
    assert damage.compute_damage_index({"cataract": 2, "diabetes": 1}) == 2


def test_end_stage_renal_disease_stands_for_the_other_renal_items():
    renal = {"gfr_below_50": 1, "proteinuria_3_5_g": 1, "end_stage_renal_disease": 1}

    assert damage.compute_damage_index(renal) == 3
    assert damage.compute_damage_index(renal, end_stage_replaces=("proteinuria_3_5_g",)) == 4
    assert damage.compute_damage_index({**renal, "end_stage_renal_disease": 0}) == 2
