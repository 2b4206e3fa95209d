"""Patients drawn in a few lines of text that a clinician can read.

A line with a colon begins a patient, what follows belongs to it; days are counted from the first
dose, 2020-01-01 unless ``index=`` says otherwise. ::

    anna: stop=200/adverse_event death=400      # columns of ``patients``; dates as days
      -5   rash arthritis ga=1.5 dose=10        # a visit: its day, then what is not quiet
      180  rash=? ga=0.3 dose=5                 # ? is unknown, =no and =yes as in the tables
      270  phone sledai_2k=4                    # a visit at which nothing else was recorded
      takes methotrexate from=0 to=100 dose=20 interval_days=7
      flare 120 severe admitted=yes
      event 30 herpes_zoster serious            # an adverse event: onset, term, not serious else
      given 0 28 56 dose_mg=300 route=iv        # doses of anifrolumab; 300 mg, iv unless said
      recorded hepatitis=yes                    # a row of the eligibility table

A *quiet* visit has every descriptor absent, global assessment and prednisone 0, maintenance within
limits, treatment stable, normal laboratory values; BILAG, CLASI and damage are not recorded. Each
patient takes anifrolumab from day 0 (to ``stop=DAY/REASON``, again from ``restart=DAY``) and was
last in contact at the data cut. What is drawn goes through the product's own reading.
"""

import datetime as dt
from functools import cache

import numpy as np
import pandas as pd

from lupus_outcomes.data.read import Dataset, complete_table, number_days
from lupus_outcomes.data.typed import type_table
from lupus_outcomes.derive.cohort import Cohort, derive_cohort
from lupus_outcomes.derive.timepoints import STATUSES
from lupus_outcomes.derive.visits import Definitions
from lupus_outcomes.dictionary import TABLES, columns_with_role
from lupus_outcomes.indices.bilag import SYSTEMS
from lupus_outcomes.indices.sledai import DESCRIPTOR_IDS
from lupus_outcomes.protocols import PROTOCOLS

INDEX_DATE = dt.date(2020, 1, 1)
LATE = 2_600
SHORT = {
    "patients": {"contact": "last_contact_date", "death": "death_date", "left": "withdrawal_date"},
    "visits": {
        "ga": "physician_ga",
        "dose": "prednisone_mg_day",
        "swollen": "swollen_joints_28",
        "tender": "tender_joints_28",
        "clasi": "clasi_activity",
        "damage": "slicc_damage_index",
    },
    "treatments": {"from": "start_date", "to": "stop_date", "reason": "stop_reason"},
    "adverse_events": {"soc": "system_organ_class", "pt": "preferred_term", "why": "seriousness"},
}
ABSENT = (
    *DESCRIPTOR_IDS,
    *columns_with_role("visits", "beyond_sledai"),
    *(name for name in columns_with_role("visits", "sle_das") if name != "rash_extent"),
    "investigational_drug",
)
QUIET = {
    **dict.fromkeys(ABSENT, "no"),
    **dict.fromkeys(("maintenance_in_limits", "treatment_stable"), "yes"),
    **dict.fromkeys(("physician_ga", "prednisone_mg_day"), "0"),
    **dict.fromkeys(("swollen_joints_28", "tender_joints_28"), "0"),
    "proteinuria_mg_24h": "100",
    "platelets_10e9_l": "250",
    "leukocytes_10e9_l": "6",
}
Rows = dict[str, list[dict[str, str]]]


def draw_cohort(
    text: str,
    study: str = "nct07215754",
    cut: int = LATE,
    as_of: int | None = None,
    definitions: Definitions = Definitions(),
    **assume: bool,
) -> Cohort:
    """The study derived from drawn patients, its data cut on day ``cut`` after 2020-01-01."""
    dataset = draw_dataset(text, study, cut, **assume)
    data_cut = None if as_of is None else _date(as_of)
    return derive_cohort(dataset, PROTOCOLS[study], data_cut, definitions)


def draw_dataset(text: str, study: str = "nct07215754", cut: int = LATE, **assume: bool) -> Dataset:
    """A dataset of drawn patients, as ``read_dataset`` would give it."""
    complete = {
        name: complete_table(name, _typed(name, rows)) if rows else _empty(name)
        for name, rows in _read(text, cut).items()
    }
    patients = complete["patients"]
    numbered = pd.Series(np.arange(len(patients)), index=patients["patient_id"].to_numpy())
    return Dataset(
        title="Drawn",
        study=study,
        data_cut=_date(cut),
        is_synthetic=True,
        dates_are_shifted=False,
        assumptions=assume,
        tables={
            name: frame if name == "patients" else number_days(name, frame, patients, numbered)
            for name, frame in complete.items()
        },
        findings=(),
        notes=(),
        not_collected=frozenset(
            f"{name}.{column}"
            for name, frame in complete.items()
            for column in frame
            if frame[column].isna().all()
        ),
        fingerprint="drawn",
    )


def signs(cohort: Cohort, endpoint: str, handling: str, months: float = 6) -> str:
    """A sign a patient: + attained, - not, ? unknown, . not due or outside the denominator."""
    row = _row(cohort, months)
    outcome = cohort.outcomes[endpoint]
    answers = outcome.attained(cohort.timepoints, handling)[row]
    counts = cohort.timepoints.is_due[row] & outcome.in_denominator
    return "".join("-?+"[a + 1] if n else "." for a, n in zip(answers, counts, strict=True))


def statuses(cohort: Cohort, months: float = 6) -> list[str]:
    """What became of each patient at a time point."""
    return [STATUSES[code] for code in cohort.timepoints.status[_row(cohort, months)]]


def chosen_days(cohort: Cohort, months: float = 6) -> list[int | None]:
    """Day of the visit that stands for a time point, a patient each."""
    day = cohort.states["visit_day"]
    rows = cohort.timepoints.visit[_row(cohort, months)]
    return [None if row < 0 else int(day[row]) for row in rows]


def states(cohort: Cohort, name: str) -> str:
    """A three-valued state, a sign a visit."""
    return "".join("-?+"[code + 1] for code in cohort.states[name])


def _row(cohort: Cohort, months: float) -> int:
    return next(n for n, t in enumerate(cohort.protocol.timepoints) if round(t.months) == months)


def _read(text: str, cut: int) -> Rows:
    rows: Rows = {name: [] for name in TABLES}
    index = INDEX_DATE
    for line in filter(str.strip, (line.partition("#")[0] for line in text.splitlines())):
        first, *words = line.split()
        if first.endswith(":"):
            given = _cells("patients", words)
            index = dt.date.fromisoformat(given.pop("index", str(INDEX_DATE)))
            patient = {"patient_id": first[:-1]}
            drug = _study_drug(given)
            rows["treatments"] += [patient | _dated(course, index) for course in drug]
            known = {"centre": "Centre 1", "last_contact_date": str((_date(cut) - index).days)}
            known |= {"index_date": "0"} | given
            rows["patients"].append(patient | _dated(known, index))
        else:
            table, found = _entry(first, words)
            rows[table] += [patient | _dated(cells, index) for cells in found]
    return rows


def _entry(first: str, words: list[str]) -> tuple[str, list[dict[str, str]]]:
    if first == "takes":
        course = {"drug": words[0].replace("_", " ")}
        return "treatments", [course | _cells("treatments", words[1:])]
    if first == "flare":
        flare = {"flare_date": words[0], "severity": words[1]}
        return "flares", [flare | _cells("flares", words[2:])]
    if first == "event":
        event = {"onset_date": words[0].replace("?", ""), "term": words[1].replace("_", " ")}
        return "adverse_events", [event | {"serious": "no"} | _cells("adverse_events", words[2:])]
    if first == "given":
        dose = {"dose_mg": "300", "route": "iv"} | _cells(
            "infusions", [w for w in words if "=" in w]
        )
        return "infusions", [dose | {"infusion_date": w} for w in words if "=" not in w]
    if first == "recorded":
        answers = _cells("eligibility", words)
        return "eligibility", [{"criterion": name, "met": met} for name, met in answers.items()]
    quiet = {} if "phone" in words else QUIET
    return "visits", [{"visit_date": first} | quiet | _cells("visits", words)]


def _cells(table: str, words: list[str]) -> dict[str, str]:
    cells: dict[str, str] = {}
    for word in words:
        name, _, value = word.partition("=")
        value = "" if value == "?" else value or "yes"
        name = SHORT.get(table, {}).get(name, name)
        names = [f"bilag_{system}" for system in SYSTEMS] if name == "bilag" else [name]
        cells |= dict.fromkeys(names, value)
    return cells


def _study_drug(given: dict[str, str]) -> list[dict[str, str]]:
    """Courses of anifrolumab, taken out of what is said of the patient."""
    if given.get("treatment_group") == "standard_of_care":
        return []
    stop, _, reason = given.pop("stop", "").partition("/")
    courses = [{"start_date": "0", "stop_date": stop, "stop_reason": reason}]
    if "restart" in given:
        courses.append({"start_date": given.pop("restart")})
    return [{"drug": "anifrolumab"} | course for course in courses]


def _dated(cells: dict[str, str], index: dt.date) -> dict[str, str]:
    """Days of date columns as dates."""
    return {
        name: str(index + dt.timedelta(int(value))) if name.endswith("_date") and value else value
        for name, value in cells.items()
    }


def _typed(name: str, rows: list[dict[str, str]]) -> pd.DataFrame:
    # Words such as ``phone`` are no columns; typing leaves them out.
    return type_table(name, pd.DataFrame(rows).fillna("")).frame


@cache
def _empty(name: str) -> pd.DataFrame:
    text = pd.DataFrame(columns=list(TABLES[name].columns), dtype=object)
    return complete_table(name, type_table(name, text).frame)


def _date(day: int) -> dt.date:
    return INDEX_DATE + dt.timedelta(day)
