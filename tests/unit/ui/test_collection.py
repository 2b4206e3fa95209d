"""What is left out of the search for garbage."""

import gc

from lupus_outcomes.ui import collection


def test_what_came_to_stay_is_left_out_and_nothing_that_comes_later():
    gc.disable()
    collection.note()
    stays = [[] for _ in range(1_000)]
    collection.settle()
    left_out = gc.get_freeze_count()
    assert left_out >= len(stays)
    assert gc.isenabled()

    later = [[] for _ in range(100_000)]
    collection.settle()
    assert len(later)
    assert gc.get_freeze_count() <= left_out
    gc.unfreeze()
