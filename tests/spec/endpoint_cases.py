"""Vignettes about skin, joints, composite responses, glucocorticoids, damage and questionnaires."""

import datetime as dt
import re

import numpy as np

from lupus_outcomes.indices import (
    bicla,
    bilag,
    cutaneous,
    damage,
    glucocorticoid,
    patient_reported,
    sri,
    sustained,
)
from lupus_outcomes.indices import (
    joints as joint_counts,
)
from lupus_outcomes.indices.doris import GLUCOCORTICOID_LIMIT_MG_DAY as DORIS_LIMIT
from lupus_outcomes.indices.lldas import GLUCOCORTICOID_LIMIT_MG_DAY as LLDAS_LIMIT
from lupus_outcomes.indices.three_valued import FALSE, UNKNOWN, at_most, some
from tests.spec.plain import (
    condition,
    find,
    number,
    numbers,
    numbers_list,
    score,
    simplified,
    truth,
    words,
)
from tests.spec.spellings import BILAG_SPELLINGS, DAMAGE_SPELLINGS, INSTRUMENT_SPELLINGS

LARGEST_SLEDAI = 105


def clasi(inputs, options):
    before, now = numbers(inputs["baseline"]), numbers(inputs["now"])
    return {
        "clasi50": truth(cutaneous.compute_clasi_50(before, now)),
        "pct_change": number(cutaneous.compute_percent_change(before, now)),
        "clasi50_trial_population": truth(cutaneous.is_trial_population(before)),
        "improved": truth(cutaneous.compute_improvement(before, now)),
        "severity_baseline": words(cutaneous.compute_severity(before), cutaneous.SEVERITIES),
        "severity_now": words(cutaneous.compute_severity(now), cutaneous.SEVERITIES),
        "severity": words(cutaneous.compute_severity(now), cutaneous.SEVERITIES),
    }


def clasi_max(inputs, options):
    """Every area at its worst."""
    n_areas = len(cutaneous.AREAS)
    worst_areas = {
        name: np.full((n, 1), float(points))
        for name, n, points in (
            ("erythema", n_areas, cutaneous.ERYTHEMA_MAX),
            ("scale", n_areas, cutaneous.SCALE_MAX),
            ("pigment", n_areas, cutaneous.DYSPIGMENTATION_MAX),
            ("scarring", n_areas - 1, cutaneous.SCARRING_MAX),
        )
    }
    activity = cutaneous.compute_activity(
        worst_areas["erythema"],
        worst_areas["scale"],
        mucous_membrane=numbers(cutaneous.MUCOUS_MEMBRANE_MAX),
        recent_hair_loss=numbers(cutaneous.RECENT_HAIR_LOSS_MAX),
        alopecia=numbers(cutaneous.ALOPECIA_MAX),
    )
    of_damage = cutaneous.compute_damage(
        worst_areas["pigment"],
        np.array([True]),
        worst_areas["scarring"],
        numbers(max(cutaneous.SCALP_SCARRING)),
    )
    return {"clasi_a_max": number(activity), "clasi_d_max": number(of_damage)}


def joints(inputs, options):
    before = numbers(inputs.get("sjc_baseline")), numbers(inputs.get("tjc_baseline"))
    now = numbers(inputs.get("sjc_now")), numbers(inputs.get("tjc_now"))
    active = numbers(inputs.get("active_baseline")), numbers(inputs.get("active_now"))
    return {
        "joint50_both": truth(joint_counts.compute_joint_50(*before, *now)),
        "joint50_active": truth(joint_counts.compute_active_joint_50(*active)),
        "eligible": truth(joint_counts.is_trial_population(*before)),
    }


def grades(by_system):
    """Grades of one visit; a system that is not named was never involved."""
    codes = np.full((len(bilag.SYSTEMS), 1), bilag.E)
    for name, letter in by_system.items():
        row = bilag.SYSTEMS.index(find(name, BILAG_SPELLINGS))
        codes[row] = bilag.MISSING if letter is None else bilag.GRADES.index(letter)
    return codes


def composite_response(inputs, options):
    """SRI-4 and BICLA, each with its variant and its denominator."""
    given = sri.ResponderInputs(
        sledai_baseline=score(inputs.get("sledai_baseline"), LARGEST_SLEDAI),
        sledai_now=score(inputs.get("sledai_now"), LARGEST_SLEDAI),
        bilag_baseline=grades(inputs.get("bilag_baseline", {})),
        bilag_now=grades(inputs.get("bilag_now", {})),
        physician_ga_baseline=numbers(inputs.get("pga_baseline")),
        physician_ga_now=numbers(inputs.get("pga_now")),
    )
    failed = some(
        condition(inputs.get("restricted_medication", False)),
        condition(inputs.get("discontinued", False)),
    )
    form = options.get("bicla_form", "tulip")
    eligible = {
        "sri4": sri.can_respond(given.sledai_baseline),
        "bicla": bilag.has_active_system(given.bilag_baseline),
    }
    return {
        "sri4": truth(sri.compute_sri_4(given, failed)),
        "msri4": truth(sri.compute_modified_sri_4(given)),
        "sri4_modified": truth(sri.compute_modified_sri_4(given)),
        "bicla": truth(bicla.compute_bicla(given, form, failed)),
        "bicla_original": truth(bicla.compute_bicla(given, "original", failed)),
        "eligible": truth(eligible[inputs["kind"]]),
        "sri4_eligible": truth(eligible["sri4"]),
        "bicla_eligible": truth(eligible["bicla"]),
    }


def sustained_onset(inputs, options):
    """One patient's visits in weeks; null is a missed visit."""
    weeks = inputs["visits_weeks"]
    stop = inputs.get("discontinued_week")
    response = np.concatenate([condition(value) for value in inputs["response"]])
    if stop is not None:
        response = np.where(np.array(weeks) < stop, response, FALSE)
    patient = np.zeros(len(weeks), dtype=np.int64)

    def week(rows):
        return None if rows[0] == sustained.NONE else weeks[rows[0]]

    onset = week(sustained.find_sustained_to_end(response, patient, 1))
    return {
        "first_attainment_week": week(sustained.find_first_attainment(response, patient, 1)),
        "sustained_onset_week": onset,
        "sustained_event": onset is not None,
        "censor_week": None if onset is not None else stop or weeks[-1],
        "sustained_k_week": week(
            sustained.find_sustained_k(response, patient, 1, inputs.get("k", 2))
        ),
    }


def gc_endpoint(inputs, options):
    before, now = numbers(inputs["baseline"]), numbers(inputs["now"])
    attained = glucocorticoid.compute_new_attainment
    return {
        "le5": truth(at_most(now, 5.0)),
        "le7_5": truth(at_most(now, 7.5)),
        "le5_new_attainment": truth(attained(before, now, 5.0)),
        "le7_5_new_attainment": truth(attained(before, now, 7.5)),
        "discontinued": truth(attained(before, now, 0.0)),
    }


def gc_sustained_tulip(inputs, options):
    baseline = inputs["baseline"]
    held = glucocorticoid.compute_sustained_taper(
        np.nan if baseline is None else baseline,
        numbers(*inputs["weeks"]),
        numbers(*inputs["doses"]),
    )
    return {"sustained_le7_5": truth(held)}


def gc_cumulative(inputs, options):
    segments = inputs.get("segments", ())
    daily = [
        glucocorticoid.compute_prednisone_equivalent(s.get("drug", "prednisone"), s["mg_day"])
        for s in segments
    ]
    oral = glucocorticoid.compute_cumulative_dose(
        np.array(daily, dtype=np.float64), np.array([s["days"] for s in segments], dtype=np.float64)
    )
    pulse = glucocorticoid.compute_pulse_dose(
        (p["drug"], p["mg"], p.get("n", 1)) for p in inputs.get("pulses", ())
    )
    return {
        "oral_cumulative_mg": oral,
        "pulse_cumulative_mg": pulse,
        "total_mg": oral + pulse,
    }


def gc_daily(inputs, options):
    """A regimen in words, such as ``10 mg alternate days`` or ``4 mg methylprednisolone daily``."""
    words_of_it = inputs["regimen"].lower()
    doses = [float(mg) for mg in re.findall(r"([\d.]+)\s*mg", words_of_it)]
    every_days = _days_of_cycle(words_of_it)
    drug = next(
        (d for d in sorted(glucocorticoid.EQUIVALENT_TO_5_MG, key=len)[::-1] if d in words_of_it),
        inputs.get("drug", "prednisone"),
    )
    daily = glucocorticoid.compute_mean_daily_dose(sum(doses), every_days)
    equivalent = glucocorticoid.compute_prednisone_equivalent(drug, numbers(daily))
    return {
        "prednisone_eq_mg_day": number(equivalent),
        "doris_gc_ok": truth(at_most(equivalent, DORIS_LIMIT)),
        "lldas_gc_ok": truth(at_most(equivalent, LLDAS_LIMIT)),
    }


def _days_of_cycle(regimen):
    """Days over which the named doses are taken once."""
    if "alternat" in regimen or "other day" in regimen:
        return 2
    numbered = re.search(r"every (\d+) days", regimen)
    if numbered:
        return int(numbered.group(1))
    return 7 if "week" in regimen else 1


def sdi(inputs, options):
    points = {find(name, DAMAGE_SPELLINGS): n for name, n in inputs.get("items", {}).items()}
    for name, dates in inputs.get("items_events", {}).items():
        item = find(name, DAMAGE_SPELLINGS)
        points[item] = damage.compute_item_score([dt.date.fromisoformat(d) for d in dates], item)
    total = damage.compute_damage_index(points)
    return {"sdi": total, "damage_present": total > 0}


def sdi_series(inputs, options):
    recorded = numbers(*inputs["recorded"])
    starts = np.arange(len(recorded)) == 0
    running = damage.compute_running_damage(recorded, starts)
    accrual = damage.find_accrual(running)
    is_assessed_again = np.isfinite(recorded[0]) and np.isfinite(recorded[1:]).any()
    return {
        "sdi": numbers_list(running),
        "data_query": bool(damage.is_falling(recorded, starts).any()),
        "accrual_from_baseline": accrual is not None if is_assessed_again else None,
        "accrual_interval": None
        if accrual is None
        else f"between visit {accrual.last_without + 1} and visit {accrual.first_with + 1}",
    }


def facit_f(inputs, options):
    """Answers in the order given, put into the order of the instrument."""
    order = inputs.get("order", ",".join(patient_reported.FACIT_FATIGUE_ITEMS)).split(",")
    by_item = dict(zip(order, inputs["responses"], strict=True))
    answers = numbers(*(by_item[item] for item in patient_reported.FACIT_FATIGUE_ITEMS))
    return {"facit_f": number(patient_reported.compute_facit_fatigue(answers[:, np.newaxis]))}


def facit_f_prorate(inputs, options):
    total = patient_reported.prorate(
        numbers(inputs["sum_scored"]),
        numbers(inputs["n_answered"]),
        len(patient_reported.FACIT_FATIGUE_ITEMS),
        patient_reported.FACIT_LEAST_ANSWERED,
    )
    return {"facit_f": number(total)}


def pro_mcid(inputs, options):
    column = find(inputs["instrument"], INSTRUMENT_SPELLINGS)
    instrument = patient_reported.BY_COLUMN[column]
    before, now = numbers(inputs["baseline"]), numbers(inputs["now"])
    threshold = inputs.get("threshold")
    improved = patient_reported.compute_improved(instrument, before, now, threshold=threshold)
    worsened = patient_reported.compute_worsened(instrument, before, now, threshold=threshold)
    with_room = patient_reported.compute_improved(
        instrument, before, now, threshold=threshold, leave_out_no_room=True
    )
    wants_worse = simplified(inputs.get("direction", "improvement")).startswith(("wors", "deter"))
    return {
        "responder": truth(worsened if wants_worse else improved),
        "improved": truth(improved),
        "worsened": truth(worsened),
        "responder_with_room": truth(with_room),
        "room_to_improve": bool(with_room[0] != UNKNOWN),
        "higher_is_better": instrument.higher_is_better,
    }
