"""The deck on its page: what it will say, in which order, and a template that is none."""

import io

import pytest
from pptx import Presentation

from lupus_outcomes.export.deck.storyline import STORYLINE

pytestmark = pytest.mark.slow

DECK = "share/deck.py"
SECTIONS = "view_section"


def headings(app):
    return [line.value for line in app.subheader]


def test_it_says_what_every_slide_will_say(open_app):
    app = open_app(DECK, section=["response", "retention"])
    assert headings(app) == ["Remission and low disease activity", "Retention and reasons"]
    said = [line.value for line in app.markdown if line.value.startswith(("2.", "4."))]
    assert "DORIS remission 33 % \\(71 of 217;" in said[0]
    assert said[1].startswith("4. At 12 months 8")
    assert [button.label for button in app.get("download_button")] == ["PowerPoint"]


def test_slides_follow_the_order_of_the_sections(open_app):
    app = open_app(DECK, section=["safety", "cohort"])
    assert headings(app) == ["Safety", "Cohort and attrition"]
    app.multiselect(key=SECTIONS).set_value(["cohort", "safety"]).run()
    assert headings(app) == ["Cohort and attrition", "Safety"]


def test_without_a_choice_the_whole_story_is_told(open_app):
    # Of patients whom no other test asks about: their model has not been resampled, and nobody is
    # made to wait for it.
    app = open_app(DECK, smoking="never", sex="female")
    assert headings(app) == [section.title for section in STORYLINE.values()]
    assert any("What goes with response is a first answer" in line.value for line in app.caption)


def test_no_section_is_no_slide(open_app):
    app = open_app(DECK, section=["response"])
    app.multiselect(key=SECTIONS).set_value([]).run()
    assert not app.exception
    assert any("No slide can be made" in line.value for line in app.info)
    assert not app.get("download_button")


def test_filters_count(open_app):
    app = open_app(DECK, section=["cohort"], sex="male")
    assert any("30 patients" in line.value for line in app.markdown)


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
