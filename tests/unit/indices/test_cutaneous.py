import numpy as np

from lupus_outcomes.indices import cutaneous
from tests.unit.indices.drawn import numbers, signs


def test_a_malar_rash_with_hair_loss():
    erythema, scale = np.zeros((13, 1)), np.zeros((13, 1))
    erythema[cutaneous.AREAS.index("nose and malar")] = 3
    scale[cutaneous.AREAS.index("nose and malar")] = 1

    activity = cutaneous.compute_activity(
        erythema,
        scale,
        mucous_membrane=numbers("0"),
        recent_hair_loss=numbers("1"),
        alopecia=numbers("2"),
    )

    assert activity == [7]


def test_lasting_dyspigmentation_counts_double_and_an_unscored_area_leaves_no_score():
    pigment = np.zeros((13, 2))
    pigment[:3] = 1
    pigment[4, 1] = np.nan
    damage = cutaneous.compute_damage(
        pigment, np.array([True, True]), np.zeros((12, 2)), numbers("3 3")
    )

    np.testing.assert_array_equal(damage, [9, np.nan])


def test_largest_scores():
    assert (cutaneous.ACTIVITY_MAX, cutaneous.DAMAGE_MAX) == (70, 56)


def test_severity_bands():
    bands = cutaneous.compute_severity(numbers("0 9 10 20 21 70 ."))
    assert bands.tolist() == [0, 0, 1, 1, 2, 2, -1]


def test_half_is_enough_and_nothing_halves_from_zero():
    before, now = numbers("10 12 0 10 ."), numbers("5 7 0 . 3")

    assert signs(cutaneous.compute_clasi_50(before, now)) == "+ - ? ? ?"
    np.testing.assert_allclose(
        cutaneous.compute_percent_change(before, now), numbers("-50 -41.6667 . . ."), rtol=1e-5
    )


def test_improvement_is_four_points_or_a_fifth():
    before, now = numbers("40 10 10 21"), numbers("36 8 9 17")
    assert signs(cutaneous.compute_improvement(before, now)) == "+ + - +"


def test_trial_population_begins_at_ten():
    assert signs(cutaneous.is_trial_population(numbers("9 10 ."))) == "- + ?"
