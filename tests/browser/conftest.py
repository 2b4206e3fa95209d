"""A running dashboard and a headless Chromium that fails a test for anything it should not do."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.browser.chromium import launch_options
from tests.browser.dashboard import PATIENCE_MS, serve, wait_until_drawn

ROOT = Path(__file__).parents[2]
COHORT = ROOT / "tests" / "data" / "inputs" / "cohort" / "dataset"
expect.set_options(timeout=PATIENCE_MS)
# On a deep link Streamlit first looks for its server below the page's own path, then at the root.
DEEP_LINK_PROBE = re.compile(r"^http://127\.0\.0\.1:\d+/[a-z_]+/_stcore/(health|host-config)$")


@pytest.fixture(scope="session")
def dashboard() -> Iterator[str]:
    """The address of a dashboard on the test cohort."""
    with serve(COHORT) as address:
        yield address


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**launch_options())
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def reader(browser: Browser):
    """A reader, by width and theme of the screen, who has seen the dashboard before."""

    @cache
    def reader_(width: int, dark: bool) -> BrowserContext:
        return browser.new_context(
            viewport={"width": width, "height": 1000},
            color_scheme="dark" if dark else "light",
            accept_downloads=True,
        )

    return reader_


@pytest.fixture
def open_page(reader):
    """Open pages that are watched: console errors and requests off the machine fail the test."""
    watched: list[Watched] = []

    def open_(address: str, *, width: int = 1440, dark: bool = False) -> Page:
        page = reader(width, dark).new_page()
        page.set_default_timeout(PATIENCE_MS)
        watched.append(Watched(page))
        page.goto(address)
        wait_until_drawn(page)
        return page

    yield open_
    for one in watched:
        one.page.close()
    problems = [problem for one in watched for problem in one.problems]
    assert not problems, problems


class Watched:
    """What a page said and asked for that it should not."""

    def __init__(self, page: Page):
        self.page = page
        self.problems: list[str] = []
        page.on("console", self._on_console)
        page.on("pageerror", lambda error: self.problems.append(f"error: {error}"))
        page.on("request", self._on_request)

    def _on_console(self, message) -> None:
        asked = message.location.get("url", "")
        if message.type == "error" and not DEEP_LINK_PROBE.match(asked):
            self.problems.append(f"console: {message.text} {asked}")

    def _on_request(self, request) -> None:
        asked = urlsplit(request.url)
        if asked.scheme in ("http", "https", "ws", "wss") and asked.hostname != "127.0.0.1":
            self.problems.append(f"request off the machine: {request.url}")
