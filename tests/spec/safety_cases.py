"""Vignettes about adverse events, rates, infusions and classification."""

import datetime as dt

import numpy as np

from lupus_outcomes.analysis.rates import compute_exposure_adjusted, compute_rate
from lupus_outcomes.indices import classification, infusions, safety
from tests.spec.plain import condition, conditions, find, number, numbers, truth
from tests.spec.spellings import ACR_SPELLINGS, EULAR_ACR_SPELLINGS, SLICC_SPELLINGS

# Words of a vignette for the criteria of ICH E2A, in the order of the index.
SERIOUSNESS = (
    "death",
    "life_threatening",
    "hospitalised",
    "disability",
    "congenital",
    "medically_important",
)


def incidence(inputs, options):
    """Rates per 100 and per 1000 patient-years; the interval in the unit the vignette asks for."""
    answers = {}
    for per in (100, 1000):
        rate = compute_rate(inputs["events"], inputs["patient_years"], per)
        answers[f"rate_per_{per}py"] = number(rate.estimate)
        answers[f"ci95_per_{per}py"] = [number(rate.ci_low), number(rate.ci_high)]
    per = inputs.get("per", 100)
    return {**answers, "ci95": answers[f"ci95_per_{per}py"]}


def eair(inputs, options):
    patients = inputs["patients"]
    events = [(n, year) for n, p in enumerate(patients) for year in p["event_years"]]
    rates = compute_exposure_adjusted(
        [p["follow_up_years"] for p in patients],
        np.array([n for n, _ in events], dtype=np.int64),
        [year for _, year in events],
    )
    return {
        "eair_per_100py": number(rates.first_event.estimate),
        "eair_ci95": [number(rates.first_event.ci_low), number(rates.first_event.ci_high)],
        "event_rate_per_100py": number(rates.all_events.estimate),
        "patients_with_event": rates.n_patients,
        "events": rates.all_events.n_events,
        "py_at_risk": rates.first_event.person_years,
        "total_py": rates.all_events.person_years,
        "crude_percent": 100 * rates.n_patients / rates.n_exposed,
    }


def seriousness(inputs, options):
    """How intense an event was says nothing about it."""
    criteria = conditions([inputs.get(name, False) for name in SERIOUSNESS])
    return {"serious": truth(safety.compute_serious(criteria))}


def teae(inputs, options):
    first, last, onset = (
        numbers(dt.date.fromisoformat(inputs[name]).toordinal())
        for name in ("first_dose", "last_dose", "onset")
    )
    tail = inputs.get("window_days", safety.EMERGENT_UNTIL_DAYS)
    return {
        "teae": truth(safety.compute_treatment_emergent(onset, first, last, tail)),
        "early": truth(safety.compute_early(onset, first)),
    }


def infusion_interval(inputs, options):
    return {"label_violation": truth(infusions.is_too_soon(numbers(inputs["days_since_last"])))}


def _criteria(names, spellings, vocabulary):
    present = {find(name, spellings) for name in names}
    if not present <= set(vocabulary):
        raise LookupError(f"{present - set(vocabulary)} is none of {vocabulary}")
    return conditions([name in present for name in vocabulary])


def eular_acr_2019(inputs, options):
    vocabulary = tuple(item.id for item in classification.EULAR_ACR_2019)
    items = _criteria(inputs["items"], EULAR_ACR_SPELLINGS, vocabulary)
    found = classification.classify_eular_acr_2019(condition(inputs["ana_1_80"]), items)
    return {"meets": truth(found.meets), "points": number(found.score.value)}


def slicc_2012(inputs, options):
    named = [*inputs.get("immunological", ())]
    named += [name for name in ("ana", "anti_dsdna") if inputs.get(name)]
    found = classification.classify_slicc_2012(
        _criteria(inputs.get("clinical", ()), SLICC_SPELLINGS, classification.SLICC_2012_CLINICAL),
        _criteria(named, SLICC_SPELLINGS, classification.SLICC_2012_IMMUNOLOGICAL),
        condition(inputs.get("biopsy_ln", False)),
    )
    return {"meets": truth(found.meets), "count": number(found.score.value)}


def acr_1997(inputs, options):
    found = classification.classify_acr_1997(
        _criteria(inputs["criteria"], ACR_SPELLINGS, classification.ACR_1997)
    )
    return {"meets": truth(found.meets), "count": number(found.score.value)}
