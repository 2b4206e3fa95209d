"""How long a reader waits: filter to figure, start to first figure. Nothing is asserted.

Server time is that of a session without a browser. In Chromium a filter is changed on the remission
page and on a page of text only, in turn; and the dashboard starts beside an empty app.
"""

import re
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from lupus_outcomes.cli import main as run_command
from lupus_outcomes.paths import SAMPLE
from tests.bench.reader import Reader
from tests.browser.chromium import launch_options
from tests.browser.dashboard import READY, free_port, serve, wait_until_drawn

ROOT = Path(__file__).parents[2]
FILTER_CHANGES, FIRST = 12, "remission"
# The medians of one round differ from the next one's by a tenth.
ROUNDS = 3
STARTS = 3
FIGURE = "[data-testid=stVegaLiteChart] svg.marks"


def main() -> None:
    """Print every timing."""
    print("Server time of a filter change, from the request to the last message, median, seconds")
    sample, large = (time_reruns(dataset) for dataset in (SAMPLE, ten_thousand()))
    print(f"  {'page':<32} sample   10,000 patients")
    for page, seconds in sample.items():
        print(f"  {page:<32} {seconds:6.3f}   {large[page]:6.3f}")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**launch_options())
        text, figure = time_filter_changes(browser)
        print("Filter change in Chromium, median, seconds")
        print(f"  page of text     {text:.3f}")
        print(f"  page of figures  {figure:.3f}   ratio {figure / text:.2f}")
        empty, ours = time_starts(browser)
        print("Process start to the first figure in Chromium, median, seconds")
        print(f"  empty Streamlit  {empty:.2f}   (to its text)")
        print(f"  lupus-outcomes   {ours:.2f}   ratio {ours / empty:.2f}")
        browser.close()


def ten_thousand() -> Path:
    """Ten thousand synthetic patients in a temporary folder."""
    folder = Path(tempfile.mkdtemp()) / "ten_thousand"
    run_command(["sample", "--patients", "10000", "--out", str(folder)])
    return folder


def every_view() -> list[str]:
    """Address of each page, and of each of its further views."""
    addresses = []
    scripts = sorted((ROOT / "pages").rglob("*.py"))
    # Last, for every new question to a model keeps both cores busy afterwards.
    for script in sorted(scripts, key=lambda script: script.parent.name == "prediction"):
        page = "" if script.stem == FIRST else script.stem
        found = re.search(r"show\.views\((.*?)\) as", script.read_text(), re.DOTALL)
        views = re.findall(r"(\w+)=", found[1])[1:] if found else []
        addresses += [page, *(f"{page}?show={view}" for view in views)]
    return addresses


def time_reruns(dataset: Path) -> dict[str, float]:
    """Of each view the median over filters not seen before, through a socket as a browser has."""
    seconds = {}
    with serve(dataset) as address:
        for page in every_view():
            reader = Reader(address, page)
            centres = reader.options("Centre")[: FILTER_CHANGES + 1]
            # The first change of a page fills caches that every later one finds.
            changes = [reader.choose("Centre", [centre]) for centre in centres][1:]
            seconds[page if page.partition("?")[0] else FIRST + page] = statistics.median(changes)
            reader.close()
    return seconds


def time_filter_changes(browser: Browser) -> tuple[float, float]:
    """Choosing a filter on a page of text and on the remission page, in turn."""
    pairs = []
    with serve(SAMPLE) as address:
        for _ in range(ROUNDS):
            pages = [open_page(browser, f"{address}/{name}") for name in ("methods", "")]
            changes = [[choose_next(page, i) for page in pages] for i in range(FILTER_CHANGES)]
            # The first change of each page fills caches that every later one finds.
            pairs += changes[1:]
            for page in pages:
                page.context.close()
    return tuple(statistics.median(seconds) for seconds in zip(*pairs, strict=True))


def open_page(browser: Browser, address: str) -> Page:
    """A page of its own, drawn."""
    page = browser.new_context(viewport={"width": 1440, "height": 1000}).new_page()
    page.goto(address)
    wait_until_drawn(page)
    return page


def choose_next(page: Page, position: int) -> float:
    """Seconds from the click on an option to a page that has settled with what it means."""
    page.get_by_role("combobox", name="Centre").click()
    # Above the centres, which carry their counts, stands one option for all of them.
    option = page.get_by_role("option").filter(has_text=f"Centre {position + 1:02d} · ")
    chosen = option.inner_text().split(" · ")[0]
    start = time.perf_counter()
    option.click()
    page.wait_for_function(
        """([chosen, ready]) =>
             [...document.querySelectorAll('[data-testid=stCaptionContainer]')].some(line =>
               line.innerText.includes('You are seeing') && line.innerText.includes(chosen))
             && document.querySelector(ready) && !document.querySelector('[data-stale=true]')""",
        arg=[chosen, READY],
        polling=5,
    )
    seconds = time.perf_counter() - start
    # The list stays open for a further choice, and nothing else can be clicked while it does.
    page.keyboard.press("Escape")
    return seconds


def time_starts(browser: Browser) -> tuple[float, float]:
    """From starting a process to its first text, or figure, on the screen."""
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "empty.py"
        script.write_text("import streamlit as st\nst.title('Empty')\n")
        empty = [sys.executable, "-m", "streamlit", "run", str(script), "--server.headless", "true"]
        ours = [sys.executable, "-m", "lupus_outcomes.cli", "app", str(SAMPLE)]
        pairs = [
            (
                time_start(browser, empty, "--server.port", "h1"),
                time_start(browser, ours, "--port", FIGURE),
            )
            for _ in range(STARTS)
        ]
    return tuple(statistics.median(seconds) for seconds in zip(*pairs, strict=True))


def time_start(browser: Browser, command: list[str], port_option: str, wanted: str) -> float:
    """Seconds until ``wanted`` is there."""
    port = str(free_port())
    page = browser.new_context().new_page()
    start = time.perf_counter()
    process = subprocess.Popen(
        [*command, port_option, port], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        while True:
            try:
                page.goto(f"http://127.0.0.1:{port}")
                break
            except Exception:
                time.sleep(0.05)
        page.wait_for_selector(wanted, timeout=60_000)
        return time.perf_counter() - start
    finally:
        page.context.close()
        process.kill()


if __name__ == "__main__":
    main()
