"""Stamps as pages write them, made again in another process; forged ones are told.

``tests/proofs/replays.py`` does the same some hundred times.
"""

import pytest

from tests.proofs.replays import forge, replay_elsewhere, save_stamps
from tests.reference_cohort import FOLDER

pytestmark = pytest.mark.slow

N_STAMPS, N_FORGED = 6, 8


def test_what_a_page_stamps_is_made_again_and_what_was_forged_is_not(tmp_path):
    saved = list(save_stamps(tmp_path, [FOLDER / "dataset"], N_STAMPS, seed=7))
    forged = forge(tmp_path, saved, N_FORGED)
    found = replay_elsewhere([*saved, *forged.values()])
    assert len(found) == N_STAMPS + N_FORGED
    for told in found[:N_STAMPS]:
        assert told.is_clean, told.lines
    for name, told in zip(forged, found[N_STAMPS:], strict=True):
        assert not told.is_clean, name
        assert "Traceback" not in " ".join(told.lines), name
