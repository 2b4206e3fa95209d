"""Every figure by its id, so that a page and a cache can name one without holding it."""

from collections.abc import Callable, Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Any

import altair as alt

from lupus_outcomes.charts.attainment import build_attainment
from lupus_outcomes.charts.change import build_change
from lupus_outcomes.charts.completeness import build_denominators
from lupus_outcomes.charts.course_marks import build_course
from lupus_outcomes.charts.cumulative_dose import build_cumulative_dose
from lupus_outcomes.charts.curves import build_curves
from lupus_outcomes.charts.dependence import build_dependence
from lupus_outcomes.charts.dose_bands import build_dose_bands, build_dose_paths
from lupus_outcomes.charts.eligibility import build_attrition
from lupus_outcomes.charts.enrolment import build_centres, build_enrolment
from lupus_outcomes.charts.estimate_rows import build_estimate_rows
from lupus_outcomes.charts.exposure import build_intervals
from lupus_outcomes.charts.flare_course import build_mean_flares
from lupus_outcomes.charts.forest import build_forest
from lupus_outcomes.charts.funnel import build_funnel
from lupus_outcomes.charts.glucocorticoids import build_doses
from lupus_outcomes.charts.heat_map import build_heat_map
from lupus_outcomes.charts.interim import build_interim
from lupus_outcomes.charts.manifestations import build_manifestations
from lupus_outcomes.charts.missing import build_missing
from lupus_outcomes.charts.obstacles import build_obstacles
from lupus_outcomes.charts.prediction import (
    build_calibration,
    build_net_benefit,
    build_shuffled,
)
from lupus_outcomes.charts.ranked_rows import build_ranked_rows
from lupus_outcomes.charts.reasons import build_reasons
from lupus_outcomes.charts.shares import build_shares
from lupus_outcomes.charts.slide import (
    build_slide_bars,
    build_slide_lines,
    build_slide_table,
)
from lupus_outcomes.charts.style import Drawing, Mode, colour

SPECS_KEPT = 200
LETTERS = {
    "axis": ("labelColor", "titleColor"),
    "legend": ("labelColor", "titleColor"),
    "title": ("color",),
}
FIGURES: Mapping[str, Callable[..., alt.TopLevelMixin]] = MappingProxyType(
    {
        "attainment": build_attainment,
        "obstacles": build_obstacles,
        "doses": build_doses,
        "dose_bands": build_dose_bands,
        "dose_paths": build_dose_paths,
        "cumulative_dose": build_cumulative_dose,
        "attrition": build_attrition,
        "centres": build_centres,
        "course": build_course,
        "curves": build_curves,
        "denominators": build_denominators,
        "enrolment": build_enrolment,
        "forest": build_forest,
        "funnel": build_funnel,
        "interim": build_interim,
        "intervals": build_intervals,
        "manifestations": build_manifestations,
        "rates_by_severity": build_estimate_rows,
        "rates_by_year": build_estimate_rows,
        "rates_by_disease_state": build_estimate_rows,
        "mean_flares": build_mean_flares,
        "missing_by_centre": build_missing,
        "missing_by_timepoint": build_missing,
        "reasons": build_reasons,
        "incidence": build_estimate_rows,
        "terms": build_estimate_rows,
        "onset": build_estimate_rows,
        "label": build_estimate_rows,
        "published": build_estimate_rows,
        "vaccination": build_estimate_rows,
        "change": build_change,
        "sledai_items": build_heat_map,
        "answered": build_heat_map,
        "shares_patient_reported": build_shares,
        "shares_damage": build_shares,
        "calibration": build_calibration,
        "net_benefit": build_net_benefit,
        "by_centre": build_ranked_rows,
        "shuffled": build_shuffled,
        "predictors": build_ranked_rows,
        "dependence": build_dependence,
        "interactions": build_ranked_rows,
        "waterfall": build_ranked_rows,
        "slide_bars": build_slide_bars,
        "slide_lines": build_slide_lines,
        "slide_table": build_slide_table,
    }
)


@lru_cache(maxsize=SPECS_KEPT)
def build_spec(figure: str, arguments: tuple[Any, ...]) -> dict[str, Any]:
    """The Vega-Lite specification of a figure, without its data: built once, not to be changed."""
    spec = _without_source(FIGURES[figure](*arguments).to_dict())
    *_, mode = arguments
    return {**spec, "config": _in_ink(spec["config"], mode)}


def _in_ink(config: Mapping[str, Any], mode: Mode) -> dict[str, Any]:
    """Axes, legends and titles in the colour of text: a page's own grey for them is too pale."""
    inked = {part: dict.fromkeys(names, colour("text", mode)) for part, names in LETTERS.items()}
    return {**config, **{part: config[part] | colours for part, colours in inked.items()}}


def complete_spec(spec: Mapping[str, Any], drawing: Drawing) -> dict[str, Any]:
    """The same with the height and the numbers that the data of a drawing decide."""
    params = [{"name": name, "value": value} for name, value in drawing.numbers.items()]
    own = {"params": params} if params else {}
    return {**spec, **own} if drawing.height is None else {**spec, **own, "height": drawing.height}


def _without_source(part: Any) -> Any:
    """Views without a source of their own take the one table given with the specification."""
    if isinstance(part, list):
        return [_without_source(item) for item in part]
    if not isinstance(part, dict):
        return part
    return {key: _without_source(value) for key, value in part.items() if key != "data"}
