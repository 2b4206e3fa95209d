"""Cells become the dictionary's types, or unknown with a finding that shows no value."""

import numpy as np
import pandas as pd
import pytest

from lupus_outcomes.data.typed import type_table


def _type(table: str, **columns: list[str]):
    return type_table(table, pd.DataFrame(columns, dtype=object))


def _wrong(typed, rule="wrong_type"):
    return [(f.severity, f.table, f.column, f.rows) for f in typed.findings if f.rule == rule]


def test_booleans_in_any_case_and_empty_is_unknown():
    words = ["true", "TRUE", "1", "Yes", "yes", "false", "False", "0", "NO", ""]
    typed = _type("visits", rash=words)
    assert typed.frame["rash"].dtype == "boolean"
    assert typed.frame["rash"].tolist() == [True] * 5 + [False] * 4 + [pd.NA]
    assert typed.findings == ()


@pytest.mark.parametrize("word", ["2", "ja", "present", "1.0", "x", "-1", "T"])
def test_other_words_are_no_boolean(word):
    typed = _type("visits", rash=["yes", word])
    assert typed.frame["rash"].isna().tolist() == [False, True]
    assert _wrong(typed) == [("set_aside", "visits", "rash", (3,))]


@pytest.mark.parametrize(
    "word",
    [
        "2024-03-01",
        "2024-3-1",
        "2024-03-01 00:00:00",
        "2024-03-01T10:30",
        "2024-03-01T00:00:00Z",
    ],
)
def test_dates_with_or_without_a_time_of_day(word):
    typed = _type("infusions", infusion_date=[word])
    assert typed.frame["infusion_date"].tolist() == [pd.Timestamp("2024-03-01")]
    assert typed.findings == ()


@pytest.mark.parametrize(
    "word",
    [
        "31/12/2024", "12/31/2024", "31.12.2024", "2024-13-01", "2024-02-30", "20241231",
        "2024-12", "2024", "45657", "45657.5", "today", "now", "NaT", "UNK-12-2024", "0204-12-31",
        "31-Dec-2024", "1899-12-31", "2200-01-01", "2262-04-11", "2024/12/31", "soon",
    ],
)  # fmt: skip
def test_other_ways_to_write_a_date_are_no_date(word):
    typed = _type("infusions", infusion_date=["2024-12-31", word])
    assert typed.frame["infusion_date"].isna().tolist() == [False, True]
    assert _wrong(typed) == [("error", "infusions", "infusion_date", (3,))]


@pytest.mark.parametrize("word", ["inf", "-inf", "nan", "<5", "5 mg", "1e999", "NA", "1_000"])
def test_what_is_no_number(word):
    typed = _type("visits", platelets_10e9_l=["250", word])
    assert np.isnan(typed.frame["platelets_10e9_l"].iloc[1])
    assert _wrong(typed) == [("set_aside", "visits", "platelets_10e9_l", (3,))]


def test_a_mandatory_column_is_refused_where_another_is_set_aside():
    typed = _type("infusions", dose_mg=["300", "much"], route=["iv", "iv"])
    assert _wrong(typed) == [("error", "infusions", "dose_mg", (3,))]


def test_a_number_that_can_be_read_in_two_ways_is_not_read():
    typed = _type("visits", proteinuria_mg_24h=["250", "1,250"])
    assert _wrong(typed) == []
    assert _wrong(typed, "ambiguous_number") == [
        ("set_aside", "visits", "proteinuria_mg_24h", (3,))
    ]
    assert np.isnan(typed.frame["proteinuria_mg_24h"].iloc[1])


def test_decimal_commas_are_noted():
    typed = _type("visits", physician_ga=["0,5", "1,25"], prednisone_mg_day=["7,5", "10"])
    assert typed.frame["physician_ga"].tolist() == [0.5, 1.25]
    assert typed.notes == ("visits: decimal comma read in physician_ga, prednisone_mg_day",)
    assert typed.findings == ()


def test_a_comma_among_points_is_read_and_queried():
    typed = _type("visits", physician_ga=["0.5", "1,2"], proteinuria_mg_24h=["12.5", "1,250.5"])
    assert typed.frame["physician_ga"].tolist() == [0.5, 1.2]
    assert typed.frame["proteinuria_mg_24h"].tolist() == [12.5, 1250.5]
    assert _wrong(typed, "odd_separator") == [
        ("query", "visits", "physician_ga", (3,)),
        ("query", "visits", "proteinuria_mg_24h", (3,)),
    ]


def test_codes_in_any_case_and_unknown_ones_left_for_the_check():
    typed = _type("patients", sex=["Female", "MALE", "other", "f", ""])
    assert typed.frame["sex"].tolist() == ["female", "male", "other", "f", pd.NA]
    assert typed.findings == ()


def test_defaults_fill_empty_cells_only():
    typed = _type("infusions", route=["", "SC", "oral"])
    assert typed.frame["route"].tolist() == ["iv", "sc", "oral"]


@pytest.mark.parametrize("text", ["ZÃ¼rich", "MalmÃ¶", "â€“ none", "Z\ufffdrich"])
def test_text_decoded_twice_is_queried(text):
    typed = _type("patients", centre=["Zürich – São João", text])
    assert _wrong(typed, "garbled_text") == [("query", "patients", "centre", (3,))]
    assert typed.frame["centre"].iloc[1] == text


def test_other_columns_are_left_out():
    typed = _type("flares", patient_id=["P1"], initials=["AB"])
    assert list(typed.frame) == ["patient_id"]


def test_no_finding_shows_a_value():
    columns = {
        name: ["CANARY-7531"]
        for name in ("rash", "visit_date", "physician_ga", "rash_extent", "patient_id")
    }
    for finding in _type("visits", **columns).findings:
        assert "7531" not in finding.line
