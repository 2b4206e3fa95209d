import numpy as np
import pytest

from lupus_outcomes.indices import lldas
from lupus_outcomes.indices.sledai import compute_sledai_2k
from tests.unit.indices.drawn import descriptors, numbers, signs, three


def activity(visit, haemolysis="-", gut="-", **options):
    items = descriptors(visit)
    return signs(
        lldas.compute_activity_item(
            items,
            compute_sledai_2k(items),
            three(haemolysis),
            three(gut),
            lldas.LldasOptions(**options),
        )
    )


@pytest.mark.parametrize(
    ("visit", "state"),
    [
        ("leukopenia thrombocytopenia rash", "+"),
        ("arthritis leukopenia", "-"),
        ("fever", "-"),
        ("pericarditis", "-"),
        ("proteinuria", "-"),
        ("pyuria?", "?"),
        ("myositis", "+"),
        ("low_complement? anti_dsdna?", "+"),
        ("rash low_complement? anti_dsdna?", "?"),
        ("seizure rash?", "-"),
    ],
)
def test_item_1_low_activity_without_a_major_organ(visit, state):
    assert activity(visit) == state


def test_item_1_reads_what_is_no_descriptor():
    assert activity("", haemolysis="+") == "-"
    assert activity("", gut="?") == "?"
    assert activity("myositis", myositis_is_major=True) == "-"


@pytest.mark.parametrize(
    ("before", "now", "state"),
    [
        ("rash", "rash", "+"),
        ("", "rash", "-"),
        ("alopecia", "mucosal_ulcers", "-"),
        ("rash", "rash?", "+"),
        ("", "rash?", "?"),
        ("rash?", "rash", "?"),
        ("rash?", "", "+"),
        ("rash?", "rash fever", "-"),
    ],
)
def test_item_2_compares_sets_not_totals(before, now, state):
    item = lldas.compute_no_new_item(descriptors(now), descriptors(before), np.array([True]))
    assert signs(item) == state


def test_item_2_is_unknown_at_the_first_assessment():
    item = lldas.compute_no_new_item(descriptors(""), descriptors(""), np.array([False]))
    assert signs(item) == "?"


def test_item_2_sees_new_haemolysis_and_may_leave_serology_out():
    now = np.vstack([descriptors("low_complement", ""), three("- +")])
    before = np.vstack([descriptors("", ""), three("- -")])
    known = np.array([True, True])

    clinical = lldas.LldasOptions(new_activity="clinical_only")
    assert signs(lldas.compute_no_new_item(now, before, known)) == "- -"
    assert signs(lldas.compute_no_new_item(now, before, known, clinical)) == "+ -"


def test_items_3_and_4_are_inclusive():
    assert signs(lldas.compute_physician_ga_item(numbers("1 1.01 ."))) == "+ - ?"
    assert signs(lldas.compute_glucocorticoid_item(numbers("7.5 7.51 ."))) == "+ - ?"


@pytest.mark.parametrize(
    ("drug", "dose", "every_days", "state"),
    [
        ("methotrexate", "30", "7", "+"),
        ("methotrexate", "30", "1", "-"),
        ("azathioprine", "200", "1", "+"),
        ("azathioprine", "201", "1", "-"),
        ("hydroxychloroquine", "400", "2", "+"),
        ("leflunomide", ".", "1", "?"),
        ("belimumab", ".", "28", "+"),
        ("cyclophosphamide", "500", "14", "-"),
    ],
)
def test_item_5_ceilings(drug, dose, every_days, state):
    assert signs(lldas.compute_dose_in_limits(drug, numbers(dose), numbers(every_days))) == state


def test_item_5_ceiling_per_kilogram_needs_the_weight():
    weights = numbers("60 50 .")
    in_limits = lldas.compute_dose_in_limits(
        "ciclosporin", numbers("300 300 300"), numbers("1 1 1"), weights
    )
    assert signs(in_limits) == "+ - ?"


def test_item_5_excludes_an_investigational_drug():
    assert signs(lldas.compute_maintenance_item(three("+ + ?"), three("- + +"))) == "+ - -"


def test_all_five_items_are_required():
    parts = [three("+ + +")] * 4
    state = lldas.compute_lldas(lldas.LldasItems(*parts, maintenance=three("+ ? -")))

    assert signs(state) == "+ ? -"
    assert signs(lldas.compute_lldas5(state, numbers("5 5.01 5"))) == "+ - -"
