"""SELENA-SLEDAI flare index, classic and modified, judged at a visit against the previous one.

Facts: Petri 1999, Lupus 8:685; Buyon 2005, Ann Intern Med 142:953. Any single criterion suffices
and severe overrides mild or moderate. Computed here on SLEDAI-2K, not on SELENA-SLEDAI.

"Modified" is ambiguous in print, so a variant is always named:
``classic``          as published.
``bliss_modified``   a score rising above 12 is not severe when it is the only severe trigger
                     (Navarra 2011; Furie 2011); the rise of 3 or more then counts as mild or
                     moderate.
``clinical_only``    no medication criteria (Thanou 2014).
``no_pga``           without the physician's global assessment.
``no_score``         without the change in score.

Starting anifrolumab, belimumab or rituximab is no criterion of the index; the option
``new_biologic_is_severe`` is a declared extension. The first visit has nothing to be compared with:
unknown. A criterion that a registry does not collect is given as false by the caller, who says so.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from lupus_outcomes.indices.three_valued import (
    FALSE,
    TRUE,
    UNKNOWN,
    Numbers,
    ThreeValued,
    above,
    at_least,
    below,
    every,
    some,
)

Variant = Literal["classic", "bliss_modified", "clinical_only", "no_pga", "no_score"]
VARIANTS: tuple[Variant, ...] = ("classic", "bliss_modified", "clinical_only", "no_pga", "no_score")
SEVERITIES = ("none", "mild_moderate", "severe")

SCORE_RISE, SCORE_SEVERE = 3, 12
GA_RISE, GA_SEVERE = 1.0, 2.5
SEVERE_MG_PER_KG = 0.5
# Without a weight: at most 15 mg is at most 0.5 mg/kg from 30 kg, 60 mg is more below 120 kg.
SURELY_NOT_SEVERE_MG, SURELY_SEVERE_MG = 15.0, 60.0
# New for activity of lupus; mycophenolate in later versions of the index.
SEVERE_DRUGS = ("cyclophosphamide", "azathioprine", "methotrexate", "mycophenolate")
MILD_DRUGS = ("hydroxychloroquine", "nsaid")
BIOLOGICS = ("anifrolumab", "belimumab", "rituximab")
PLATELETS_LIMIT_10E9_L, HAEMOGLOBIN_LIMIT_G_DL, HAEMOGLOBIN_FALL_G_DL = 60.0, 7.0, 3.0


# Criteria a variant leaves out: of a severe flare, of a mild or moderate one.
LEFT_OUT: dict[Variant, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "classic": ((), ()),
    "bliss_modified": (("score",), ()),
    "clinical_only": (("dose", "drug"), ("dose", "drug")),
    "no_pga": (("global",), ("global",)),
    "no_score": (("score",), ("score",)),
}


@dataclass(frozen=True, slots=True)
class FlareOptions:
    """Readings of the index.

    ``severe_score``: whether a rise above 12 must also be a rise of at least 3 points.
    ``new_biologic_is_severe``: an extension, not part of the published index.
    """

    variant: Variant = "classic"
    severe_score: Literal["now>12 and rise>=3", "literal_crossing"] = "now>12 and rise>=3"
    new_biologic_is_severe: bool = False

    @property
    def severe_drugs(self) -> tuple[str, ...]:
        """Drugs that make a flare severe when newly given for activity of lupus."""
        return SEVERE_DRUGS + BIOLOGICS if self.new_biologic_is_severe else SEVERE_DRUGS


@dataclass(frozen=True, slots=True)
class FlareInputs:
    """One visit each against the one before it; floats with NaN, conditions three-valued.

    ``prednisone_before``: the dose until the visit, ``prednisone_after``: the dose decided there,
    mg/day. From no prednisone any start counts as doubling.
    ``severe_features``: new or worse CNS lupus, vasculitis, nephritis, myositis, platelets < 60 or
    haemolysis (``compute_haemolysis``); they count only with doubling, > 0.5 mg/kg or admission.
    ``mild_features``: new or worse skin disease, ulcers, serositis, arthritis or fever.
    """

    sledai_before: Numbers
    sledai_now: Numbers
    physician_ga_before: Numbers
    physician_ga_now: Numbers
    prednisone_before: Numbers
    prednisone_after: Numbers
    weight_kg: Numbers
    severe_features: ThreeValued
    mild_features: ThreeValued
    new_severe_drug: ThreeValued
    new_mild_drug: ThreeValued
    admitted: ThreeValued


def compute_flare(inputs: FlareInputs, options: FlareOptions = FlareOptions()) -> NDArray[np.int8]:
    """Position in SEVERITIES at each visit, -1 where it cannot be told."""
    severe, mild = _triggers(inputs, options)
    category = np.full(severe.shape, -1, dtype=np.int8)
    category[(severe == FALSE) & (mild == FALSE)] = 0
    category[(severe == FALSE) & (mild == TRUE)] = 1
    category[severe == TRUE] = 2
    return category


def _triggers(inputs: FlareInputs, options: FlareOptions) -> tuple[ThreeValued, ThreeValued]:
    score_severe, score_mild = _score(inputs, options)
    severe_criteria = {
        "score": score_severe,
        "features": every(inputs.severe_features, _treated_as_severe(inputs)),
        "dose": _dose_severe(inputs),
        "drug": inputs.new_severe_drug,
        "admission": inputs.admitted,
        "global": _global_severe(inputs),
    }
    mild_criteria = {
        "score": score_mild,
        "features": inputs.mild_features,
        "dose": above(_round(inputs.prednisone_after - inputs.prednisone_before), 0.0),
        "drug": inputs.new_mild_drug,
        "global": at_least(_round(inputs.physician_ga_now - inputs.physician_ga_before), GA_RISE),
    }
    not_severe, not_mild = LEFT_OUT[options.variant]
    return (
        some(*(held for name, held in severe_criteria.items() if name not in not_severe)),
        some(*(held for name, held in mild_criteria.items() if name not in not_mild)),
    )


def _score(inputs: FlareInputs, options: FlareOptions) -> tuple[ThreeValued, ThreeValued]:
    rise = inputs.sledai_now - inputs.sledai_before
    now_severe = above(inputs.sledai_now, SCORE_SEVERE)
    if options.severe_score == "literal_crossing":
        severe = every(now_severe, above(rise, 0))
    else:
        severe = every(now_severe, at_least(rise, SCORE_RISE))
    return severe, at_least(rise, SCORE_RISE)


def _global_severe(inputs: FlareInputs) -> ThreeValued:
    rise = _round(inputs.physician_ga_now - inputs.physician_ga_before)
    return every(above(rise, 0), above(inputs.physician_ga_now, GA_SEVERE))


def _dose_severe(inputs: FlareInputs) -> ThreeValued:
    increased = above(_round(inputs.prednisone_after - inputs.prednisone_before), 0.0)
    return every(increased, _above_half_mg_per_kg(inputs))


def _above_half_mg_per_kg(inputs: FlareInputs) -> ThreeValued:
    dose = inputs.prednisone_after
    by_weight = above(_round(dose / inputs.weight_kg, 4), SEVERE_MG_PER_KG)
    without_weight = np.where(
        dose >= SURELY_SEVERE_MG, TRUE, np.where(dose <= SURELY_NOT_SEVERE_MG, FALSE, UNKNOWN)
    ).astype(np.int8)
    return np.where(np.isnan(inputs.weight_kg), without_weight, by_weight)


def _treated_as_severe(inputs: FlareInputs) -> ThreeValued:
    before, after = inputs.prednisone_before, inputs.prednisone_after
    doubled = every(above(_round(after - before), 0.0), at_least(_round(after - 2 * before), 0.0))
    return some(doubled, _above_half_mg_per_kg(inputs), inputs.admitted)


def compute_haemolysis(
    haemolytic_anaemia: ThreeValued, haemoglobin_before: Numbers, haemoglobin_now: Numbers
) -> ThreeValued:
    """Haemolytic anaemia with haemoglobin below 7 g/dL or a fall of more than 3 g/dL."""
    fall = above(_round(haemoglobin_before - haemoglobin_now), HAEMOGLOBIN_FALL_G_DL)
    low = below(haemoglobin_now, HAEMOGLOBIN_LIMIT_G_DL)
    return every(haemolytic_anaemia, some(low, fall))


def compute_new_or_worse_platelets(
    platelets_before: Numbers, platelets_now: Numbers
) -> ThreeValued:
    """Platelets below 60 x10^9/L, newly so or fewer than before: either way they have fallen."""
    fallen = below(platelets_now - platelets_before, 0)
    return every(below(platelets_now, PLATELETS_LIMIT_10E9_L), fallen)


def _round(difference: Numbers, digits: int = 2) -> Numbers:
    # 2.3 - 1.3 is 0.9999999999999998 in binary: differences are compared at two decimals.
    return np.round(difference, digits)
