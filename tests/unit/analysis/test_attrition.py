"""Attrition: how many are left after each criterion, who left there, who could not be judged."""

import pytest

from lupus_outcomes.analysis.attrition import describe_attrition
from lupus_outcomes.derive.selection import parse_filters, select_patients
from tests.drawn import draw_cohort
from tests.reference_cohort import reference_cohort

FULL = "classification=SLICC-2012 consent_date=-9"
REGISTRY = f"""
    in_all: age_years=40 {FULL}
      0 rash
    child: age_years=17 {FULL}
      0 rash
    child_without_class: age_years=17 consent_date=-9
      0 rash
    unknown_age: {FULL}
      0 rash
    inactive: age_years=40 {FULL}
      0
      recorded active_disease=no
    withdrawn: age_years=40 {FULL} left=100
      0 rash
"""


def attrition(cohort, *filters):
    return describe_attrition(cohort, select_patients(cohort, parse_filters(filters)))


@pytest.fixture(scope="module")
def table():
    return attrition(draw_cohort(REGISTRY)).table


def test_counts_in_the_protocols_order(table):
    counts = table[["n_remaining", "n_excluded", "n_unknown"]].to_numpy().tolist()

    assert counts == [
        [6, 0, 0],  # enrolled
        [4, 2, 1],  # age: two children leave, one age is unknown
        [4, 0, 0],  # classification: the child without one has left before
        [4, 0, 0],  # consent
        [3, 1, 0],  # active disease
        [3, 0, 0],  # anifrolumab
        [2, 1, 0],  # consent withdrawn
    ]


def test_steps_are_numbered_and_named(table):
    assert table["step"].tolist() == list(range(7))
    assert table["criterion"].iloc[[0, -1]].tolist() == [
        "Enrolled by the data cut",
        "Consent not withdrawn",
    ]
    assert (table["study"] == "nct07215754").all()


def test_who_remains_never_grows_and_differs_by_who_left():
    for cohort in (reference_cohort(), draw_cohort(REGISTRY), draw_cohort("")):
        table = attrition(cohort).table
        fallen = -table["n_remaining"].diff().iloc[1:]

        assert (fallen == table["n_excluded"].iloc[1:]).all()
        assert (table["n_unknown"] <= table["n_remaining"]).all()


def test_an_exclusion_says_so():
    table = attrition(draw_cohort("anna: transplant=yes", "nct07000110")).table
    row = table[table["criterion"] == "Excluded if: Organ or marrow transplant"].iloc[0]

    assert row["n_excluded"] == 1


def test_a_filter_narrows_it():
    cohort = draw_cohort(REGISTRY.replace("child:", "child: sex=female"))

    assert attrition(cohort, "sex=female").table["n_remaining"].tolist() == [1, 0, 0, 0, 0, 0, 0]


def test_a_withdrawal_after_the_data_cut_is_not_known_yet():
    table = attrition(draw_cohort(REGISTRY, as_of=99)).table

    assert table["n_excluded"].iloc[-1] == 0


def test_the_finding_has_both_numbers():
    assert attrition(draw_cohort(REGISTRY)).finding.startswith("2 of 6 enrolled patients")


def test_who_is_analysed_is_said_as_it_is():
    """In nct07000110 who withdrew is analysed until then, though the last step counts them out."""
    text = "anna: age_years=17\nbea: left=100\ncleo:"
    registry, comparison = draw_cohort(text), draw_cohort(text, "nct07000110")

    assert attrition(registry).finding.endswith("by intention to treat: all 3 enrolled are in it.")
    assert attrition(comparison).table["n_remaining"].iloc[-1] == 1
    assert select_patients(comparison).n_patients == 2
    assert "until a withdrawal" in attrition(comparison).finding
