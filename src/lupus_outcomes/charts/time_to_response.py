"""Share who have responded by each month: rising curves over who is at risk."""

from dataclasses import replace

from lupus_outcomes.charts.attainment import MEANING
from lupus_outcomes.charts.curves import CurveStyle, draw_curves_with_risk
from lupus_outcomes.charts.style import Drawing, Mode
from lupus_outcomes.endpoints import ENDPOINTS
from lupus_outcomes.release.disclosure import Released

# Lines of endpoints that have no colour of their own, told apart by their dashes.
OTHER_DASHES = ((1, 0), (6, 3), (2, 2), (8, 3, 2, 3))
STOPS = "In the table under the curves whoever stopped first is among the censored."


def draw_time_to_response(released: Released, mode: Mode) -> Drawing | None:
    """The figure of ``estimate_response_curves`` for one definition and method.

    Endpoints are the curves, or with groups the levels, of the first endpoint then.
    """
    table = released.table
    if table.empty:
        return None
    endpoints = tuple(table["endpoint"].unique())
    has_levels = bool((table["group"] != "all").any())
    shown = table[table["endpoint"] == endpoints[0]] if has_levels else table
    shown = shown.assign(
        label=shown["endpoint"].map(lambda name: ENDPOINTS[name].label),
        n_censored=shown["n_censored"] + shown["n_stopped"],
    )
    style = CurveStyle(
        estimate="probability",
        is_falling=False,
        meaning=_look(endpoints[0], 0)[0],
        y_title=f"Share who have reached {ENDPOINTS[endpoints[0]].label}"
        if len(endpoints) == 1 or has_levels
        else "Share who have responded",
        event="responded",
        series="level" if has_levels else "label",
        looks=()
        if has_levels
        else tuple(
            (ENDPOINTS[name].label, *_look(name, place)) for place, name in enumerate(endpoints)
        ),
    )
    shown_only = replace(released, result=replace(released.result, table=shown))
    caption = STOPS if (table["method"] == "aalen_johansen").any() else ""
    if has_levels and len(endpoints) > 1:
        caption = f"Drawn for {ENDPOINTS[endpoints[0]].label}. {caption}".strip()
    return draw_curves_with_risk(shown_only, style, mode, caption=caption)


def _look(endpoint: str, place: int) -> tuple[str, tuple[int, ...]]:
    meaning, dash = MEANING.get(endpoint, ("patients", OTHER_DASHES[place % len(OTHER_DASHES)]))
    return meaning, tuple(dash)
