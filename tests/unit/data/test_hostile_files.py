"""Hostile and broken files at every door: refused in one line or read, never a traceback.

One in sixteen of the files of ``tests/proofs/hostile.py``, and all that once was our mistake.
"""

import pytest

from tests.hostile_files import draw_bombs, draw_cases
from tests.proofs.hostile import run, warm_up

pytestmark = pytest.mark.slow

ONCE_MISTAKEN = (
    "dta cut at 0", "honest csv called .dta", "commas only", "one very long name",
    "a hundred thousand blank rows", "ten thousand columns", "a column beyond the last",
)  # fmt: skip


def test_there_are_enough_and_no_two_alike():
    cases, bombs = draw_cases(), draw_bombs()
    assert len(cases) >= 200
    assert len(bombs) >= 12
    assert len({(case.name, case.filename) for case in (*cases, *bombs)}) == len(cases) + len(bombs)


def test_every_bomb_is_refused():
    total, wrong, _ = run(draw_bombs()[len(draw_bombs()) // 2 :], must_refuse=True)
    assert not wrong
    assert total["refused"] > 10


def test_every_other_file_is_refused_or_read():
    warm_up()
    cases = draw_cases()
    chosen = [*cases[::16], *(case for case in cases if case.name in ONCE_MISTAKEN)]
    total, wrong, _ = run(chosen, must_refuse=False)
    assert not wrong
    assert total["refused"] > 20
    assert total["read"] > 0
