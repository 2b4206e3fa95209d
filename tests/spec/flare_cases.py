"""Vignettes about flares: the SELENA-SLEDAI flare index with its variants, and BILAG flares.

What is not given has not changed: equal scores and doses, no feature, no drug, no admission.
"""

from lupus_outcomes.indices import bilag, flare
from lupus_outcomes.indices.three_valued import some
from tests.spec.endpoint_cases import grades
from tests.spec.plain import condition, find, numbers, truth, words
from tests.spec.spellings import FEATURES

MILD_DRUGS = {"antimalarial": "hydroxychloroquine", "nsaid": "nsaid", "ibuprofen": "nsaid"}
KEYS = {
    **{f"sfi_{variant}": variant for variant in flare.VARIANTS},
    "sfi_modified": "bliss_modified",
}


def sfi(inputs, options):
    """The index under every variant."""
    answers = {
        key: words(_category(inputs, variant, options), flare.SEVERITIES)
        for key, variant in KEYS.items()
    }
    literal = {**options, "sfi_severe_score": "literal_crossing"}
    crossing = words(_category(inputs, "classic", literal), flare.SEVERITIES)
    return {**answers, "sfi_literal_crossing": crossing}


def _category(inputs, variant, options):
    reading = flare.FlareOptions(
        variant=variant,
        severe_score=options.get("sfi_severe_score", "now>12 and rise>=3"),
        new_biologic_is_severe=options.get("new_biologic_is_severe", False),
    )
    severity = [find(name, FEATURES) for name in inputs.get("new_or_worse", ())]
    drugs = [name.lower().replace("_", " ") for name in inputs.get("new_drugs", ())]
    dose_before = inputs.get("prednisone_prev", 0)
    return flare.compute_flare(
        flare.FlareInputs(
            sledai_before=numbers(inputs.get("sledai_prev", 0)),
            sledai_now=numbers(inputs.get("sledai_now", 0)),
            physician_ga_before=numbers(inputs.get("pga_prev", 0)),
            physician_ga_now=numbers(inputs.get("pga_now", 0)),
            prednisone_before=numbers(dose_before),
            prednisone_after=numbers(inputs.get("prednisone_after_visit", dose_before)),
            weight_kg=numbers(inputs.get("weight_kg")),
            severe_features=some(condition("severe" in severity), _blood(inputs)),
            mild_features=condition("mild" in severity),
            new_severe_drug=condition(any(d.startswith(reading.severe_drugs) for d in drugs)),
            new_mild_drug=condition(
                any(MILD_DRUGS.get(d, d).startswith(flare.MILD_DRUGS) for d in drugs)
            ),
            admitted=condition(inputs.get("hospitalised_for_sle", False)),
        ),
        reading,
    )


def _blood(inputs):
    """Haemolysis and low platelets, from their measurements where these are given."""
    haemolysis = flare.compute_haemolysis(
        condition(inputs.get("haemolytic_anaemia", False)),
        numbers(inputs.get("hb_prev_g_dl")),
        numbers(inputs.get("hb_now_g_dl")),
    )
    if "platelets_now_g_l" not in inputs:
        return haemolysis
    platelets = flare.compute_new_or_worse_platelets(
        numbers(inputs.get("platelets_prev_g_l")), numbers(inputs["platelets_now_g_l"])
    )
    return some(haemolysis, platelets)


def bilag_flare(inputs, options):
    now, previous = grades(inputs["now"]), grades(inputs["prev"])
    graded = words(bilag.compute_graded_flare(now, previous), bilag.FLARE_SEVERITIES)
    return {
        "bilag_flare_tulip": truth(bilag.compute_flare(now, previous)),
        "bilag_flare_graded": graded,
        "bilag_flare_severity": graded,
        "data_query": bool(bilag.has_impossible_grade(now, previous)[0]),
    }
