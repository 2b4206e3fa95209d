import numpy as np
import pytest

from lupus_outcomes.indices import patient_reported as pro
from tests.unit.indices.drawn import numbers, signs

FACIT, PAIN = pro.BY_COLUMN["facit_fatigue"], pro.BY_COLUMN["pain_vas"]


@pytest.mark.parametrize(("answer", "score"), [("0", 44), ("4", 8)])
def test_energy_and_usual_activities_are_not_reversed(answer, score):
    answers = np.repeat(numbers(answer), 13)[:, np.newaxis]
    assert pro.compute_facit_fatigue(answers) == [score]


def test_seven_of_thirteen_answers_are_prorated_and_six_are_too_few():
    answers = np.full((13, 2), np.nan)
    answers[:6] = 0
    answers[6, 0] = 4

    np.testing.assert_allclose(pro.compute_facit_fatigue(answers), [52, np.nan])


def test_half_of_a_lupusqol_domain_is_enough():
    answers = np.array([[4, 4], [2, np.nan], [np.nan, np.nan]])
    np.testing.assert_allclose(pro.compute_lupusqol_domain(answers), [75, np.nan])


def test_the_impact_tracker_is_prorated_to_a_hundred():
    answers = np.full((10, 2), 2.0)
    answers[7:, 0] = np.nan
    answers[6:, 1] = np.nan
    np.testing.assert_allclose(pro.compute_lupus_impact_tracker(answers), [50, np.nan])


def test_directions_differ():
    before, now = numbers("20 20 20"), numbers("24 23 .")

    assert signs(pro.compute_improved(FACIT, before, now)) == "+ - ?"
    assert signs(pro.compute_worsened(FACIT, now, before)) == "+ - ?"
    assert signs(pro.compute_improved(PAIN, numbers("60 60"), numbers("44.2 44.3"))) == "+ -"


def test_better_is_not_minus_worse():
    before, ten_up, ten_down = numbers("50"), numbers("60"), numbers("40")
    assert signs(pro.compute_worsened(PAIN, before, ten_up)) == "+"
    assert signs(pro.compute_improved(PAIN, before, ten_down)) == "-"


def test_a_trial_may_ask_for_another_change():
    assert signs(pro.compute_improved(FACIT, numbers("20"), numbers("23"), threshold=3)) == "+"


def test_patients_without_room_to_improve_can_be_left_out():
    before, now = numbers("48 49 50"), numbers("52 52 40")
    assert signs(pro.compute_improved(FACIT, before, now, leave_out_no_room=True)) == "+ ? ?"
    assert signs(pro.compute_improved(FACIT, before, now)) == "+ - -"


def test_pain_on_a_numeric_scale_counts_thirty_percent_too():
    scale = pro.BY_COLUMN["pain_nrs"]
    assert signs(pro.compute_improved(scale, numbers("5 8 0"), numbers("3.5 6.1 1"))) == "+ - ?"


def test_without_an_established_threshold_the_answer_is_unknown():
    tracker = pro.BY_COLUMN["lupus_impact_tracker"]
    assert signs(pro.compute_improved(tracker, numbers("80"), numbers("0"))) == "?"


def test_a_change_is_not_lost_in_binary():
    haq = pro.BY_COLUMN["haq_di"]
    assert signs(pro.compute_worsened(haq, numbers("0.44"), numbers("0.58"))) == "+"
