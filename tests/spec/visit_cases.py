"""Vignettes about a single visit: SLEDAI-2K, DORIS and LLDAS.

Unspecified booleans are false, except that treatment is stable and tolerated and the patient is on
anifrolumab; unspecified doses are 0; a missing previous assessment is null.
"""

import numpy as np

from lupus_outcomes.indices import doris, lldas, sledai
from lupus_outcomes.indices.global_assessment import rescale
from lupus_outcomes.indices.glucocorticoid import is_recent_pulse
from lupus_outcomes.indices.three_valued import FALSE, TRUE, UNKNOWN, every, negate, some
from tests.spec.plain import condition, number, numbers, numbers_list, prednisone, truth
from tests.spec.sle_das_cases import sle_das_alone
from tests.spec.spellings import DRUG_SPELLINGS
from tests.spec.timepoint_cases import non_responder_imputed

ANTIMALARIALS = ("hydroxychloroquine", "chloroquine", "quinacrine", "mepacrine")
BEYOND_SLEDAI = ("haemolytic_anaemia", "gi_activity")
INTERVAL_DAYS = {"day": 1, "week": 7, "2weeks": 14, "4weeks": 28, "month": 28}


def visit(inputs, options):
    """All states at one visit."""
    items = _descriptors(inputs["descriptors"], inputs.get("descriptors_missing", ()))
    total = sledai.compute_sledai_2k(items)
    clinical = sledai.compute_clinical_sledai(items)
    before = inputs.get("prev_descriptors")
    return {
        "sledai2k": number(total.value),
        "csledai": number(clinical.value),
        "sledai2k_bounds": numbers_list(np.concatenate([total.low, total.high])),
        "csledai_bounds": numbers_list(np.concatenate([clinical.low, clinical.high])),
        "sledai2k_delta": _delta(total, before),
        "pga_0_3": number(_physician_ga(inputs)),
        "prednisone_eq_mg_day": number(prednisone(inputs)),
        **_doris(inputs, clinical, items, options),
        **_lldas(inputs, total, items, options),
        **sle_das_alone(inputs, options),
        "nri": {
            "doris_2021": non_responder_imputed(_doris_state(inputs, clinical, options)),
            "lldas": non_responder_imputed(
                lldas.compute_lldas(_lldas_items(inputs, total, items, options))
            ),
        },
    }


def visit_series(inputs, options):
    """The visit asked for, with the last earlier one that has descriptors as the previous."""
    visits, at = inputs["visits"], inputs["evaluate_visit_index"]
    assessed = [earlier for earlier in visits[:at] if earlier.get("descriptors") is not None]
    previous = {}
    if assessed:
        last = assessed[-1]
        previous = {
            "prev_descriptors": last["descriptors"],
            "prev_descriptors_missing": last.get("descriptors_missing", ()),
            "prev_haemolytic_anaemia": last.get("haemolytic_anaemia", False),
            "prev_gi_activity": last.get("gi_activity", False),
        }
    return visit({**previous, **visits[at]}, options)


def sledai_labs(inputs, options):
    """Descriptors decided by measurements; what is not given is normal."""
    found = sledai.compute_laboratory_descriptors(
        proteinuria_g_24h=numbers(inputs.get("proteinuria_g_24h", 0)),
        haematuria_rbc_hpf=numbers(inputs.get("haematuria_rbc_hpf", 0)),
        pyuria_wbc_hpf=numbers(inputs.get("pyuria_wbc_hpf", 0)),
        platelets_10e9_l=numbers(inputs.get("platelets_g_l", 250)),
        leukocytes_10e9_l=numbers(inputs.get("leukocytes_g_l", 6)),
        temperature_c=numbers(inputs.get("temperature_c", 36.8)),
    )
    present = sorted(name for name, code in found.items() if truth(code))
    missing = [name for name, code in found.items() if truth(code) is None]
    return {
        **visit({"descriptors": present, "descriptors_missing": missing}, options),
        "descriptors": present,
    }


def sledai_all_present(inputs, options):
    return visit({"descriptors": sledai.DESCRIPTOR_IDS}, options)


def _descriptors(present, missing=()):
    unheard = {*present, *missing} - {*sledai.DESCRIPTOR_IDS, *BEYOND_SLEDAI}
    if unheard:
        raise LookupError(f"No such descriptor: {unheard}")
    return np.array(
        [
            [UNKNOWN if name in missing else TRUE if name in present else FALSE]
            for name in sledai.DESCRIPTOR_IDS
        ],
        dtype=np.int8,
    )


def _delta(total, before):
    if before is None:
        return None
    return number(total.value - sledai.compute_sledai_2k(_descriptors(before)).value)


def _physician_ga(inputs):
    return rescale(numbers(inputs.get("pga")), inputs.get("pga_scale_max", 3))


def _doris_items(inputs, clinical, options):
    return doris.compute_doris_items(
        clinical,
        _physician_ga(inputs),
        prednisone(inputs),
        condition(inputs.get("treatment_stable", True)),
        doris.DorisOptions(
            glucocorticoid=options.get("doris_gc", "<=5"),
            physician_ga=options.get("doris_pga", "<0.5"),
            assume_stable=options.get("assume_stable", False),
        ),
    )


def _doris_state(inputs, clinical, options):
    return doris.compute_doris_2021(_doris_items(inputs, clinical, options))


def _doris(inputs, clinical, items, options):
    parts = _doris_items(inputs, clinical, options)
    state = doris.compute_doris_2021(parts)
    free = doris.compute_doris_glucocorticoid_free(state, prednisone(inputs))
    off = doris.compute_doris_off_treatment(parts, prednisone(inputs), _takes_more(inputs))
    serology = some(*items[~sledai.IS_CLINICAL])
    return {
        "doris_2021": truth(state),
        "doris_complete": truth(doris.compute_doris_complete(state, serology)),
        "doris_glucocorticoid_free": truth(free),
        "doris_off_treatment": truth(off),
        "doris_off_treatment_complete": truth(doris.compute_doris_complete(off, serology)),
        "doris_items": {
            "csledai": truth(parts.clinical_sledai),
            "pga": truth(parts.physician_ga),
            "gc": truth(parts.glucocorticoid),
            "stable": truth(parts.stable),
        },
        "warnings": _warnings(inputs, state),
    }


def _takes_more(inputs):
    """An immunosuppressant or biologic, antimalarials apart."""
    drugs = [_drug(name)[0] for name, dose in inputs.get("is_doses", {}).items() if dose]
    others = [drug for drug in drugs if drug not in ANTIMALARIALS]
    return condition(inputs.get("on_anifrolumab", True) or bool(others))


def _warnings(inputs, state):
    no = condition(False)
    haemolysis = condition(inputs.get("haemolytic_anaemia", False))
    gut = condition(inputs.get("gi_activity", False))
    raised = {
        "doris_met_with_haemolytic_anaemia": doris.query_blind_spot(state, haemolysis, no),
        "doris_met_with_gi_activity": doris.query_blind_spot(state, no, gut),
        "pulse_in_last_28d": _had_pulse(inputs),
    }
    return [name for name, holds in raised.items() if np.all(holds)]


def _had_pulse(inputs):
    if "pulse_days_ago" in inputs:
        return is_recent_pulse(numbers(inputs["pulse_days_ago"])) == TRUE
    return bool(inputs.get("pulse_in_last_28d", False))


def _lldas_options(options):
    return lldas.LldasOptions(
        new_activity=options.get("lldas_new_feature", "any_descriptor"),
        myositis_is_major=options.get("myositis_is_major", False),
    )


def _lldas_items(inputs, total, items, options):
    haemolysis = _beyond_sledai(inputs, "haemolytic_anaemia", options)
    gut = _beyond_sledai(inputs, "gi_activity", options)
    reading = _lldas_options(options)
    return lldas.LldasItems(
        activity=lldas.compute_activity_item(items, total, haemolysis, gut, reading),
        no_new=_no_new(inputs, items, haemolysis, gut, reading),
        physician_ga=lldas.compute_physician_ga_item(_physician_ga(inputs)),
        glucocorticoid=lldas.compute_glucocorticoid_item(prednisone(inputs)),
        maintenance=lldas.compute_maintenance_item(
            every(_doses_in_limits(inputs), _tolerated(inputs)),
            condition(inputs.get("investigational_drug", False)),
        ),
    )


def _beyond_sledai(inputs, name, options):
    """Activity without a descriptor; where a registry never collects it, declared as absent."""
    recorded = None if name in inputs.get("descriptors_missing", ()) else inputs.get(name, False)
    return condition(False if recorded is None and options.get("assume_absent") else recorded)


def _no_new(inputs, items, haemolysis, gut, reading):
    if reading.new_activity not in ("any_descriptor", "clinical_only"):
        raise LookupError("A reading of item 2 by flares needs the inputs of the flare index")
    present_before = inputs.get("prev_descriptors")
    before = np.vstack(
        [
            _descriptors(present_before or (), inputs.get("prev_descriptors_missing", ())),
            condition(inputs.get("prev_haemolytic_anaemia", False)),
            condition(inputs.get("prev_gi_activity", False)),
        ]
    )
    has_previous = np.array([present_before is not None])
    now = np.vstack([items, haemolysis, gut])
    return lldas.compute_no_new_item(now, before, has_previous, reading)


def _tolerated(inputs):
    tolerated = [inputs.get(name, True) for name in ("tolerated", "tolerance", "well_tolerated")]
    return every(
        *(condition(value) for value in tolerated),
        negate(condition(inputs.get("not_tolerated", False))),
    )


def _drug(name):
    """``mycophenolate_mofetil_mg_day`` as the drug, its days between doses, whether per kg."""
    drug, _, period = name.partition("_mg_")
    drug = drug.replace("_", " ")
    days = INTERVAL_DAYS[period.removeprefix("kg_")]
    return DRUG_SPELLINGS.get(drug, drug), days, period.startswith("kg_")


def _doses_in_limits(inputs):
    parts = [condition(True)]
    for name, dose in inputs.get("is_doses", {}).items():
        drug, days, is_per_kg = _drug(name)
        weight = 1.0 if is_per_kg else inputs.get("weight_kg") or np.nan
        parts.append(
            lldas.compute_dose_in_limits(drug, numbers(dose), numbers(days), numbers(weight))
        )
    return every(*parts)


def _lldas(inputs, total, items, options):
    parts = _lldas_items(inputs, total, items, options)
    state = lldas.compute_lldas(parts)
    return {
        "lldas": truth(state),
        "lldas5": truth(lldas.compute_lldas5(state, prednisone(inputs))),
        "lldas_items": {
            "item1_activity": truth(parts.activity),
            "item2_no_new": truth(parts.no_new),
            "item3_pga": truth(parts.physician_ga),
            "item4_gc": truth(parts.glucocorticoid),
            "item5_maintenance": truth(parts.maintenance),
        },
    }
