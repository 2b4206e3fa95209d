"""A workbook with a sheet a table gives the same as CSV; what its cells have lost is refused."""

import datetime as dt
import io
import zipfile

import pandas as pd
import pytest
import xlsxwriter

from lupus_outcomes.data.read import examine_dataset, read_dataset
from lupus_outcomes.data.workbook import open_workbook
from lupus_outcomes.errors import LupusOutcomesError, UnreadableError
from tests.unit.data.drawn import draw_dataset, place

pytestmark = pytest.mark.slow

ABOUT = (
    ("title", "Drawn"), ("study", "nct07215754"), ("data_cut", dt.date(2026, 6, 30)),
    ("synthetic", True), ("assume.investigational_drug", False),
)  # fmt: skip
PATIENTS = (
    ("patient_id", "centre", "index_date", "last_contact_date", "age_years", "anti_ro"),
    (101, "West", dt.date(2024, 1, 10), dt.datetime(2026, 6, 20, 9, 30), 41.5, True),
    (102, "East", dt.date(2024, 3, 5), dt.datetime(2026, 6, 25), 30, None),
)
VISITS = (
    ("patient_id", "visit_date", "physician_ga", "rash", "rash_extent"),
    (101, dt.date(2024, 1, 10), 1.5, True, "Localised"),
    (101, "2025-01-10", 0.1, "no", None),
    (102, dt.date(2024, 3, 5), None, 0, " none "),
)
AS_CSV = {
    "patients": """
        patient_id  centre  index_date  last_contact_date  age_years  anti_ro
        101         West    2024-01-10  2026-06-20         41.5       true
        102         East    2024-03-05  2026-06-25         30         .
    """,
    "visits": """
        patient_id  visit_date  physician_ga  rash  rash_extent
        101         2024-01-10  1.5           true  localised
        101         2025-01-10  0.1           no    .
        102         2024-03-05  .             0     none
    """,
}


def write_workbook(path, **sheets):
    """A workbook of rows of Python values; dates are formatted as dates."""
    with xlsxwriter.Workbook(path) as book:
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for row, cells in enumerate(rows):
                for column, cell in enumerate(cells):
                    is_date = isinstance(cell, dt.date)
                    sheet.write(row, column, cell, *([day] if is_date else []))
    return path


@pytest.fixture
def workbook(tmp_path):
    return write_workbook(tmp_path / "set.xlsx", dataset=ABOUT, patients=PATIENTS, visits=VISITS)


def _refusal(path) -> str:
    with pytest.raises(UnreadableError) as refusal:
        read_dataset(path)
    assert "\n" not in str(refusal.value)
    return str(refusal.value)


class TestContent:
    def test_the_same_dataset_as_from_csv(self, tmp_path, workbook):
        made = read_dataset(workbook)
        about = {"synthetic": "true"}
        folder = draw_dataset(
            tmp_path / "csv", assume="investigational_drug = false", about=about, **AS_CSV
        )
        expected = read_dataset(folder)
        for name, frame in expected.tables.items():
            pd.testing.assert_frame_equal(made.tables[name], frame)
        for name in ("title", "study", "data_cut", "is_synthetic", "assumptions", "not_collected"):
            assert getattr(made, name) == getattr(expected, name)

    def test_rows_are_numbered_as_in_the_spreadsheet(self, tmp_path):
        visits = (
            *VISITS[:2],
            (None,) * 5,
            (101, dt.date(2025, 1, 10), 12, None, None),
            *VISITS[3:],
        )
        path = write_workbook(tmp_path / "s.xlsx", dataset=ABOUT, patients=PATIENTS, visits=visits)
        findings = examine_dataset(path).findings
        assert [place(f) for f in findings if f.rule in ("out_of_range", "empty_key")] == [
            ("error", "visits", "patient_id", (3,)),
            ("error", "visits", "visit_date", (3,)),
            ("set_aside", "visits", "physician_ga", (4,)),
        ]

    def test_other_sheets_are_reported(self, tmp_path):
        path = write_workbook(
            tmp_path / "s.xlsx",
            dataset=ABOUT,
            patients=PATIENTS,
            visits=VISITS,
            Labs=(("a",), (1,)),
        )
        found = [f for f in examine_dataset(path).findings if f.rule == "unknown_table"]
        assert [f.table for f in found] == ["Labs"]

    def test_a_date_without_a_format_is_no_date(self, tmp_path):
        visits = (VISITS[0], (101, 45301, 1, None, None), VISITS[3])
        path = write_workbook(tmp_path / "s.xlsx", dataset=ABOUT, patients=PATIENTS, visits=visits)
        found = [place(f) for f in examine_dataset(path).findings if f.rule == "wrong_type"]
        assert found == [("error", "visits", "visit_date", (2,))]

    @pytest.mark.parametrize("missing", ["patients", "visits"])
    def test_a_sheet_is_missing(self, tmp_path, missing):
        sheets = {"dataset": ABOUT, "patients": PATIENTS, "visits": VISITS}
        del sheets[missing]
        path = write_workbook(tmp_path / "s.xlsx", **sheets)
        findings = examine_dataset(path).findings
        assert ("error", missing, "", ()) in [
            place(f) for f in findings if f.rule == "missing_table"
        ]


class TestRefused:
    @pytest.mark.parametrize(
        "about", [None, (), (("title",), ("A registry",)), (("title", "A", "B"),)]
    )
    def test_no_sheet_about_the_dataset(self, tmp_path, about):
        sheets = {"patients": PATIENTS, "visits": VISITS}
        if about is not None:
            sheets["dataset"] = about
        assert "has no two-column sheet called dataset" in _refusal(
            write_workbook(tmp_path / "s.xlsx", **sheets)
        )

    @pytest.mark.parametrize(
        ("rows", "words"),
        [
            ((), "sheet visits is empty"),
            (((), ("a",)), "the first row is empty"),
            ((("a", "b", "a"), (1, 2, 3)), "columns 1, 3: a name occurs more than once"),
            ((("a", None, "b"), (1, 2, 3)), "column 2 has no name"),
        ],
    )
    def test_a_sheet_without_a_proper_header(self, tmp_path, rows, words):
        path = write_workbook(tmp_path / "s.xlsx", dataset=ABOUT, patients=PATIENTS, visits=rows)
        assert words in _refusal(path)

    def test_a_formula_that_failed(self, tmp_path):
        path = tmp_path / "s.xlsx"
        with xlsxwriter.Workbook(path) as book:
            for name, rows in {"dataset": ABOUT, "visits": VISITS, "patients": PATIENTS}.items():
                sheet = book.add_worksheet(name)
                for row, cells in enumerate(rows):
                    sheet.write_row(row, 0, [str(cell) for cell in cells])
            visits = book.get_worksheet_by_name("visits")
            visits.write_formula("C3", "=1/0", None, "#DIV/0!")
            visits.write_formula("C4", "=1+1", None, 2)
        assert "s.xlsx, sheet visits, row 3: a formula has failed" in _refusal(path)

    def test_a_formula_that_was_never_calculated(self, tmp_path, workbook):
        book = _replaced(workbook.read_bytes(), "sheet3.xml", b"<v>1.5</v>", b"<f>1+0.5</f>")
        (tmp_path / "s.xlsx").write_bytes(book)
        words = "sheet visits, row 2: a formula was never calculated"
        assert words in _refusal(tmp_path / "s.xlsx")

    def test_a_failed_formula_in_a_sheet_that_nobody_needs(self, tmp_path):
        path = tmp_path / "s.xlsx"
        with xlsxwriter.Workbook(path) as book:
            book.add_worksheet("pivot").write_formula("A1", "=1/0", None, "#DIV/0!")
        assert open_workbook(path.read_bytes(), "s.xlsx").sheet_names == ("pivot",)

    @pytest.mark.parametrize(
        "content",
        [b"", b"a,b\n1,2\n", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, b"PK\x03\x04"],
    )
    def test_what_is_no_workbook(self, tmp_path, content):
        (tmp_path / "s.xlsx").write_bytes(content)
        assert _refusal(tmp_path / "s.xlsx").startswith("s.xlsx")

    def test_every_truncation(self, tmp_path, workbook):
        whole = workbook.read_bytes()
        for length in range(0, len(whole), 211):
            (tmp_path / "cut.xlsx").write_bytes(whole[:length])
            assert _refusal(tmp_path / "cut.xlsx").startswith("cut.xlsx")

    def test_flipped_bytes_are_refused_or_harmless(self, tmp_path, workbook):
        whole = workbook.read_bytes()
        expected = read_dataset(workbook).tables
        for at in range(0, len(whole), 97):
            (tmp_path / "bad.xlsx").write_bytes(
                whole[:at] + bytes([whole[at] ^ 255]) + whole[at + 1 :]
            )
            try:
                tables = read_dataset(tmp_path / "bad.xlsx").tables
            except LupusOutcomesError:
                continue
            for name, frame in expected.items():
                pd.testing.assert_frame_equal(tables[name], frame)


def _replaced(content: bytes, entry: str, old: bytes, new: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as before, zipfile.ZipFile(made, "w") as after:
        for info in before.infolist():
            data = before.read(info)
            after.writestr(
                info.filename, data.replace(old, new) if entry in info.filename else data
            )
    return made.getvalue()
