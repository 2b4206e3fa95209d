"""A download arrives, and its numbers are the command line's."""

import io
import json
import re
from pathlib import Path

import pandas as pd
import pytest
from playwright.sync_api import expect
from pptx import Presentation
from python_calamine import load_workbook

from lupus_outcomes.cli import main
from tests.browser.conftest import COHORT

pytestmark = [pytest.mark.browser, pytest.mark.slow]
# As it stands at the foot of a slide.
ID = re.compile(r"\b[0-9a-f]{10}\b")


def download(page, button: str) -> bytes:
    if not page.get_by_role("button", name=button).is_visible():
        page.get_by_role("button", name="Download", exact=True).first.click()
    with page.expect_download() as arriving:
        page.get_by_role("button", name=button).first.click()
    return Path(arriving.value.path()).read_bytes()


def test_the_table_is_that_of_the_command_line(open_page, dashboard, tmp_path):
    page = open_page(f"{dashboard}?sex=female&handling=observed")
    shown = pd.read_csv(io.BytesIO(download(page, "Table CSV")))
    assert main(["tables", str(COHORT), "--out", str(tmp_path), "--filter", "sex=female"]) == 0
    written = pd.read_csv(tmp_path / "attainment.csv")
    same = written[
        (written["handling"] == "observed") & written["endpoint"].isin(["doris", "lldas"])
    ]
    pd.testing.assert_frame_equal(shown, same.reset_index(drop=True))


def test_the_figure_carries_its_stamp(open_page, dashboard):
    page = open_page(f"{dashboard}?sex=female")
    figure = download(page, "Figure SVG").decode()
    stamp = json.loads(download(page, "Stamp"))
    assert stamp["filters_in_words"] == "Sex: female"
    assert stamp["n_patients"] == 210
    for said in (
        "SYNTHETIC DATA",
        "N 210",
        "Sex: female",
        stamp["dataset_sha256"][:8],
        stamp["id"],
    ):
        assert said in figure


def test_the_picture_is_a_picture(open_page, dashboard):
    page = open_page(dashboard)
    assert download(page, "Figure PNG").startswith(b"\x89PNG")
    assert download(page, "Table XLSX").startswith(b"PK")


def test_all_tables_come_as_one_workbook(open_page, dashboard):
    page = open_page(f"{dashboard}/downloads?sex=female")
    with page.expect_download() as arriving:
        page.get_by_role("button", name="Workbook").click()
    book = load_workbook(str(arriving.value.path()))
    assert book.sheet_names[:2] == ["stamp", "dictionary"]
    header, first, *_ = book.get_sheet_by_name("stamp").to_python()
    assert first[header.index("filters")] == "Sex: female"
    assert arriving.value.suggested_filename == "nct07215754_2026-06-30_tables.xlsx"


def test_the_slides_are_those_that_the_committee_sees(open_page, dashboard):
    page = open_page(f"{dashboard}/deck?sex=female&section=response&section=retention")
    with page.expect_download() as arriving:
        page.get_by_role("button", name="PowerPoint").click()
    deck = Presentation(io.BytesIO(Path(arriving.value.path()).read_bytes()))
    titles = [slide.shapes.title.text_frame.text for slide in deck.slides]
    assert len(titles) == 5
    assert titles[1].startswith("At 12 months (Sex: female): DORIS remission")
    page.get_by_role("button", name="Committee mode").click()
    for title in titles[1:]:
        expect(page.get_by_role("heading", name=title.removesuffix("."))).to_be_visible()
        page.keyboard.press("ArrowRight")
    # While a page is drawn anew the button of before stands beside its successor for a moment.
    expect(page.get_by_role("button", name="Next")).to_have_count(1)
    expect(page.get_by_role("button", name="Next")).to_be_disabled()
    expect(page.get_by_test_id("stSidebar")).to_have_count(0)
    expect(page.get_by_role("navigation")).to_have_count(0)
    assert arriving.value.suggested_filename.startswith("nct07215754_2026")


def test_the_id_at_the_foot_of_a_slide_reopens_it(open_page, dashboard):
    page = open_page(f"{dashboard}/deck?sex=female&section=retention")
    with page.expect_download() as arriving:
        page.get_by_role("button", name="PowerPoint").click()
    last = Presentation(io.BytesIO(Path(arriving.value.path()).read_bytes())).slides[2]
    feet = [ID.search(shape.text_frame.text) for shape in last.shapes if shape.has_text_frame]
    (found,) = (foot[0] for foot in feet if foot)
    page = open_page(f"{dashboard}/?view={found}")
    expect(page.get_by_text(f"Opened by its id {found}")).to_contain_text("are the same")
    expect(page.get_by_role("heading", name=last.shapes.title.text_frame.text)).to_be_visible()
    expect(page.get_by_text("You are seeing")).to_contain_text("Sex: female")
    assert "slide=reasons" in page.url


def test_the_report_arrives_and_needs_nothing_else(open_page, dashboard, tmp_path):
    page = open_page(f"{dashboard}/report?sex=female&section=activity")
    with page.expect_download() as arriving:
        page.get_by_role("button", name="Report, HTML").click()
    assert arriving.value.suggested_filename.startswith("report_nct07215754_")
    file = tmp_path / "report.html"
    arriving.value.save_as(file)
    # Read on a phone; the page is watched, any request and any error fails the test.
    page.set_viewport_size({"width": 390, "height": 800})
    page.goto(file.as_uri())
    expect(page.locator("h1")).to_have_count(1)
    expect(page.get_by_text("210: Sex: female")).to_be_visible()
    expect(page.locator("figure svg")).to_have_count(1)
    wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.evaluate(wide) <= 0
