"""A draft proposes what names, labels and values tell, says why, and lists what is missing."""

import re
import tomllib
from pathlib import Path

import pytest

from lupus_outcomes.data.conversion.convert import convert
from lupus_outcomes.data.conversion.draft import draft_mapping
from lupus_outcomes.data.conversion.guess import meaning_of
from lupus_outcomes.data.conversion.mapping import parse_mapping, read_mapping
from lupus_outcomes.dictionary import TABLES, spec_of
from lupus_outcomes.errors import UnreadableError

INPUTS = Path(__file__).parents[3] / "data" / "inputs"
EXAMPLE = INPUTS / "redcap-example" / "export_raw.csv"
COHORT = INPUTS / "cohort" / "redcap" / "export_raw.csv"
TOP = {
    "# TODO study = .*": 'study = "nct07215754"',
    "# TODO data_cut = .*": "data_cut = 2026-06-30",
}


def _completed(text: str, answers: dict[str, str]) -> str:
    for todo, line in (TOP | answers).items():
        text, count = re.subn(f"(?m)^{todo}$", line, text)
        assert count == 1, todo
    return text


def _lines(text: str) -> dict[str, str]:
    return {line.partition(" = ")[0]: line for line in text.splitlines() if " = " in line}


def _fields(mapping) -> dict[tuple[str, str], tuple[str, ...]]:
    return {
        (table.table, column.column): column.named_fields
        for table in mapping.tables
        for column in table.columns
    }


def test_the_completed_draft_of_the_second_export_is_a_mapping_that_converts(tmp_path: Path):
    text = _completed(draft_mapping(EXAMPLE).text, {})
    mapping = parse_mapping(text, "mapping.toml")
    mine = _fields(read_mapping(EXAMPLE.with_name("mapping.toml")))
    drafted = _fields(mapping)
    agreeing = {key for key in drafted if drafted[key] == mine.get(key)}
    assert len(agreeing) >= 50
    (tmp_path / "mapping.toml").write_text(text, encoding="utf-8")
    report = convert(EXAMPLE, tmp_path / "set", tmp_path / "mapping.toml")
    # The draft leaves the degrees of relatedness between 0 and 3 to the reader.
    assert {finding.column for finding in report.findings} == {"related"}


def test_the_completed_draft_of_the_cohort_maps_the_same_fields():
    codes = "1 = .*"
    answers = {
        f"# TODO sex = .*{codes}": 'sex = { field = "sex", values = { 1 = "female", 2 = "male" } }',
        "# TODO smoking = .*": 'smoking = { field = "smoke", values = { 0 = "never" } }',
        "# TODO classification = .*": 'classification = { field = "classif", values = {} }',
        "# TODO rash_extent = .*": 'rash_extent = { field = "rash_ext", values = {} }',
        "# TODO stop_reason = .*": 'stop_reason = { field = "ani_reason", values = {} }',
        "# TODO seriousness = .*": 'seriousness = { field = "ae_why", values = {} }',
        "# TODO severity = .*": 'severity = { field = "fl_sev", values = {} }',
    }
    text = _completed(draft_mapping(COHORT).text, answers)
    drafted = _fields(parse_mapping(text, "mapping.toml"))
    expected = _fields(read_mapping(COHORT.with_name("mapping.toml")))
    # What is nowhere in the export cannot be drafted; the last visit is offered as a last contact.
    del expected["visits", "investigational_drug"]
    expected["patients", "last_contact_date"] += ("visit_date",)
    assert drafted == expected


def test_an_uncompleted_draft_says_what_it_lacks():
    with pytest.raises(Exception, match="lacks study, data_cut"):
        parse_mapping(draft_mapping(EXAMPLE).text, "mapping.toml")


def test_every_guess_has_its_reason():
    for line in draft_mapping(EXAMPLE).text.splitlines():
        if re.match(r"\w+ = ", line) and not line.startswith(("format", "title")):
            assert "  # " in line, line


def test_reasons_quote_the_label_and_codes_get_their_meaning():
    lines = _lines(draft_mapping(EXAMPLE).text)
    assert lines["physician_ga"] == (
        'physician_ga = "pga"  # a known name, labelled "Physician global assessment (0-3)"'
    )
    assert lines["sex"].startswith(
        'sex = { field = "sex", values = { 1 = "female", 2 = "male" } }  # the same name'
    )
    assert 'values = { 1 = "anifrolumab", 2 = "standard_of_care" }' in lines["treatment_group"]
    assert 'values = { 1 = "true", 0 = "false", 2 = "" }' in lines["ifn_signature_high"]
    assert lines["haemoglobin_g_dl"].startswith('haemoglobin_g_dl = { field = "hb", scale = 0.1 }')
    assert '9 = "unknown"' in lines["outcome"]
    assert lines["anti_ro"] == 'anti_ro = "antibodies___ro"  # labelled "Anti-Ro/SSA"'


def test_what_is_missing_is_listed():
    text = draft_mapping(EXAMPLE).text
    listed = set(re.findall(r"\w+", " ".join(re.findall(r"(?m)^# (?!TODO).*$", text))))
    mapped = set(tomllib.loads(text)["visits"])
    for name in TABLES["visits"].columns:
        assert name in listed | mapped | {"patient_id"}, name


def test_identifiers_are_never_drafted():
    text = draft_mapping(EXAMPLE).text
    assert "# Never mapped, they identify a person: initials, dob" in text
    for line in text.splitlines():
        assert line.startswith("#") or not re.search(r'"(dob|initials)"', line)


def test_identifiers_are_known_by_name_without_a_dictionary(tmp_path: Path):
    (tmp_path / "flat.csv").write_text(
        "patient_id,date_of_birth,Surname,sex_birth,visit_date\n"
        "A,1980-01-01,X,female,2024-01-01\nA,1980-01-01,X,female,2024-02-01\n"
    )
    text = draft_mapping(tmp_path / "flat.csv").text
    assert 'format = "table"' in text
    assert "identify a person: date_of_birth, Surname" in text
    assert 'sex = "sex_birth"' in text
    assert 'visit_date = "visit_date"' in text


def test_a_record_id_that_identifies_is_left_to_do(tmp_path: Path):
    (tmp_path / "flat.csv").write_text("mrn,visit_date\n1,2024-01-01\n")
    assert '# TODO patient_id = ...  # "mrn" identifies a person' in (
        draft_mapping(tmp_path / "flat.csv").text
    )


def test_an_unknown_instrument_is_named(tmp_path: Path):
    (tmp_path / "export.csv").write_text(
        "record_id,redcap_event_name,redcap_repeat_instrument,redcap_repeat_instance,"
        "x,biopsy_complete\n1,log,biopsy,1,a,2\n1,log,biopsy,2,b,2\n"
    )
    text = draft_mapping(tmp_path / "export.csv").text
    assert "# The repeating instrument biopsy is not recognised." in text
    assert '# TODO visit_date = "..."  # mandatory: no field was recognised' in text


@pytest.mark.parametrize(
    ("label", "table", "column", "word"),
    [
        ("Female", "patients", "sex", "female"),
        ("Standard care (comparator)", "patients", "treatment_group", "standard_of_care"),
        ("Mild or moderate", "visits", "flare_recorded", "mild_moderate"),
        ("Not recovered", "adverse_events", "outcome", "not_recovered"),
        ("Recovered", "adverse_events", "outcome", "recovered"),
        ("Unknown", "adverse_events", "outcome", "unknown"),
        ("Never recovered", "adverse_events", "outcome", None),
        ("Lost to follow-up", "treatments", "stop_reason", "lost_to_follow_up"),
        ("Lack of effect", "treatments", "stop_reason", None),
        ("Not measured", "patients", "ifn_signature_high", ""),
        ("No", "adverse_events", "serious", "false"),
        ("Yes", "adverse_events", "serious", "true"),
        ("Not high", "patients", "ifn_signature_high", None),
        ("White", "patients", "ethnicity", "White"),
    ],
)
def test_the_meaning_of_a_label(label: str, table: str, column: str, word: str | None):
    assert meaning_of(label, spec_of(TABLES[table].columns[column])) == word


def test_a_label_export_is_refused_before_any_guess():
    with pytest.raises(UnreadableError, match="labels instead of codes"):
        draft_mapping(EXAMPLE.with_name("export_labels.csv"))
