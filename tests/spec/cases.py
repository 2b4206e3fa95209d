"""From a vignette to the product's answer, and what the two disagree about.

Each ``kind`` has one adapter: plain inputs in, every answer the product has in plain words out.
``null`` in a vignette is unknown or not applicable; numbers agree within 0.001.
"""

import math
from collections.abc import Callable, Mapping

from tests.spec import (
    endpoint_cases,
    flare_cases,
    safety_cases,
    sle_das_cases,
    statistics_cases,
    timepoint_cases,
    visit_cases,
)

TOLERANCE = 0.001
ADAPTERS = {
    "visit": visit_cases.visit,
    "visit_series": visit_cases.visit_series,
    "sledai_labs": visit_cases.sledai_labs,
    "sledai_all_present": visit_cases.sledai_all_present,
    "sle_das": sle_das_cases.sle_das_alone,
    "sfi": flare_cases.sfi,
    "bilag_flare": flare_cases.bilag_flare,
    "clasi": endpoint_cases.clasi,
    "clasi_max": endpoint_cases.clasi_max,
    "joints": endpoint_cases.joints,
    "sri4": endpoint_cases.composite_response,
    "bicla": endpoint_cases.composite_response,
    "sustained_onset": endpoint_cases.sustained_onset,
    "gc_endpoint": endpoint_cases.gc_endpoint,
    "gc_sustained_tulip": endpoint_cases.gc_sustained_tulip,
    "gc_cumulative": endpoint_cases.gc_cumulative,
    "gc_daily": endpoint_cases.gc_daily,
    "sdi": endpoint_cases.sdi,
    "sdi_series": endpoint_cases.sdi_series,
    "facit_f": endpoint_cases.facit_f,
    "facit_f_prorate": endpoint_cases.facit_f_prorate,
    "pro_mcid": endpoint_cases.pro_mcid,
    "incidence": safety_cases.incidence,
    "eair": safety_cases.eair,
    "seriousness": safety_cases.seriousness,
    "teae": safety_cases.teae,
    "infusion_interval": safety_cases.infusion_interval,
    "window": timepoint_cases.window,
    "window_pick": timepoint_cases.window_pick,
    "timepoint_status": timepoint_cases.timepoint_status,
    "retention": timepoint_cases.retention,
    "aalen_johansen": statistics_cases.aalen_johansen,
    "e_value": statistics_cases.e_value,
    "smd_continuous": statistics_cases.smd_continuous,
    "smd_binary": statistics_cases.smd_binary,
    "ps_weights": statistics_cases.ps_weights,
    "malignancy_lag": statistics_cases.malignancy_lag,
    "eular_acr_2019": safety_cases.eular_acr_2019,
    "slicc_2012": safety_cases.slicc_2012,
    "acr_1997": safety_cases.acr_1997,
}
# Named readings of the definitions, as ``options_alt`` spells them, with their other values.
OPTIONS = {
    "lldas_new_feature": ("clinical_only",),
    "doris_gc": ("<5",),
    "doris_pga": ("<=0.5",),
    "assume_stable": (True,),
    "assume_absent": (True,),
    "myositis_is_major": (True,),
    "sfi_severe_score": ("literal_crossing",),
    "new_biologic_is_severe": (True,),
    "bicla_form": ("original",),
}

Answers = Mapping[str, object]


def answer(inputs: Mapping, options: Mapping) -> Answers:
    """Everything the product says about one vignette under the named options."""
    return ADAPTERS[inputs["kind"]](inputs, options)


def disagreement(expected: Mapping, ask: Callable[[Mapping], Answers]) -> str | None:
    """What differs between the expected and the product's answers, in words; None for nothing."""
    given = ask({})
    for key, value in expected.items():
        if key == "options_alt":
            problem = _with_options(value, ask)
        elif key in given:
            problem = _differs(key, value, given[key])
        elif key.endswith("_alt"):
            problem = _no_reading_gives(key.removesuffix("_alt"), value, ask)
        else:
            problem = f"{key}: the product has no such answer, only {', '.join(sorted(given))}"
        if problem:
            return problem
    return None


def _with_options(stated, ask) -> str | None:
    """Answers under one set of named options, or under each of a list of sets."""
    for block in stated if isinstance(stated, list) else [stated]:
        options = {name: value for name, value in block.items() if name in OPTIONS}
        if not options:
            return f"options_alt names none of {', '.join(OPTIONS)}"
        expected = {name: value for name, value in block.items() if name not in OPTIONS}
        problem = disagreement(expected, lambda more, options=options: ask({**options, **more}))
        if problem:
            return f"with {options}: {problem}"
    return None


def _no_reading_gives(key: str, value, ask) -> str | None:
    """A ``_alt`` key: some other named reading must give this answer."""
    readings = [{name: other} for name, others in OPTIONS.items() for other in others]
    given = [ask(reading).get(key, "no answer") for reading in readings]
    if any(_differs(key, value, other) is None for other in given):
        return None
    return f"{key}: expected {value!r} under some other reading, the product gives {given}"


def _differs(key: str, expected, given) -> str | None:
    if isinstance(expected, Mapping) and isinstance(given, Mapping):
        for name, value in expected.items():
            if name not in given:
                return f"{key}.{name}: the product has no such answer, only {', '.join(given)}"
            problem = _differs(f"{key}.{name}", value, given[name])
            if problem:
                return problem
        return None
    if isinstance(expected, list) and isinstance(given, list) and len(expected) == len(given):
        parts = enumerate(zip(expected, given, strict=True))
        problems = (_differs(f"{key}[{n}]", *pair) for n, pair in parts)
        return next((problem for problem in problems if problem), None)
    return None if _same(expected, given) else f"{key}: expected {expected!r}, got {given!r}"


def _same(expected, given) -> bool:
    if isinstance(expected, bool) or isinstance(given, bool) or expected is None or given is None:
        return expected is given
    if isinstance(expected, (int, float)) and isinstance(given, (int, float)):
        return math.isclose(expected, given, rel_tol=0, abs_tol=TOLERANCE)
    return expected == given
