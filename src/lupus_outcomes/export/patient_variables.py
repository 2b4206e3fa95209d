"""What is told of each patient, a row a patient: baseline, time on the drug, first responses."""

from collections.abc import Iterator

import numpy as np

from lupus_outcomes.derive.characteristics import UNKNOWN_LEVEL, Characteristic
from lupus_outcomes.derive.cohort import Cohort
from lupus_outcomes.derive.columns import numbers
from lupus_outcomes.derive.measured import derive_measured, derive_schedule, is_measured
from lupus_outcomes.derive.response_times import derive_endpoint_times
from lupus_outcomes.derive.retention import CONTROL, LOST, REASON_WORDS, derive_retention
from lupus_outcomes.dictionary import STOP_REASONS
from lupus_outcomes.endpoints import ENDPOINTS
from lupus_outcomes.export.variables import (
    NO_VISIT,
    NOT_APPLICABLE,
    NOT_COLLECTED,
    UNKNOWN_VALUE,
    Variable,
    condition,
    number,
    short_name,
    uncollected,
    yes_no,
)
from lupus_outcomes.indices.three_valued import FALSE, TRUE, UNKNOWN
from lupus_outcomes.measures import MEASURES
from lupus_outcomes.release.row_level import NEVER_TOLD

STOP_CODES = dict(enumerate(STOP_REASONS, start=1))
STOP_WORDS = {**REASON_WORDS, LOST: "lost to follow-up"}


def patient_variables(cohort: Cohort) -> Iterator[Variable]:
    """Every variable of all patients of the cohort, in their order."""
    yield from _time_on_drug(cohort)
    for characteristic in cohort.characteristics.values():
        if characteristic.id not in NEVER_TOLD:
            yield from _characteristic(characteristic, cohort)
    yield from _at_baseline(cohort)
    for endpoint in cohort.protocol.endpoints:
        yield from _first_response(cohort, endpoint)


def _time_on_drug(cohort: Cohort) -> Iterator[Variable]:
    follow_up = cohort.follow_up
    retention = derive_retention(follow_up)
    treated = (cohort.patients["treatment_group"] != CONTROL).to_numpy()
    days = np.where(treated, retention.follow_up_days, np.nan)
    stopped = np.where(retention.is_stop, TRUE, FALSE) * treated
    reasons = np.full(cohort.n_patients, np.nan)
    for code, reason in STOP_CODES.items():
        reasons[follow_up.stop_reason == reason] = code
    words = {code: STOP_WORDS[reason] for code, reason in STOP_CODES.items()}
    yield number("days_on_drug", "Days from day 0 to the end of the clock", days, NOT_APPLICABLE)
    yield yes_no("stopped", "Stopped anifrolumab at that end", stopped, NOT_APPLICABLE)
    yield number("stop_reason", "Why anifrolumab was stopped", reasons, NOT_APPLICABLE, words)
    yield condition("treated", "Given anifrolumab", treated)
    seen = np.fmin(follow_up.last_contact_day, follow_up.observed_until_day)
    yield number("last_seen_day", "Last day of observation", seen)
    yield number("death_day", "Day of death", follow_up.death_day, NOT_APPLICABLE)


def _characteristic(characteristic: Characteristic, cohort: Cohort) -> Iterator[Variable]:
    levels = dict(zip(characteristic.levels, characteristic.members, strict=True))
    if characteristic.overlaps:
        has_visit = cohort.baseline >= 0
        for level, members in levels.items():
            answers = np.where(has_visit, np.where(members, TRUE, FALSE), UNKNOWN)
            label = f"{characteristic.label}: {level}"
            yield yes_no(f"{characteristic.id}_{level}", label, answers, NO_VISIT)
        return
    named = {level: members for level, members in levels.items() if level != UNKNOWN_LEVEL}
    if set(named) <= {"yes", "no"}:
        nobody = np.zeros(cohort.n_patients, dtype=np.bool_)
        yes, no = named.get("yes", nobody), named.get("no", nobody)
        answers = np.select([yes, no], [TRUE, FALSE], UNKNOWN)
        yield yes_no(characteristic.id, characteristic.label, answers)
        return
    values = np.full(cohort.n_patients, np.nan)
    for code, members in enumerate(named.values(), start=1):
        values[members] = code
    words = dict(enumerate(named, start=1))
    yield number(characteristic.id, characteristic.label, values, UNKNOWN_VALUE, words)


def _at_baseline(cohort: Cohort) -> Iterator[Variable]:
    schedule = derive_schedule(cohort)
    why = np.where(cohort.baseline < 0, NO_VISIT, UNKNOWN_VALUE)
    dose = numbers(cohort.patients["baseline_prednisone_mg_day"])
    yield number("baseline_prednisone_mg_day", "Prednisone at baseline, mg/day", dose, why)
    damage = numbers(cohort.patients["baseline_slicc_damage_index"])
    yield number("baseline_slicc_damage_index", "SLICC/ACR damage index at baseline", damage, why)
    for measure in MEASURES.values():
        values = derive_measured(cohort, measure, schedule)[0]
        label = f"{measure.label} at baseline, {measure.unit}"
        yield number(
            f"baseline_{measure.id}",
            label,
            values,
            why if is_measured(cohort, measure) else NOT_COLLECTED,
        )


def _first_response(cohort: Cohort, endpoint: str) -> Iterator[Variable]:
    name, label = short_name(endpoint), ENDPOINTS[endpoint].label
    days_label, event_label = (
        f"{label}: days to the first, or without",
        f"{label}: attained by then",
    )
    if endpoint not in cohort.outcomes:
        shape = (cohort.n_patients,)
        yield uncollected(f"{name}_days", days_label, shape)
        yield uncollected(f"{name}_responded", event_label, shape)
        return
    times = derive_endpoint_times(cohort, endpoint)
    days, cause = times.until_stop()
    at_risk = times.is_at_risk
    yield number(f"{name}_days", days_label, np.where(at_risk, days, np.nan), NOT_APPLICABLE)
    responded = np.where(cause == 1, TRUE, FALSE) * at_risk
    yield yes_no(f"{name}_responded", event_label, responded, NOT_APPLICABLE)
