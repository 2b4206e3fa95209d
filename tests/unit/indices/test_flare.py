import dataclasses

import pytest

from lupus_outcomes.indices import flare
from tests.unit.indices.drawn import numbers, signs, three

QUIET = flare.FlareInputs(
    sledai_before=numbers("4"),
    sledai_now=numbers("4"),
    physician_ga_before=numbers("1"),
    physician_ga_now=numbers("1"),
    prednisone_before=numbers("5"),
    prednisone_after=numbers("5"),
    weight_kg=numbers("60"),
    severe_features=three("-"),
    mild_features=three("-"),
    new_severe_drug=three("-"),
    new_mild_drug=three("-"),
    admitted=three("-"),
)


def severity(variant="classic", severe_score="now>12 and rise>=3", **changes):
    drawn = {
        name: three(value) if value in "+-?" else numbers(value) for name, value in changes.items()
    }
    options = flare.FlareOptions(variant=variant, severe_score=severe_score)
    category = flare.compute_flare(dataclasses.replace(QUIET, **drawn), options)[0]
    return "unknown" if category < 0 else flare.SEVERITIES[category]


def test_nothing_happened():
    assert severity() == "none"


@pytest.mark.parametrize(
    ("before", "now", "expected"),
    [("4", "6", "none"), ("4", "7", "mild_moderate"), ("9", "12", "mild_moderate"),
     ("10", "13", "severe"), ("12", "13", "none")],
)  # fmt: skip
def test_score(before, now, expected):
    assert severity(sledai_before=before, sledai_now=now) == expected


def test_score_readings():
    crossing = {"sledai_before": "12", "sledai_now": "13"}
    jump = {"sledai_before": "8", "sledai_now": "14"}

    assert severity(**crossing, severe_score="literal_crossing") == "severe"
    assert severity(**jump, variant="bliss_modified") == "mild_moderate"
    assert severity(**jump, admitted="+", variant="bliss_modified") == "severe"
    assert severity(**jump, variant="no_score") == "none"


@pytest.mark.parametrize(
    ("before", "now", "expected"),
    [("1", "1.9", "none"), ("1.3", "2.3", "mild_moderate"), ("1.5", "2.5", "mild_moderate"),
     ("2.4", "2.6", "severe"), ("2.6", "2.6", "none"), ("1", ".", "unknown")],
)  # fmt: skip
def test_physician_global_assessment(before, now, expected):
    assert severity(physician_ga_before=before, physician_ga_now=now) == expected


def test_a_variant_without_the_global_assessment_does_not_miss_it():
    assert severity(physician_ga_now=".", variant="no_pga") == "none"


@pytest.mark.parametrize(
    ("dose", "weight", "expected"),
    [("30", "60", "mild_moderate"), ("35", "60", "severe"), ("15", ".", "mild_moderate"),
     ("60", ".", "severe"), ("30", ".", "unknown")],
)  # fmt: skip
def test_dose_against_half_a_milligram_per_kilogram(dose, weight, expected):
    assert severity(prednisone_after=dose, weight_kg=weight) == expected


def test_a_severe_feature_counts_only_with_a_severe_answer():
    assert severity(severe_features="+") == "none"
    assert severity(severe_features="+", prednisone_after="9.9") == "mild_moderate"
    assert severity(severe_features="+", prednisone_after="10") == "severe"
    assert severity(severe_features="+", admitted="+") == "severe"


def test_drugs_count_unless_the_variant_leaves_medication_out():
    assert severity(new_severe_drug="+") == "severe"
    assert severity(new_mild_drug="+") == "mild_moderate"
    assert severity(new_severe_drug="+", variant="clinical_only") == "none"


def test_a_biologic_is_severe_only_by_declared_extension():
    assert "anifrolumab" not in flare.FlareOptions().severe_drugs
    assert "anifrolumab" in flare.FlareOptions(new_biologic_is_severe=True).severe_drugs


def test_unknown_does_not_hide_a_severe_criterion_nor_become_no_flare():
    assert severity(sledai_before=".", admitted="+") == "severe"
    assert severity(sledai_before=".", mild_features="+") == "mild_moderate"
    assert severity(sledai_before=".", sledai_now="13", mild_features="+") == "unknown"
    assert severity(sledai_before=".") == "unknown"


def test_haemolysis_needs_a_fall_of_more_than_three_or_less_than_seven():
    anaemia, before = three("+ + + - +"), numbers("12 12.1 9 12 .")
    now = numbers("9 9 6.9 6 8")

    assert signs(flare.compute_haemolysis(anaemia, before, now)) == "- + + - ?"


def test_platelets_are_new_or_worse_below_sixty():
    before, now = numbers("60 55 50 80 ."), numbers("59 50 50 60 50")
    assert signs(flare.compute_new_or_worse_platelets(before, now)) == "+ + - - ?"
