"""Decimal marks are told by their column, never guessed."""

import numpy as np
import pandas as pd
import pytest

from lupus_outcomes.data.numbers_text import (
    detect_decimal_mark,
    detect_file_mark,
    parse_numbers,
)

NAN = np.nan


@pytest.mark.parametrize(
    ("cells", "mark"),
    [
        (["12.5", "3"], "."),
        (["0,15", ""], ","),
        (["1,250.5"], "."),
        (["1.250,5"], ","),
        (["1,250,000"], "."),
        (["1.250.000"], ","),
        (["1,250"], None),
        (["1.250"], "."),
        (["1", "2"], None),
        (["1.5", "1,5"], None),
        (["", ""], None),
    ],
)
def test_the_decimal_mark_of_a_column(cells, mark):
    assert detect_decimal_mark(pd.Series(cells)) == mark


@pytest.mark.parametrize(
    ("cells", "numbers"),
    [
        (["1", "-2.5", "+3", "", " 4 ", "1e3", ".5", "5."], [1, -2.5, 3, NAN, 4, 1000, 0.5, 5]),
        (["0,15", "1,250"], [0.15, 1.25]),
        (["0,150", "2"], [0.15, 2]),
        (["3.5", "1,250"], [3.5, 1250]),
        (["1,250.5", "1,250"], [1250.5, 1250]),
        (["1.250,5", "1.250"], [1250.5, 1250]),
        (["1.250"], [1.25]),
        (["1,250,000"], [1_250_000]),
        (["1.5", "1,5"], [1.5, 1.5]),
        (["2,5e-3"], [0.0025]),
    ],
)
def test_numbers_are_read_with_their_columns_mark(cells, numbers):
    parsed = parse_numbers(pd.Series(cells))
    np.testing.assert_array_equal(parsed.values, numbers)
    assert not parsed.is_not_number.any()


@pytest.mark.parametrize(
    "cell",
    ["inf", "nan", "-inf", "<5", "> 3", "5 mg", "1_000", "0x1F", "1,2,3", "1e999", "+", "--1"],
)
def test_what_is_no_number_is_refused(cell):
    parsed = parse_numbers(pd.Series(["1.5", cell, ""]))
    assert parsed.is_not_number.tolist() == [False, True, False]
    assert np.isnan(parsed.values).tolist() == [False, True, True]
    assert not parsed.is_ambiguous.any()


@pytest.mark.parametrize(
    ("cells", "file_mark", "expected"),
    [
        (["1,250", "3"], None, [NAN, 3]),
        (["1,250", "3"], ".", [NAN, 3]),
        (["1,250", "3"], ",", [1.25, 3]),
        (["1.250", "3"], ",", [NAN, 3]),
        (["1.250", "3"], ".", [1.25, 3]),
        (["1.5", "1,5", "1,250", "1.250"], None, [1.5, 1.5, NAN, NAN]),
    ],
)
def test_an_ambiguous_thousand_needs_a_witness(cells, file_mark, expected):
    parsed = parse_numbers(pd.Series(cells), file_mark=file_mark)
    np.testing.assert_array_equal(parsed.values, expected)
    np.testing.assert_array_equal(parsed.is_ambiguous, np.isnan(expected))
    np.testing.assert_array_equal(parsed.is_not_number, parsed.is_ambiguous)


def test_missing_cells_are_unknown():
    parsed = parse_numbers(pd.Series(["1", None, "2,5"], dtype=object))
    np.testing.assert_array_equal(parsed.values, [1, NAN, 2.5])


def test_a_files_mark_must_be_unanimous():
    assert detect_file_mark([None, ",", ","]) == ","
    assert detect_file_mark([".", ","]) is None
    assert detect_file_mark([None]) is None


def test_numbers_are_exact():
    numbers = np.random.default_rng(7).normal(size=5_000)
    parsed = parse_numbers(pd.Series([repr(float(number)) for number in numbers]))
    assert (parsed.values == numbers).all()
