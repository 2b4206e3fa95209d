"""Findings name the place and the way out on one line."""

import numpy as np
import pandas as pd
import pytest

from lupus_outcomes.data.findings import (
    Finding,
    as_mask,
    by_severity,
    find,
    query,
    row_numbers,
    rows_in_words,
)


def _finding(severity="query", rows=(4,), message="odd"):
    return Finding(severity, "rule", "visits", "rash", rows, message, "Mend it.")


def test_rows_are_numbered_as_in_a_spreadsheet():
    assert row_numbers(np.array([True, False, True])) == (2, 4)


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ((), ""),
        ((4,), ", row 4"),
        ((4, 9), ", rows 4, 9"),
        (tuple(range(2, 12)), ", rows 2, 3, 4, 5, 6, 7, 8, 9, 10, 11"),
        (tuple(range(2, 13)), ", rows 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 and 1 more"),
        (tuple(range(2, 5_000)), ", rows 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 and 4,988 more"),
    ],
)
def test_rows_in_words(rows, words):
    assert rows_in_words(rows) == words


def test_the_line_ends_each_sentence_once():
    assert _finding().line == "visits.rash, row 4: odd. Mend it."
    assert _finding(message="odd?").line == "visits.rash, row 4: odd? Mend it."


def test_errors_come_first_and_the_order_found_is_kept():
    found = [_finding("query", (2,)), _finding("error"), _finding("set_aside"), _finding()]
    assert [(f.severity, f.rows) for f in by_severity(found)] == [
        ("error", (4,)),
        ("set_aside", (4,)),
        ("query", (2,)),
        ("query", (4,)),
    ]


def test_no_bad_row_no_finding():
    assert find("error", "rule", "visits", "rash", np.array([False]), "odd") == ()


def test_unknown_is_not_bad():
    unknown = pd.Series([True, pd.NA, False], dtype="boolean")
    assert query("rule", "visits", "rash", unknown, "odd")[0].rows == (2,)
    assert as_mask(pd.Series([1.0, np.nan]) > 0).tolist() == [True, False]
