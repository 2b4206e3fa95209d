import numpy as np

from lupus_outcomes.indices import infusions, safety
from tests.unit.indices.drawn import numbers, signs, three


def test_one_criterion_makes_an_event_serious():
    #          none | admitted | unknown | unknown but fatal
    criteria = np.stack([three("- - - +"), three("- - ? ?"), three("- + - -")])
    assert signs(safety.compute_serious(criteria)) == "- + ? +"


def test_treatment_emergent_includes_both_ends():
    onset, first, last = numbers("-1 0 196 197 ."), numbers("0 0 0 0 0"), numbers("168 " * 5)

    assert signs(safety.compute_treatment_emergent(onset, first, last)) == "- + + - ?"
    washout = safety.compute_treatment_emergent(onset, first, last, safety.WASHOUT_DAYS)
    assert signs(washout) == "- + + + ?"


def test_early_is_up_to_180_days():
    assert signs(safety.compute_early(numbers("180 181 ."), numbers("0 0 0"))) == "+ - ?"


def test_a_serious_infection_needs_an_infection():
    infection, admitted = three("+ - + +"), three("+ + - ?")
    none = three("- - - -")
    assert signs(safety.compute_serious_infection(infection, admitted, none, none)) == "+ - - ?"


def test_fourteen_days_between_infusions_are_enough():
    assert signs(infusions.is_too_soon(numbers("13 14 ."))) == "+ - ?"
