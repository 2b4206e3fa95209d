"""The second export, with its fourteen traps.

1. the key of a row has four columns
2. an unticked box is not a form that nobody opened
3. boxes of codes with a minus are called ``field____99``
4. codes stand inside numbers: NASK, NAVU, -99
5. one column alone has a decimal comma
6. C3 is in mg/dL at one centre and in g/L at the others
7. the ``<`` of a result stands in a field of its own
8. names of groups are cut at 18 characters, and one record is in no group
9. terms begin with + and with −
10. initials and date of birth are identifiers
11. one adverse event has no start
12. one death has no later visit, and one visit is no visit: it was missed
13. labels live in the data dictionary only
14. there are totals of SLEDAI but no descriptors, and complement without a laboratory's limit
"""

from pathlib import Path

import pandas as pd
import pytest

from lupus_outcomes.data.conversion.convert import convert
from lupus_outcomes.data.conversion.export import open_export
from lupus_outcomes.data.conversion.mapping import parse_mapping, read_mapping
from lupus_outcomes.data.conversion.redcap import Converted, convert_export
from lupus_outcomes.data.read import examine_dataset
from lupus_outcomes.dictionary import columns_with_role
from lupus_outcomes.errors import MappingError, UnreadableError

pytestmark = pytest.mark.slow

EXAMPLE = Path(__file__).parents[3] / "data" / "inputs" / "redcap-example"
MAPPING = read_mapping(EXAMPLE / "mapping.toml")
RAW = EXAMPLE / "export_raw.csv"
COMPANIONS = ("data_dictionary.csv", "dags.csv", "missing_data_codes.csv")


@pytest.fixture(scope="module")
def converted() -> Converted:
    """The tables made of the raw export."""
    return convert_export(open_export(RAW), MAPPING)


@pytest.fixture(scope="module")
def raw() -> pd.DataFrame:
    """The raw export as text."""
    return pd.read_csv(RAW, dtype=str, keep_default_na=False)


def _edited(folder: Path, edit, companions=COMPANIONS) -> Path:
    """A copy of the export with one change, and its companions beside it."""
    frame = pd.read_csv(RAW, dtype=str, keep_default_na=False)
    edit(frame)
    frame.to_csv(folder / "export.csv", index=False)
    for name in companions:
        (folder / name).write_bytes((EXAMPLE / name).read_bytes())
    return folder / "export.csv"


def _with(section: str, line: str):
    """The mapping with one more line in a section."""
    return parse_mapping(
        MAPPING.text.replace(f"[{section}]\n", f"[{section}]\n{line}\n", 1), "m.toml"
    )


def _of(table: pd.DataFrame, patient: str) -> pd.Series:
    return table.set_index("patient_id").loc[patient]


def test_every_row_finds_its_table(converted: Converted):
    assert {name: len(table) for name, table in converted.tables.items()} == {
        "patients": 24,
        "visits": 91,
        "infusions": 36,
        "treatments": 9,
        "flares": 15,
        "adverse_events": 36,
        "samples": 90 + 91 + 91,
    }


def test_01_rows_of_instruments_are_told_apart_by_the_whole_key(
    converted: Converted, raw: pd.DataFrame
):
    # The safety log of a record has an adverse event 1 and an infusion 1.
    assert raw.duplicated(["record_id", "redcap_event_name", "redcap_repeat_instance"]).any()
    assert (converted.tables["infusions"]["infusion_date"] != "").all()
    assert (converted.tables["adverse_events"]["term"] != "").all()


def test_01_a_repeated_key_is_refused(tmp_path: Path):
    def repeat(frame: pd.DataFrame) -> None:
        frame.loc[8, "redcap_repeat_instance"] = frame.loc[7, "redcap_repeat_instance"]

    with pytest.raises(UnreadableError, match=r"export\.csv, rows 9, 10: the same record_id, "):
        convert_export(open_export(_edited(tmp_path, repeat)), MAPPING)


def test_02_boxes_of_an_unopened_form_are_unknown(raw: pd.DataFrame):
    unopened = raw[(raw["treatment_complete"] == "0") & (raw["immsup___mmf"] == "0")]
    assert unopened["record_id"].tolist() == ["3-1"]
    mapping = parse_mapping(MAPPING.text.replace("baseline_arm_1", "month_3_arm_1"), "m.toml")
    patients = convert_export(open_export(RAW), mapping).tables["patients"]
    assert _of(patients, "3-1")["immunosuppressant"] == ""
    assert (patients["immunosuppressant"] == "").sum() == 1
    assert (patients["immunosuppressant"] == "none").any()


def test_02_a_form_saved_as_incomplete_was_opened(tmp_path: Path):
    def save_incomplete(frame: pd.DataFrame) -> None:
        is_row = (frame["record_id"] == "1-2") & (frame["redcap_event_name"] == "baseline_arm_1")
        frame.loc[is_row, "treatment_complete"] = "0"

    export = open_export(_edited(tmp_path, save_incomplete))
    patients = convert_export(export, MAPPING).tables["patients"]
    assert _of(patients, "1-2")["immunosuppressant"] == "none"


def test_03_a_ticked_box_of_a_missing_code_makes_the_field_unknown(
    converted: Converted, tmp_path: Path
):
    def tick(frame: pd.DataFrame) -> None:
        frame.loc[0, "prior_bio____99"] = "1"

    before = _of(converted.tables["patients"], "1-1")
    assert (before["prior_biologics"], before["prior_belimumab"]) == ("0", "false")
    after = convert_export(open_export(_edited(tmp_path, tick)), MAPPING).tables["patients"]
    assert (_of(after, "1-1")[["prior_biologics", "prior_belimumab"]] == "").all()
    # NASK was ticked for this one from the start.
    asked = _of(converted.tables["patients"], "1-5")
    assert (asked[["prior_biologics", "prior_belimumab"]] == "").all()


def test_03_a_code_with_a_minus_can_be_mapped(tmp_path: Path):
    mapping = _with("patients", 'transplant = "organ_ever____99"')
    patients = convert_export(open_export(RAW), mapping).tables["patients"]
    assert (patients["transplant"] == "true").sum() == 1


def test_04_codes_inside_numbers_are_unknown(converted: Converted, raw: pd.DataFrame):
    visits = converted.tables["visits"]
    assert (raw["facit_f"] == "-99").sum() == 4
    assert (visits.loc[visits["patient_id"] == "1-3", "facit_fatigue"] == "").all()
    assert (raw["sledai"] == "NASK").sum() == 1
    at_nask = visits[(visits["patient_id"] == "1-6") & (visits["visit_date"] == "2023-07-08")]
    assert at_nask[["sledai_2k", "clinical_sledai"]].to_numpy().tolist() == [["", "6"]]
    assert converted.findings == ()


def test_05_the_one_decimal_comma_is_read_and_said(converted: Converted, raw: pd.DataFrame):
    samples = converted.tables["samples"]
    c4 = samples.loc[samples["analyte"] == "complement C4", "value"].astype(float)
    expected = raw.loc[raw["c4"] != "", "c4"].str.replace(",", ".").astype(float)
    assert c4.tolist() == expected.tolist()
    assert "decimal comma in c4" in converted.notes
    assert (converted.tables["visits"]["physician_ga"].replace("", "0").astype(float) <= 3).all()


def test_06_c3_is_in_one_unit(converted: Converted, raw: pd.DataFrame):
    samples = converted.tables["samples"]
    c3 = samples[samples["analyte"] == "complement C3"]
    assert (raw["c3_unit"] == "2").sum() == 21
    assert c3["value"].astype(float).between(0.4, 1.5).all()
    assert set(c3["unit"]) == {"g/L"}
    at_mg_dl = c3[(c3["patient_id"] == "4-2") & (c3["sample_date"] == "2023-01-06")]
    assert at_mg_dl["value"].tolist() == ["1.02"]


def test_06_haemoglobin_is_in_the_dictionarys_unit(converted: Converted):
    first = converted.tables["visits"].iloc[0]
    assert first["haemoglobin_g_dl"] == "13"  # 130 g/L
    found = converted.tables["visits"]["haemoglobin_g_dl"].replace("", "12").astype(float)
    assert found.between(8, 18).all()


def test_07_the_comparator_is_kept_beside_the_number(converted: Converted, raw: pd.DataFrame):
    samples = converted.tables["samples"]
    antibodies = samples[samples["analyte"] == "anti-dsDNA"]
    assert (antibodies["below_limit"] == "true").sum() == (raw["dsdna_cmp"] == "1").sum() == 18
    assert antibodies["value"].str.fullmatch(r"\d+").all()
    assert (samples.loc[samples["analyte"] != "anti-dsDNA", "below_limit"] == "").all()


def test_08_centres_have_their_whole_names(converted: Converted):
    centres = converted.tables["patients"]["centre"].value_counts().to_dict()
    assert centres == {
        "Site Alder": 6,
        "Site Birch": 6,
        "Site Cedar": 5,
        "Site Durmast Hospital": 6,
        "No assignment": 1,
    }
    assert "records in no data access group, called No assignment: 1" in converted.notes


def test_08_without_the_groups_file_the_mapping_can_name_them(tmp_path: Path):
    export = open_export(_edited(tmp_path, lambda frame: None, companions=()))
    values = 'site_alder = "A", site_birch = "B", site_cedar = "C", site_durmast_hospi = "D"'
    line = f'centre = {{ field = "redcap_data_access_group", values = {{ {values} }} }}'
    text = MAPPING.text.replace('centre = "redcap_data_access_group"', line)
    patients = convert_export(export, parse_mapping(text, "m.toml")).tables["patients"]
    assert set(patients["centre"]) == {"A", "B", "C", "D", "No assignment"}


def test_09_terms_keep_their_signs(converted: Converted, raw: pd.DataFrame):
    terms = converted.tables["adverse_events"]["term"]
    assert terms.tolist() == raw.loc[raw["ae_term"] != "", "ae_term"].tolist()
    assert {"+ve throat swab, sore throat", "- mild infusion reaction"} <= set(terms)
    assert 'shingles "left chest"' in set(terms)


def test_10_identifiers_are_dropped_and_that_is_said(converted: Converted, raw: pd.DataFrame):
    assert "dropped as identifying a person: initials, dob" in converted.notes
    secrets = set(raw["dob"]) - {""}
    for table in converted.tables.values():
        assert not table.isin(secrets).any().any()


@pytest.mark.parametrize(
    "line",
    [
        'smoking = "initials"',
        'bmi = { field = "age_consent", when = { field = "dob", is_not = "" } }',
        'rows_when = { field = "dob", is_not = "" }',
    ],
)
def test_10_mapping_an_identifier_is_refused(line: str):
    with pytest.raises(MappingError, match=r"m\.toml, \[patients\], \w+: .* identifies a person"):
        convert_export(open_export(RAW), _with("patients", line))


def test_10_an_identifier_is_refused_although_the_export_lacks_it():
    export = open_export(EXAMPLE / "export_raw_deidentified.csv")
    with pytest.raises(MappingError, match="dob identifies a person"):
        convert_export(export, _with("patients", 'smoking = "dob"'))


def test_11_an_event_without_a_start_is_kept(converted: Converted):
    events = converted.tables["adverse_events"]
    without = events[events["onset_date"] == ""]
    assert without[["patient_id", "term", "end_date"]].to_numpy().tolist() == [
        ["2-6", "pneumonia", "2022-11-25"]
    ]


def test_12_the_death_ends_observation(converted: Converted):
    patient = _of(converted.tables["patients"], "4-4")
    assert patient["death_date"] == patient["last_contact_date"] == "2023-06-06"
    visits = converted.tables["visits"]
    assert visits.loc[visits["patient_id"] == "4-4", "visit_date"].max() < patient["death_date"]
    assert (converted.tables["patients"]["death_date"] != "").sum() == 1


def test_12_everybody_has_a_last_contact_not_before_the_last_visit(converted: Converted):
    patients = converted.tables["patients"].set_index("patient_id")
    last_visit = converted.tables["visits"].groupby("patient_id")["visit_date"].max()
    assert (patients["last_contact_date"] >= last_visit.reindex(patients.index)).all()
    assert patients.loc["1-3", "last_contact_date"] == "2024-02-01"  # the end of study form
    assert patients.loc["2-3", "last_contact_date"] == "2023-10-06"  # a visit after that form


def test_12_a_missed_visit_is_no_visit_and_a_telephone_visit_is(converted: Converted):
    keys = set(
        zip(*(converted.tables["visits"][key] for key in ("patient_id", "visit_date")), strict=True)
    )
    assert ("3-1", "2023-01-27") not in keys
    assert ("2-2", "2022-11-20") in keys
    assert "visits, row 99: left out by rows_when" in converted.notes


def test_12_a_stop_recorded_at_a_visit_has_the_visits_date(converted: Converted):
    treatments = converted.tables["treatments"]
    stopped = treatments[treatments["stop_date"] != ""]
    assert stopped[["patient_id", "stop_date", "stop_reason"]].to_numpy().tolist() == [
        ["3-4", "2023-07-16", "adverse_event"]
    ]
    patients = converted.tables["patients"]
    exposed = patients.loc[patients["treatment_group"] == "anifrolumab", "patient_id"]
    assert treatments["patient_id"].tolist() == exposed.tolist()


def test_13_codes_are_given_their_labels(converted: Converted):
    patients, visits = converted.tables["patients"], converted.tables["visits"]
    assert set(patients["sex"]) == {"female"}
    assert patients["ifn_signature_high"].value_counts().to_dict() == {
        "true": 13,
        "false": 5,
        "": 6,
    }
    assert visits["flare_recorded"].value_counts()["mild_moderate"] == 15
    assert set(converted.tables["adverse_events"]["outcome"]) == {"recovered"}
    assert (converted.tables["adverse_events"]["seriousness"] == "hospitalisation").sum() == 7


@pytest.mark.parametrize(
    ("name", "words"), [("export_labels.csv", "labels instead of codes"), ("export_eav.csv", "EAV")]
)
def test_13_other_exports_are_refused_in_one_line(name: str, words: str):
    with pytest.raises(UnreadableError) as refusal:
        open_export(EXAMPLE / name)
    assert words in str(refusal.value)
    assert str(refusal.value).endswith("Export again from REDCap as CSV / raw data.")


def test_14_totals_are_recorded_and_descriptors_are_not_invented(converted: Converted):
    visits = converted.tables["visits"]
    assert not set(columns_with_role("visits", "sledai_descriptor")) & set(visits.columns)
    assert (visits["clinical_sledai"] != "").sum() == 90
    assert (visits["sledai_2k"] != "").sum() == 89


@pytest.mark.parametrize(
    "name", ["export_raw_deidentified.csv", "export_raw_semicolon_decimalcomma.csv"]
)
def test_other_spellings_of_the_export_give_the_same_tables(converted: Converted, name: str):
    other = convert_export(open_export(EXAMPLE / name), MAPPING)
    assert set(other.tables) == set(converted.tables)
    for table, frame in converted.tables.items():
        pd.testing.assert_frame_equal(other.tables[table], frame)
    assert other.findings == ()


def test_the_dataset_is_usable(tmp_path: Path):
    report = convert(RAW, tmp_path / "dataset", EXAMPLE / "mapping.toml")
    assert report.written == tmp_path / "dataset"
    examination = examine_dataset(tmp_path / "dataset")
    assert examination.is_usable
    # The one event without a start, and two that were reported after a death.
    assert {(f.rule, f.column) for f in examination.findings if f.severity == "set_aside"} == {
        ("empty_mandatory", "onset_date"),
        ("after_death", "onset_date"),
    }
