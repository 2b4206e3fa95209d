"""The order of the tests."""

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest first, so that no worker begins it when the others are done."""
    items.sort(key=lambda item: [item.get_closest_marker(m) is None for m in ("browser", "slow")])
