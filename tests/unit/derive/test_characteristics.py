"""How patients are divided by what they were like at baseline."""

import numpy as np
import pytest

from tests.drawn import draw_cohort


def level_of(cohort, characteristic):
    """The level each patient belongs to; several joined with +."""
    found = cohort.characteristics[characteristic]
    return [
        "+".join(level for level, is_in in zip(found.levels, column, strict=True) if is_in)
        for column in found.members.T
    ]


def draw(*patients):
    """A patient each: what is told of the patient, then after ``|`` of the baseline visit."""
    parts = [told.partition("|") for told in patients]
    return draw_cohort("\n".join(f"p{n}: {a}\n0 {b}" for n, (a, _, b) in enumerate(parts)))


@pytest.mark.parametrize(
    ("characteristic", "told", "levels"),
    [
        (
            "age",
            ("age_years=29.9", "age_years=30", "age_years=59.9", "age_years=60", ""),
            ["below 30", "30-44", "45-59", "60 and over", "unknown"],
        ),
        (
            "baseline_dose",
            ("|dose=0", "|dose=0.5", "|dose=5", "|dose=5.1", "|dose=7.5", "|dose=10", "|dose=10.1"),
            ["none", "up to 5", "up to 5", "above 5 to 7.5", "above 5 to 7.5", "above 7.5 to 10",
             "above 10"],
        ),
        (
            "prior_biologics",
            ("prior_biologics=0", "prior_biologics=1", "prior_biologics=2", "prior_biologics=?"),
            ["none", "one", "two or more", "unknown"],
        ),
        (
            "disease_duration",
            ("diagnosis_date=0", "diagnosis_date=-730", "diagnosis_date=-731", "diagnosis_date=?"),
            ["below 2", "below 2", "2-4", "unknown"],
        ),
        ("sex", ("sex=female", "sex=male", ""), ["female", "male", "unknown"]),
        ("start_year", ("index=2020-12-31", "index=2021-01-01"), ["2020", "2021"]),
        ("low_complement", ("|low_complement", "|", "|low_complement=?"), ["yes", "no", "unknown"]),
        ("anti_ro", ("anti_ro=yes", "anti_ro=no", ""), ["yes", "no", "unknown"]),
        (
            "manifestation",
            ("|rash arthritis", "|alopecia", "|", "|seizure haematuria", "|rash=?"),
            ["skin+joints", "skin", "", "renal+neuropsychiatric", ""],
        ),
    ],
)  # fmt: skip
def test_levels(characteristic, told, levels):
    assert level_of(draw(*told), characteristic) == levels


def test_levels_keep_the_order_of_the_declaration_and_only_those_that_occur():
    cohort = draw("age_years=61", "age_years=20")

    assert cohort.characteristics["age"].levels == ("below 30", "60 and over")


def test_exclusive_levels_hold_each_patient_once_and_manifestations_say_they_overlap():
    cohort = draw("age_years=20 sex=female|rash arthritis", "|rash", "sex=male|")

    for found in cohort.characteristics.values():
        if found.overlaps:
            assert found.id == "manifestation"
        else:
            assert (found.members.sum(axis=0) == 1).all(), found.id


def test_a_characteristic_unknown_for_all_is_left_out():
    cohort = draw("", "")

    assert not {"sex", "age", "anti_ro", "smoking"} & set(cohort.characteristics)
    assert "manifestation" not in cohort.characteristics


def test_baseline_is_unknown_without_a_baseline_visit():
    cohort = draw_cohort("seen:\n 0 dose=5 rash\nlate:\n 1 dose=5 rash\nold:\n -92 dose=5 rash")

    assert level_of(cohort, "baseline_dose") == ["up to 5", "unknown", "unknown"]
    assert level_of(cohort, "manifestation") == ["skin", "", ""]
    np.testing.assert_array_equal(cohort.patients["baseline_sledai_2k"], [2, np.nan, np.nan])


def test_what_is_measured_at_baseline():
    cohort = draw(
        "weight_kg=50 diagnosis_date=-1461 slicc_damage_index=2|rash ga=1.5 dose=10 clasi=7"
    )
    patient = cohort.patients.iloc[0]

    assert patient["baseline_physician_ga"] == 1.5
    assert patient["baseline_clasi_activity"] == 7
    assert patient["baseline_prednisone_mg_kg_day"] == 0.2
    assert patient["baseline_slicc_damage_index"] == 2
    assert patient["disease_duration_years"] == 4


def test_the_damage_of_a_visit_comes_before_that_of_the_index_date():
    assert draw("slicc_damage_index=2|damage=3").patients["baseline_slicc_damage_index"][0] == 3
