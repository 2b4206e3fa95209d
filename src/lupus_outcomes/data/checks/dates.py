"""Dates against one another: of each patient, and of each event with the patient it belongs to."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from lupus_outcomes.data.about import ABOUT_FILE, About
from lupus_outcomes.data.checks.columns import Tables
from lupus_outcomes.data.findings import (
    Finding,
    Severity,
    as_mask,
    find,
    find_whole,
    lay_aside,
    query,
    refuse,
)

DAYS_PER_YEAR = 365.25
DAYS_PER_MONTH = 30.4375
ONE_DAY = pd.Timedelta(days=1)
# The first patient with lupus was given anifrolumab in the phase 2b trial, from 2012.
FIRST_ANIFROLUMAB = pd.Timestamp("2012-01-01")
EVENT_DATES = {
    "visits": "visit_date",
    "infusions": "infusion_date",
    "treatments": "start_date",
    "flares": "flare_date",
    "adverse_events": "onset_date",
    "samples": "sample_date",
}
ENDS = {"treatments": ("start_date", "stop_date"), "adverse_events": ("onset_date", "end_date")}
# How long before the index date an event may lie before it looks mistyped. Registries record a
# history of flares, and drugs taken since there are any; a visit is only of use as the baseline.
LONGEST_BEFORE_INDEX = {
    "visits": 3 * DAYS_PER_MONTH,
    "infusions": 7,
    "treatments": 66 * DAYS_PER_YEAR,
    "flares": 2 * DAYS_PER_YEAR,
    "adverse_events": DAYS_PER_YEAR,
    "samples": DAYS_PER_YEAR,
}
# Consent is asked at most this long before treatment.
LONGEST_CONSENT_BEFORE_INDEX = 2 * DAYS_PER_YEAR
# A data cut so long after everything in the dataset is most likely a mistyped year.
LONGEST_SILENCE = 183
# Tables whose rows a register writes in order of time; elsewhere nothing follows from the order.
ORDERED = ("visits", "infusions")
MOST_OUT_OF_ORDER = 0.02
# Infusions are left out: they are given on the same days of the week by the dozen.
ONCE_IN_A_WHILE = (
    ("patients", "index_date"),
    ("patients", "consent_date"),
    ("patients", "diagnosis_date"),
    ("visits", "visit_date"),
    ("flares", "flare_date"),
    ("adverse_events", "onset_date"),
)
# More patients than this on one day is a filled-down or default date, not a busy clinic.
MOST_ON_ONE_DAY, LARGEST_SHARE_ON_ONE_DAY, BUSY_DAY = 10, 0.05, 4
LONGEST_RUN = 5


def check_patients(tables: Tables, about: About) -> Iterator[Finding]:
    """Dates of each patient against one another and the data cut."""
    patients = tables["patients"]
    for severity, rule, column, is_bad, message in _rules_of_patients(patients, about):
        yield from find(severity, rule, "patients", column, is_bad, message)
    for column in ("consent_date", "withdrawal_date", "death_date", "last_contact_date"):
        late = patients[column] > about.data_cut + ONE_DAY
        message = "after the data cut; nothing after it counts"
        yield from query("after_data_cut", "patients", column, late, message)


def _rules_of_patients(
    patients: pd.DataFrame, about: About
) -> Iterator[tuple[Severity, str, str, pd.Series, str]]:
    """Severity, rule, column, rows that break it, message."""
    index, contact, death, withdrawal, consent, diagnosis = (
        patients[f"{name}_date"]
        for name in ("index", "last_contact", "death", "withdrawal", "consent", "diagnosis")
    )
    yield ("error", "contact_before_index", "last_contact_date", contact < index,
           "last contact before the index date")  # fmt: skip
    yield ("error", "index_after_data_cut", "index_date", index > about.data_cut,
           "index date after the data cut")  # fmt: skip
    yield ("set_aside", "diagnosis_after_index", "diagnosis_date", diagnosis > index,
           "diagnosis after the index date")  # fmt: skip
    yield ("query", "diagnosis_before_birth", "diagnosis_date", _is_before_birth(patients),
           "diagnosis before the birth that the age at index implies")  # fmt: skip
    yield ("set_aside", "death_before_index", "death_date", death < index,
           "death before the index date")  # fmt: skip
    yield ("query", "contact_after_death", "last_contact_date",
           (death < contact) & (death >= index),
           "last contact alive after the death, which counts")  # fmt: skip
    yield ("query", "withdrawal_before_consent", "withdrawal_date", withdrawal < consent,
           "consent withdrawn before it was given")  # fmt: skip
    yield ("query", "withdrawal_before_index", "withdrawal_date", withdrawal < index,
           "consent withdrawn before the index date: nothing of the patient counts")  # fmt: skip
    yield ("query", "consent_long_before_index", "consent_date",
           in_days(index - consent) > LONGEST_CONSENT_BEFORE_INDEX,
           "consent more than two years before the index date")  # fmt: skip
    if not about.dates_are_shifted:
        is_early = _on_anifrolumab(patients) & (index < FIRST_ANIFROLUMAB)
        yield ("query", "before_the_drug", "index_date", is_early,
               "before anifrolumab was given to anybody with lupus")  # fmt: skip


def _on_anifrolumab(patients: pd.DataFrame) -> pd.Series:
    return patients["treatment_group"] == "anifrolumab"


def in_days(differences: pd.Series) -> pd.Series:
    """Differences of dates as numbers of days."""
    return pd.to_timedelta(differences).dt.days


def _is_before_birth(patients: pd.DataFrame) -> pd.Series:
    years = in_days(patients["index_date"] - patients["diagnosis_date"]) / DAYS_PER_YEAR
    # An age in whole years may be up to a year too low.
    return patients["age_years"] + 1 < years


def check_events(tables: Tables, about: About) -> Iterator[Finding]:
    """Each event has a patient, lies before the data cut and death, and ends after it began."""
    patients = tables["patients"].drop_duplicates("patient_id").set_index("patient_id")
    filled = {table: frame for table, frame in tables.items() if not frame.empty}
    for table, frame in filled.items():
        if table != "patients":
            orphan = frame["patient_id"].notna() & ~frame["patient_id"].isin(patients.index)
            message, way_out = "no such patient in patients", "Add the patient, or remove the rows."
            yield from refuse("orphan_patient", table, "patient_id", orphan, message, way_out)
    for table, column in ((t, c) for t, c in EVENT_DATES.items() if t in filled):
        yield from _check_event_dates(table, column, tables[table], patients, about.data_cut)
    for table, (start, end) in ((t, ends) for t, ends in ENDS.items() if t in filled):
        yield from _check_ends(table, start, end, tables[table], patients, about.data_cut)


def _check_event_dates(
    table: str, column: str, frame: pd.DataFrame, patients: pd.DataFrame, data_cut: pd.Timestamp
) -> Iterator[Finding]:
    is_visit = table == "visits"
    of_patient = {
        name: frame["patient_id"].map(patients[name])
        for name in ("index_date", "last_contact_date", "death_date")
    }
    late = frame[column] > data_cut + ONE_DAY
    after_death = (frame[column] > of_patient["death_date"]) & ~late
    silent = (frame[column] > of_patient["last_contact_date"]) & ~late & ~after_death
    early = in_days(of_patient["index_date"] - frame[column]) > LONGEST_BEFORE_INDEX[table]
    yield from find(
        "error" if is_visit else "set_aside", "after_data_cut", table, column, late,
        "after the data cut", "Correct the date, or move data_cut in dataset.toml.",
    )  # fmt: skip
    if table != "treatments":
        rule = "visit_after_death" if is_visit else "after_death"
        message, way_out = "after the patient's death", "Correct one of the two dates."
        yield from lay_aside(rule, table, column, after_death, message, way_out)
        message = "after the patient's last contact"
        yield from query("after_last_contact", table, column, silent, message, way_out)
    if is_visit:
        message = "more than 3 months before the first infusion"
        way_out = "Check the date; no baseline is taken from it."
        yield from query("visit_long_before_index", table, column, early, message, way_out)
    else:
        message = "long before the index date: another year?"
        yield from query("long_before_index", table, column, early, message)


def _check_ends(
    table: str, start: str, end: str, frame: pd.DataFrame, patients: pd.DataFrame, cut: pd.Timestamp
) -> Iterator[Finding]:
    yield from lay_aside(
        "end_before_start", table, end, frame[end] < frame[start], f"before {start}"
    )
    late = frame[end] > cut + ONE_DAY
    message = "after the data cut; nothing after it counts"
    yield from query("after_data_cut", table, end, late, message)
    died = frame["patient_id"].map(patients["death_date"])
    after_death = (frame[end] > died) & (frame[start] <= died) & ~late
    yield from query("end_after_death", table, end, after_death, "after the patient's death")


def check_order(tables: Tables, about: About) -> Iterator[Finding]:
    """Dates that break the order of a table, stand on too many rows, or end long before the cut."""
    for table in ORDERED:
        yield from _check_order(table, EVENT_DATES[table], tables[table])
    for table, column in ONCE_IN_A_WHILE:
        yield from _check_one_day(table, column, tables[table])
    for column in ("index_date", "diagnosis_date", "consent_date"):
        yield from _check_run(column, tables["patients"][column])
    last = [frame[EVENT_DATES[t]].max() for t, frame in tables.items() if t in EVENT_DATES]
    latest = pd.Series([*last, tables["patients"]["last_contact_date"].max()]).dropna().max()
    if (about.data_cut - latest) / ONE_DAY > LONGEST_SILENCE:
        message = "more than half a year after the last date in the dataset"
        yield find_whole("query", "late_data_cut", ABOUT_FILE, "data_cut", message, "Check it.")


def _check_order(table: str, column: str, frame: pd.DataFrame) -> Iterator[Finding]:
    same = frame["patient_id"] == frame["patient_id"].shift()
    falls = as_mask(same & (frame[column] < frame[column].shift()))
    if falls.sum() > max(1, MOST_OUT_OF_ORDER * len(frame)):
        return
    # Either of the two neighbours may be the wrong one.
    is_bad = falls | np.append(falls[1:], False)
    message = "breaks the order of dates that the rest of the table keeps: another day or year?"
    yield from query("out_of_order", table, column, is_bad, message)


def _check_one_day(table: str, column: str, frame: pd.DataFrame) -> Iterator[Finding]:
    patients_on = frame.groupby(column)["patient_id"].nunique().astype("float64")
    other_days = patients_on.sort_values().iloc[:-1]
    most = max(
        MOST_ON_ONE_DAY,
        LARGEST_SHARE_ON_ONE_DAY * frame["patient_id"].nunique(),
        BUSY_DAY * (other_days.median() if len(other_days) else 0),
    )
    crowded = frame[column].isin(patients_on.index[patients_on > most])
    message = "the same date in unusually many patients: filled down, or a default?"
    yield from query("same_date", table, column, crowded, message)


def _check_run(column: str, dates: pd.Series) -> Iterator[Finding]:
    if dates.dropna().is_monotonic_increasing:
        return  # sorted by this date, equal ones lie together anyway
    run = (dates != dates.shift()).cumsum()
    is_long = run.map(run.value_counts()) >= LONGEST_RUN
    message = "the same date row after row: filled down?"
    yield from query("filled_down", "patients", column, is_long & dates.notna(), message)
