"""Vignettes about windows, time points, handlings of missing data, and retention.

Each is made into the tables of a patient and taken through the product's own derivation.
"""

import math

import numpy as np
import pandas as pd

from lupus_outcomes.derive import timepoints as derived
from lupus_outcomes.derive.follow_up import RESTART_WITHIN_DAYS, STUDY_DRUG, derive_follow_up
from lupus_outcomes.derive.outcomes import Outcome, VisitColumns, derive_outcome
from lupus_outcomes.protocol import DAYS_PER_MONTH, Endpoint, State, month
from tests.spec.plain import condition, truth

MILESTONES = (6, 12, 24, 36, 48, 60)
STATUS_WORDS = {
    "assessed": "observed",
    "missed": "missed_visit",
    "stopped": "discontinued",
    "died": "died",
    "lost": "lost",
    "pending": "pending",
    "not_due": "not_due",
}
STOP_REASONS = {
    "sustained_remission": "remission",
    "inefficacy": "primary_inefficacy",
    "lost": "lost_to_follow_up",
    "died": "death",
}
FAILURES = ("primary_inefficacy", "secondary_inefficacy", "adverse_event")
RESPONSE = Endpoint("response", "Response", State("response"), "", "", ())


def window(inputs, options):
    """The milestone in whose window a day lies."""
    day = np.array([inputs["day"]])
    bounds = np.array([0, 1])
    found = [
        m for m in MILESTONES if derived.choose_visits(day, bounds, month(m))[0] != derived.NONE
    ]
    return {"month": found[0] if found else None}


def window_pick(inputs, options):
    """The visit that stands for a milestone."""
    day = np.array(sorted(inputs["visit_days"]))
    bounds = np.array([0, len(day)])
    row = derived.choose_visits(day, bounds, month(inputs["target_month"]))[0]
    return {"chosen_day": None if row == derived.NONE else int(day[row])}


def timepoint_status(inputs, options):
    """One patient at one milestone: status, denominator and the answer of each handling."""
    timepoint = month(inputs["month"])
    cut = _days_between(inputs["start"], inputs["data_cut"])
    follow_up = derive_follow_up(
        _patients(inputs["start"], inputs["data_cut"]), _stopped(inputs), _date(inputs["data_cut"])
    )
    day, response = _visits(inputs, timepoint, cut, follow_up.stop_day[0])
    bounds = np.array([0, len(day)])
    points = derived.derive_timepoints(day, bounds, follow_up, (timepoint,))
    on_drug = ~(day > follow_up.stop_day[0])
    nothing = np.array([derived.NONE])
    outcome = derive_outcome(RESPONSE, _columns(response), bounds, nothing, on_drug, points)
    status = derived.STATUSES[points.status[0, 0]]
    is_due = bool(points.is_due[0, 0])

    def under(handling):
        return truth(outcome.attained(points, handling)) if is_due else None

    return {
        "status": STATUS_WORDS[status],
        "denominator": is_due,
        "nri": under("nri"),
        "as_observed": under("observed"),
        "locf": under("locf"),
        "treatment_policy": under("treatment_policy"),
        "hybrid": _hybrid(status, follow_up.stop_reason[0], under("observed")),
    }


def _hybrid(status, reason, observed):
    """Whoever stopped for inefficacy or an adverse event fails; others without an answer wait."""
    if status in ("pending", "not_due"):
        return None
    if reason in FAILURES and status == "stopped":
        return False
    return "multiple_imputation_or_locf" if observed is None else observed


def _visits(inputs, timepoint, cut, stop_day):
    """Days and responses: a last visit on the drug before the window, a visit in the window."""
    first = math.ceil(timepoint.window_start_day)
    visits = []
    if "last_observed_response" in inputs:
        visits.append((int(np.fmin(first - 1, stop_day)), inputs["last_observed_response"]))
    if inputs.get("visit_in_window"):
        visits.append((max(first, min(round(timepoint.target_day), cut)), inputs.get("response")))
    day = np.array([day for day, _ in visits], dtype=np.int64)
    response = [condition(response) for _, response in visits] or [np.array([], dtype=np.int8)]
    return day, np.concatenate(response)


def _columns(response):
    states = {"response": response, "baseline": np.full(len(response), derived.NONE)}
    return VisitColumns(pd.DataFrame(index=range(len(response))), states, pd.DataFrame(index=[0]))


def _stopped(inputs):
    """The course of anifrolumab: from day 0 to its stop, death or loss, if any."""
    for how, reason in (("discontinued", "other"), ("died", "death"), ("lost", "lost")):
        stop = inputs.get(how)
        if stop:
            reason = stop.get("reason", reason)
            return _courses((0, _stop_day(inputs, stop), STOP_REASONS.get(reason, reason)))
    return _courses((0, None, None))


def _stop_day(inputs, stop):
    if "date" in stop:
        return _days_between(inputs["start"], stop["date"])
    return round(stop["month"] * DAYS_PER_MONTH)


def retention(inputs, options):
    """Whether a gap between doses, or a change of route, is a stop."""
    gap_rule = inputs.get("gap_rule_days", RESTART_WITHIN_DAYS)
    if inputs.get("event") == "switch_iv_to_sc":
        last, restart = 140, 147
    else:
        last = _days_between(inputs["first_infusion"], inputs["infusions_until"])
        following = inputs.get("next_infusion")
        restart = following and _days_between(inputs["first_infusion"], following)
    courses = _courses((0, last, "other"), *([(restart, None, None)] if restart else []))
    start, cut = "2024-01-01", "2030-01-01"
    follow_up = derive_follow_up(_patients(start, cut), courses, _date(cut), gap_rule)
    return {"discontinued": bool(np.isfinite(follow_up.stop_day[0]))}


def _patients(start, last_contact):
    return pd.DataFrame(
        {
            "index_date": [_date(start)],
            "withdrawal_date": [pd.NaT],
            "death_date": [pd.NaT],
            "last_contact_date": [_date(last_contact)],
        }
    ).astype("datetime64[ns]")


def _courses(*courses):
    start, stop, reason = zip(*courses, strict=True)
    return pd.DataFrame(
        {
            "patient": 0,
            "drug": STUDY_DRUG,
            "start_day": np.array(start, dtype=np.float64),
            "stop_day": np.array(stop, dtype=np.float64),
            "stop_reason": pd.array(reason, dtype="string"),
        }
    )


def _date(text):
    return pd.Timestamp(text)


def _days_between(start, end):
    return (_date(end) - _date(start)).days


def non_responder_imputed(state):
    """A state at a visit on the drug, as non-responder imputation counts it."""
    points = derived.Timepoints(
        timepoints=(month(12),),
        status=np.array([[derived.ASSESSED]], dtype=np.int8),
        visit=np.array([[0]]),
        is_on_drug=np.array([[True]]),
        carry_limit=np.array([[0]]),
    )
    return truth(Outcome(np.array([True]), state[:, np.newaxis], state).attained(points, "nri"))
