"""What each word of a mapping does, on exports of a few rows."""

from pathlib import Path

import pytest

from lupus_outcomes.data.conversion.export import open_export
from lupus_outcomes.data.conversion.mapping import parse_mapping
from lupus_outcomes.data.conversion.redcap import Converted, convert_export
from lupus_outcomes.errors import MappingError, UnreadableError

HEAD = """
format = "redcap"
title = "T"
study = "nct07215754"
data_cut = 2026-06-30
missing_codes = ["-99"]
"""
PATIENTS = """
[patients]
patient_id = "id"
centre = { constant = "West" }
index_date = "start"
last_contact_date = "end"
"""
VISITS = """
[visits]
visit_date = "visit"
"""
# Two records; the skin form of the first one's second visit was never opened.
EXPORT = """
id,redcap_event_name,redcap_repeat_instrument,redcap_repeat_instance,start,end,sex,enrol_complete,\
visit,kind,visit_complete,rash___1,rash___2,rash____99,dose,unit,skin_complete,drug,since,drug_complete
A,enrol,,,2024-01-01,2024-12-31,1,2,,,,,,,,,,,,
A,base,,,,,,,2024-01-02,1,2,1,0,0,5,1,2,,,
A,month,,,,,,,2024-02-02,2,0,0,0,0,,,0,,,
A,log,drug,1,,,,,,,,,,,,,,mtx,2024-01-05,2
A,log,drug,2,,,,,,,,,,,,,,,,2
B,enrol,,,2024-03-01,2024-11-30,7,2,,,,,,,,,,,,
B,base,,,,,,,2024-03-02 10:15,1,2,0,1,0,-99,2,2,,,
B,month,,,,,,,2024-04-02,3,2,0,0,1,2500,2,1,,,
B,log,drug,1,,,,,,,,,,,,,,aza,2024-03-05,2
"""


def _convert(folder: Path, *sections: str, export: str = EXPORT, head: str = HEAD) -> Converted:
    (folder / "export.csv").write_text(export.lstrip())
    mapping = parse_mapping("\n".join([head, *sections]), "m.toml")
    return convert_export(open_export(folder / "export.csv"), mapping)


def _visits(folder: Path, *lines: str, **other: str) -> Converted:
    return _convert(folder, PATIENTS, VISITS + "\n".join(lines), **other)


def _cells(converted: Converted, table: str, column: str) -> list[str]:
    return converted.tables[table][column].tolist()


def test_rows_with_a_date_are_visits_and_the_time_of_day_goes(tmp_path: Path):
    converted = _visits(tmp_path)
    assert _cells(converted, "visits", "patient_id") == ["A", "A", "B", "B"]
    assert _cells(converted, "visits", "visit_date") == [
        "2024-01-02",
        "2024-02-02",
        "2024-03-02",
        "2024-04-02",
    ]


def test_events_narrow_the_rows_and_one_without_rows_is_said(tmp_path: Path):
    converted = _visits(tmp_path, 'events = ["base", "year"]')
    assert len(converted.tables["visits"]) == 2
    assert "no row of the event year" in converted.notes


@pytest.mark.parametrize(
    ("condition", "kept"),
    [
        ('{ field = "kind", is = ["1", 2] }', 3),
        ('{ field = "kind", is_not = 1 }', 2),
        ('{ field = "dose", at_least = 100 }', 1),
        ('"rash___1"', 1),
    ],
)
def test_rows_when(tmp_path: Path, condition: str, kept: int):
    assert len(_visits(tmp_path, f"rows_when = {condition}").tables["visits"]) == kept


def test_a_box_is_unknown_where_nobody_opened_its_form(tmp_path: Path):
    converted = _visits(tmp_path, 'rash = "rash___1"', 'alopecia = "rash___2"')
    assert _cells(converted, "visits", "rash") == ["true", "", "false", ""]
    assert _cells(converted, "visits", "alopecia") == ["false", "", "true", ""]


def test_form_asks_for_a_complete_form(tmp_path: Path):
    converted = _visits(tmp_path, 'sledai_2k = { field = "kind", form = "skin" }')
    # Of the second and the last the form is not opened, and unverified.
    assert _cells(converted, "visits", "sledai_2k") == ["1", "", "1", ""]


def test_unknown_when_and_when(tmp_path: Path):
    converted = _visits(
        tmp_path,
        'sledai_2k = { field = "kind", unknown_when = "rash___2" }',
        'clinical_sledai = { field = "kind", when = { field = "kind", is_not = 2 } }',
    )
    assert _cells(converted, "visits", "sledai_2k") == ["1", "2", "", "3"]
    assert _cells(converted, "visits", "clinical_sledai") == ["1", "", "1", "3"]


def test_any_count_and_first_ticked(tmp_path: Path):
    converted = _visits(
        tmp_path,
        'rash = { any = ["rash___1", "rash___2"] }',
        'swollen_joints_28 = { count = ["rash___1", "rash___2"] }',
        'rash_extent = { first_ticked = { rash___2 = "generalised", rash___1 = "localised" } }',
    )
    assert _cells(converted, "visits", "rash") == ["true", "", "true", ""]
    assert _cells(converted, "visits", "swollen_joints_28") == ["1", "", "1", ""]
    assert _cells(converted, "visits", "rash_extent") == ["localised", "", "generalised", ""]


def test_none_ticked_is_not_unopened(tmp_path: Path):
    export = EXPORT.replace("2024-02-02,2,0,0,0,0,,,0", "2024-02-02,2,0,0,0,0,,,2")
    line = 'rash_extent = { first_ticked = { rash___1 = "localised" }, none_ticked = "none" }'
    converted = _visits(tmp_path, line, export=export)
    assert _cells(converted, "visits", "rash_extent") == ["localised", "none", "none", ""]


def test_scale_and_scale_by_a_unit(tmp_path: Path):
    converted = _visits(
        tmp_path,
        'proteinuria_mg_24h = { field = "dose", scale = 1000 }',
        'haemoglobin_g_dl = { field = "dose", scale_when = { field = "unit", '
        "values = { 1 = 1, 2 = 0.001 } } }",
    )
    assert _cells(converted, "visits", "proteinuria_mg_24h") == ["5000", "", "", "2500000"]
    assert _cells(converted, "visits", "haemoglobin_g_dl") == ["5", "", "", "2.5"]


def test_a_unit_without_a_scale_is_reported(tmp_path: Path):
    line = (
        'haemoglobin_g_dl = { field = "dose", scale_when = { field = "unit", values = { 1 = 1 } } }'
    )
    converted = _visits(tmp_path, line)
    assert _cells(converted, "visits", "haemoglobin_g_dl") == ["5", "", "", ""]
    (finding,) = converted.findings
    assert (finding.rule, finding.rows) == ("unlisted_code", (9,))


def test_scaling_leaves_no_binary_dust(tmp_path: Path):
    export = EXPORT.replace(",5,1,2,,,", ",126,1,2,,,")
    converted = _visits(
        tmp_path, 'haemoglobin_g_dl = { field = "dose", scale = 0.1 }', export=export
    )
    assert _cells(converted, "visits", "haemoglobin_g_dl")[0] == "12.6"


def test_codes_outside_values_are_unknown_and_reported_without_the_value(tmp_path: Path):
    patients = PATIENTS + 'sex = { field = "sex", values = { 1 = "female" } }'
    converted = _convert(tmp_path, patients, VISITS)
    assert _cells(converted, "patients", "sex") == ["female", ""]
    (finding,) = converted.findings
    assert (finding.severity, finding.table, finding.column) == ("set_aside", "patients", "sex")
    assert finding.rows == (7,)
    assert "7" not in finding.message


def test_other_takes_the_codes_not_listed_but_not_the_empty_ones(tmp_path: Path):
    line = 'flare_recorded = { field = "dose", values = { 5 = "severe" }, other = "none" }'
    converted = _visits(tmp_path, line)
    assert _cells(converted, "visits", "flare_recorded") == ["severe", "", "", "none"]
    assert converted.findings == ()


def test_latest_over_the_rows_of_a_record(tmp_path: Path):
    patients = PATIENTS.replace('"end"', '{ latest = ["start", "visit", "since"] }')
    converted = _convert(tmp_path, patients, VISITS)
    assert _cells(converted, "patients", "last_contact_date") == ["2024-02-02", "2024-04-02"]


def test_a_record_has_the_first_value_of_each_field(tmp_path: Path):
    patients = PATIENTS + 'weight_kg = "dose"\nage_years = "kind"'
    converted = _convert(tmp_path, patients, VISITS)
    assert converted.tables["patients"][["weight_kg", "age_years"]].to_numpy().tolist() == [
        ["5", "1"],
        ["2500", "1"],
    ]


def test_rows_when_chooses_records_and_their_rows_everywhere(tmp_path: Path):
    patients = PATIENTS + 'rows_when = { field = "sex", is = 1 }'
    drugs = '[treatments]\ninstrument = "drug"\ndrug = "drug"\nstart_date = "since"'
    converted = _convert(tmp_path, patients, VISITS, drugs)
    for table in converted.tables.values():
        assert set(table["patient_id"]) == {"A"}


def test_an_instruments_empty_instance_is_no_row(tmp_path: Path):
    drugs = '[treatments]\ninstrument = "drug"\ndrug = "drug"\nstart_date = "since"'
    converted = _convert(tmp_path, PATIENTS, VISITS, drugs)
    assert converted.tables["treatments"].to_numpy().tolist() == [
        ["A", "mtx", "2024-01-05"],
        ["B", "aza", "2024-03-05"],
    ]


def test_treatments_without_an_instrument_are_one_row_a_record_or_each_row(tmp_path: Path):
    drugs = '[treatments]\ndrug = { constant = "anifrolumab" }\nstart_date = "start"'
    assert len(_convert(tmp_path, PATIENTS, VISITS, drugs).tables["treatments"]) == 2
    visits = '[treatments]\neach = "row"\ndrug = { constant = "pulse" }\nstart_date = "visit"'
    assert len(_convert(tmp_path, PATIENTS, VISITS, visits).tables["treatments"]) == 4


def test_several_sections_make_one_table(tmp_path: Path):
    sample = '[[samples]]\nsample_date = "visit"\nunit = { constant = "u" }\n'
    first = sample + 'analyte = { constant = "a" }\nvalue = "dose"'
    second = sample + 'analyte = { constant = "b" }\nvalue = "kind"\nbelow_limit = "rash___1"'
    samples = _convert(tmp_path, PATIENTS, VISITS, first, second).tables["samples"]
    assert samples["analyte"].tolist() == ["a"] * 2 + ["b"] * 4
    assert samples["below_limit"].tolist() == ["", "", "true", "", "false", ""]


def test_a_decimal_mark_can_be_said(tmp_path: Path):
    export = EXPORT.replace(",5,1,2,,,", ',"1,250",1,2,,,')
    line = 'prednisone_mg_day = "dose"'
    converted = _visits(tmp_path, line, export=export)
    assert _cells(converted, "visits", "prednisone_mg_day") == ["", "", "", "2500"]
    (finding,) = converted.findings
    assert (finding.rule, finding.rows) == ("ambiguous_decimal", (3,))
    said = _visits(tmp_path, 'prednisone_mg_day = { field = "dose", decimal = "," }', export=export)
    assert _cells(said, "visits", "prednisone_mg_day") == ["1.25", "", "", "2500"]


def test_values_that_do_not_fit_the_column_are_unknown_and_reported(tmp_path: Path):
    export = EXPORT.replace("2024-11-30", "30/11/2024").replace(",5,1,2,,,", ",<5,1,2,,,")
    converted = _visits(tmp_path, 'prednisone_mg_day = "dose"', export=export)
    assert [(f.table, f.column, f.rows) for f in converted.findings] == [
        ("patients", "last_contact_date", (7,)),
        ("visits", "prednisone_mg_day", (3,)),
    ]
    assert all("<5" not in f.line and "30/11" not in f.line for f in converted.findings)


def test_dates_may_have_a_form_of_their_own(tmp_path: Path):
    export = "id,start,end,visit\nA,31/12/2023,1/5/2024,05/01/2024 08:30\n"
    head = HEAD.replace("redcap", "table") + 'date_format = "%d/%m/%Y"\n'
    converted = _convert(tmp_path, PATIENTS, VISITS, export=export, head=head)
    assert converted.tables["patients"].iloc[0].tolist()[1:] == ["West", "2023-12-31", "2024-05-01"]
    assert _cells(converted, "visits", "visit_date") == ["2024-01-05"]


def test_a_flat_table_repeats_its_patients(tmp_path: Path):
    export = "id,start,end,visit,sex\n" + "".join(
        f"A,2024-01-01,2024-06-30,2024-0{month}-01,1\n" for month in (1, 2, 3)
    )
    head = HEAD.replace("redcap", "table")
    converted = _convert(tmp_path, PATIENTS, VISITS, export=export, head=head)
    assert (len(converted.tables["patients"]), len(converted.tables["visits"])) == (1, 3)
    with pytest.raises(UnreadableError, match="rows 2, 3, 4: the same id twice"):
        _convert(tmp_path, PATIENTS, VISITS, export=export)


def test_a_row_without_a_record_is_refused(tmp_path: Path):
    with pytest.raises(UnreadableError, match=r"export\.csv, row 7: no id"):
        _visits(tmp_path, export=EXPORT.replace("B,enrol", ",enrol"))


def test_visits_without_a_date_are_left_out_and_that_is_said(tmp_path: Path):
    converted = _visits(
        tmp_path, 'sledai_2k = "kind"', export=EXPORT.replace("2024-02-02,2", "-99,2")
    )
    assert len(converted.tables["visits"]) == 3
    assert "visits, row 4: left out, no visit_date" in converted.notes


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('rash = "rahs___1"', r"\[visits\], rash: 'rahs___1' is no field .* Did you mean rash___1"),
        ('rash = { field = "rash___1", form = "viist" }', "rash: the form viist has no column"),
        ('rash = { field = "rash___1", when = "nobody" }', "rash: 'nobody' is no field"),
        ('rows_when = "nobody"', "rows_when: 'nobody' is no field"),
        ('instrument = "drugs"', "instrument: 'drugs' is no instrument .* Did you mean drug"),
    ],
)
def test_a_mapping_that_does_not_fit_names_the_place(tmp_path: Path, line: str, words: str):
    with pytest.raises(MappingError, match=words) as refusal:
        _visits(tmp_path, line)
    assert str(refusal.value).startswith("m.toml, [visits], ")
    assert "\n" not in str(refusal.value)


def test_instruments_and_events_need_their_columns(tmp_path: Path):
    export = "id,start,end,visit\nA,2024-01-01,2024-06-30,2024-01-01\n"
    for line in ('instrument = "drug"', 'events = ["base"]'):
        with pytest.raises(MappingError, match="has no column redcap_"):
            _visits(tmp_path, line, export=export)
