"""What dataset.toml may say, and what is refused."""

import pytest

from lupus_outcomes.data.about import ASSUMABLE, read_about
from lupus_outcomes.data.read import read_dataset
from tests.unit.data.drawn import draw_dataset, examine, find, read

GOOD = {"title": "A registry", "study": "nct07215754", "data_cut": "2026-06-30"}


def test_a_complete_one():
    about, findings = read_about(GOOD | {"synthetic": True, "assume": {"treatment_stable": "yes"}})
    assert findings == ()
    assert (about.title, about.study) == ("A registry", "nct07215754")
    assert about.data_cut.isoformat() == "2026-06-30T00:00:00"
    assert (about.is_synthetic, about.dates_are_shifted) == (True, False)
    assert about.assumed == {"treatment_stable": True}


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("title", None),
        ("title", "  "),
        ("title", ["A"]),
        ("study", None),
        ("study", "nct00000000"),
        ("study", ["nct07215754"]),
        ("study", {"id": "nct07215754"}),
        ("data_cut", None),
        ("data_cut", "30/06/2026"),
        ("data_cut", "2026-06-31"),
        ("data_cut", "today"),
        ("data_cut", "now"),
        ("data_cut", 46203),
        ("synthetic", "perhaps"),
        ("dates_shifted", 2),
        ("assume", True),
        ("assume", ["investigational_drug"]),
    ],
)
def test_what_cannot_be_read_is_refused_by_its_key(key, value):
    _, findings = read_about(GOOD | {key: value})
    assert [(f.severity, f.rule, f.table, f.column) for f in findings] == [
        ("error", "about", "dataset.toml", key)
    ]
    assert "registry" not in findings[0].line


@pytest.mark.parametrize(("key", "value"), [("rash", False), ("treatment_stable", "perhaps")])
def test_an_assumption_that_is_not_allowed_or_not_read(key, value):
    about, (finding,) = read_about(GOOD | {"assume": {key: value}})
    assert (finding.severity, finding.column) == ("error", f"assume.{key}")
    assert about.assumed == {}


def test_all_that_may_be_assumed():
    _, findings = read_about(GOOD | {"assume": dict.fromkeys(ASSUMABLE, False)})
    assert findings == ()
    _, (finding,) = read_about(GOOD | {"assume": {"rash": False}})
    assert all(name in finding.way_out for name in ASSUMABLE)


def test_a_mistyped_key_is_said():
    _, (finding,) = read_about(GOOD | {"dates_shift": True})
    assert (finding.severity, finding.rule, finding.column) == (
        "query",
        "unknown_key",
        "dates_shift",
    )


def test_a_data_cut_that_cannot_be_read_does_not_hide_other_findings(tmp_path):
    examination = examine(
        tmp_path,
        about={"data_cut": '"soon"'},
        visits="""
            patient_id  visit_date
            P1          2024-01-10
            P9          2024-01-10
        """,
    )
    assert {f.rule for f in examination.findings if f.severity == "error"} == {
        "about",
        "orphan_patient",
    }


def test_shifted_dates_are_known(tmp_path):
    assert read(tmp_path, about={"dates_shifted": "true"}).dates_are_shifted


def test_a_data_cut_long_after_everything_is_queried(tmp_path):
    assert find(tmp_path / "a", "late_data_cut", about={"data_cut": "2062-06-30"}) == [
        ("query", "dataset.toml", "data_cut", ())
    ]
    assert find(tmp_path / "b", "late_data_cut") == []


def test_an_assumption_on_a_column_that_was_collected_is_not_used(tmp_path):
    drawn = {
        "assume": "treatment_stable = true\ninvestigational_drug = false",
        "visits": """
            patient_id  visit_date  treatment_stable
            P1          2024-01-10  no
            P2          2024-03-05  .
        """,
    }
    assert find(tmp_path, "assumption_ignored", **drawn) == [
        ("query", "dataset.toml", "assume.treatment_stable", ())
    ]
    assert read(tmp_path, **drawn).assumptions == {"investigational_drug": False}


def test_that_treatments_are_complete_means_nothing_without_treatments(tmp_path):
    drawn = {"assume": "treatments_complete = true"}
    assert find(tmp_path, "assumption_ignored", **drawn) == [
        ("query", "dataset.toml", "assume.treatments_complete", ())
    ]
    assert read(tmp_path, **drawn).assumptions == {}


def test_the_same_words_in_another_case_are_read(tmp_path):
    folder = draw_dataset(tmp_path, about={"synthetic": '"YES"', "dates_shifted": "0"})
    text = (folder / "dataset.toml").read_bytes()
    (folder / "dataset.toml").write_bytes(b"\xef\xbb\xbf" + text)
    assert read_dataset(folder).is_synthetic
