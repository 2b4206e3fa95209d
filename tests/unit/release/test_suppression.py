"""No hidden count can be had from the others: by hand, and by a solver on random tables."""

import numpy as np
import pandas as pd
import pytest

from lupus_outcomes.release.hiding import find_hidden
from lupus_outcomes.release.suppression import Cells, Sum, hide_cells
from tests.proofs.disclosure import COVERED, PARTS, SHARES, prove


def cells_of(whole, *parts):
    counts = np.array([whole, *parts], dtype=np.float64)
    everywhere, nowhere = np.ones(len(counts), bool), np.zeros(len(counts), bool)
    sums = (Sum(0, tuple(range(1, len(counts)))),)
    return Cells(counts, sums, is_told=everywhere, is_fixed=nowhere, hides_none=nowhere)


def hidden_of(whole, *parts):
    return hide_cells(cells_of(whole, *parts), np.zeros(len(parts) + 1, bool)).tolist()


def test_a_small_part_that_rounding_protects_is_hidden_alone():
    # 180 may be 178 to 182 and 175 may be 173 to 177: the rest may be 1 to 9.
    assert hidden_of(180, 175, 5) == [False, False, True]


def test_a_small_part_that_subtraction_would_narrow_takes_another_with_it():
    # 178 and 180 are both released as 180: the rest would be at most 4.
    assert hidden_of(180, 178, 2) == [False, True, True]


def test_the_smallest_other_part_is_hidden():
    assert hidden_of(62, 40, 20, 2) == [False, False, True, True]


def test_a_part_is_hidden_with_its_whole():
    table = pd.DataFrame(
        {"endpoint": ["a"], "group": ["all"], "level": ["all"], "n": [6], "r": [0]}
    )
    assert find_hidden(table, SHARES).to_numpy().all()


@pytest.mark.parametrize(
    ("responders", "are_hidden"),
    [
        pytest.param((10, 20), False, id="none is small"),
        pytest.param((3, 20), True, id="one is small"),
        pytest.param((10, 57), True, id="what is left of one is small"),
    ],
)
def test_levels_are_compared_all_or_none(responders, are_hidden):
    n = (60, 60)
    table = pd.DataFrame(
        {
            "endpoint": "a",
            "group": ["all", "g", "g"],
            "level": ["all", "x", "y"],
            "n": [sum(n), *n],
            "r": [sum(responders), *responders],
        }
    )
    hidden = find_hidden(table, SHARES)

    assert hidden["r"].tolist() == [False, are_hidden, are_hidden]
    assert not hidden["n"].any()


def test_levels_that_would_tell_the_whole_more_closely_are_not_compared():
    # Released as 65 and 55, that is 120; all are 115.
    table = pd.DataFrame(
        {
            "endpoint": "a",
            "group": ["all", "g", "g"],
            "level": ["all", "x", "y"],
            "n": [116, 63, 53],
            "r": [0, 0, 0],
        }
    )
    assert find_hidden(table, SHARES)["n"].tolist() == [False, True, True]


def test_parts_of_a_whole_known_elsewhere_are_tied():
    table = pd.DataFrame({"part": ["a", "b"], "whole": 180, "n": [178, 2]})

    assert find_hidden(table, PARTS)["n"].all()


def test_of_two_kinds_of_event_a_hidden_one_cannot_be_had_from_the_other():
    # Of any 18 to 22 and other 8 to 12: a hidden kind would be at least 6.
    table = pd.DataFrame(
        {
            "part": ["any", "a", "b"],
            "group": "all",
            "level": "all",
            "people": [18, 12, 7],
            "events": [40, 30, 10],
        }
    )
    assert find_hidden(table, COVERED)["people"].tolist() == [False, True, True]


@pytest.mark.slow
@pytest.mark.parametrize("what", ["tables", "pairs"])
def test_a_solver_finds_no_small_count(what):
    found = prove(what, 60, seed=3)

    assert found["small counts"] > 60
    assert not found["small counts shown"]
    assert not found["narrowed"]
    assert not found["derivable"]
