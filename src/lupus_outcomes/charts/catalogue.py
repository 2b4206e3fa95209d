"""Every figure by its id, so that a page and a cache can name one without holding it."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import altair as alt

from lupus_outcomes.charts.attainment import build_attainment

FIGURES: Mapping[str, Callable[..., alt.TopLevelMixin]] = MappingProxyType(
    {
        "attainment": build_attainment,
    }
)


def build_spec(figure: str, arguments: tuple[Any, ...]) -> dict[str, Any]:
    """The Vega-Lite specification of a figure, without its data."""
    return _without_source(FIGURES[figure](*arguments).to_dict())


def _without_source(part: Any) -> Any:
    """Views without a source of their own take the one table given with the specification."""
    if isinstance(part, list):
        return [_without_source(item) for item in part]
    if not isinstance(part, dict):
        return part
    return {key: _without_source(value) for key, value in part.items() if key != "data"}
