"""The deck: PowerPoint's own charts, the numbers of the tables, and where each comes from."""

import io
import json
import zipfile

import numpy as np
import pandas as pd
import pytest
from pptx import Presentation
from pptx.oxml.ns import qn
from pptx.util import Inches
from python_calamine import CalamineWorkbook

from lupus_outcomes.analysis.attainment import estimate_attainment
from lupus_outcomes.analysis.change import estimate_change
from lupus_outcomes.analysis.discontinuation import estimate_discontinuation
from lupus_outcomes.analysis.flares import estimate_flares
from lupus_outcomes.analysis.retention import estimate_retention
from lupus_outcomes.charts.slide_content import Bars, Curves, Line, Part
from lupus_outcomes.charts.style import Shade
from lupus_outcomes.cli import main
from lupus_outcomes.data.read import read_dataset
from lupus_outcomes.derive.cohort import derive_cohort
from lupus_outcomes.derive.selection import select_patients
from lupus_outcomes.endpoints import ENDPOINTS
from lupus_outcomes.errors import UnreadableError, UsageError
from lupus_outcomes.export.deck.content import split_finding
from lupus_outcomes.export.deck.deck import make_deck
from lupus_outcomes.export.deck.from_cohort import compute_sources
from lupus_outcomes.export.deck.native import add_bars, add_curves
from lupus_outcomes.export.deck.storyline import STORYLINE, choose_sections, tell_story
from lupus_outcomes.paths import SAMPLE
from lupus_outcomes.protocol import DAYS_PER_MONTH
from lupus_outcomes.protocols import PROTOCOLS
from tests.reference_cohort import FOLDER, reference_cohort

pytestmark = pytest.mark.slow

BOX = (0, 0, Inches(9), Inches(5))
# Of a number in a workbook.
DIGITS = 1e-14
LIMITS = ["95 % from", "to", "below", "above"]


def story_of(sections=tuple(STORYLINE), group=None, filters=()):
    cohort = reference_cohort()
    selection = select_patients(cohort, filters, group)
    return tell_story(compute_sources(cohort, selection), sections)


def opened(deck):
    return Presentation(io.BytesIO(deck.content))


@pytest.fixture(scope="module")
def story():
    return story_of()


@pytest.fixture(scope="module")
def deck(story):
    return opened(make_deck(story))


def chart_of(slide):
    found = [shape.chart for shape in slide.shapes if shape.has_chart]
    assert len(found) == 1
    return found[0]


def tables_of(slide):
    return [shape.table for shape in slide.shapes if shape.has_table]


def words_of(slide):
    return "\n".join(s.text_frame.text for s in slide.shapes if s.has_text_frame)


def slide_with(deck, beginning):
    found = [s for s in deck.slides if s.shapes.title.text_frame.text.startswith(beginning)]
    assert len(found) == 1, [s.shapes.title.text_frame.text for s in deck.slides]
    return found[0]


def book_of(chart):
    """The workbook behind a chart: rows of cells."""
    blob = io.BytesIO(chart.part.chart_workbook.xlsx_part.blob)
    return CalamineWorkbook.from_filelike(blob).get_sheet_by_name("Sheet1").to_python()


def test_it_tells_the_whole_story_in_charts_that_can_be_edited(deck):
    assert len(deck.slides) == 20
    charts = [shape for slide in deck.slides for shape in slide.shapes if shape.has_chart]
    assert len(charts) == 18
    assert not [s for slide in deck.slides for s in slide.shapes if s.shape_type == 13]


def test_titles_say_the_findings_and_slides_follow_the_sections(story, deck):
    titles = [slide.shapes.title.text_frame.text for slide in deck.slides][1:]
    findings = [slide.released.result.finding for _, slide in story.slides]
    for title, finding in zip(titles, findings, strict=True):
        assert finding.startswith(title.removesuffix("."))
    sections = list(dict.fromkeys(section for section, _ in story.slides))
    assert sections == [section.title for section in STORYLINE.values()]


def test_every_slide_says_where_it_comes_from(story, deck):
    for (_, content), slide in zip(story.slides, list(deck.slides)[1:], strict=True):
        stamp = content.released.stamp
        words = words_of(slide)
        for said in ("N 240", stamp.data_cut, "all patients", stamp.id, "Synthetic data"):
            assert said in words
        notes = slide.notes_slide.notes_text_frame.text
        assert f"Counted: {content.released.result.denominator}." in notes
        assert f"Method: {content.released.result.method}" in notes
        assert json.loads(notes[notes.index("{\n") :])["id"] == stamp.id
        for other in content.also:
            assert other.result.method in notes


def test_the_cover_says_what_is_inside_and_what_is_not():
    assert "Glucocorticoids: 7–8" in words_of(opened(make_deck(story_of())).slides[0])
    # Nobody's response can be modelled for a handful of patients.
    few = story_of(("retention", "predictors"), filters=(("centre", ("Centre 03",)),))
    assert few.missing == (
        "What goes with response: performance",
        "What goes with response: predictors",
    )
    assert "Not in this deck" in words_of(opened(make_deck(few)).slides[0])


def test_attainment_has_the_numbers_of_the_table(deck):
    cohort = reference_cohort()
    endpoints = cohort.protocol.primary
    table = estimate_attainment(cohort, select_patients(cohort), endpoints, ("nri",)).table
    chart = chart_of(slide_with(deck, "At 12 months: DORIS"))
    series = {one.name: one for one in chart.plots[0].series}
    rows = book_of(chart)
    assert list(series) == [ENDPOINTS[name].label for name in endpoints]
    at = 0
    for name in endpoints:
        own = table[(table["endpoint"] == name) & (table["n"] > 0)]
        assert list(series[ENDPOINTS[name].label].values) == own["proportion"].tolist()
        block = rows[at + 1 : at + 1 + len(own)]
        assert rows[at][3:7] == LIMITS
        written = np.array([[row[k] for k in (0, 1, 3, 4)] for row in block], dtype=float)
        wanted = own[["timepoint_months", "proportion", "ci_low", "ci_high"]].to_numpy()
        np.testing.assert_allclose(written, wanted, rtol=DIGITS)
        at += len(own) + 2


def test_error_bars_reach_from_limit_to_limit(deck):
    chart = chart_of(slide_with(deck, "At 12 months: DORIS"))
    for series in chart._chartSpace.iter(qn("c:ser")):
        values = numbers(series.find(qn("c:yVal")))
        above, below = (
            numbers(series.find(qn("c:errBars")).find(qn(t))) for t in ("c:plus", "c:minus")
        )
        assert len(values) == len(above) == len(below) > 1
        assert ((values + above) <= 1).all()
        assert ((values - below) >= 0).all()
        assert (above > 0).all()


def numbers(element):
    return np.array([float(v.text) for v in element.iter(qn("c:v"))])


def test_retention_is_drawn_in_the_steps_of_the_table(deck):
    cohort = reference_cohort()
    table = estimate_retention(cohort, select_patients(cohort)).table
    table = table[table["n_at_risk"] >= 10]
    chart = chart_of(slide_with(deck, "At 12 months 8"))
    rows = [row for row in book_of(chart)[1:] if isinstance(row[0], float)]
    n_corners = 2 * len(table) + 1
    months = np.array([row[0] for row in rows[:n_corners]])
    values = np.array([row[1] for row in rows[:n_corners]])
    np.testing.assert_allclose(months[1::2] * DAYS_PER_MONTH, table["day"])
    np.testing.assert_array_equal(months[1::2], months[2::2])
    np.testing.assert_allclose(values[2::2], table["survival"], rtol=DIGITS)
    np.testing.assert_array_equal(values[1::2], values[:-1:2])
    assert values[0] == 1


def test_numbers_at_risk_stand_under_their_months(deck):
    slide = slide_with(deck, "At 12 months 8")
    table = tables_of(slide)[0]
    assert [cell.text for cell in table.rows[0].cells] == ["month", *map(str, range(0, 61, 12))]
    at_risk = [cell.text for cell in table.rows[1].cells]
    cohort = reference_cohort()
    curve = estimate_retention(cohort, select_patients(cohort)).table
    later = curve[curve["day"] >= 12 * DAYS_PER_MONTH]
    assert at_risk[:3] == ["at risk", "240", f"{later['n_at_risk'].iloc[0]:,}"]
    # The middle of each column is where the axis has its month, to a hundredth of an inch.
    frame = next(s for s in slide.shapes if s.has_table)
    chart = next(s for s in slide.shapes if s.has_chart)
    layout = chart.chart._chartSpace.find(f".//{qn('c:plotArea')}/{qn('c:layout')}")
    x, width = (float(layout.find(f".//{qn(t)}").get("val")) for t in ("c:x", "c:w"))
    last = chart.chart.category_axis.maximum_scale
    left = frame.left
    for month, column in zip((None, *range(0, 61, 12)), table.columns, strict=True):
        if month is not None:
            wanted = chart.left + (x + width * month / last) * chart.width
            assert left + column.width / 2 == pytest.approx(wanted, abs=Inches(0.02))
        left += column.width


def test_reasons_and_retention_make_one_whole(deck):
    chart = chart_of(slide_with(deck, "By 12 months "))
    stacked = np.array([series.values for series in chart.plots[0].series], dtype=float)
    np.testing.assert_allclose(stacked.sum(axis=0), 1, atol=1e-12)
    cohort = reference_cohort()
    table = estimate_discontinuation(cohort, select_patients(cohort)).table
    at_12 = table[table["milestone_months"] == 12].set_index("stopped_for")["cumulative_incidence"]
    at = list(chart.plots[0].categories).index("12")
    for series in list(chart.plots[0].series)[1:]:
        assert series.values[at] == at_12[series.name]


def test_rates_and_changes_have_their_limits_in_the_workbook(deck):
    cohort = reference_cohort()
    table = estimate_flares(cohort, select_patients(cohort)).table
    rows = book_of(chart_of(slide_with(deck, "Flares on the drug")))
    recorded = table[table["source"] == "recorded"]
    assert rows[0][4:8] == LIMITS
    written = np.array([[row[k] for k in (1, 4, 5)] for row in rows[1:]], dtype=float)
    wanted = recorded[["rate_per_100py", "ci_low", "ci_high"]]
    np.testing.assert_allclose(written, wanted, rtol=DIGITS)
    change = estimate_change(cohort, select_patients(cohort), ("sledai_2k",)).table
    chart = chart_of(slide_with(deck, "At 12 months, SLEDAI-2K"))
    assert list(chart.plots[0].series[0].values) == change["mean_change"].tolist()
    assert chart.value_axis.minimum_scale <= change["ci_low"].min()


def test_what_a_chart_shows_is_what_its_workbook_says(deck):
    """Whoever edits the numbers finds every one of them where the chart looks for it."""
    n_seen = 0
    for slide in deck.slides:
        for chart in (shape.chart for shape in slide.shapes if shape.has_chart):
            rows = book_of(chart)
            for reference in chart._chartSpace.iter(qn("c:numRef"), qn("c:strRef")):
                column, _, row = reference.find(qn("c:f")).text.partition("!$")[2].partition("$")
                first, place = int(row.split(":")[0]) - 1, ord(column) - ord("A")
                for point in reference.iter(qn("c:pt")):
                    text = point.find(qn("c:v")).text
                    cell = rows[first + int(point.get("idx"))][place]
                    is_number = reference.tag == qn("c:numRef")
                    assert cell == (pytest.approx(float(text), rel=DIGITS) if is_number else text)
                    n_seen += 1
    assert n_seen > 500


def test_groups_are_lines_of_their_own():
    grouped = opened(make_deck(story_of(("response", "retention"), group="sex")))
    chart = chart_of(grouped.slides[1])
    assert [series.name for series in chart.plots[0].series] == ["female", "male"]
    assert "Drawn for DORIS remission." in words_of(grouped.slides[1])
    assert "Grouped by: Sex" in words_of(grouped.slides[0])
    cohort = reference_cohort()
    selection = select_patients(cohort, (), "sex")
    table = estimate_attainment(cohort, selection, ("doris",), ("nri",)).table
    own = table[(table["level"] == "male") & (table["n"] > 0)]
    assert list(chart.plots[0].series[1].values) == own["proportion"].tolist()


def test_filters_stand_on_every_slide():
    deck = opened(make_deck(story_of(("response",), filters=(("sex", ("female",)),))))
    assert all("Sex: female" in words_of(slide) for slide in deck.slides)
    assert all("N 210" in words_of(slide) for slide in deck.slides)


def test_an_order_is_kept_and_a_name_that_is_none_refused():
    assert choose_sections(()) == tuple(STORYLINE)
    told = story_of(choose_sections(("safety", "cohort")))
    assert list(dict.fromkeys(s for s, _ in told.slides)) == ["Safety", "Cohort and attrition"]
    with pytest.raises(UsageError, match="There is no section fairytales"):
        choose_sections(("fairytales",))


@pytest.mark.parametrize(
    ("finding", "title", "rest"),
    [
        ("Half stopped.", "Half stopped.", ""),
        (
            "At 12 months 84 % (95 % CI 77–88; nri) of all were still on it; few were not. Later",
            "At 12 months 84 % (95 % CI 77–88; nri) of all were still on it.",
            "Few were not. Later",
        ),
        (
            "Short. " * 3 + "and so it goes on and on",
            "Short. " * 3 + "and so it goes on and on",
            "",
        ),
    ],
)
def test_a_long_finding_is_a_title_and_the_rest_below(finding, title, rest):
    assert split_finding(finding) == (title, rest)


class TestTemplate:
    @staticmethod
    def made(wide=10, example=True):
        template = Presentation()
        template.slide_width = Inches(wide)
        if example:
            slide = template.slides.add_slide(template.slide_layouts[0])
            slide.shapes.title.text = "An example of the committee's own"
        stream = io.BytesIO()
        template.save(stream)
        return stream.getvalue()

    def test_its_size_and_layouts_are_used_and_its_examples_left_out(self):
        deck = opened(make_deck(story_of(("response",)), self.made()))
        assert deck.slide_width == Inches(10)
        titles = [slide.shapes.title.text_frame.text for slide in deck.slides]
        assert len(titles) == 3
        assert "An example of the committee's own" not in titles
        for slide in deck.slides:
            assert slide.slide_layout.name == "Title Only"
            for shape in slide.shapes:
                assert shape.left + shape.width <= Inches(10.02)
                assert shape.top + shape.height <= Inches(7.52)

    @pytest.mark.parametrize(
        ("content", "said"),
        [
            (b"no archive at all", "damaged"),
            (b"", "damaged"),
            (b"PK\x03\x04 cut off", "damaged"),
        ],
    )
    def test_what_is_no_presentation_is_refused_in_one_line(self, content, said):
        with pytest.raises(UnreadableError, match=said) as problem:
            make_deck(story_of(("response",)), content)
        assert "\n" not in str(problem.value)

    def test_a_workbook_is_no_presentation(self):
        stream = io.BytesIO()
        pd.DataFrame({"a": [1]}).to_excel(stream, engine="xlsxwriter")
        with pytest.raises(UnreadableError, match=r"no \.pptx presentation"):
            make_deck(story_of(("response",)), stream.getvalue())

    def test_a_bomb_is_not_opened(self):
        stream = io.BytesIO(self.made())
        with zipfile.ZipFile(stream, "a", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("ppt/media/bomb.png", bytes(150_000_000))
        with pytest.raises(UnreadableError, match="unpacks to over"):
            make_deck(story_of(("response",)), stream.getvalue())

    def test_parts_that_are_missing_are_told(self):
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w") as archive:
            archive.writestr("ppt/presentation.xml", "<p:presentation/>")
        with pytest.raises(UnreadableError, match="cannot be used"):
            make_deck(story_of(("response",)), stream.getvalue())

    def test_a_document_type_is_refused(self):
        stream = io.BytesIO(self.made())
        with zipfile.ZipFile(stream, "a") as archive:
            archive.writestr("ppt/more.xml", '<!DOCTYPE a [<!ENTITY b "c">]><a/>')
        with pytest.raises(UnreadableError, match="document type"):
            make_deck(story_of(("response",)), stream.getvalue())


def local_name(element):
    return element.tag.partition("}")[2]


class TestCharts:
    @staticmethod
    def shapes():
        presentation = Presentation()
        return presentation.slides.add_slide(presentation.slide_layouts[6]).shapes

    def test_a_name_that_begins_like_a_formula_stays_a_name(self):
        part = Part("=1+1", Shade("doris"), (0.5, 0.25))
        chart = add_bars(self.shapes(), BOX, Bars(("=HYPERLINK(1)", "b"), (part,), "Share"))
        assert book_of(chart)[0][1] == "=1+1"
        assert book_of(chart)[1][0] == "=HYPERLINK(1)"

    def test_a_value_without_limits_has_no_error_bar(self):
        nan = float("nan")
        line = Line("a", Shade("doris"), (3.0, 6.0), (0.5, 0.25), (0.4, nan), (0.6, nan))
        chart = add_curves(self.shapes(), BOX, Curves((line,), "Share"))
        assert numbers(chart._chartSpace.find(f".//{qn('c:plus')}")).tolist() == [
            pytest.approx(0.1),
            0.0,
        ]
        bare = Line("a", Shade("doris"), (3.0, 6.0), (0.5, 0.25))
        chart = add_curves(self.shapes(), BOX, Curves((bare,), "Share"))
        assert chart._chartSpace.find(f".//{qn('c:errBars')}") is None

    def test_an_axis_holds_every_limit(self):
        part = Part("a", Shade("doris"), (31.9, 6.3), (27.1, 4.3), (37.2, 8.9))
        bars = Bars(("any", "severe"), (part,), "Rate", is_share=False)
        axis = add_bars(self.shapes(), BOX, bars).value_axis
        assert (axis.minimum_scale, axis.maximum_scale, axis.major_unit) == (0, 40, 10)

    def test_parts_of_a_chart_stand_in_the_order_of_the_standard(self):
        """PowerPoint repairs, or refuses, a file whose elements are out of order."""
        line = Line("a", Shade("doris"), (3.0,), (0.5,), (0.4,), (0.6,))
        chart = add_curves(self.shapes(), BOX, Curves((line, line), "Share"))
        series = chart._chartSpace.find(f".//{qn('c:ser')}")
        order = ["idx", "order", "tx", "spPr", "marker", "errBars", "xVal", "yVal", "smooth"]
        names = [local_name(child) for child in series]
        assert names == [name for name in order if name in names]
        bars = [local_name(child) for child in series.find(qn("c:errBars"))]
        assert bars == [
            "errDir", "errBarType", "errValType", "noEndCap", "plus", "minus", "spPr",
        ]  # fmt: skip


def test_a_story_without_slides_is_told_in_one_line():
    few = story_of(("predictors",), filters=(("centre", ("Centre 03",)),))
    with pytest.raises(UnreadableError, match="Nothing can be told"):
        make_deck(few)


def test_no_patient_is_in_the_file():
    dataset = read_dataset(SAMPLE)
    cohort = derive_cohort(dataset, PROTOCOLS[dataset.study])
    assert cohort.patients["patient_id"].str.contains("CANARY").all()
    story = tell_story(compute_sources(cohort, select_patients(cohort)), tuple(STORYLINE))
    assert len(story.slides) == 19
    n_parts = 0
    for content in parts_of(make_deck(story).content):
        assert b"CANARY" not in content
        n_parts += 1
    assert n_parts > 200


def parts_of(content):
    """Every part of the file, and of the workbooks inside."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for name in archive.namelist():
            part = archive.read(name)
            yield part
            if name.endswith(".xlsx"):
                yield from parts_of(part)


def test_small_counts_are_flagged():
    deck = opened(make_deck(story_of(("safety",))))
    assert any("has counts below 5" in words_of(slide) for slide in deck.slides)


class TestCommandLine:
    DATASET = str(FOLDER / "dataset")

    def test_a_deck_is_written(self, tmp_path, capsys):
        out = tmp_path / "deck.pptx"
        asked = ["deck", self.DATASET, "--out", str(out), "--section", "response"]
        assert main([*asked, "--filter", "sex=female", "--group", "centre"]) == 0
        assert "3 slides in" in capsys.readouterr().out
        assert len(Presentation(str(out)).slides) == 3

    @pytest.mark.parametrize(
        ("more", "status", "said"),
        [
            (["--section", "fairytales"], 2, "There is no section fairytales"),
            (["--template", "nowhere.pptx"], 2, "Give a .pptx file"),
            (["--prediction", "wealth_12"], 2, "use one of"),
        ],
    )
    def test_a_mistake_is_one_line(self, tmp_path, capsys, more, status, said):
        out = tmp_path / "deck.pptx"
        assert main(["deck", self.DATASET, "--out", str(out), *more]) == status
        errors = capsys.readouterr().err
        assert said in errors
        assert "Traceback" not in errors
        assert not out.exists()

    def test_a_place_that_cannot_be_written_is_told(self, tmp_path, capsys):
        asked = ["deck", self.DATASET, "--out", str(tmp_path), "--section", "response"]
        assert main(asked) == 2
        assert "Choose another --out" in capsys.readouterr().err
