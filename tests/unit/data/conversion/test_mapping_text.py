"""The text of a mapping: what it leaves open, and that answers go where they belong."""

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lupus_outcomes.data.conversion.draft import draft_mapping
from lupus_outcomes.data.conversion.mapping import parse_mapping
from lupus_outcomes.data.conversion.mapping_text import (
    OpenColumn,
    complete,
    list_mapped,
    list_open,
    list_unmapped,
    read_title,
)

EXPORT = Path(__file__).parents[3] / "data" / "inputs" / "cohort" / "redcap" / "export_raw.csv"
DRAFT = """\
# Draft of a mapping.
format = "redcap"
title = "export"
# TODO study = "nct07215754"  # mandatory: the id of the protocol
# TODO data_cut = 2026-06-30  # mandatory: nothing after this day counts

[patients]
patient_id = "record_id"  # the record
# TODO centre = "..."  # mandatory: no field was recognised
sex = { field = "sex", values = { 1 = "female", 2 = "male" } }  # the same name
# TODO sex: 9 is "Divers, \\"x\\""; one of female, male, other
# TODO smoking = { field = "smoke", values = { 0 = "?", 1 = "?" } }  # a known name; one of never
weight_kg = { field = "kg", scale = 0.1 }  # a known name
last_contact_date = { latest = ["eos", "visit_date"] }  # or the last visit

[[visits]]
visit_date = "visit_date"  # the same name
"""


class TestWhatIsOpen:
    def test_in_the_order_of_the_text(self):
        assert list_open(DRAFT) == (
            OpenColumn("", "study", reason="mandatory: the id of the protocol"),
            OpenColumn("", "data_cut", reason="mandatory: nothing after this day counts"),
            OpenColumn("patients", "centre", reason="mandatory: no field was recognised"),
            OpenColumn("patients", "sex", codes=(("9", 'Divers, "x"'),)),
            OpenColumn("patients", "smoking", "smoke", (("0", ""), ("1", "")), "a known name"),
        )

    def test_labels_join_the_codes_they_are_of(self):
        text = (
            '[patients]\n# TODO sex = { field = "s", values = { 1 = "?", 2 = "?" } }  # why\n'
            '# TODO sex: 1 is "Weiblich"; one of female, male, other\n'
        )
        (sex,) = list_open(text)
        assert sex.codes == (("1", "Weiblich"), ("2", ""))

    @pytest.mark.parametrize("line", ["# TODO", "# TODO x", "# TODO sex = {", "# TODO no = 1"])
    def test_a_line_that_asks_nothing_is_passed_over(self, line):
        assert list_open(f"[patients]\n{line}\n") == ()

    @pytest.mark.parametrize(
        "value",
        ["9" * 10_000, "[" * 5_000, "{ " + "a." * 50_000 + "a = 1 }"],
        ids=["too many digits", "too deep", "too many parts"],
    )
    def test_a_value_beyond_bounds_is_passed_over(self, value):
        text = f"[patients]\nsex = {value}\n# TODO smoking = {value}\n"
        assert list_mapped(text) == list_open(text) == ()
        assert complete(text, {("patients", "sex", "1"): "female"}) == text

    def test_a_label_that_is_no_text_is_shown_as_it_stands(self):
        (sex,) = list_open('[patients]\n# TODO sex: 1 is "a\\q"; one of female\n')
        assert sex.codes == (("1", '"a\\q"'),)


class TestAnswers:
    def test_go_into_their_lines(self):
        answers = {
            ("", "title", ""): "A registry",
            ("", "study", ""): "nct07000110",
            ("", "data_cut", ""): "2026-01-31",
            ("patients", "centre", ""): "site",
            ("patients", "sex", "9"): "other",
            ("patients", "smoking", "0"): "never",
            ("patients", "smoking", "1"): "unknown",
        }
        done = complete(DRAFT, answers)
        assert list_open(done) == ()
        made = tomllib.loads(done)
        assert (made["title"], made["study"], str(made["data_cut"])) == (
            "A registry", "nct07000110", "2026-01-31",
        )  # fmt: skip
        patients = made["patients"]
        assert patients["centre"] == "site"
        assert patients["sex"]["values"] == {"1": "female", "2": "male", "9": "other"}
        assert patients["smoking"] == {"field": "smoke", "values": {"0": "never", "1": ""}}
        assert patients["weight_kg"] == {"field": "kg", "scale": 0.1}

    def test_of_some_leave_the_rest_open(self):
        done = complete(DRAFT, {("patients", "sex", "9"): "other"})
        assert [one.column for one in list_open(done)] == [
            "study", "data_cut", "centre", "smoking",
        ]  # fmt: skip

    def test_none_change_nothing(self):
        assert complete(DRAFT, {}) == DRAFT

    @given(st.text(min_size=1).filter(lambda text: text.isprintable()))
    def test_whatever_a_title_holds_it_is_read_back(self, title):
        done = complete(DRAFT, {("", "title", ""): title})
        assert read_title(done) == title
        assert complete(done, {("", "title", ""): "export"}) == DRAFT


def test_a_drafted_mapping_parses_once_it_is_answered():
    text = draft_mapping(EXPORT).text
    answers = {("", "study", ""): "nct07215754", ("", "data_cut", ""): "2026-06-30"}
    answers |= {
        (one.table, one.column, code): one.words[0]
        for one in list_open(text)
        if one.codes
        for code, _ in one.codes
    }
    done = complete(text, answers)
    assert list_open(done) == ()
    assert parse_mapping(done, "mapping.toml").about["study"] == "nct07215754"


class TestSideBySide:
    def test_what_columns_are_made_of(self):
        made = {one.column: one.made_of for one in list_mapped(DRAFT)}
        assert made == {
            "patient_id": "record_id",
            "sex": "sex; 1 = female, 2 = male",
            "weight_kg": "kg; scale 0.1",
            "last_contact_date": "latest eos, visit_date",
            "visit_date": "visit_date",
        }

    def test_what_is_not_used(self):
        columns = ("record_id", "smoke", "initials", 'a "b"', "eos")
        assert list_unmapped(DRAFT, columns) == ("initials", 'a "b"')
