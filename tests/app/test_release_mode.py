"""The dashboard in release mode: rounded, unfiltered, no page fails over what is denied."""

import pytest

from lupus_outcomes.paths import DISCLOSURE_VARIABLE
from lupus_outcomes.release.disclosure import RELEASE, RELEASE_BANNER
from tests.app.test_every_page import PAGES, each_view

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
        assert denied or view.dataframe or "about" in page or "share" in page
        assert len(denied) <= 1
