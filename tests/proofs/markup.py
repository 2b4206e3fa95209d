"""Markup as data on every page, in Chromium: is anything fetched, run or built of it?

    python -m tests.proofs.markup [PART ...]     five datasets, a quarter of an hour

Every column that the dictionary lets be any text, and identifiers and the title of the dataset,
hold the 150 texts of ``tests/markup.py``, thirty a dataset. Every view of every page is opened,
the patients grouped by centre; then the lists of the filters, what is folded, the method and the
files of the first result, several patients, filters that are markup, slides and committee mode.
The suite visits some of it (``tests/browser/test_markup.py``).
"""

import re
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote_plus, urlsplit

import pandas as pd
from playwright.sync_api import Page, sync_playwright

from lupus_outcomes.data.sample import generate_sample
from lupus_outcomes.data.write import write_dataset
from tests.bench.pages import every_view
from tests.browser.chromium import launch_options
from tests.browser.dashboard import serve, wait_until_drawn
from tests.markup import PAYLOADS

PARTS = 5
A_PART = len(PAYLOADS) // PARTS
N_PATIENTS = 90
# Columns of any text; a drug is the study's own in a part of its rows, and stays so.
TEXTS = {
    "patients": ("centre", "ethnicity", "immunosuppressant"),
    "treatments": ("drug", "unit"),
    "adverse_events": ("term", "system_organ_class", "preferred_term"),
    "samples": ("analyte", "unit"),
}
KEPT = ("anifrolumab",)
# What a payload would be in the page if anything took it for markup.
BUILT = """() => {
  const found = [];
  const address = /^(src|srcset|href|xlink:href|action|formaction|data|style|poster|http-equiv)$/;
  const tags = ['IFRAME', 'BASE', 'OBJECT', 'MATH', 'MGLYPH', 'FOREIGNOBJECT'];
  for (const e of document.querySelectorAll('*')) {
    const tag = e.tagName.toUpperCase();
    const takes = a => a.name.startsWith('on')
      || (address.test(a.name) && /leak\\.|javascript:|refresh/i.test(a.value));
    const isBuilt = tags.includes(tag) || [...e.attributes].some(takes)
      || (['SCRIPT', 'STYLE', 'TITLE'].includes(tag) && /alert\\(1\\)|leak\\./.test(e.textContent))
      || (['B', 'STRONG', 'H1', 'H2', 'H3'].includes(tag)
        && /^(bold|heading)$/.test(e.textContent.trim()));
    if (isBuilt) found.push(e.cloneNode(false).outerHTML);
  }
  return found;
}"""
TEXT = "() => document.documentElement.textContent"
LISTS = ("Centre", "Patient")


def write_part(folder: Path, part: int) -> tuple[Path, tuple[str, ...]]:
    """A dataset with a fifth of the payloads wherever text may stand, and those payloads."""
    payloads = PAYLOADS[part * A_PART : (part + 1) * A_PART]
    sample = generate_sample(N_PATIENTS, seed=part)
    tables = {name: frame.copy() for name, frame in sample.tables.items()}
    for name, columns in TEXTS.items():
        for shift, column in enumerate(columns):
            known = tables[name].get(column, pd.Series("any", tables[name].index))
            tables[name][column] = fill(known, payloads, 7 * shift)
    ids = tables["patients"]["patient_id"].astype(str)
    called = {known: f"{payloads[at % A_PART]} {at}" for at, known in enumerate(ids)}
    for frame in tables.values():
        if "patient_id" in frame:
            frame["patient_id"] = frame["patient_id"].astype(str).map(called)
    about = dict(sample.about) | {"title": payloads[0]}
    write_dataset(folder / f"part_{part}", about, tables)
    return folder / f"part_{part}", payloads


def fill(cells: pd.Series, payloads: tuple[str, ...], shift: int) -> pd.Series:
    """The column with payloads in turn, where anything is recorded that need not stay."""
    texts = cells.astype(object)
    turn = [payloads[(at + shift) % len(payloads)] for at in range(len(texts))]
    is_free = texts.notna() & ~texts.isin(KEPT)
    return texts.where(~is_free, pd.Series(turn, texts.index))


class Visit:
    """One page of the browser, watched for what markup would do, and for where it stands."""

    def __init__(self, page: Page, address: str, payloads: tuple[str, ...]):
        self.page, self.address, self.payloads = page, address, payloads
        self.problems: list[str] = []
        self.counts: Counter[str] = Counter()
        self.seen: set[str] = set()
        page.on("request", self._on_request)
        page.on("dialog", self._on_dialog)
        page.on("pageerror", lambda error: self.problems.append(f"error: {error}"))
        page.on("console", self._on_console)

    def _on_request(self, request) -> None:
        asked = urlsplit(request.url)
        if asked.scheme in ("http", "https", "ws", "wss") and asked.hostname != "127.0.0.1":
            self.problems.append(f"request off the machine: {request.url}")
        self.counts["requests"] += 1

    def _on_dialog(self, dialog) -> None:
        self.problems.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def _on_console(self, message) -> None:
        # On a deep link Streamlit looks for its server below the page first, and does not find it.
        if message.type == "error" and "/_stcore/" not in message.location.get("url", ""):
            self.problems.append(f"console: {message.text}")

    def open(self, view: str) -> None:
        """Load a page by its address, and look."""
        self.page.goto(f"{self.address}/{view}")
        self.look(view)

    def look(self, where: str) -> None:
        """Wait until it is drawn; note what was built of markup, and which payloads stand there."""
        wait_until_drawn(self.page)
        self.counts["looks"] += 1
        self.problems += [f"{where}: built {element}" for element in self.page.evaluate(BUILT)]
        text = _squeezed(self.page.evaluate(TEXT))
        here = {payload for payload in self.payloads if _squeezed(payload) in text}
        self.counts["views with payloads"] += bool(here)
        self.seen |= here

    def open_lists(self) -> None:
        """The options of every filter that holds text."""
        for name in LISTS:
            box = self.page.get_by_role("combobox", name=name, exact=True)
            if box.count():
                box.first.click()
                self.page.get_by_role("option").first.wait_for()
                self.look(f"list of {name}")
                self.page.keyboard.press("Escape")

    def unfold(self) -> None:
        """Method and files of the first result, further filters, definitions."""
        for fold in self.page.locator("summary").all():
            fold.click()
            self.look("unfolded")
        menu = self.page.get_by_role("button", name="Download", exact=True)
        if menu.count():
            menu.first.click()
            self.look("menu of files")
            self.page.keyboard.press("Escape")

    def step_through(self, button: str, times: int) -> None:
        """Patients, or slides in committee mode, one after the other."""
        for number in range(times):
            self.page.get_by_role("button", name=button).first.click()
            self.look(f"{button} {number}")


def list_addresses(payloads: tuple[str, ...]) -> Iterator[str]:
    """Every view, by centre; some with a filter that is markup, and one that nobody has."""
    for view in every_view():
        yield f"{view}{'&' if '?' in view else '?'}group=centre"
    for payload in payloads[:3]:
        yield f"?centre={quote_plus(payload)}&group=sex"
    yield f"enrolment?centre={quote_plus(PAYLOADS[1] + ' of nobody')}&handling=%3Cimg%20src=x%3E"


def visit_all(visit: Visit) -> None:
    """Everything there is to see."""
    for view in list_addresses(visit.payloads):
        visit.open(view)
    visit.open("patient")
    visit.open_lists()
    visit.step_through("Next", 6)
    visit.open("?group=centre")
    visit.open_lists()
    visit.unfold()
    visit.open("deck?committee=on&group=centre")
    visit.step_through("Next", 8)


def _squeezed(text: str) -> str:
    """As a reader sees it: what keeps an address from becoming a link is not seen."""
    return re.sub(r"\s+", " ", text.replace("\u2060", ""))


def run(part: int, browser) -> Visit:
    """Visit one dataset."""
    with tempfile.TemporaryDirectory() as folder:
        dataset, payloads = write_part(Path(folder), part)
        with serve(dataset) as address:
            context = browser.new_context(viewport={"width": 1440, "height": 1000})
            visit = Visit(context.new_page(), address, payloads)
            visit_all(visit)
            context.close()
    return visit


def main() -> int:
    parts = [int(word) for word in sys.argv[1:]] or list(range(PARTS))
    problems, n_seen, counts = [], 0, Counter()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**launch_options())
        for part in parts:
            visit = run(part, browser)
            problems += visit.problems
            n_seen += len(visit.seen)
            counts += visit.counts
        browser.close()
    told = ", ".join(f"{n:,} {what}" for what, n in counts.items())
    print(f"{n_seen} of {len(parts) * A_PART} payloads stand on a page; {told}")
    print(f"{len(problems)} fetched, run or built")
    for problem in problems[:30]:
        print(f"  {problem[:300]}")
    return int(bool(problems) or n_seen < len(parts) * A_PART)


if __name__ == "__main__":
    sys.exit(main())
