"""Files a reader brings: told apart, read in a folder that is gone afterwards."""

import tempfile
from pathlib import Path

import pytest

from lupus_outcomes.data.read import read_dataset
from lupus_outcomes.data.upload import (
    MOST_FILES,
    Delivery,
    convert_upload,
    draft_upload,
    examine_upload,
    name_files,
    recognise,
)
from lupus_outcomes.errors import LupusOutcomesError, UnreadableError

pytestmark = pytest.mark.slow

INPUTS = Path(__file__).parents[2] / "data" / "inputs"
COHORT, REDCAP = INPUTS / "cohort" / "dataset", INPUTS / "cohort" / "redcap"
EXAMPLE = INPUTS / "redcap-example"
BESIDE = ("data_dictionary.csv", "dags.csv", "missing_data_codes.csv")


def read_files(*paths: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in paths}


@pytest.fixture(autouse=True)
def _nothing_stays_on_disk(tmp_path, monkeypatch):
    (private := tmp_path / "private").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(private))
    yield
    assert list(private.iterdir()) == []


class TestNames:
    @pytest.mark.parametrize(
        "given", ["../../etc/visits.csv", "C:\\data\\visits.csv", "/tmp/visits.csv", " visits.csv"]
    )
    def test_speak_of_no_folder(self, given):
        assert name_files([(given, b"a")]) == {"visits.csv": b"a"}

    @pytest.mark.parametrize("given", ["", "..", "a/", "a\x00.csv", "a\n.csv", "ß" * 101])
    def test_that_are_none(self, given):
        with pytest.raises(UnreadableError, match="no usable name"):
            name_files([(given, b"a")])

    def test_twice(self):
        with pytest.raises(UnreadableError, match=r"visits.csv is there twice"):
            name_files([("a/visits.csv", b"1"), ("b/visits.csv", b"2")])

    def test_too_many(self):
        with pytest.raises(UnreadableError, match="More than 20 files"):
            name_files([(f"{at}.csv", b"a") for at in range(MOST_FILES + 1)])

    def test_too_much(self):
        with pytest.raises(UnreadableError, match="60 MB"):
            name_files([("visits.csv", bytes(60_000_001))])


class TestKinds:
    def test_tables_with_what_they_are_about(self):
        assert recognise(read_files(*COHORT.iterdir())) == Delivery("dataset")

    def test_an_export_alone_and_with_its_mapping(self):
        export = REDCAP / "export_raw.csv"
        assert recognise(read_files(export)) == Delivery("export", "export_raw.csv")
        both = read_files(export, REDCAP / "mapping.toml")
        assert recognise(both) == Delivery("export", "export_raw.csv", "mapping.toml")

    def test_an_export_with_what_redcap_puts_beside_it(self):
        files = read_files(EXAMPLE / "export_raw.csv", *(EXAMPLE / name for name in BESIDE))
        assert recognise(files) == Delivery("export", "export_raw.csv")

    @pytest.mark.parametrize(
        ("names", "line"),
        [
            (("visits.csv", "program.exe"), "program.exe: not a kind of file that is read"),
            (("a.csv", "b.toml", "c.toml"), "b.toml, c.toml: two mappings"),
            (("mapping.toml",), "There is no table"),
            (("patients.csv", "visits.csv"), "tables without dataset.toml"),
            (("one.csv", "two.csv"), "which is the export"),
        ],
    )
    def test_what_does_not_belong_together(self, names, line):
        with pytest.raises(UnreadableError) as refused:
            recognise(dict.fromkeys(names, b"a,b\n1,2\n"))
        assert line in str(refused.value)
        assert "\n" not in str(refused.value)


def test_a_dataset_is_the_same_as_from_its_folder():
    files = read_files(*COHORT.iterdir())
    examination = examine_upload(files, recognise(files))
    assert examination.is_usable
    assert examination.source.fingerprint == read_dataset(COHORT).fingerprint


def test_an_export_is_converted_as_on_the_command_line(tmp_path):
    from lupus_outcomes.data.conversion.convert import convert

    files = read_files(REDCAP / "export_raw.csv", REDCAP / "mapping.toml")
    delivery = recognise(files)
    text, columns = draft_upload(files, delivery)
    assert columns == ()
    made = convert_upload(files, delivery, text)
    convert(REDCAP / "export_raw.csv", tmp_path / "made", REDCAP / "mapping.toml")
    expected = read_dataset(tmp_path / "made")
    assert made.examination.source.fingerprint == expected.fingerprint
    assert not any("private" in note for note in made.notes)


def test_labels_beside_an_export_are_used():
    export = EXAMPLE / "export_raw_deidentified.csv"
    alone, _ = draft_upload(files := read_files(export), recognise(files))
    files = read_files(export, *(EXAMPLE / name for name in BESIDE))
    labelled, columns = draft_upload(files, recognise(files))
    assert labelled.count("# TODO") < alone.count("# TODO")
    assert "record_id" in columns


@pytest.mark.parametrize("text", ["", "format = ", "format = 'redcap'\n[patients]\n"])
def test_a_mapping_that_does_not_do_is_one_line(text):
    files = read_files(REDCAP / "export_raw.csv")
    with pytest.raises(LupusOutcomesError) as refused:
        convert_upload(files, recognise(files), text)
    assert str(refused.value).startswith("mapping.toml")
    assert "\n" not in str(refused.value)
