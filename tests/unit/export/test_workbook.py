"""The workbook as other programs read it: types, formats, widths, frozen header, no formula."""

import datetime as dt
import io
import re
import zipfile

import numpy as np
import openpyxl
import pandas as pd
import pytest
from python_calamine import load_workbook

from lupus_outcomes.analysis.attainment import estimate_attainment
from lupus_outcomes.analysis.enrolment import describe_centres, describe_enrolment
from lupus_outcomes.analysis.flares import estimate_flares
from lupus_outcomes.analysis.result import Result
from lupus_outcomes.analysis.retention_ratios import estimate_retention_ratios
from lupus_outcomes.cli import main
from lupus_outcomes.derive.selection import select_patients
from lupus_outcomes.export.workbook import FORMATS, as_whole_workbook
from lupus_outcomes.release.disclosure import release
from lupus_outcomes.release.provenance import hash_table
from tests.formula_payloads import PAYLOADS
from tests.reference_cohort import FOLDER, reference_cohort

pytestmark = pytest.mark.slow

ANALYSES = (
    describe_enrolment, describe_centres, estimate_attainment, estimate_flares,
    estimate_retention_ratios,
)  # fmt: skip
TABLE = pd.DataFrame({"n": [3], "proportion": [0.25], "level": ["2023"], "day": ["2024-05-06"]})


def a_result(id, table):
    words = dict.fromkeys(("title", "finding", "denominator", "method"), "words")
    return Result(id=id, table=table, n_patients=3, **words)


def released(*results):
    cohort = reference_cohort()
    return [release(result, cohort, select_patients(cohort)) for result in results]


@pytest.fixture(scope="module")
def shown():
    cohort = reference_cohort()
    selection = select_patients(cohort, (), "sex")
    return [release(analyse(cohort, selection), cohort, selection) for analyse in ANALYSES]


@pytest.fixture(scope="module")
def content(shown):
    return as_whole_workbook(shown)


@pytest.fixture(scope="module")
def book(content):
    return openpyxl.load_workbook(io.BytesIO(content))


def column(sheet, name):
    (place,) = (cell.column for cell in sheet[1] if cell.value == name)
    return [row[place - 1] for row in sheet.iter_rows(min_row=2)]


def test_stamps_come_first_then_what_columns_mean_then_a_sheet_a_table(book, shown):
    assert book.sheetnames == ["stamp", "dictionary", *(r.result.id for r in shown)]


def test_every_table_comes_back_as_it_was(content, shown):
    sheets = load_workbook(io.BytesIO(content))
    for one in shown:
        header, *rows = sheets.get_sheet_by_name(one.result.id).to_python()
        assert header == list(one.table.columns)
        assert len(rows) == len(one.table)
        for place, (name, cells) in enumerate(one.table.items()):
            if cells.dtype.kind not in "if":
                continue
            read = [np.nan if row[place] == "" else row[place] for row in rows]
            np.testing.assert_allclose(read, cells.to_numpy(float), rtol=1e-14, err_msg=str(name))


def test_a_number_is_a_number_in_the_format_of_its_kind(book):
    attainment = book["attainment"]
    for name, kind in (("proportion", "share"), ("ci_low", "share"), ("n_due", "whole number")):
        cells = [cell for cell in column(attainment, name) if cell.value is not None]
        assert {cell.number_format for cell in cells} == {FORMATS[kind]}, name
        assert {cell.data_type for cell in cells} == {"n"}
    # The same name beside a rate or a ratio is no share.
    for sheet in ("flares", "retention_hazard_ratios"):
        cells = [cell for cell in column(book[sheet], "ci_low") if cell.value is not None]
        assert {cell.number_format for cell in cells} == {FORMATS["number"]}, sheet


def test_a_date_is_a_date(book, shown):
    months = column(book["enrolment"], "month")
    assert {cell.number_format for cell in months} == {"yyyy-mm"}
    said = [cell.value.strftime("%Y-%m") for cell in months]
    assert said == shown[0].table["month"].tolist()
    (cut,) = {cell.value for cell in column(book["stamp"], "data_cut")}
    assert cut == dt.datetime(2026, 6, 30)
    assert all(isinstance(cell.value, dt.datetime) for cell in column(book["stamp"], "made_at"))


def test_header_frozen_filter_on_columns_wide_enough(book):
    for sheet in book:
        assert sheet.freeze_panes == "A2", sheet.title
        assert sheet.auto_filter.ref == sheet.dimensions, sheet.title
        for cells in sheet.iter_cols():
            width = width_of(sheet, cells[0].column)
            longest = max(len(written(cell)) for cell in cells)
            assert width >= min(longest, 60), f"{sheet.title}!{cells[0].value}"
            assert width <= 61


def width_of(sheet, column):
    """Neighbours of one width are kept together."""
    (width,) = (d.width for d in sheet.column_dimensions.values() if d.min <= column <= d.max)
    return width


def written(cell):
    """The characters that a cell takes as its format writes it."""
    if cell.value is None or cell.is_date:
        return "" if cell.value is None else cell.number_format
    if isinstance(cell.value, bool | str):
        return str(cell.value)
    if cell.number_format == FORMATS["share"]:
        return f"{cell.value:.1%}"
    return f"{cell.value:,}" if isinstance(cell.value, int) else f"{cell.value:,.2f}"


def test_no_warning_of_numbers_stored_as_text():
    content = as_whole_workbook(released(a_result("levels", TABLE)))
    sheet = openpyxl.load_workbook(io.BytesIO(content))["levels"]
    assert column(sheet, "level")[0].data_type == "s"
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for name in archive.namelist():
            if name.startswith("xl/worksheets/sheet"):
                xml = archive.read(name).decode()
                assert 'sqref="A1:XFD1048576" numberStoredAsText="1"' in xml, name


def test_the_first_sheet_stamps_every_table(book, shown):
    stamps = book["stamp"]
    assert [c.value for c in column(stamps, "sheet")] == [r.result.id for r in shown]
    assert [c.value for c in column(stamps, "id")] == [r.stamp.id for r in shown]
    hashes = [c.value for c in column(stamps, "table_sha256")]
    assert hashes == [hash_table(r.table) for r in shown]
    assert [c.value for c in column(stamps, "finding")] == [r.result.finding for r in shown]
    assert {c.value for c in column(stamps, "n_patients")} == {240}
    assert {c.value for c in column(stamps, "choices")} == {"grouped by: Sex"}


def test_the_dictionary_has_every_column_once(book, shown):
    rows = list(book["dictionary"].iter_rows(min_row=2, values_only=True))
    assert [row[:2] for row in rows] == [
        (one.result.id, name) for one in shown for name in one.table.columns
    ]
    assert all(meaning and kind for _, _, meaning, kind in rows)
    meanings = {row[:2]: row[2] for row in rows}
    assert meanings["attainment", "n_due"] == "due"
    assert meanings["attainment", "ci_high"] == "upper limit of: share"
    assert meanings["retention_hazard_ratios", "ci_high"] == "upper limit of: hazard ratio"


def test_names_too_long_or_alike_get_sheets_of_their_own():
    ids = ["x" * 40, "x" * 35, "stamp"]
    content = as_whole_workbook(released(*(a_result(id, TABLE) for id in ids)))
    names = openpyxl.load_workbook(io.BytesIO(content)).sheetnames
    assert names == ["stamp", "dictionary", "x" * 31, "x" * 28 + "~2", "stamp~2"]


def test_a_table_without_rows_is_said_and_has_no_sheet():
    content = as_whole_workbook(released(a_result("none", TABLE[:0]), a_result("some", TABLE)))
    book = openpyxl.load_workbook(io.BytesIO(content))
    assert book.sheetnames == ["stamp", "dictionary", "some"]
    assert [cell.value for cell in column(book["stamp"], "sheet")] == ["no rows", "some"]


def test_three_hundred_payloads_are_text():
    assert len(set(PAYLOADS)) == 300
    table = pd.DataFrame({"level": PAYLOADS, PAYLOADS[0]: PAYLOADS, "n": range(300)})
    words = dict.fromkeys(("title", "finding", "denominator", "method"), PAYLOADS[3])
    one = Result(id="payloads", table=table, n_patients=3, notes=PAYLOADS, **words)
    content = as_whole_workbook(released(one))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for name in archive.namelist():
            xml = archive.read(name).decode("utf-8", "replace")
            assert not re.search(r"<f[ >]|<hyperlink|TargetMode=\"External\"", xml), name
    sheet = openpyxl.load_workbook(io.BytesIO(content))["payloads"]
    cells = column(sheet, "level")
    assert {cell.data_type for cell in cells} == {"s"}
    rows = load_workbook(io.BytesIO(content)).get_sheet_by_name("payloads").to_python()[1:]
    texts = [re.sub(r"\r\n?", "\n", row[0]) for row in rows]
    assert texts == [re.sub(r"\r\n?", "\n", payload) for payload in PAYLOADS]


@pytest.mark.slow
class TestCommand:
    def test_it_writes_every_table_of_the_selection(self, tmp_path, capsys):
        out = tmp_path / "all.xlsx"
        asked = ["workbook", FOLDER / "dataset", "--out", out, "--filter", "sex=female"]
        assert main([str(word) for word in asked]) == 0
        book = load_workbook(str(out))
        header, *rows = book.get_sheet_by_name("stamp").to_python()
        stamps = [dict(zip(header, row, strict=True)) for row in rows]
        assert capsys.readouterr().out == f"every table of 210 patients in {out}\n"
        assert {stamp["filters"] for stamp in stamps} >= {"Sex: female"}
        assert "attainment" in book.sheet_names

    def test_a_name_that_is_none_of_a_workbook_is_one_line(self, tmp_path, capsys):
        asked = ["workbook", FOLDER / "dataset", "--out", tmp_path / "all.csv"]
        assert main([str(word) for word in asked]) == 2
        assert capsys.readouterr().err == (
            "lupus-outcomes: --out all.csv: give the name of an .xlsx file.\n"
        )
