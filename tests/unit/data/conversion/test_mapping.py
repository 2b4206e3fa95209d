"""A mapping that cannot be meant is refused in one line that names file, section and key."""

from datetime import date
from pathlib import Path

import pytest

from lupus_outcomes.data.conversion.mapping import parse_mapping, read_mapping
from lupus_outcomes.data.conversion.mapping_column import ColumnMapping, Condition
from lupus_outcomes.errors import MappingError, UnreadableError

INPUTS = Path(__file__).parents[3] / "data" / "inputs"
TOP = """
format = "redcap"
title = "T"
study = "nct07215754"
data_cut = 2026-06-30
"""
PATIENTS = """
[patients]
patient_id = "id"
centre = "site"
index_date = "start"
last_contact_date = "end"
"""
VISITS = """
[visits]
visit_date = "visit"
"""
WHOLE = TOP + PATIENTS + VISITS


def test_the_worked_example():
    mapping = read_mapping(INPUTS / "cohort" / "redcap" / "mapping.toml")
    assert mapping.patient_field == "record_id"
    assert mapping.missing_codes == ("-99", "NASK")
    assert mapping.about == {
        "title": "Independent cohort 1",
        "study": "nct07215754",
        "data_cut": date(2026, 6, 30),
        "synthetic": True,
    }
    tables = {table.table: table for table in mapping.tables}
    assert tables["treatments"].is_per_record
    assert tables["infusions"].instrument == "infusion"
    assert not tables["infusions"].is_per_record
    rash = next(column for column in tables["visits"].columns if column.column == "rash")
    assert rash == ColumnMapping(
        "rash",
        "field",
        ("sledai___15",),
        unknown_when=Condition("sledai_na___15"),
        form="sledai",
    )


def test_what_dataset_toml_will_say():
    text = WHOLE.replace("2026-06-30", '"2026-06-30"').replace(
        "[patients]",
        """
synthetic = false
dates_shifted = true
[assume]
investigational_drug = false
treatments_complete = true
[patients]""",
    )
    assert parse_mapping(text, "m.toml").about == {
        "title": "T",
        "study": "nct07215754",
        "data_cut": date(2026, 6, 30),
        "dates_shifted": True,
        "assume": {"investigational_drug": False, "treatments_complete": True},
    }


def test_patient_id_may_be_repeated_but_not_changed():
    parse_mapping(WHOLE + 'patient_id = "id"', "m.toml")
    with pytest.raises(MappingError, match=r"\[visits\], patient_id: is another field"):
        parse_mapping(WHOLE + 'patient_id = "other"', "m.toml")


REFUSED_TOPS = {
    "no TOML": ("format = redcap", "m.toml: Invalid value"),
    "lacking": ('format = "redcap"', "m.toml: lacks title, study, data_cut"),
    "adam": (WHOLE.replace("redcap", "adam"), "m.toml, format: ADaM is not converted yet"),
    "format": (WHOLE.replace("redcap", "redcup"), "m.toml, format: 'redcup' .*Did you mean redcap"),
    "word": ("titel = 'x'\n" + WHOLE, "m.toml, titel: is not a word .* Did you mean title"),
    "table": (WHOLE + "[visit]\n", "m.toml, visit: is not a word .* Did you mean visits"),
    "no visits": (TOP + PATIENTS, r"m.toml: lacks the section \[visits\]"),
    "data_cut": (WHOLE.replace("2026-06-30", '"June"'), "m.toml, data_cut: is not a date"),
    "synthetic": ("synthetic = 'yes'\n" + WHOLE, "m.toml, synthetic: is neither true nor false"),
    "codes": ("missing_codes = '-99'\n" + WHOLE, "m.toml, missing_codes: is not a list"),
    "assume": (WHOLE + "[assume]\nrash = false", r"m.toml, \[assume\], rash: "),
    "assume value": (WHOLE + "[assume]\ntreatment_stable = 0", "treatment_stable: is neither"),
    "no section": ("flares = 1\n" + WHOLE, r"m.toml, \[flares\]: is not a section"),
    "two patients": (
        WHOLE.replace("[patients]", "[[patients]]")
        + PATIENTS.replace("[patients]", "[[patients]]"),
        r"m.toml, \[patients\]: is there twice",
    ),
    "id made of": (WHOLE.replace('"id"', '{ constant = "1" }'), r"\[patients\], patient_id: must"),
    "no id": (WHOLE.replace('patient_id = "id"', ""), r"\[patients\], patient_id: must"),
    "lacking column": (WHOLE.replace('centre = "site"', ""), r"\[patients\]: lacks centre"),
}


@pytest.mark.parametrize("case", REFUSED_TOPS)
def test_the_top_and_the_sections_are_checked(case: str):
    text, words = REFUSED_TOPS[case]
    with pytest.raises(MappingError, match=words) as refusal:
        parse_mapping(text, "m.toml")
    assert "\n" not in str(refusal.value)


REFUSED_LINES = {
    "unknown column": ('rahs = "x"', "rahs: is in no table .* Did you mean rash"),
    "number": ("rash = 1", "rash: is neither a field nor a table"),
    "unknown word": ('rash = { feild = "x" }', "rash: 'feild' is not a word .* Did you mean field"),
    "no source": ('rash = { form = "x" }', "rash: needs exactly one of field, constant"),
    "two sources": ('rash = { field = "x", constant = "1" }', "rash: needs exactly one of"),
    "wrong kind": (
        'rash = { count = ["x"] }',
        "rash: is a boolean column, which count cannot make",
    ),
    "modifier": (
        'rash = { any = ["x"], values = { 1 = "true" } }',
        "rash: values does not go with any. It goes with field",
    ),
    "code": (
        'rash_extent = { constant = "wide" }',
        "rash_extent: 'wide' .* one of none, localised",
    ),
    "meaning": ('rash = { field = "x", values = { 1 = "ill" } }', "rash: 'ill' cannot stand"),
    "other": ('rash = { field = "x", values = {}, other = "maybe" }', "rash: 'maybe' cannot stand"),
    "date": ('visit_date = { constant = "soon" }', "visit_date: 'soon' cannot stand .* a date"),
    "ticked": (
        'rash_extent = { first_ticked = { a = "broad" } }',
        "rash_extent: 'broad' cannot stand",
    ),
    "ticked list": ('rash_extent = { first_ticked = ["a"] }', "first_ticked is no table of boxes"),
    "any": ('rash = { any = "x" }', "rash: any is no list of fields"),
    "field": ("rash = { field = 1 }", "rash: field is not text"),
    "values": ('rash = { field = "x", values = 1 }', "rash: values is no table"),
    "scale": ('sledai_2k = { field = "x", scale = "2" }', "sledai_2k: '2' is no number"),
    "scale_when": ('sledai_2k = { field = "x", scale_when = "u" }', "scale_when needs field and"),
    "decimal": ('sledai_2k = { field = "x", decimal = ";" }', "sledai_2k: ';' is no decimal mark"),
    "condition": ('rash = { field = "x", when = 1 }', "rash: is not a condition"),
    "condition test": ('rash = { field = "x", when = { field = "y" } }', "rash: needs one of is, "),
    "rows_when": ("rows_when = 1", "rows_when: is not a condition"),
    "each": ('each = "visit"', "each: 'visit' is not a word"),
    "events": ('events = "base"', "events: is not a list"),
}


@pytest.mark.parametrize("case", REFUSED_LINES)
def test_every_line_is_checked_against_the_dictionary(case: str):
    line, words = REFUSED_LINES[case]
    text = WHOLE.replace('visit_date = "visit"', "") if "visit_date" in line else WHOLE
    with pytest.raises(MappingError, match=words) as refusal:
        parse_mapping(text + line, "m.toml")
    assert str(refusal.value).startswith("m.toml, [visits], ")
    assert "\n" not in str(refusal.value)


def test_a_missing_or_undecodable_file_is_one_line(tmp_path: Path):
    with pytest.raises(UnreadableError, match="No such file"):
        read_mapping(tmp_path / "absent.toml")
    (tmp_path / "m.toml").write_bytes(b"title = '\xff'")
    with pytest.raises(MappingError, match=r"m\.toml is not UTF-8"):
        read_mapping(tmp_path / "m.toml")


def test_a_byte_order_mark_is_no_key(tmp_path: Path):
    (tmp_path / "m.toml").write_bytes(b"\xef\xbb\xbf" + WHOLE.encode())
    assert read_mapping(tmp_path / "m.toml").format == "redcap"
