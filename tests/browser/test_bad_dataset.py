"""A dataset that cannot be shown: the reader is told what and where, and how to mend it."""

import shutil

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import COHORT
from tests.browser.dashboard import serve

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_it_says_what_is_wrong(open_page, tmp_path):
    bad = tmp_path / "bad"
    shutil.copytree(COHORT, bad)
    visits = (bad / "visits.csv").read_text().splitlines()
    (bad / "visits.csv").write_text("\n".join([*visits, visits[-1]]) + "\n")
    with serve(bad) as address:
        page = open_page(address)
        expect(page.get_by_text("This dataset cannot be shown")).to_be_visible()
        expect(page.get_by_text("the key occurs more than once").first).to_be_visible()
        expect(page.get_by_test_id("stException")).to_have_count(0)
        assert visits[-1].split(",")[0] not in page.content()
        page.close()
