"""Workbooks made to exhaust the reader are refused in one line, in less than a second of work."""

import time

import pytest

from lupus_outcomes.data.workbook import open_workbook
from lupus_outcomes.errors import UnreadableError
from tests.archive_bombs import BOMBS, MEGABYTE, with_parts

pytestmark = pytest.mark.slow


def test_there_are_at_least_twelve():
    assert len(BOMBS) >= 12


@pytest.mark.parametrize("bomb", BOMBS)
def test_a_bomb_is_refused_at_once(bomb):
    make, reason = BOMBS[bomb]
    content = make()
    assert len(content) < 3 * MEGABYTE
    start = time.process_time()
    with pytest.raises(UnreadableError) as refusal:
        open_workbook(content, "bomb.xlsx")
    assert time.process_time() - start < 1
    message = str(refusal.value)
    assert message.startswith("bomb.xlsx")
    assert reason in message
    assert "\n" not in message


def test_an_honest_workbook_is_read():
    assert open_workbook(with_parts({}), "good.xlsx").cells("visits") == [["1"]]


def test_blanks_of_half_a_megabyte_are_no_bomb():
    content = with_parts({"docProps/other.xml": b" " * (MEGABYTE // 2)})
    assert open_workbook(content, "good.xlsx").sheet_names == ("visits",)
