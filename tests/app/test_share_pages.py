"""The deck on its page: slide by slide, before a committee, a template that is none."""

import io

import pytest
from pptx import Presentation

from lupus_outcomes.export.deck.storyline import STORYLINE, list_makers

pytestmark = pytest.mark.slow

DECK = "share/deck.py"
SECTIONS, SLIDE = "view_section", "view_slide"
NEXT, BACK, TURN = "go_Right", "go_Left", "turn_committee"


def titles(app):
    return [line.value for line in (*app.title, *app.header)]


def figures(app):
    return [figure.proto.id for figure in app.get("vega_lite_chart")]


def test_the_first_slide_of_the_first_section_is_open(open_app):
    app = open_app(DECK, section=["response", "retention"])
    assert app.selectbox(key=SLIDE).value == "attainment"
    assert app.selectbox(key=SLIDE).options == [
        "Remission and low disease activity: attainment",
        "Remission and low disease activity: obstacles",
        "Retention and reasons: retention",
        "Retention and reasons: reasons",
    ]
    assert "DORIS remission 33\u00a0% \\(71 of 217;" in titles(app)[1]
    assert len(figures(app)) == 2
    assert [button.label for button in app.get("download_button")] == ["PowerPoint"]


def test_it_goes_on_and_back(open_app):
    app = open_app(DECK, section=["response", "retention"])
    assert app.button(key=BACK).disabled
    app.button(key=NEXT).click().run()
    app.button(key=NEXT).click().run()
    assert app.selectbox(key=SLIDE).value == "retention"
    assert titles(app)[1].startswith("At 12 months 8")
    app.button(key=NEXT).click().run()
    assert app.button(key=NEXT).disabled
    app.button(key=BACK).click().run()
    assert app.selectbox(key=SLIDE).value == "retention"


def test_each_slide_is_drawn(open_app):
    sections = [name for name in STORYLINE if name != "predictors"]
    app, drawn = open_app(DECK, section=sections), {}
    while True:
        assert not app.exception
        assert len(titles(app)) == 2
        drawn[app.selectbox(key=SLIDE).value] = len(figures(app))
        if app.button(key=NEXT).disabled:
            break
        app.button(key=NEXT).click().run()
    assert list(drawn) == list(list_makers(sections))
    assert all(drawn.values())


def test_what_goes_with_response_is_told_from_a_first_answer(open_app):
    # Of patients whom no other test asks about: their model has not been resampled, and nobody is
    # made to wait for it.
    app = open_app(DECK, smoking="never", sex="female", slide="predictors")
    assert not app.exception
    assert any("What goes with response is a first answer" in line.value for line in app.caption)
    assert len(figures(app)) == 2


def test_slides_follow_the_order_of_the_sections(open_app):
    app = open_app(DECK, section=["safety", "cohort"])
    assert app.selectbox(key=SLIDE).options[0] == "Safety: adverse events"
    app.multiselect(key=SECTIONS).set_value(["cohort", "safety"]).run()
    assert app.selectbox(key=SLIDE).options[0] == "Cohort and attrition: enrolment"


def test_no_section_is_no_slide(open_app):
    app = open_app(DECK, section=["response"])
    app.multiselect(key=SECTIONS).set_value([]).run()
    assert not app.exception
    assert any("No slide can be made" in line.value for line in app.info)
    assert not app.get("download_button")


def test_filters_count(open_app):
    app = open_app(DECK, section=["cohort"], sex="male")
    assert titles(app)[1].startswith("30 of 240 enrolled patients")


class TestCommitteeMode:
    def test_nothing_stands_around_the_slide(self, open_app):
        app = open_app(DECK, committee="on", sex="male", section=["cohort"])
        assert not app.sidebar.children
        assert not app.multiselect
        assert not app.get("file_uploader")
        assert titles(app)[0].startswith("30 of 240 enrolled patients")
        assert any("· Sex\\: male ·" in line.value for line in app.caption)

    def test_the_keys_step_and_the_filters_stay(self, open_app):
        app = open_app(DECK, committee="on", sex="male", section=["cohort"])
        assert app.button(key=NEXT).proto.shortcut == "right"
        app.button(key=NEXT).click().run()
        assert titles(app)[0].startswith("30 patients \\(Sex\\: male\\), mean age")

    def test_it_is_entered_and_left_where_one_is(self, open_app):
        app = open_app(DECK, section=["safety"], sex="male")
        app.button(key=NEXT).click().run()
        app.button(key=TURN).click().run()
        assert not app.selectbox
        large = app.title[0].value
        app.button(key=TURN).click().run()
        assert app.selectbox(key=SLIDE).value == "preferred_terms"
        assert app.header[0].value == large
        assert app.multiselect(key="view_sex").value == ["male"]


def test_a_template_that_is_none_is_told_and_left(open_app):
    app = open_app(DECK, section=["response"])
    app.get("file_uploader")[0].set_value([("mine.pptx", b"no presentation", "")]).run()
    assert not app.exception
    assert any("The template is damaged" in line.value for line in app.error)
    assert app.get("download_button")


def test_a_template_is_taken(open_app):
    stream = io.BytesIO()
    Presentation().save(stream)
    app = open_app(DECK, section=["response"])
    app.get("file_uploader")[0].set_value([("mine.pptx", stream.getvalue(), "")]).run()
    assert not app.exception
    assert not app.error


REPORT = "share/report.py"


def test_a_report_is_offered_as_either_kind(open_app):
    app = open_app(REPORT, section=["response"])
    assert [button.label for button in app.get("download_button")] == ["Report, HTML"]
    app.selectbox(key="view_report_kind").set_value("pdf").run()
    assert not app.exception
    assert [button.label for button in app.get("download_button")] == ["Report, PDF"]


def test_a_report_without_a_section_is_none(open_app):
    app = open_app(REPORT)
    app.multiselect(key=SECTIONS).set_value([]).run()
    assert not app.exception
    assert any("something to report" in line.value for line in app.info)
    assert not app.get("download_button")
