"""Adverse events of the simulated patients: when, how grave, what was done, how they ended.

Rates: ``adverse_event_terms``; herpes zoster: sample-cohort.md D4.
"""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lupus_outcomes.data.sample.activity import Values
from lupus_outcomes.data.sample.adverse_event_terms import (
    FATAL_TERMS,
    HERPES_ZOSTER,
    INFUSION_REACTION,
    STOPPING_TERMS,
    TERMS,
    Term,
)
from lupus_outcomes.data.sample.course import Course
from lupus_outcomes.data.sample.follow_up import FollowUp
from lupus_outcomes.protocol import DAYS_PER_MONTH

TAIL_DAYS = 28  # events count for this long after the stop
DAYS_PER_100_YEARS = 36525.0
ZOSTER_HAZARD = 0.0021  # a month
# 4 reactions in 100 patient-years, four fifths of them in the first three infusions.
EARLY_INFUSIONS, REACTION_EARLY, REACTION_LATE = 3, 0.030, 0.0007
# Shares of actions and outcomes: no source.
INTERRUPTED, INTERRUPTED_INFECTION, INTERRUPTED_ZOSTER, INTERRUPTED_SERIOUS = 0.02, 0.12, 0.55, 0.60
NOT_RECOVERED, SEQUELAE, UNKNOWN_OUTCOME = 0.02, 0.02, 0.02
ADMITTED, LIFE_THREATENING, DISABLING = 0.84, 0.05, 0.03  # of serious events; the rest important
DURATION_SIGMA = 0.6
BEFORE_STOP_DAYS, BEFORE_DEATH_DAYS = 21, 14


def draw_adverse_events(
    baseline: pd.DataFrame,
    course: Course,
    follow_up: FollowUp,
    doses: pd.DataFrame,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """All events under observation: patient, onset and end, term and the dataset's columns."""
    exposed_until = np.minimum(follow_up.stop_day + TAIL_DAYS, follow_up.last_contact_day)
    onsets = [
        _draw_common(exposed_until, rng),
        _draw_reactions(doses, rng),
        _draw_zoster(baseline, course, np.minimum(exposed_until, follow_up.stop_day), rng),
        _draw_stopping(follow_up, rng),
        _draw_fatal(follow_up, rng),
    ]
    events = pd.concat(onsets, ignore_index=True)
    events = events.sort_values(["patient", "day", "preferred_term"], ignore_index=True)
    events = _grade(events, rng)
    return _finish(_conclude(events, rng), follow_up)


def _events(
    term: Term, patient: NDArray[np.int64], day: Values, role: str = "common"
) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "patient": patient,
            "day": day,
            "role": role,
            "term": term.term,
            "preferred_term": term.preferred_term,
            "system_organ_class": term.system_organ_class,
            "serious_share": term.serious,
            "related_share": term.related,
            "usual_grade": term.usual_grade,
            "median_days": term.days,
            "infection": term.infection,
            "herpes_zoster": term is HERPES_ZOSTER,
            "cardiovascular": term.cardiovascular,
            "neoplasm": term.neoplasm,
        },
        index=np.arange(len(patient)),
    )


def _draw_common(exposed_until: Values, rng: np.random.Generator) -> pd.DataFrame:
    parts = []
    for term in TERMS:
        number = rng.poisson(term.rate * exposed_until / DAYS_PER_100_YEARS)
        patient = np.repeat(np.arange(number.size), number)
        day = np.floor(rng.random(patient.size) * exposed_until[patient])
        parts.append(_events(term, patient, day))
    return pd.concat(parts)


def _draw_reactions(doses: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    infusions = doses[doses["route"] == "iv"]
    is_early = infusions.groupby("patient").cumcount() < EARLY_INFUSIONS
    reacts = rng.random(len(infusions)) < np.where(is_early, REACTION_EARLY, REACTION_LATE)
    chosen = infusions[reacts]
    return _events(INFUSION_REACTION, chosen["patient"].to_numpy(), chosen["day"].to_numpy())


def _draw_zoster(
    baseline: pd.DataFrame, course: Course, on_drug_until: Values, rng: np.random.Generator
) -> pd.DataFrame:
    """First zoster of each patient: a second within five years is rare."""
    month = np.arange(course.flare.shape[1] - 1)
    age = baseline["age"].to_numpy()[:, None] + month / 12
    hazard = (
        ZOSTER_HAZARD
        * np.where(month < 12, 1.35, 0.75)
        * np.where(baseline["immunosuppressant"], 1.70, 0.55)[:, None]
        * np.where(baseline["vaccinated"], 0.45, 1.35)[:, None]
        * np.where(age >= 50, 1.3, 1.0)
        * np.where(course.prednisone[:, :-1] >= 7.5, 1.4, 1.0)
    )
    day = np.floor((month + rng.random(hazard.shape)) * DAYS_PER_MONTH)
    strikes = (rng.random(hazard.shape) < hazard) & (day <= on_drug_until[:, None])
    patient, at = np.nonzero(strikes & (strikes.cumsum(axis=1) == 1))
    return _events(HERPES_ZOSTER, patient, day[patient, at])


def _draw_stopping(follow_up: FollowUp, rng: np.random.Generator) -> pd.DataFrame:
    patient = np.flatnonzero(follow_up.stopped_by("adverse_event"))
    day = follow_up.stop_day[patient] - rng.integers(0, BEFORE_STOP_DAYS, patient.size)
    return _choose_terms(STOPPING_TERMS, patient, np.maximum(day, 0), "stopping", rng)


def _draw_fatal(follow_up: FollowUp, rng: np.random.Generator) -> pd.DataFrame:
    patient = np.flatnonzero(follow_up.stopped_by("death"))
    day = follow_up.stop_day[patient] - rng.integers(0, BEFORE_DEATH_DAYS, patient.size)
    return _choose_terms(FATAL_TERMS, patient, np.maximum(day, 0), "fatal", rng)


def _choose_terms(
    terms: tuple[tuple[Term, float], ...],
    patient: NDArray[np.int64],
    day: Values,
    role: str,
    rng: np.random.Generator,
) -> pd.DataFrame:
    chosen = rng.choice(len(terms), patient.size, p=[share for _, share in terms])
    return pd.concat(
        _events(term, patient[chosen == at], day[chosen == at], role)
        for at, (term, _) in enumerate(terms)
    )


def _grade(events: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    chance = rng.random((3, len(events)))
    fatal = (events["role"] == "fatal").to_numpy()
    serious = fatal | (chance[0] < events["serious_share"]).to_numpy()
    limits = np.cumsum([ADMITTED, LIFE_THREATENING, DISABLING])
    reasons = np.array(["hospitalisation", "life_threatening", "disability", "important"])
    reason = reasons[np.searchsorted(limits, chance[1])]
    # Three in ten non-serious events are one grade more than usual; a serious one is at least 3.
    grade = np.minimum(events["usual_grade"] + (chance[2] < 0.3), 3)
    grade = np.where(serious, np.where(reason == "life_threatening", 4, 3), grade)
    return events.assign(
        serious=serious,
        seriousness=np.select([fatal, serious], ["death", reason], ""),
        grade=np.where(fatal, 5, grade),
    )


def _conclude(events: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    related, paused, closed = rng.random((3, len(events)))
    serious, infection = events["serious"].to_numpy(), events["infection"].to_numpy()
    pause_share = np.select(
        [serious, events["herpes_zoster"], infection],
        [INTERRUPTED_SERIOUS, INTERRUPTED_ZOSTER, INTERRUPTED_INFECTION],
        INTERRUPTED,
    )
    action = np.where(paused < pause_share, "interrupted", "none")
    outcomes = np.array(["not_recovered", "sequelae", "unknown", "recovered"])
    limits = np.cumsum([NOT_RECOVERED, SEQUELAE, UNKNOWN_OUTCOME])
    duration = events["median_days"] * np.exp(DURATION_SIGMA * rng.standard_normal(len(events)))
    ends_life = (events["role"] == "fatal").to_numpy()
    return events.assign(
        related=related < events["related_share"],
        action=np.where(events["role"] == "stopping", "discontinued", action),
        outcome=np.where(ends_life, "fatal", outcomes[np.searchsorted(limits, closed)]),
        iv_antimicrobial=infection & serious & (rng.random(len(events)) < 0.8),
        end_day=events["day"] + np.ceil(duration),
    )


def _finish(events: pd.DataFrame, follow_up: FollowUp) -> pd.DataFrame:
    """Ends that agree with outcome, death and last contact; infinite where the event goes on."""
    patient = events["patient"].to_numpy()
    died = events["outcome"] == "fatal"
    last = follow_up.last_contact_day[patient]
    end = np.where(died, follow_up.stop_day[patient], events["end_day"])
    open_ended = events["outcome"].isin(["not_recovered", "unknown"]).to_numpy()
    goes_on = ~died & ~open_ended & (end > last)
    return events.assign(
        end_day=np.where(open_ended | goes_on, np.inf, end),
        outcome=np.where(goes_on, "recovering", events["outcome"]),
    )
