"""Whom a result is about: filters, groups, and what is said of them."""

import json

import pytest

from lupus_outcomes.derive.selection import normalise_filters, parse_filters, select_patients
from lupus_outcomes.errors import UsageError
from tests.drawn import draw_cohort


@pytest.fixture(scope="module")
def cohort():
    return draw_cohort("""
        anna: centre=West sex=female age_years=20
          0 rash arthritis
        bea: centre=West sex=female age_years=40
          0 rash
        carl: centre=Main sex=male age_years=50
          0
        dora: centre=Main sex=female
          0 arthritis
    """)


def names(cohort, *pairs):
    members = select_patients(cohort, parse_filters(pairs)).members
    return cohort.patients["patient_id"][members].tolist()


@pytest.mark.parametrize(
    ("filters", "left"),
    [
        ((), ["anna", "bea", "carl", "dora"]),
        (("centre=West",), ["anna", "bea"]),
        (("centre=West", "centre=Main"), ["anna", "bea", "carl", "dora"]),
        (("centre=Main", "sex=female"), ["dora"]),
        (("age=unknown",), ["dora"]),
        (("manifestation=skin", "manifestation=joints"), ["anna", "bea", "dora"]),
        (("centre=West", "sex=male"), []),
    ],
)
def test_any_level_of_one_characteristic_all_characteristics_together(cohort, filters, left):
    assert names(cohort, *filters) == left


def test_filtering_does_not_change_what_comes_next(cohort):
    select_patients(cohort, parse_filters(["centre=West"]))

    assert select_patients(cohort).n_patients == 4


def test_groups_begin_with_all(cohort):
    selection = select_patients(cohort, parse_filters(["sex=female"]), group="centre")

    assert [(g.group, g.level, int(g.members.sum())) for g in selection.groups] == [
        ("all", "all", 3),
        ("centre", "Main", 1),
        ("centre", "West", 2),
    ]
    assert selection.group_label == "Centre"
    assert not selection.groups_overlap


def test_manifestations_overlap(cohort):
    assert select_patients(cohort, group="manifestation").groups_overlap


def test_in_words(cohort):
    selection = select_patients(cohort, parse_filters(["sex=female", "centre=West", "centre=Main"]))

    assert selection.words == "Centre: Main or West; Sex: female"
    assert select_patients(cohort).words == "all patients"


def test_the_order_in_which_filters_are_given_does_not_matter(cohort):
    one = select_patients(cohort, (("sex", ("female",)), ("centre", ("West", "Main"))))
    other = select_patients(cohort, (("centre", ("Main", "West", "Main")), ("sex", ("female",))))

    assert one.filters == other.filters
    assert one.words == other.words
    assert one.canonical == other.canonical


def test_canonical_filters_are_json_sorted_by_name(cohort):
    canonical = select_patients(cohort, parse_filters(["sex=female", "centre=West"])).canonical

    assert canonical == '{"centre": ["West"], "sex": ["female"]}'
    assert json.loads(select_patients(cohort).canonical) == {}


def test_empty_filters_are_none():
    assert normalise_filters({"sex": ()}) == ()


@pytest.mark.parametrize(
    ("pair", "message"),
    [
        ("height=tall", "There is no characteristic height .* Use one of: centre, sex, "),
        ("sex=other", "sex has no level other. Use one of: female, male"),
        ("sex", "write COLUMN=VALUE"),
    ],
)
def test_a_mistake_names_the_way_out(cohort, pair, message):
    with pytest.raises(UsageError, match=message):
        names(cohort, pair)


def test_a_grouping_that_is_not_there_names_the_way_out(cohort):
    with pytest.raises(UsageError, match="There is no characteristic height"):
        select_patients(cohort, group="height")
