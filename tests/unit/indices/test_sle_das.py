import dataclasses

import numpy as np
import pytest

from lupus_outcomes.indices import sle_das
from tests.unit.indices.drawn import numbers, signs, three

INACTIVE = sle_das.SleDasInputs(
    flags={name: three("-") for name in sle_das.POINTS},
    localised_rash=three("-"),
    generalised_rash=three("-"),
    swollen_joints_28=numbers("0"),
    proteinuria_mg_24h=numbers("100"),
    platelets_10e9_l=numbers("250"),
    leukocytes_10e9_l=numbers("6"),
    proteinuria=three("-"),
    thrombocytopenia=three("-"),
    leukopenia=three("-"),
)


def drawn(flags=None, **changes):
    changed = {name: three(sign) for name, sign in (flags or {}).items()}
    return dataclasses.replace(INACTIVE, flags={**INACTIVE.flags, **changed}, **changes)


@pytest.mark.parametrize(
    ("inputs", "points"),
    [
        (drawn(), 0.366),
        (drawn(swollen_joints_28=numbers("3")), 4.860),
        (drawn({"low_complement": "+", "anti_dsdna": "+"}), 2.076),
        (drawn(proteinuria_mg_24h=numbers("500")), 0.366),
        (drawn(proteinuria_mg_24h=numbers("501")), 6.473),
        (drawn(platelets_10e9_l=numbers("50")), 4.654),
        (drawn(leukocytes_10e9_l=numbers("2")), 2.978),
        (drawn(localised_rash=three("+"), generalised_rash=three("+")), 4.253),
        (drawn({"systemic_vasculitis": "+"}), 18.366),
    ],
)
def test_points(inputs, points):
    assert sle_das.compute_sle_das(inputs).value == pytest.approx([points], abs=5e-4)


def test_a_missing_value_is_bounded_by_its_descriptor():
    absent = drawn(proteinuria_mg_24h=numbers("."), proteinuria=three("-"))
    present = drawn(proteinuria_mg_24h=numbers("."), proteinuria=three("+"))

    assert sle_das.compute_sle_das(absent).value == pytest.approx([0.366])
    assert sle_das.compute_sle_das(present).low == pytest.approx([0.366 + 6.1], abs=1e-3)
    assert np.isnan(sle_das.compute_sle_das(present).value)


def test_a_count_of_zero_scores_as_the_least_possible():
    none = drawn(leukocytes_10e9_l=numbers("0"))
    assert sle_das.compute_sle_das(none).value == pytest.approx(
        sle_das.compute_sle_das(drawn(leukocytes_10e9_l=numbers("0.1"))).value
    )


def test_a_rash_of_unknown_extent_lies_between_the_two():
    score = sle_das.compute_sle_das(drawn(localised_rash=three("+"), generalised_rash=three("?")))
    assert (score.high - score.low) == pytest.approx([3.887 - 3.138])


@pytest.mark.parametrize(
    ("points", "category"),
    [("2.08", "remission"), ("2.09", "mild"), ("7.64", "mild"), ("7.65", "moderate_severe")],
)
def test_categories_include_their_upper_limit(points, category):
    score = sle_das.Score(numbers(points), numbers(points))
    assert sle_das.CATEGORIES[sle_das.compute_category(score)[0]] == category


def test_a_category_is_unknown_when_the_bounds_span_two():
    assert sle_das.compute_category(sle_das.Score(numbers("2"), numbers("3"))) == [-1]


def test_states_need_their_dose_and_the_boolean_form_every_clinical_item_absent():
    alopecia = drawn({"alopecia": "+"})
    score = sle_das.compute_sle_das(alopecia)

    assert signs(sle_das.compute_remission(score, numbers("5"))) == "+"
    assert signs(sle_das.compute_remission(score, numbers("5.01"))) == "-"
    assert signs(sle_das.compute_low_disease_activity(score, numbers("7.5"))) == "+"
    assert signs(sle_das.compute_remission_boolean(alopecia, numbers("0"))) == "-"


def test_serology_is_allowed_in_boolean_remission_and_unknown_items_are_not_absent():
    serology = drawn({"low_complement": "+", "anti_dsdna": "?"})
    unknown = drawn({"myositis": "?"})

    assert signs(sle_das.compute_remission_boolean(serology, numbers("5"))) == "+"
    assert signs(sle_das.compute_remission_boolean(unknown, numbers("5"))) == "?"
    assert signs(sle_das.compute_remission_boolean(unknown, numbers("6"))) == "-"
