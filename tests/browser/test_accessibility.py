"""Every page judged by axe-core, light and dark, and walked through by the keyboard alone."""

import re
from pathlib import Path
from typing import NamedTuple

import pytest
from app import CONTENTS
from playwright.sync_api import Locator, Page, expect

from tests.browser.axe import find_violations
from tests.browser.dashboard import PATIENCE_MS, wait_until_drawn

pytestmark = [pytest.mark.browser, pytest.mark.slow]

WHERE = {
    Path(path).stem: (section, title)
    for section, pages in CONTENTS.items()
    for path, title in pages.items()
}
# Pages with a model come last: its resampling keeps the cores busy.
PAGES = sorted(WHERE, key=lambda name: WHERE[name][0] == "Prediction")
COMMITTEE = "deck?slide=attainment&committee=on"
THEMES = ("light", "dark")
GROUNDS = {"light": "rgb(255, 255, 255)", "dark": "rgb(3, 4, 7)"}
# Presses of Tab within which everything is reached; a table takes one for each column.
MOST_TABS = 60
# Pixels around a control where the ring of the focus is drawn.
RIM = 6


class Excuse(NamedTuple):
    """A rule that a part of Streamlit's own breaks, where it is met, and why it stays."""

    rule: str
    part: str
    where: str
    reason: str


# No setting of Streamlit 1.67 mends these. Each is asserted to be there: none outlives its cause.
STREAMLITS_OWN = (
    Excuse(
        "list",
        "[data-testid=stSidebarNavItems]",
        "phone",
        "The menu of a phone lays a plain element between list and items: its length is not told, "
        "every link in it is.",
    ),
    Excuse(
        "listitem",
        "[data-testid=stSidebarNavItems]",
        "phone",
        "The same, said of the items.",
    ),
    Excuse(
        "region",
        "[role=listbox]",
        "list of options",
        "Moderate, good practice: an open list lies at the end of the document, outside all "
        "landmarks; it is bound to its control by name and goes with it.",
    ),
    Excuse(
        "presentation-role-conflict",
        "[data-testid=stFileUploaderDropzone]",
        "deck",
        "Minor, good practice: the place to drop a file has a name although it is no control; the "
        "button inside it is one, and the keyboard reaches it.",
    ),
    Excuse(
        "presentation-role-conflict",
        "[data-testid=stFileUploaderDropzone]",
        "upload",
        "The same.",
    ),
)


def broken(page: Page, within: str = "body") -> set[tuple[str, str]]:
    """Rules that are broken, by the part of Streamlit's that is excused, else by the element."""
    parts = dict.fromkeys(excuse.part for excuse in STREAMLITS_OWN)
    known = {(excuse.rule, excuse.part) for excuse in STREAMLITS_OWN}
    return {
        next(((found.rule, part) for part in found.within if (found.rule, part) in known), None)
        or (found.rule, found.element)
        for found in find_violations(page, parts, within)
    }


def excused(where: str) -> set[tuple[str, str]]:
    """What must be found there, and nothing else."""
    return {(excuse.rule, excuse.part) for excuse in STREAMLITS_OWN if excuse.where == where}


def turn(page: Page, theme: str) -> None:
    """The screen's theme changes, and the page with it."""
    page.emulate_media(color_scheme=theme)
    expect(page.get_by_test_id("stApp")).to_have_css("background-color", GROUNDS[theme])
    wait_until_drawn(page)


@pytest.fixture(scope="module")
def visit(reader, dashboard):
    """One reader who goes from page to page by the menu; gives the function that does."""
    page = reader(1440, False).new_page()
    page.set_default_timeout(PATIENCE_MS)
    page.goto(f"{dashboard}/methods")
    wait_until_drawn(page)

    def visit_(name: str) -> Page:
        section, title = WHERE[name]
        page.get_by_role("navigation").get_by_role("button", name=section, exact=True).click()
        page.get_by_role("menuitem", name=title, exact=True).click()
        expect(page).to_have_title(f"{title} · Lupus outcomes")
        wait_until_drawn(page)
        return page

    yield visit_
    page.close()


@pytest.mark.parametrize("name", PAGES)
def test_a_page_breaks_no_rule(visit, name):
    """As it opens in both themes; its further views once, in one theme or the other by turns."""
    page = visit(name)
    is_dark = PAGES.index(name) % 2
    for theme in (THEMES[1 - is_dark], THEMES[is_dark]):
        turn(page, theme)
        assert broken(page) == excused(name)
    for view in page.get_by_role("tab").all()[1:]:
        view.click()
        expect(view).to_have_attribute("aria-selected", "true")
        wait_until_drawn(page)
        assert broken(page, "[role=tabpanel]") == set()


@pytest.mark.parametrize("theme", THEMES)
class TestWhatIsOpened:
    def test_folds_a_chosen_filter_and_the_downloads(self, open_page, dashboard, theme):
        page = open_page(f"{dashboard}?sex=female&group=smoking", dark=theme == "dark")
        for fold in ("More filters", "Definitions", "How this is computed"):
            page.locator("summary", has_text=fold).click()
            wait_until_drawn(page)
        expect(page.get_by_text("Counted:")).to_be_visible()
        assert broken(page) == set()
        page.get_by_role("button", name="Download", exact=True).click()
        expect(page.get_by_role("button", name="Table CSV")).to_be_visible()
        wait_until_drawn(page)
        assert broken(page) == set()

    def test_a_list_of_options(self, open_page, dashboard, theme):
        page = open_page(dashboard, dark=theme == "dark")
        page.get_by_role("combobox", name="Centre").click()
        expect(page.get_by_role("option").first).to_be_visible()
        assert broken(page) == excused("list of options")

    def test_committee_mode(self, open_page, dashboard, theme):
        page = open_page(f"{dashboard}/{COMMITTEE}", dark=theme == "dark")
        expect(page.get_by_role("button", name="Leave committee mode")).to_be_visible()
        assert broken(page) == set()

    def test_the_sidebar_over_the_page_of_a_phone(self, open_page, dashboard, theme):
        page = open_page(dashboard, width=390, dark=theme == "dark")
        page.get_by_test_id("stExpandSidebarButton").click()
        expect(page.get_by_role("combobox", name="Sex")).to_be_visible()
        assert broken(page) == excused("phone")
        # The browser remembers it, and the tests to come would find it over their pages.
        page.evaluate("localStorage.clear()")


def test_a_page_too_pale_would_be_found(open_page, dashboard):
    page = open_page(f"{dashboard}/methods")
    page.locator("h1").evaluate("heading => heading.style.color = '#AAAAAA'")
    assert "color-contrast" in {rule for rule, _ in broken(page)}


class TestByTheKeyboardAlone:
    """Tab goes on, Enter opens and does; within a menu or a list the arrow keys, as everywhere."""

    def test_the_menu_leads_to_another_page(self, open_page, dashboard):
        page = open_page(dashboard)
        tab_to(page, page.get_by_role("button", name="Response", exact=True))
        page.keyboard.press("Enter")
        glucocorticoids = page.get_by_role("menuitem", name="Glucocorticoids")
        expect(page.get_by_role("menuitem", name="Remission")).to_be_focused()
        page.keyboard.press("ArrowDown")
        expect(glucocorticoids).to_be_focused()
        page.keyboard.press("Enter")
        expect(page).to_have_title("Glucocorticoids · Lupus outcomes")

    def test_a_filter_is_chosen(self, open_page, dashboard):
        page = open_page(dashboard)
        tab_to(page, page.get_by_role("combobox", name="Sex"))
        choose(page, "female · 210")
        expect(page.get_by_text("You are seeing")).to_contain_text("Sex: female")

    def test_what_lies_in_the_page(self, open_page, dashboard):
        """Past the sidebar and the menu, to who is counted, the method and a file."""
        page = open_page(dashboard)
        tab_to(page, page.get_by_role("link", name="Skip to main content"))
        page.keyboard.press("Enter")
        tab_to(page, page.get_by_role("combobox", name="Who is counted"))
        choose(page, "Seen on the drug")
        expect(page).to_have_url(re.compile("handling=observed"))
        wait_until_drawn(page)
        tab_to(page, page.locator("summary", has_text="How this is computed"))
        page.keyboard.press("Enter")
        expect(page.get_by_text("Counted:")).to_be_visible()
        tab_to(page, page.get_by_role("button", name="Download", exact=True))
        page.keyboard.press("Enter")
        file = page.get_by_role("button", name="Table CSV")
        expect(file).to_be_visible()
        wait_until_drawn(page)
        tab_to(page, file)
        with page.expect_download() as arriving:
            page.keyboard.press("Enter")
        assert arriving.value.suggested_filename.endswith(".csv")


def tab_to(page: Page, control: Locator) -> None:
    """Press Tab until it has the focus, which must be seen."""
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        if control.evaluate("control => control === document.activeElement"):
            break
    expect(control).to_be_focused()
    control.scroll_into_view_if_needed()
    place = control.bounding_box()
    assert place is not None
    around = {
        "x": place["x"] - RIM,
        "y": place["y"] - RIM,
        "width": place["width"] + 2 * RIM,
        "height": place["height"] + 2 * RIM,
    }
    with_focus = page.screenshot(clip=around, animations="disabled")
    control.evaluate("control => control.blur()")
    assert page.screenshot(clip=around, animations="disabled") != with_focus
    control.focus()


def choose(page: Page, option: str) -> None:
    """Go down the list of the control that has the focus, and take an option of it."""
    wanted = page.get_by_role("option", name=option)
    page.keyboard.press("ArrowDown")
    expect(wanted).to_be_visible()
    for _ in page.get_by_role("option").all():
        if wanted.get_attribute("data-focused") is not None:
            break
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
