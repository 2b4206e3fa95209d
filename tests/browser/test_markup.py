"""Markup as data, where most of it stands: nothing is fetched, run or built of it.

``tests/proofs/markup.py`` visits every view with all of it.
"""

import pytest

from tests.browser.dashboard import serve
from tests.proofs.markup import Visit, write_part

pytestmark = [pytest.mark.browser, pytest.mark.slow]

VIEWS = ("dataset?show=wrong", "enrolment?show=centres&group=centre", "patient")


def test_what_looks_like_markup_stands_as_it_is(browser, tmp_path):
    dataset, payloads = write_part(tmp_path, part=0)
    with serve(dataset) as address:
        context = browser.new_context()
        visit = Visit(context.new_page(), address, payloads)
        for view in VIEWS:
            visit.open(view)
        visit.open_lists()
        context.close()
    assert visit.problems == []
    assert visit.seen == set(payloads)
