"""Every page in a real browser: in light and dark, on a desk and a phone, and it stays at home.

The ``open_page`` fixture fails a test for any console error and any request off the machine.
"""

import re
from pathlib import Path

import pytest
from app import CONTENTS, FIRST
from playwright.sync_api import Page, expect

from tests.browser.dashboard import wait_until_drawn

ROOT = Path(__file__).parents[2]
PAGES = [page.stem for page in sorted((ROOT / "pages").rglob("*.py"))]
WITHOUT_FIGURES = ("methods", "dictionary", "dataset", "report", "downloads", "upload")
WITH_FIGURES = [name for name in PAGES if name not in WITHOUT_FIGURES]
SAID = re.compile(r"\S")
FIGURES = "[data-testid=stVegaLiteChart] svg.marks"
TOLD = "[data-testid=stVegaLiteChart] [aria-roledescription='text mark'][aria-label]"

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def address_of(dashboard: str, page: str) -> str:
    """The first page has the bare address."""
    titles = {Path(path).stem: title for part in CONTENTS.values() for path, title in part.items()}
    return dashboard if titles[page] == FIRST else f"{dashboard}/{page}"


@pytest.mark.parametrize(("width", "dark"), [(1440, False), (390, True)], ids=["desk", "phone"])
@pytest.mark.parametrize("name", PAGES)
def test_every_view_draws(dashboard, open_page, name, width, dark):
    """In light on a desk and in dark on a phone."""
    page = open_page(address_of(dashboard, name), width=width, dark=dark)
    expect(page.locator("h1")).to_have_count(1)
    expect(page.get_by_text("You are seeing")).to_be_visible()
    views = page.get_by_role("tab").all()
    n_figures = 0
    for view in views or [None]:
        if view is not None:
            view.click()
            expect(view).to_have_attribute("aria-selected", "true")
            # The server answers a click with what was not sent before.
            expect(page.get_by_role("tabpanel")).to_contain_text(SAID)
            wait_until_drawn(page)
        n_figures += everything_fits(page)
    assert n_figures or name not in WITH_FIGURES


def everything_fits(page: Page) -> int:
    """No error, nothing wider than the screen or its place, each figure heard; how many figures."""
    expect(page.get_by_test_id("stException")).to_have_count(0)
    overflow = page.evaluate(
        "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    assert overflow <= 0
    figures = page.get_by_test_id("stVegaLiteChart")
    expect(page.locator(FIGURES)).to_have_count(figures.count())
    sizes = page.evaluate(
        """() => [...document.querySelectorAll('[data-testid=stVegaLiteChart]')].map(chart =>
             [chart.clientWidth, Number(chart.querySelector('svg.marks').getAttribute('width'))])"""
    )
    assert all(drawn <= place + 1 for place, drawn in sizes), sizes
    expect(page.locator(TOLD)).to_have_count(len(sizes))
    return len(sizes)


def test_a_cold_deep_link_goes_through_the_frame(open_page, dashboard):
    page = open_page(f"{dashboard}/glucocorticoids?sex=male")
    expect(page.get_by_text("You are seeing")).to_contain_text("Sex: male")
    expect(page.get_by_text(re.compile(r"^30 of 240 patients remain$"))).to_be_visible()


def test_the_first_page_is_found_by_its_name_too(open_page, dashboard):
    page = open_page(f"{dashboard}/remission?show=missed&sex=male")
    expect(page).to_have_url(f"{dashboard}/?show=missed&sex=male")
    expect(page.get_by_text("You are seeing")).to_contain_text("Sex: male")
    expect(page.get_by_role("tab", name="What stood in the way")).to_have_attribute(
        "aria-selected", "true"
    )
    expect(page.get_by_text("Page not found")).to_have_count(0)


def test_a_filter_changes_the_figure_and_the_address(open_page, dashboard):
    page = open_page(dashboard)
    points = page.locator(f"{FIGURES} .mark-text text")
    expect(points.filter(has_text=re.compile("^240$")).first).to_be_visible()
    page.get_by_role("combobox", name="Sex").click()
    page.get_by_role("option", name=re.compile("male · 30")).click()
    expect(page.get_by_text("You are seeing")).to_contain_text("Sex: male")
    wait_until_drawn(page)
    expect(points.filter(has_text=re.compile("^240$"))).to_have_count(0)
    expect(points.filter(has_text=re.compile("^30$")).first).to_be_visible()
    assert "sex=male" in page.url


def test_a_filter_changes_what_the_figure_tells_and_does_not_build_it_anew(open_page, dashboard):
    page = open_page(dashboard)
    told = page.locator(TOLD)
    expect(told).to_have_attribute("aria-label", re.compile("^At 12 months: DORIS"))
    figure = page.locator(FIGURES).element_handle()
    page.get_by_role("combobox", name="Sex").click()
    page.get_by_role("option", name=re.compile("male · 30")).click()
    expect(told).to_have_attribute("aria-label", re.compile(r"^At 12 months \(Sex: male\): DORIS"))
    assert figure.evaluate("figure => figure.isConnected")


def test_a_copied_address_reopens_the_view(open_page, dashboard):
    asked = "?sex=female&group=smoking&handling=observed&lldas_new=clinical_only"
    page = open_page(f"{dashboard}/{asked}")
    seen = page.get_by_text("You are seeing")
    expect(seen).to_contain_text("Sex: female")
    expect(seen).to_contain_text("by smoking")
    expect(seen).to_contain_text("lldas_new clinical_only")
    expect(page.get_by_text("Seen on the drug").first).to_be_visible()


def test_an_address_that_asks_in_vain_says_so(open_page, dashboard):
    page = open_page(f"{dashboard}?centre=Nowhere")
    expect(page.get_by_text("The address asks for centre = Nowhere")).to_be_visible()


def test_an_empty_selection_explains_itself(open_page, dashboard):
    page = open_page(f"{dashboard}?sex=male&manifestation=neuropsychiatric&age=below+30")
    expect(page.get_by_text("No patient matches all filters together")).to_be_visible()
    expect(page.get_by_test_id("stException")).to_have_count(0)


def test_filters_survive_a_page_change(open_page, dashboard):
    page = open_page(f"{dashboard}?sex=male")
    page.get_by_role("button", name="Response").click()
    page.get_by_role("menuitem", name="Glucocorticoids").click()
    expect(page).to_have_url(re.compile("glucocorticoids"))
    wait_until_drawn(page)
    expect(page.get_by_text("You are seeing")).to_contain_text("Sex: male")
