"""Vignettes about time to event and about comparing exposed with unexposed patients."""

import datetime as dt

import numpy as np

from lupus_outcomes.analysis import comparison, survival
from tests.spec.plain import number, numbers

# Months and their fractions as whole units of time, exact to a ten-thousandth.
UNITS_PER_MONTH = 10_000


def aalen_johansen(inputs, options):
    """Kaplan-Meier and cumulative incidences at one month, and the biased 1 - KM of each cause."""
    names = [name for name in dict.fromkeys(inputs["cause"]) if name != "censor"]
    time = np.round(np.array(inputs["months"]) * UNITS_PER_MONTH).astype(np.int64)
    cause = np.array([names.index(name) + 1 if name in names else 0 for name in inputs["cause"]])
    at = round(inputs["at_month"] * UNITS_PER_MONTH)
    table = survival.count_at_risk(time, cause, len(names))
    curve = survival.estimate_aalen_johansen(table)
    retention = survival.estimate_kaplan_meier(table)
    incidence = survival.read_on(table, curve.incidence, at, 0.0)
    answers = {
        "retention_km": number(survival.read_on(table, retention.survival, at, 1.0)),
        "cif": dict(zip(names, map(number, incidence), strict=True)),
    }
    for code, name in enumerate(names, 1):
        alone = survival.count_at_risk(time, cause == code)
        kept = survival.read_on(alone, survival.estimate_kaplan_meier(alone).survival, at, 1.0)
        answers[f"naive_1_minus_km_{name}"] = 1 - number(kept)
    return answers


def e_value(inputs, options):
    rare = inputs.get("rare", True)
    estimate = comparison.compute_e_value(inputs["hr"], outcome_is_rare=rare)
    low, high = inputs.get("ci", (inputs.get("ci_low", 1.0), inputs.get("ci_high", 1.0)))
    limit = comparison.compute_e_value_limit(low, high, outcome_is_rare=rare)
    return {"e_value": number(estimate), "e_value_ci": number(limit)}


def _balance(smd):
    return {"smd": number(smd), "balanced": bool(comparison.is_balanced(smd))}


def smd_continuous(inputs, options):
    return _balance(
        comparison.compute_smd_continuous(
            inputs["mean1"], inputs["sd1"], inputs["mean0"], inputs["sd0"]
        )
    )


def smd_binary(inputs, options):
    return _balance(comparison.compute_smd_binary(inputs["p1"], inputs["p0"]))


def ps_weights(inputs, options):
    propensity = numbers(inputs["ps"], inputs["ps"])
    is_exposed = np.array([True, False])
    schemes = {
        "overlap": comparison.compute_overlap_weights,
        "iptw_ate": comparison.compute_iptw_weights,
        "att": comparison.compute_att_weights,
    }
    return {
        name: dict(
            zip(("treated", "control"), map(number, scheme(propensity, is_exposed)), strict=True)
        )
        for name, scheme in schemes.items()
    }


def malignancy_lag(inputs, options):
    days = dt.date.fromisoformat(inputs["diagnosis"]) - dt.date.fromisoformat(inputs["index"])
    lagged = comparison.apply_lag(np.array([days.days]), np.array([True]), inputs["lag_days"])
    return {"counted": bool(lagged.event_observed[0])}
