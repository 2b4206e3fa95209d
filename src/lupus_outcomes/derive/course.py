"""One patient's course: everything that happened, on one axis of months since the first dose.

For the patient page only, the one place where a single patient is shown.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from lupus_outcomes.derive.cohort import Cohort
from lupus_outcomes.derive.columns import find_rows
from lupus_outcomes.derive.lanes import PatientRecord, derive_lanes, in_bounds, rows_of
from lupus_outcomes.derive.reasons import VisitFacts, explain_doris, explain_lldas
from lupus_outcomes.indices.sledai import DESCRIPTOR_IDS
from lupus_outcomes.indices.three_valued import FALSE, TRUE, UNKNOWN

STATE_WORDS = {TRUE: "attained", FALSE: "not attained", UNKNOWN: "unknown"}
LLDAS_ITEMS = {
    "lldas_activity": "activity",
    "lldas_no_new": "new activity",
    "lldas_physician_ga": "physician global",
    "lldas_glucocorticoid": "prednisone",
    "lldas_maintenance": "maintenance",
}
SUMMED_STATES = {"lldas": "LLDAS", "doris": "DORIS"}


@dataclass(frozen=True)
class Course:
    """One patient. ``summary``: the course in a sentence.

    ``lanes``: one row a mark: its ``lane`` and ``row``, ``month`` (to ``month_end``), ``value``
    (between ``low`` and ``high``), ``state`` and ``text``. ``visits``: one row a visit, in words.
    """

    patient_id: str
    lanes: pd.DataFrame
    visits: pd.DataFrame
    summary: str


def derive_course(cohort: Cohort, patient: int) -> Course:
    """The course of the patient in that row of ``cohort.patients``."""
    rows = find_rows(cohort.tables["visits"], range(patient, patient + 1))
    visits_table = cohort.tables["visits"].iloc[rows]
    record = PatientRecord(cohort, patient, visits_table, cohort.states.iloc[rows])
    visits = _visits(record)
    lanes = derive_lanes(record, visits)
    return Course(
        patient_id=str(cohort.patients["patient_id"].iloc[patient]),
        lanes=lanes,
        visits=visits,
        summary=_summary(lanes, visits),
    )


def _visits(record: PatientRecord) -> pd.DataFrame:
    """One row a visit: what was measured, the states and what decided them."""
    cohort, states = record.cohort, rows_of(record.states)
    explained = [
        (explain_doris(facts, cohort.definitions), explain_lldas(facts, cohort.definitions))
        for facts in _facts(record, states)
    ]
    table = pd.DataFrame(
        {
            # Plus nothing: a visit just before the first dose is in month 0, not in -0.
            "month": [round(month, 1) + 0.0 for month in record.months],
            "sledai_2k": [in_bounds(s["sledai_2k_low"], s["sledai_2k_high"]) for s in states],
            "physician_ga": record.visits["physician_ga"].to_numpy(dtype=np.float64) + 0.0,
            "prednisone_mg_day": record.states["prednisone_mg_day"].to_numpy(),
            "lldas_failed": [_failed(state) for state in states],
            "doris": [STATE_WORDS[s["doris"]] for s in states],
            "lldas": [STATE_WORDS[s["lldas"]] for s in states],
            "doris_because": [doris for doris, _ in explained],
            "lldas_because": [lldas for _, lldas in explained],
        }
    )
    day = record.visits["visit_day"].to_numpy()
    if cohort.dataset.dates_are_shifted:
        return table.assign(study_day=day)
    index = cohort.patients["index_date"].iloc[record.patient]
    date = (index + pd.to_timedelta(day, unit="D")).strftime("%Y-%m-%d")
    return table.assign(date=np.asarray(date, dtype=object))


def _failed(state: Mapping[str, Any]) -> str:
    return ", ".join(words for item, words in LLDAS_ITEMS.items() if state[item] == FALSE)


def _facts(record: PatientRecord, states: list[dict]) -> Iterator[VisitFacts]:
    before = None
    for state, recorded in zip(states, rows_of(record.visits), strict=True):
        yield VisitFacts(state, recorded, before, record.cohort.dataset.assumptions)
        items = (*DESCRIPTOR_IDS, "sledai_2k", "clinical_sledai")
        if not all(pd.isna(recorded[name]) for name in items):
            before = recorded


def _summary(lanes: pd.DataFrame, visits: pd.DataFrame) -> str:
    by_lane = dict(list(lanes.groupby("lane")))
    end = by_lane["end"].iloc[0]
    flares = by_lane.get("flares", lanes[:0])
    said = [
        f"{_counted(len(visits), 'visit')} over {max(end['month'], 0):.0f} months",
        *(_times_in(visits, state, words) for state, words in SUMMED_STATES.items()),
        _change_of_dose(visits),
        _with_severe(flares[flares["row"] == "recorded"], "recorded flare", "severe"),
        _with_severe(by_lane.get("adverse_events", lanes[:0]), "adverse event", "serious"),
        "on the drug to the end",
    ]
    if "stop" in by_lane:
        stop = by_lane["stop"].iloc[0]
        said[-1] = f"{stop['text']}, at month {stop['month']:.0f}"
    died = "; died" if end["state"] == "died" and "died" not in said[-1] else ""
    return f"{'; '.join(part for part in said if part)}{died}."


def _counted(n: int, thing: str) -> str:
    return f"{n} {thing}{'' if n == 1 else 's'}"


def _times_in(visits: pd.DataFrame, state: str, words: str) -> str:
    if visits.empty:
        return ""
    times = visits[state].value_counts()
    unknown = times.get("unknown", 0)
    open_words = f" ({unknown} unknown)" if unknown else ""
    return f"in {words} at {times.get('attained', 0)} of {len(visits)}{open_words}"


def _change_of_dose(visits: pd.DataFrame) -> str:
    known = visits["prednisone_mg_day"].dropna()
    if known.empty:
        return "no prednisone dose recorded"
    return f"prednisone from {known.iloc[0]:g} to {known.iloc[-1]:g} mg/day"


def _with_severe(marks: pd.DataFrame, thing: str, severe: str) -> str:
    n_severe = int((marks["state"] == severe).sum())
    of_them = f" ({n_severe} {severe})" if n_severe else ""
    return f"{_counted(len(marks), thing)}{of_them}"
