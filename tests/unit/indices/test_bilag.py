import numpy as np
import pytest

from lupus_outcomes.indices import bilag
from tests.unit.indices.drawn import grades, signs

D9 = "D " * 9


def test_points_and_their_bounds():
    score = bilag.compute_numeric_score(grades("A B C D E", "A ."))

    assert score.low.tolist() == [21, 12]
    assert score.high.tolist() == [21, 24]


def test_an_a_that_falls_to_b_is_not_a_new_b():
    new_b = bilag.count_new(grades("B B B B"), grades("A B C ."), bilag.B)
    assert (new_b.low, new_b.high) == ([1], [2])


@pytest.mark.parametrize(
    ("previous", "now", "flare", "graded"),
    [
        ("C C D", "B C D", "-", "mild"),
        ("C C D", "B B D", "+", "moderate"),
        ("B C D", "A C D", "+", "severe"),
        ("A C D", "A B D", "-", "mild"),
        ("D D D", "C C C", "-", "mild"),
        ("D D D", "C C D", "-", "none"),
        ("C C D", "B . D", "?", "unknown"),
        ("C C .", "B B B", "+", "moderate"),
        (". C D", "A B D", "?", "unknown"),
        (". C D", "B C D", "-", "unknown"),
    ],
)
def test_flares_against_the_previous_visit(previous, now, flare, graded):
    category = bilag.compute_graded_flare(grades(now), grades(previous))[0]

    assert signs(bilag.compute_flare(grades(now), grades(previous))) == flare
    assert graded == ("unknown" if category < 0 else bilag.FLARE_SEVERITIES[category])


def test_bicla_is_defined_with_an_a_or_b():
    assert signs(bilag.has_active_system(grades("C B", "C C", ". C", ". A"))) == "+ - ? +"


def test_never_involved_cannot_follow_involvement():
    queried = bilag.has_impossible_grade(grades("E", "E", "D", "E"), grades("C", "E", "E", "."))
    np.testing.assert_array_equal(queried, [True, False, False, False])
