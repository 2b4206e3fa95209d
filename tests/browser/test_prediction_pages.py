"""The prediction pages in a real browser: what polls in the background, what is folded, a form."""

import pytest
from playwright.sync_api import expect

from tests.browser.dashboard import wait_until_drawn

# Everything, while the tests keep the cores busy.
RESAMPLED_MS = 900_000
FIGURES = "[data-testid=stVegaLiteChart] svg.marks"

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_a_first_answer_is_there_while_the_rest_is_gathered(dashboard, open_page):
    page = open_page(f"{dashboard}/performance?outcome=steroid_6")
    expect(page.get_by_text("the numbers below are a first answer")).to_be_visible()
    expect(page.locator(FIGURES)).to_have_count(1)
    expect(page.get_by_test_id("stException")).to_have_count(0)


def test_the_complete_answer_replaces_the_first(dashboard, open_page):
    page = open_page(f"{dashboard}/performance?show=chance&outcome=lldas_12")
    expect(page.get_by_test_id("stProgress")).to_have_count(0, timeout=RESAMPLED_MS)
    expect(page.get_by_text("With the outcome dealt out by chance")).to_be_visible()
    expect(page.locator(FIGURES)).to_have_count(1)
    expect(page.get_by_text("the numbers below are a first answer")).to_have_count(0)


def test_doubts_are_read_before_the_details(dashboard, open_page):
    page = open_page(f"{dashboard}/explanation?outcome=on_drug_12")
    expect(page.get_by_text("The model is no better than chance")).to_be_visible()
    expect(page.locator(FIGURES)).to_have_count(0)
    page.get_by_text("Show the details all the same").click()
    expect(page.locator(FIGURES).first).to_be_visible()
    expect(page.get_by_text("The model is no better than chance")).to_be_visible()


def test_one_patient_stays_out_of_the_address(dashboard, open_page):
    page = open_page(f"{dashboard}/explanation?show=patient")
    page.get_by_text("Show one patient").click()
    expect(page.get_by_text("on one's own machine only")).to_be_visible()
    wait_until_drawn(page)
    identifier = page.get_by_role("combobox", name="Patient").input_value()
    assert identifier
    assert identifier not in page.url
