from lupus_outcomes.indices import joints
from tests.unit.indices.drawn import numbers, signs


def test_both_counts_must_halve():
    # swollen and tender:  both | tender not | none at baseline | swollen missing, tender not
    response = joints.compute_joint_50(
        numbers("6 6 0 6"), numbers("8 8 8 8"), numbers("3 3 0 ."), numbers("4 5 4 5")
    )
    assert signs(response) == "+ - ? -"


def test_the_other_reading_counts_joints_both_swollen_and_tender():
    assert signs(joints.compute_active_joint_50(numbers("6 6"), numbers("3 4"))) == "+ -"


def test_the_trial_population_has_six_of_each():
    assert signs(joints.is_trial_population(numbers("6 5 ."), numbers("6 12 5"))) == "+ - -"
