"""The reader's own data in a real browser: dropped, explored on every page, gone with the page."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import COHORT
from tests.browser.dashboard import wait_until_drawn

pytestmark = [pytest.mark.browser, pytest.mark.slow]
DROPPED = COHORT.parent / "redcap"


def test_files_are_explored_until_the_page_is_loaded_again(dashboard, open_page, tmp_path):
    # The same patients but for the last, so that the served cohort is told from this one.
    lines = (COHORT / "visits.csv").read_text(encoding="utf-8").splitlines()
    visits = tmp_path / "visits.csv"
    visits.write_text("\n".join(lines[:-1]) + "\n", encoding="utf-8")
    page = open_page(f"{dashboard}/upload")
    others = [file for file in COHORT.iterdir() if file.name != "visits.csv"]
    page.locator("input[type=file]").set_input_files([*others, visits])
    page.get_by_role("button", name="Explore this dataset").click()
    back = page.get_by_role("button", name="Back to the served dataset")
    expect(back).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_contain_text("remission")
    page.get_by_role("button", name="Treatment").click()
    page.get_by_text("Retention", exact=True).click()
    wait_until_drawn(page)
    expect(back).to_be_visible()
    page.reload()
    wait_until_drawn(page)
    expect(back).to_have_count(0)


def test_a_mapping_is_drafted_from_an_export(dashboard, open_page):
    page = open_page(f"{dashboard}/upload", width=390, dark=True)
    page.locator("input[type=file]").set_input_files(DROPPED / "export_raw.csv")
    expect(page.get_by_role("heading", name="What only you can say")).to_be_visible()
    page.get_by_role("button", name="Convert and check").click()
    expect(page.get_by_text("lacks study, data_cut")).to_be_visible()


def test_a_bad_file_is_one_line(dashboard, open_page, tmp_path):
    bad = tmp_path / "export.csv"
    bad.write_bytes(b"a,b\n1,2\n1,2,3\n")
    page = open_page(f"{dashboard}/upload")
    page.locator("input[type=file]").set_input_files(bad)
    expect(page.get_by_text("row 3: 3 fields where the header has 2")).to_be_visible()
