"""Tables as files: nothing in them is run by a spreadsheet, and each says where it comes from."""

import csv
import io
import json
import zipfile
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from python_calamine import load_workbook

from lupus_outcomes.analysis.result import Result
from lupus_outcomes.derive.selection import select_patients
from lupus_outcomes.errors import LupusOutcomesError
from lupus_outcomes.export.tables import as_csv, as_spreadsheet_csv, write_tables
from lupus_outcomes.export.workbook import as_workbook
from lupus_outcomes.release.disclosure import release
from tests.reference_cohort import reference_cohort

PAYLOADS = (
    "=1+1", "=cmd|' /C calc'!A0", '=HYPERLINK("http://x","y")', "@SUM(A1:A9)", "+cmd|' /C calc'!A0",
    "-2+3", "-2+3+cmd|' /C calc'!A0", "+A1", "-AB12", "\t=1+1", "\r=1+1", "\n=1+1", "--1", "＝1+1",
    "＠SUM(1)", "+1+1", "-@SUM(1)", '=IMPORTXML("http://x","//a")', "-2.4 (-3.2 to -1.7)",
)  # fmt: skip
HARMLESS = (
    "-0.5", "+1", "-1e-05", "-.5", "+ve", "-ve", "-", "–", "−0.5", "1-2", "a=b", "mrs@x", "", "0",
    "Centre 01", "≥ 65", "(-3 to 2)", "'quoted'", "a, b; c", 'a "b"',
)  # fmt: skip


@pytest.fixture(scope="module")
def released():
    """A released result whose texts are payloads."""
    cohort = reference_cohort()
    table = pd.DataFrame(
        {
            "level": [*PAYLOADS, *HARMLESS],
            "n": range(len(PAYLOADS) + len(HARMLESS)),
            "mean": [np.nan, 0.1 + 0.2, *[1 / 3] * (len(PAYLOADS) + len(HARMLESS) - 2)],
            "=1+1": pd.Categorical([*PAYLOADS, *HARMLESS]),
        }
    )
    result = Result(
        id="payloads",
        title="=1+1",
        finding="@SUM(A1)",
        table=table,
        n_patients=240,
        denominator="+A1",
        method="-2+3",
        sources=("=2",),
        notes=("=3",),
    )
    return release(result, cohort, select_patients(cohort), {"handling": "=4"})


def _rows(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8"), newline="")))


def _on_one_line(text: str) -> str:
    return text.replace("\r", " ").replace("\n", " ")


class TestCsv:
    @pytest.mark.parametrize("dtype", ["object", "string", "category"])
    def test_a_payload_gets_an_apostrophe_in_a_spreadsheets_csv(self, dtype):
        table = pd.DataFrame({"level": pd.Series(PAYLOADS, dtype=dtype)})
        cells = [row[0] for row in _rows(as_spreadsheet_csv(table))[1:]]
        assert cells == [f"'{_on_one_line(payload)}" for payload in PAYLOADS]

    @pytest.mark.parametrize("end", ["\r", "\n", "\r\n"])
    def test_a_line_end_inside_a_cell_begins_no_row(self, end):
        table = pd.DataFrame({"level": [f"harmless{end}=1+1"]})
        for write in (as_csv, as_spreadsheet_csv):
            assert write(table) == b"level\nharmless =1+1\n"

    def test_other_text_is_left_alone(self):
        table = pd.DataFrame({"level": HARMLESS, "n": range(len(HARMLESS))})
        assert [row[0] for row in _rows(as_spreadsheet_csv(table))[1:]] == list(HARMLESS)

    def test_the_name_of_a_column_may_be_a_payload_too(self):
        assert as_spreadsheet_csv(pd.DataFrame({"=1+1": [1]})).startswith(b"'=1+1\n")

    def test_numbers_keep_their_sign_and_all_digits(self):
        table = pd.DataFrame({"x": [-0.5, 0.1 + 0.2, np.nan], "n": [-1, 2, 3]})
        assert _rows(as_spreadsheet_csv(table))[1:] == [
            ["-0.5", "-1"],
            ["0.30000000000000004", "2"],
            ["", "3"],
        ]

    def test_the_plain_csv_changes_nothing(self):
        table = pd.DataFrame({"level": PAYLOADS})
        cells = [row[0] for row in _rows(as_csv(table))[1:]]
        assert cells == [_on_one_line(payload) for payload in PAYLOADS]

    def test_the_frame_that_is_written_stays_as_it_is(self):
        table = pd.DataFrame({"level": PAYLOADS})
        as_spreadsheet_csv(table)
        assert table["level"].tolist() == list(PAYLOADS)


class TestWorkbook:
    def test_no_cell_is_a_formula(self, released):
        with zipfile.ZipFile(io.BytesIO(as_workbook(released))) as archive:
            sheets = [name for name in archive.namelist() if name.startswith("xl/worksheets/sheet")]
            assert len(sheets) == 3
            for name in archive.namelist():
                content = archive.read(name)
                assert b"<f>" not in content, name
                assert b"<f " not in content, name
                assert b"<hyperlink" not in content, name
                assert b'TargetMode="External"' not in content, name

    def test_cells_are_what_the_table_holds(self, released):
        book = load_workbook(io.BytesIO(as_workbook(released)))
        header, *rows = book.get_sheet_by_name("table").to_python()
        assert header == list(released.table.columns)
        texts = [row[0].replace("\r\n", "\n").replace("\r", "\n") for row in rows]
        assert texts == [text.replace("\r", "\n") for text in (*PAYLOADS, *HARMLESS)]
        assert rows[0][2] == ""
        assert rows[1][2] == pytest.approx(0.1 + 0.2, abs=1e-15)
        assert rows[2][2] == pytest.approx(1 / 3, abs=1e-15)

    def test_notes_and_stamp_are_in_it(self, released):
        book = load_workbook(io.BytesIO(as_workbook(released)))
        notes = {row[0]: row[1] for row in book.get_sheet_by_name("notes").to_python()}
        assert notes["title"] == "=1+1"
        assert notes["finding"] == "@SUM(A1)"
        assert notes["banner"] == released.banners[0]
        stamp = {row[0]: row[1] for row in book.get_sheet_by_name("stamp").to_python()}
        assert stamp["dataset_sha256"] == reference_cohort().dataset.fingerprint
        assert stamp["study"] == "nct07215754"
        assert stamp["data_cut"] == "2026-06-30"
        assert stamp["n_patients"] == 240
        assert stamp["id"] == released.stamp.id
        assert json.loads(stamp["view"])["handling"] == "=4"

    def test_infinite_numbers_do_not_break_it(self, released):
        table = pd.DataFrame({"x": [np.inf, -np.inf, np.nan]})
        content = as_workbook(replace(released, result=replace(released.result, table=table)))
        assert load_workbook(io.BytesIO(content)).get_sheet_by_name("table").height >= 1
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            assert b"<f>" not in archive.read("xl/worksheets/sheet1.xml")


class TestWriteTables:
    def test_the_manifest_tells_of_every_table(self, released, tmp_path):
        cohort = reference_cohort()
        names = write_tables(tmp_path / "out", [released], cohort, select_patients(cohort))
        assert names == ["manifest.json", "payloads.csv", "visit_states.csv"]
        manifest = json.loads((tmp_path / "out" / "manifest.json").read_text("utf-8"))
        assert manifest["tables"]["payloads"]["denominator"] == "+A1"
        assert manifest["dataset_sha256"] == cohort.dataset.fingerprint
        assert manifest["id"] == released.stamp.id

    @pytest.mark.parametrize("out", ["file", "file/below", "set"])
    def test_a_place_that_will_not_do_is_one_line(self, released, tmp_path, out):
        (tmp_path / "file").write_text("")
        (tmp_path / "set").mkdir()
        (tmp_path / "set" / "dataset.toml").write_text("")
        cohort = reference_cohort()
        with pytest.raises(LupusOutcomesError, match="Choose another --out") as refusal:
            write_tables(tmp_path / out, [released], cohort, select_patients(cohort))
        assert "\n" not in str(refusal.value)
