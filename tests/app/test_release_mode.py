"""The dashboard in release mode: rounded, unfiltered, no page fails over what is denied."""

import pytest

from lupus_outcomes.paths import DISCLOSURE_VARIABLE
from lupus_outcomes.release.disclosure import RELEASE, RELEASE_BANNER
from tests.app.conftest import said_of_the_address
from tests.app.test_every_page import PAGES, PATIENT_PAGE, each_view

pytestmark = pytest.mark.slow


@pytest.fixture
def for_release(monkeypatch, on_the_sample):
    monkeypatch.setenv(DISCLOSURE_VARIABLE, RELEASE)
    return on_the_sample


@pytest.mark.parametrize("page", PAGES)
def test_every_view_is_drawn_or_says_that_it_is_not_available(for_release, page):
    app = for_release(page)
    assert any(RELEASE_BANNER in line.value for line in app.caption)
    for view in each_view(app):
        assert not view.exception
        denied = [line.value for line in view.info if "release mode" in line.value]
        drawn = view.dataframe or view.get("download_button") or view.toggle or view.file_uploader
        assert len(denied) == 1 or drawn


def test_filters_are_not_there_and_an_address_brings_none(for_release):
    app = for_release(sex="male")

    assert "view_sex" not in app.session_state
    seen = next(line.value for line in app.caption if "You are seeing" in line.value)
    assert "about 180 patients" in seen
    assert "all patients" in seen
    assert "asks for sex = male, which is not there" in said_of_the_address(app)


def test_groups_can_be_compared(for_release):
    app = for_release("treatment/retention.py", group="compassionate_use")

    assert not app.exception
    assert "by compassionate use" in " ".join(line.value for line in app.caption)


def test_no_patient_is_shown(for_release):
    app = for_release(PATIENT_PAGE)

    (denied,) = app.info
    assert "A single patient is not available in release mode" in denied.value
    assert not app.selectbox(key="view_group").value.startswith("PT-")
    assert not app.dataframe


def test_a_page_with_figures_of_small_counts_says_what_is_left_out(for_release):
    app = for_release("safety/adverse_events.py")

    assert any("1 to 7" in line.value and "left out" in line.value for line in app.caption)
