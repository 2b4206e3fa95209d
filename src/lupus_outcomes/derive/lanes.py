"""What happened to one patient, in lanes: a row a mark, months since the first dose."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from lupus_outcomes.derive.cohort import Cohort
from lupus_outcomes.derive.columns import three_valued_rows
from lupus_outcomes.dictionary import label_of
from lupus_outcomes.indices.flare import SEVERITIES
from lupus_outcomes.indices.sledai import DESCRIPTOR_IDS
from lupus_outcomes.indices.three_valued import FALSE, TRUE, UNKNOWN
from lupus_outcomes.protocol import DAYS_PER_MONTH

ITEM_WORDS = {TRUE: "present", FALSE: "absent", UNKNOWN: "unknown"}
SEVERITY_WORDS = {"mild_moderate": "mild or moderate", "severe": "severe"}
STOP_WORDS = {
    "primary_inefficacy": "stopped: primary inefficacy",
    "secondary_inefficacy": "stopped: secondary inefficacy",
    "adverse_event": "stopped: adverse event",
    "pregnancy": "stopped: pregnancy",
    "remission": "stopped: remission",
    "patient_decision": "stopped: patient's decision",
    "lost_to_follow_up": "lost to follow-up",
    "death": "died on the drug",
    "other": "stopped: another reason",
}
# Nobody knows how long the last dose was held; it is shown for long enough to be seen.
LAST_DOSE_MONTHS = 1.0
LANE_COLUMNS = ("lane", "row", "month", "month_end", "value", "low", "high", "state", "text")
# What a lane leaves out of a mark.
EMPTY = {"row": "", "month_end": np.nan, "value": np.nan, "low": np.nan, "high": np.nan}


@dataclass(frozen=True, slots=True)
class PatientRecord:
    """What the dataset and the derivation hold about one patient, days since the first dose."""

    cohort: Cohort
    patient: int
    visits: pd.DataFrame
    states: pd.DataFrame

    def table(self, name: str) -> list[dict[str, Any]]:
        """The patient's rows of a table."""
        frame = self.cohort.tables[name]
        return rows_of(frame[frame["patient"] == self.patient])

    def day(self, name: str) -> float:
        """A day of the follow-up, NaN where it never came."""
        return float(getattr(self.cohort.follow_up, name)[self.patient])

    @property
    def months(self) -> list[float]:
        """Months of the visits."""
        return [in_months(day) for day in self.visits["visit_day"]]


def derive_lanes(record: PatientRecord, visits: pd.DataFrame) -> pd.DataFrame:
    """Every mark of a patient. ``visits``: the states in words and what decided them."""
    marks = [
        *_doses(record),
        *_states(record, visits),
        *_activity(record),
        *_items(record),
        *_flares(record),
        *_adverse_events(record),
        *_infusions(record),
        *_ends(record),
    ]
    return pd.DataFrame([EMPTY | mark for mark in marks], columns=list(LANE_COLUMNS))


def rows_of(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows of a frame by column name."""
    return [{str(name): value for name, value in row.items()} for row in frame.to_dict("records")]


def in_months(day: float) -> float:
    """Months since the first dose."""
    return float(day) / DAYS_PER_MONTH


def in_bounds(low: float, high: float) -> str:
    """A total in words, its bounds where missing items leave it open."""
    return f"{low:g}" if low == high else f"{low:g}–{high:g}"


def _doses(record: PatientRecord) -> Iterator[dict]:
    """The dose taken at each visit, and the one held to the next: as decided there, else taken."""
    taken = record.states["prednisone_mg_day"].to_numpy(dtype=np.float64)
    decided = record.visits["prednisone_after_mg_day"].to_numpy(dtype=np.float64)
    held = np.where(np.isnan(decided), taken, decided)
    ends = [*record.months[1:], *(month + LAST_DOSE_MONTHS for month in record.months[-1:])]
    for month, end, since, at in zip(record.months, ends, held, taken, strict=True):
        if not np.isnan(since):
            yield _dose(month, since, "held", "held until the next visit") | {"month_end": end}
        if not np.isnan(at):
            yield _dose(month, at, "taken", "taken at the visit")


def _dose(month: float, mg_day: float, state: str, words: str) -> dict:
    text = f"{mg_day:g} mg/day, {words}"
    return {"lane": "dose", "month": month, "value": mg_day, "state": state, "text": text}


def _states(record: PatientRecord, visits: pd.DataFrame) -> Iterator[dict]:
    for name in ("lldas", "doris"):
        for month, state, because in zip(
            record.months, visits[name], visits[f"{name}_because"], strict=True
        ):
            yield {"lane": name, "month": month, "state": state, "text": because}


def _activity(record: PatientRecord) -> Iterator[dict]:
    bounds = record.states[["sledai_2k_low", "sledai_2k_high"]].to_numpy(dtype=np.float64)
    for month, (low, high) in zip(record.months, bounds, strict=True):
        known = low == high
        yield {
            "lane": "sledai",
            "month": month,
            "value": low if known else np.nan,
            "low": low,
            "high": high,
            "state": "known" if known else "unknown",
            "text": in_bounds(low, high),
        }


def _items(record: PatientRecord) -> Iterator[dict]:
    """The SLEDAI-2K items the patient ever had, at every visit."""
    codes = three_valued_rows(record.visits, DESCRIPTOR_IDS)
    for name, at_visits in zip(DESCRIPTOR_IDS, codes, strict=True):
        if (at_visits == TRUE).any():
            for month, code in zip(record.months, at_visits, strict=True):
                yield {
                    "lane": "items",
                    "row": label_of("visits", name),
                    "month": month,
                    "state": ITEM_WORDS[code],
                    "text": ITEM_WORDS[code],
                }


def _flares(record: PatientRecord) -> Iterator[dict]:
    for flare in record.table("flares"):
        admitted = ", admitted" if flare["admitted"] is True else ""
        words = SEVERITY_WORDS[flare["severity"]]
        month = in_months(flare["flare_day"])
        yield _flare("recorded", month, words, f"recorded: {words}{admitted}")
    for month, code in zip(record.months, record.states["flare"], strict=True):
        if code > 0:
            words = SEVERITY_WORDS[SEVERITIES[code]]
            yield _flare("derived", month, words, f"derived at the visit: {words}")


def _flare(row: str, month: float, severity: str, text: str) -> dict:
    return {"lane": "flares", "row": row, "month": month, "state": severity, "text": text}


def _adverse_events(record: PatientRecord) -> Iterator[dict]:
    for event in sorted(record.table("adverse_events"), key=lambda event: event["onset_day"]):
        grade = "" if pd.isna(event["grade"]) else f", grade {event['grade']:g}"
        serious = ", serious" if event["serious"] is True else ""
        yield {
            "lane": "adverse_events",
            "month": in_months(event["onset_day"]),
            "month_end": in_months(event["end_day"]),
            "state": "serious" if serious else "not serious",
            "text": f"{event['term']}{grade}{serious}",
        }


def _infusions(record: PatientRecord) -> Iterator[dict]:
    for given in record.table("infusions"):
        text = f"{given['dose_mg']:g} mg {given['route']}"
        month = in_months(given["infusion_day"])
        yield {"lane": "infusions", "month": month, "state": "given", "text": text}


def _ends(record: PatientRecord) -> Iterator[dict]:
    """The stop of the drug and the end of observation, each with its reason."""
    stop, death = record.day("stop_day"), record.day("death_day")
    if not np.isnan(stop):
        text = STOP_WORDS[record.cohort.follow_up.stop_reason[record.patient]]
        yield {"lane": "stop", "month": in_months(stop), "state": "stopped", "text": text}
    last = death if not np.isnan(death) else record.day("last_contact_day")
    end = "died" if not np.isnan(death) else "last contact"
    yield {"lane": "end", "month": in_months(last), "state": end, "text": end}
