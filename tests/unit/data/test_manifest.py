"""A dataset that we converted says when it was cut short or changed since."""

import json

import pandas as pd
import pytest

from lupus_outcomes.data.manifest import read_manifest
from lupus_outcomes.data.read import examine_dataset
from lupus_outcomes.data.write import write_dataset
from tests.unit.data.drawn import place

pytestmark = pytest.mark.slow

RULES = ("missing_file", "cut_short", "changed_file", "added_file")
ABOUT = {"title": "Converted", "study": "nct07215754", "data_cut": pd.Timestamp("2026-06-30")}


@pytest.fixture
def folder(tmp_path):
    patients = pd.DataFrame(
        {
            "patient_id": ["P1", "P2"],
            "centre": ["West", "East"],
            "index_date": ["2024-01-10", "2024-03-05"],
            "last_contact_date": ["2026-06-20", "2026-06-25"],
        }
    )
    visits = pd.DataFrame(
        {"patient_id": ["P1", "P2", "P2"], "visit_date": ["2024-01-10", "2024-03-05", "2025-03-05"]}
    )
    flares = pd.DataFrame(
        {"patient_id": ["P1"], "flare_date": ["2024-02-10"], "severity": ["severe"]}
    )
    tables = {"patients": patients, "visits": visits, "flares": flares}
    write_dataset(tmp_path / "set", ABOUT, tables, mapping="format = 'redcap'\n")
    return tmp_path / "set"


def _found(folder):
    return [(f.rule, *place(f)) for f in examine_dataset(folder).findings if f.rule in RULES]


def test_as_it_was_written(folder):
    assert _found(folder) == []


def test_a_table_cut_at_the_end_of_a_row(folder):
    whole = (folder / "visits.csv").read_text()
    (folder / "visits.csv").write_text(whole[: whole.rindex("P2")])
    examination = examine_dataset(folder)
    assert _found(folder) == [("cut_short", "error", "visits", "", ())]
    assert not examination.is_usable
    assert "visits.csv has 2 rows where the conversion wrote 3" in examination.findings[0].line


def test_a_cell_changed_by_hand(folder):
    whole = (folder / "visits.csv").read_text()
    (folder / "visits.csv").write_text(whole.replace("2025-03-05", "2025-03-06"))
    examination = examine_dataset(folder)
    assert _found(folder) == [("changed_file", "query", "visits", "", ())]
    assert examination.is_usable
    assert "visits.csv: it was changed after it was converted" in next(
        f.line for f in examination.findings if f.rule == "changed_file"
    )


def test_a_row_added(folder):
    with (folder / "visits.csv").open("a") as file:
        file.write("P1,2025-02-01\n")
    assert _found(folder) == [("changed_file", "query", "visits", "", ())]


def test_a_file_gone_or_added(folder):
    (folder / "flares.csv").rename(folder / "samples.csv")
    assert _found(folder)[:2] == [
        ("missing_file", "error", "flares", "", ()),
        ("added_file", "query", "samples", "", ()),
    ]


def test_what_it_says_of_itself_was_edited(folder):
    text = (folder / "dataset.toml").read_text()
    (folder / "dataset.toml").write_text(text.replace("Converted", "Edited"))
    assert _found(folder) == [("changed_file", "query", "dataset.toml", "", ())]


def test_the_mapping_may_be_edited(folder):
    (folder / "mapping.toml").write_text("format = 'table'\n")
    assert _found(folder) == []


@pytest.mark.parametrize(
    "content",
    [
        b"", b"{", b"[]", b'{"files": 3}', b'{"files": {"retention.csv": {"sha256": "x"}}}',
        b'{"files": {"dataset.toml": 3}}', b"\xff\xfe", b"[" * 100_000,
    ],
)  # fmt: skip
def test_another_manifest_is_none_of_ours(folder, content):
    (folder / "manifest.json").write_bytes(content)
    assert read_manifest(folder) is None
    assert _found(folder) == []


def test_without_a_manifest_nothing_is_said(folder):
    (folder / "manifest.json").unlink()
    assert _found(folder) == []


def test_the_manifest_is_no_part_of_the_fingerprint(folder):
    before = examine_dataset(folder).source.fingerprint
    manifest = json.loads((folder / "manifest.json").read_text())
    (folder / "manifest.json").write_text(json.dumps(manifest | {"written_utc": "later"}))
    assert examine_dataset(folder).source.fingerprint == before
