"""The order of the tests, and which worker does which."""

import pytest
from xdist.scheduler import LoadFileScheduling


class ByFile(LoadFileScheduling):
    """A worker does a file, so that what a file derives is derived once.

    All of the browser's files go to one worker: a second server and Chromium beside them leave
    nothing of two cores for the work that they wait for.
    """

    def _split_scope(self, nodeid: str) -> str:
        own = "tests/browser/"
        return own if nodeid.startswith(own) else super()._split_scope(nodeid)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log) -> ByFile:
    return ByFile(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest first, so that no worker begins it when the others are done."""
    items.sort(key=lambda item: [item.get_closest_marker(m) is None for m in ("browser", "slow")])
