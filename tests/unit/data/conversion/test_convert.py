"""The command behind ``lupus-outcomes convert``: a dataset, or a draft and nothing else."""

import json
from pathlib import Path

import pytest

from lupus_outcomes.data.conversion.convert import convert
from lupus_outcomes.errors import LupusOutcomesError, MappingError, UsageError

pytestmark = pytest.mark.slow

EXAMPLE = Path(__file__).parents[3] / "data" / "inputs" / "redcap-example"
RAW, MAPPING = EXAMPLE / "export_raw.csv", EXAMPLE / "mapping.toml"


def test_without_a_mapping_a_draft_is_written_and_nothing_else(tmp_path: Path):
    report = convert(RAW, tmp_path / "set")
    assert report.is_draft
    assert report.written == tmp_path / "set" / "mapping.toml"
    assert [file.name for file in (tmp_path / "set").iterdir()] == ["mapping.toml"]
    assert f"draft of a mapping written to {report.written}" in report.notes


def test_a_draft_is_never_written_over_a_mapping(tmp_path: Path):
    convert(RAW, tmp_path / "set")
    (tmp_path / "set" / "mapping.toml").write_text("mine")
    with pytest.raises(UsageError, match=r"mapping\.toml is there already"):
        convert(RAW, tmp_path / "set")
    assert (tmp_path / "set" / "mapping.toml").read_text() == "mine"


def test_the_draft_completed_in_its_place_makes_the_dataset_there(tmp_path: Path):
    convert(RAW, tmp_path / "set")
    draft = tmp_path / "set" / "mapping.toml"
    text = draft.read_text(encoding="utf-8")
    text = text.replace('# TODO study = "nct07215754"', 'study = "nct07000110"')
    draft.write_text(text.replace("# TODO data_cut", "data_cut"), encoding="utf-8")
    convert(RAW, tmp_path / "set", draft)
    files = {file.name for file in (tmp_path / "set").iterdir()}
    assert {"dataset.toml", "mapping.toml", "manifest.json", "patients.csv"} <= files
    assert 'study = "nct07000110"' in (tmp_path / "set" / "mapping.toml").read_text("utf-8")


def test_the_report_says_how_the_export_was_written(tmp_path: Path):
    source = EXAMPLE / "export_raw_semicolon_decimalcomma.csv"
    report = convert(source, tmp_path / "set", MAPPING)
    assert report.dialect == "utf-8 with byte-order mark, semicolon-separated"
    assert f"dataset written to {tmp_path / 'set'}" in report.notes
    assert "patients: 24 rows" in report.notes
    assert "decimal comma in pga, pred_mg, c3, c4" in report.notes


def test_the_dataset_knows_where_it_comes_from(tmp_path: Path):
    convert(RAW, tmp_path / "set", MAPPING)
    manifest = json.loads((tmp_path / "set" / "manifest.json").read_text())
    assert manifest["source"]["file"] == "export_raw.csv"
    assert (tmp_path / "set" / "mapping.toml").read_bytes() == MAPPING.read_bytes()


def test_a_refused_conversion_leaves_the_earlier_dataset(tmp_path: Path):
    convert(RAW, tmp_path / "set", MAPPING)
    before = {file.name: file.read_bytes() for file in (tmp_path / "set").iterdir()}
    broken = tmp_path / "broken.toml"
    broken.write_text(MAPPING.read_text("utf-8").replace('"index_date"', '"indx_date"'), "utf-8")
    with pytest.raises(MappingError, match=r"'indx_date' is no field of export_raw\.csv"):
        convert(RAW, tmp_path / "set", broken)
    assert {file.name: file.read_bytes() for file in (tmp_path / "set").iterdir()} == before


def test_every_cut_of_an_export_is_read_or_refused_in_one_line(tmp_path: Path):
    octets = RAW.read_bytes()
    refusals = []
    for length in range(0, len(octets), len(octets) // 40):
        (tmp_path / "export.csv").write_bytes(octets[:length])
        try:
            convert(tmp_path / "export.csv", tmp_path / "set", MAPPING)
        except LupusOutcomesError as refusal:
            refusals.append(str(refusal))
    assert len(refusals) > 30
    assert not any("\n" in refusal for refusal in refusals)
