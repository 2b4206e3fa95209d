"""The report says what the results say, stands alone, and takes no text of the data for markup."""

import io
import re
import shutil
import sys
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise

import pandas as pd
import pytest
from pypdf import PdfReader

from lupus_outcomes.cli import main
from lupus_outcomes.data.read import read_dataset
from lupus_outcomes.derive.cohort import derive_cohort
from lupus_outcomes.derive.selection import select_patients
from lupus_outcomes.export.deck.from_cohort import compute_sources
from lupus_outcomes.export.deck.storyline import STORYLINE
from lupus_outcomes.export.report.contents import MAKERS, tell_report
from lupus_outcomes.export.report.files import choose_maker
from lupus_outcomes.export.report.page import make_html
from lupus_outcomes.export.report.pdf import make_pdf
from lupus_outcomes.export.words import COLUMN_WORDS, MEANS, SHARES
from lupus_outcomes.protocols import PROTOCOLS
from tests.markup import PAYLOADS
from tests.reference_cohort import FOLDER, reference_cohort

pytestmark = pytest.mark.slow

DATASET = FOLDER / "dataset"
NUMBER = re.compile(r"−?\d[\d,]*(?:\.\d+)?")
VOID = {"meta", "link", "br", "img", "input", "base"}
ALLOWED = {
    "html", "head", "meta", "title", "style", "body", "header", "main", "nav", "section", "article",
    "h1", "h2", "h3", "h4", "p", "dl", "dt", "dd", "time", "ul", "ol", "li", "a", "figure",
    "figcaption", "div", "table", "caption", "thead", "tbody", "tr", "th", "td", "span", "details",
    "summary", "pre", "svg", "g", "path", "rect", "line", "text", "tspan", "defs", "clippath",
}  # fmt: skip


class Page(HTMLParser):
    """What a browser would make of it: elements with attributes, and the cells of the tables."""

    def __init__(self, content: bytes):
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.tables: list[list[list[str]]] = []
        self.headings: list[tuple[str, str]] = []
        self._open: list[str] = []
        self.text: list[str] = []
        self.feed(content.decode())
        self.close()

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self._open.append(tag)
        match tag:
            case "table":
                self.tables.append([])
            case "tr":
                self.tables[-1].append([])
            case "th" | "td":
                self.tables[-1][-1].append("")
            case "h1" | "h2" | "h3" | "h4":
                self.headings.append((tag, ""))

    def handle_startendtag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self._open.pop() == tag

    def handle_data(self, data):
        if "style" not in self._open:
            self.text.append(data)
        if self._open and self._open[-1] in ("th", "td"):
            self.tables[-1][-1][-1] += data
        if self._open and self._open[-1] in ("h1", "h2", "h3", "h4"):
            tag, said = self.headings[-1]
            self.headings[-1] = (tag, said + data)


def report_of(sections, cohort=None, group=None, filters=()):
    cohort = cohort or reference_cohort()
    selection = select_patients(cohort, filters, group)
    return tell_report(compute_sources(cohort, selection), sections)


@pytest.fixture(scope="module")
def report():
    return report_of(("cohort", "response", "retention", "flares", "safety"))


@pytest.fixture(scope="module")
def html(report):
    return make_html(report)


@pytest.fixture(scope="module")
def page(html):
    return Page(html)


def test_it_has_the_sections_of_the_deck():
    assert tuple(MAKERS) == tuple(STORYLINE)


def test_every_number_of_every_table_is_that_of_the_result(report, page):
    n_compared = 0
    for entry, (header, *rows) in zip(report.entries, page.tables, strict=True):
        table = entry.released.table
        assert len(rows) == len(table)
        for name in table.columns:
            wanted, words = expected_numbers(table, name)
            if words not in header:
                continue
            at = header.index(words)
            for row, numbers in zip(rows, wanted, strict=True):
                n_compared += same_numbers(row[at], [n for n in numbers if n == n])
    assert n_compared > 1_000


def same_numbers(cell: str, wanted: list[float]) -> int:
    """A cell shows those numbers, to the digits it has; how many they are."""
    shown = NUMBER.findall(cell)
    assert len(shown) == len(wanted)
    for text, number in zip(shown, wanted, strict=True):
        half_a_digit = 0.5 / 10 ** len(text.partition(".")[2])
        value = float(text.replace(",", "").replace("−", "-"))
        assert value == pytest.approx(number, abs=half_a_digit * (1 + 1e-9))
    return len(shown)


def expected_numbers(table, name):
    """What each cell of a column must show, from the numbers of the result; and its heading."""
    for named, factor in ((SHARES, 100), (MEANS, 1)):
        if name in named and (named is SHARES or named[name][0] in table):
            low, high, words = named[name]
            columns = [c for c in (name, low, high) if c in table]
            words = words if low in table else words.removesuffix(" (95 % CI)")
            cells = (factor * table[columns]).astype(float)
            # Without an estimate no limit is shown, whatever is known of one.
            return cells.where(cells[name].notna(), float("nan")).to_numpy().tolist(), words
    words = COLUMN_WORDS.get(name, name.replace("_", " "))
    is_count = table[name].dtype.kind in "iu"
    return ([[n] for n in table[name].tolist()], words) if is_count else ([], "no number")


def test_findings_methods_and_stamps_are_said(report, page):
    said = "".join(page.text)
    for entry in report.entries:
        result = entry.released.result
        for words in (result.finding, result.denominator, result.method, *result.sources):
            assert words in said
        assert entry.released.stamp.footer in said
        assert entry.released.stamp_as_json() in said
    for words in ("Synthetic data", reference_cohort().dataset.fingerprint, "2026-06-30"):
        assert words in said


def test_it_stands_alone(html, page):
    text = html.decode()
    assert "://" not in text
    assert "@import" not in text
    assert set(re.findall(r"url\((?!#result_\d+_)", text)) == set()
    for tag, attributes in page.elements:
        assert tag in ALLOWED
        assert not {"src", "srcset", "action", "data", "xlink:href"} & set(attributes)
        assert attributes.get("href", "#").startswith("#")
    assert dict(page.elements)["html"] == {"lang": "en"}


def test_it_can_be_heard_as_well_as_seen(page):
    levels = [int(tag[1]) for tag, _ in page.headings]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(deeper <= level + 1 for level, deeper in pairwise(levels))
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    titles = [said for tag, said in page.headings if tag == "h3"]
    assert len(titles) == len(set(titles)) > 10
    for tag, attributes in page.elements:
        named = [attributes.get("aria-labelledby"), attributes.get("href", "")[1:]]
        assert {name for name in named if name} <= set(ids)
        if tag == "svg":
            assert attributes["role"] == "img"
            assert len(attributes["aria-label"]) > 20
        if tag == "th":
            assert attributes["scope"] in ("col", "row")
        for value in attributes.values():
            for clip in re.findall(r"url\(#([^)]*)\)", value or ""):
                assert clip in ids


def test_groups_are_told_apart():
    report = report_of(("retention",), group="sex")
    page = Page(make_html(report))
    assert "Grouped by" in "".join(page.text)
    header, *rows = page.tables[0]
    assert {row[header.index("group")] for row in rows} == {"all", "female", "male"}


def test_what_cannot_be_told_is_said():
    report = report_of(("predictors",), filters=(("centre", ("Centre 03",)),))
    assert not report.entries
    said = "".join(Page(make_html(report)).text)
    assert "for want of data: What goes with response: performance" in said


@pytest.fixture(scope="module")
def hostile(tmp_path_factory):
    """The cohort with a payload for the name of each centre and each event, and for its title."""
    folder = tmp_path_factory.mktemp("hostile") / "dataset"
    shutil.copytree(DATASET, folder)
    for name, column in (("patients", "centre"), ("adverse_events", "term")):
        table = pd.read_csv(folder / f"{name}.csv", dtype=str)
        table[column] = [PAYLOADS[at % len(PAYLOADS)] for at in range(len(table))]
        table.to_csv(folder / f"{name}.csv", index=False)
    about = (folder / "dataset.toml").read_text("utf-8")
    title = "title = \"<script>alert('title')</script>\""
    about = re.sub("(?m)^title.*$", title, about)
    (folder / "dataset.toml").write_text(about, "utf-8")
    dataset = read_dataset(folder)
    return derive_cohort(dataset, PROTOCOLS[dataset.study])


def test_no_text_of_the_data_is_markup(hostile):
    report = report_of(("cohort", "safety"), hostile)
    content = make_html(report)
    page = Page(content)
    assert len(PAYLOADS) == 150
    for tag, attributes in page.elements:
        assert tag in ALLOWED
        assert not [name for name in attributes if name.startswith("on")]
        assert attributes.get("href", "#").startswith("#")
        assert "src" not in attributes
    centres = next(t for t in page.tables if t[0][0] == "centre")
    asked = {e.released.result.id: e.released.table for e in report.entries}
    assert [row[0] for row in centres[1:]] == asked["centres"]["centre"].tolist()
    said = "".join(page.text)
    assert "<script>alert('title')</script>" in said
    assert b"<script" not in content
    for payload in PAYLOADS:
        assert " ".join(payload.split()) in " ".join(said.split())


def test_a_pdf_of_hostile_labels_reaches_for_nothing(hostile):
    report = report_of(("cohort",), hostile, filters=(("centre", PAYLOADS[:25]),))
    (centres,) = (e for e in report.entries if e.released.result.id == "centres")
    chapter = replace(report.chapters[0], entries=(centres,))
    reader = PdfReader(io.BytesIO(make_pdf(replace(report, chapters=(chapter,)))))
    linked = [a.get_object() for sheet in reader.pages for a in sheet.get("/Annots", [])]
    assert linked
    assert not [link for link in linked if "/URI" in link.get("/A", {})]


def test_the_pdf_says_the_same(tmp_path):
    report = report_of(("retention",))
    reader = PdfReader(io.BytesIO(make_pdf(report)))
    said = " ".join(" ".join(sheet.extract_text() for sheet in reader.pages).split())
    assert "240: all patients" in said
    assert "Synthetic data: no real patient" in said
    for entry in report.entries:
        assert " ".join(entry.released.result.finding.split()) in said
        assert entry.released.stamp.id in said
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert reader.trailer["/Root"]["/Lang"] == "en"
    assert [item.title for item in reader.outline if not isinstance(item, list)]
    names = sorted(reader.attachments)
    assert len(names) == len(report.entries)
    stamp = tmp_path / "mine.stamp.json"
    stamp.write_bytes(reader.attachments[names[0]][0])
    assert main(["replay", str(stamp), str(DATASET)]) == 0


def test_the_command_writes_what_is_asked_for(tmp_path, capsys):
    out = tmp_path / "mine.HTML"
    arguments = ["report", str(DATASET), "--out", str(out), "--section", "activity"]
    assert main([*arguments, "--filter", "sex=female"]) == 0
    assert capsys.readouterr().out == f"1 results in {out}\n"
    said = "".join(Page(out.read_bytes()).text)
    assert "210: Sex: female" in said
    assert choose_maker(tmp_path / "mine.pdf") is make_pdf


def test_another_kind_is_refused_in_one_line(tmp_path, capsys):
    assert main(["report", str(DATASET), "--out", str(tmp_path / "mine.docx")]) == 2
    said = capsys.readouterr().err.strip()
    assert said == "lupus-outcomes: --out mine.docx: a report ends in .html or .pdf."


def test_without_its_libraries_a_pdf_says_what_to_install(tmp_path, capsys, monkeypatch):
    # What the library does on a machine without Pango.
    (tmp_path / "weasyprint.py").write_text("raise OSError('cannot load library pango-1.0-0')")
    monkeypatch.syspath_prepend(tmp_path)
    for name in [n for n in sys.modules if n.split(".")[0] == "weasyprint"]:
        monkeypatch.delitem(sys.modules, name)
    assert main(["report", str(DATASET), "--out", str(tmp_path / "mine.pdf")]) == 2
    said = capsys.readouterr().err
    assert "apt-get install libpango-1.0-0" in said
    assert len(said.strip().splitlines()) == 1
    assert not (tmp_path / "mine.pdf").exists()
