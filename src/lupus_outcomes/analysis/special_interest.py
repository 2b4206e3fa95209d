"""Events of special interest: what they were, how grave, what was done and how they ended."""

from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lupus_outcomes.analysis.adverse_events import (
    COLUMNS_OF,
    EMERGENT,
    EXPOSED,
    NO_TABLE,
    RATES,
    SHOWN,
    SOURCES,
    is_collected,
    notes,
    rate_in_words,
    uses,
)
from lupus_outcomes.analysis.event_counts import (
    LABELS,
    exposed,
    incidence_table,
    pair_flags,
)
from lupus_outcomes.analysis.intervals import compute_newcombe_difference
from lupus_outcomes.analysis.result import Result, of_whom, percent, remarks
from lupus_outcomes.derive.adverse_events import NOT_NAMED, AdverseEvents
from lupus_outcomes.derive.cohort import Cohort
from lupus_outcomes.derive.columns import numbers, three_valued
from lupus_outcomes.derive.selection import Group, Selection
from lupus_outcomes.indices.three_valued import FALSE, TRUE, UNKNOWN, ThreeValued

SPECIAL = (
    "infection", "serious_infection", "herpes_zoster", "cardiovascular", "neoplasm",
    "hospitalisation", "led_to_stop", "fatal",
)  # fmt: skip
VACCINE = "patients.zoster_vaccinated"
YES_NO = {TRUE: "yes", FALSE: "no", UNKNOWN: "not known"}
NOT_KNOWN = "not known"
WORDS: Mapping[str, Mapping[str, str]] = {
    "seriousness": {
        "life_threatening": "life-threatening",
        "hospitalisation": "admission to hospital",
        "congenital": "congenital anomaly",
        "important": "medically important",
    },
    "action": {"none": "continued", "discontinued": "stopped"},
    "outcome": {
        "not_recovered": "not recovered",
        "sequelae": "recovered with sequelae",
        "unknown": NOT_KNOWN,
    },
}
COURSE_COLUMNS = ("what", "value", "n_patients", "n_events", "n_of", "proportion_of_events")


def describe_course(cohort: Cohort, selection: Selection, category: str) -> Result:
    """Events of one category by term, gravity, what was done with the drug, outcome and onset.

    One row a value: ``n_events`` of ``n_of`` events of the category, in ``n_patients``.
    """
    events = cohort.adverse_events
    at_risk = exposed(events.exposure_end, selection.members)
    mine = (events.holds[category] == TRUE) & at_risk[events.patient]
    is_told = is_collected(cohort) and events.tells(category)
    rows = list(_rows(events, cohort, mine, category)) if is_told and mine.any() else []
    table = pd.DataFrame(rows, columns=list(COURSE_COLUMNS))
    return Result(
        id=f"adverse_event_course_{category}",
        title=f"{LABELS[category]}: what they were and how they ended",
        finding=_course_finding(table, cohort, selection, category),
        table=table,
        n_patients=selection.n_patients,
        denominator=f"events of the category in {EXPOSED}",
        method=f"{EMERGENT} Shares are of the events; a patient can have several.",
        sources=SOURCES,
        uses=uses((category,)),
        notes=notes(cohort, selection, events, (category,)),
    )


def _rows(
    events: AdverseEvents, cohort: Cohort, mine: NDArray[np.bool_], category: str
) -> Iterator[tuple]:
    patient = events.patient[mine]
    for what, values in _answers(events, cohort, mine, category).items():
        told = values[values != NOT_KNOWN]
        if not len(told):
            continue
        names, place = np.unique(values, return_inverse=True)
        people = np.unique(place * len(events.exposure_end) + patient) // len(events.exposure_end)
        n_events, n_patients = np.bincount(place), np.bincount(people, minlength=len(names))
        order = _order(names, n_events, what)
        for at in order:
            n, of = int(n_events[at]), len(values)
            yield what, names[at], int(n_patients[at]), n, of, n / of


def _order(names: NDArray, n_events: NDArray, what: str) -> NDArray[np.int64]:
    """Most frequent first, grades in their order, what is not known last."""
    is_unknown = names == NOT_KNOWN
    first = np.arange(len(names)) if what == "grade" else -n_events
    return np.lexsort((names, first, is_unknown))


def _answers(
    events: AdverseEvents, cohort: Cohort, mine: NDArray[np.bool_], category: str
) -> dict[str, NDArray]:
    """For each thing to say of an event, its value in words; shape (events of the category,)."""
    table = events.table[mine]
    term = events.preferred_term
    names = np.array([*term.names, NOT_KNOWN], dtype=object)
    grade = numbers(table["grade"])
    answers = {
        "term": names[np.where(term.code == NOT_NAMED, len(term.names), term.code)][mine],
        "serious": _yes_no(events.holds["serious"][mine]),
        "why serious": _code_words(table, "seriousness"),
        "grade": np.where(np.isnan(grade), NOT_KNOWN, np.char.mod("%d", np.nan_to_num(grade))),
        "related": _yes_no(events.holds["related"][mine]),
        "anifrolumab": _code_words(table, "action"),
        "outcome": _code_words(table, "outcome"),
        "onset": np.where(
            events.holds["early"][mine] == TRUE, "up to day 180", "after day 180"
        ).astype(object),
    }
    if category in ("infection", "serious_infection", "herpes_zoster"):
        answers["intravenous antimicrobial"] = _yes_no(three_valued(table["iv_antimicrobial"]))
    if category == "herpes_zoster":
        vaccinated = three_valued(cohort.patients["zoster_vaccinated"])
        answers["vaccinated before"] = _yes_no(vaccinated[events.patient[mine]])
    # Most are not serious and have no reason for being so: only those that are count.
    serious = answers["serious"] == YES_NO[TRUE]
    why = np.where(serious, answers["why serious"], "not serious")
    return {name: values.astype(str) for name, values in (answers | {"why serious": why}).items()}


def _yes_no(codes: ThreeValued) -> NDArray[np.object_]:
    # Position -1, false, takes the last.
    return np.array([YES_NO[UNKNOWN], YES_NO[TRUE], YES_NO[FALSE]], dtype=object)[codes]


def _code_words(table: pd.DataFrame, column: str) -> NDArray[np.object_]:
    words = WORDS[column]
    names = [words.get(code, code) for code in table[column].cat.categories]
    # Position -1, a missing code, takes the last.
    return np.array([*names, NOT_KNOWN], dtype=object)[table[column].cat.codes.to_numpy()]


def _course_finding(
    table: pd.DataFrame, cohort: Cohort, selection: Selection, category: str
) -> str:
    label = LABELS[category]
    if not is_collected(cohort):
        return NO_TABLE
    if table.empty:
        return f"{label}: no event on anifrolumab{of_whom(selection)}."
    n = int(table["n_of"].iloc[0])
    said = [_said(table, "outcome", "Outcome"), _said(table, "anifrolumab", "Anifrolumab")]
    serious = table[(table["what"] == "serious") & (table["value"] == "yes")]["n_events"].sum()
    parts = "".join(f" {words}." for words in said if words)
    return f"{label}{of_whom(selection)}: {n:,} events, {serious} of them serious.{parts}"


def _said(table: pd.DataFrame, what: str, words: str) -> str:
    rows = table[table["what"] == what]
    return f"{words}: " + ", ".join(
        f"{row.value} {row.n_events}" for row in rows.itertuples()
    ) if len(rows) else ""  # fmt: skip


def estimate_zoster_by_vaccination(cohort: Cohort, selection: Selection) -> Result:
    """Herpes zoster by whether the patient had been vaccinated against it; not adjusted."""
    events = cohort.adverse_events
    vaccinated = three_valued(cohort.patients["zoster_vaccinated"])
    groups = [
        Group("zoster_vaccinated", level, selection.members & (vaccinated == code))
        for code, level in ((TRUE, "vaccinated"), (FALSE, "not vaccinated"), (UNKNOWN, NOT_KNOWN))
    ]
    is_told = (
        is_collected(cohort)
        and events.tells("herpes_zoster")
        and VACCINE not in cohort.dataset.not_collected
    )
    table = incidence_table(pair_flags(events, ("herpes_zoster",)), groups)
    table = table[(table["n_exposed"] > 0) & is_told].reset_index(drop=True)
    return Result(
        id="zoster_by_vaccination",
        title="Herpes zoster by vaccination",
        finding=_vaccine_finding(table, is_told, selection),
        table=table,
        shown=tuple(column for column in SHOWN if column != "event"),
        n_patients=selection.n_patients,
        denominator=EXPOSED,
        method=(
            f"{EMERGENT} {RATES} Newcombe's limits of the difference. Who is vaccinated differs in "
            "age, treatment and centre: an association, not an effect of the vaccine."
        ),
        sources=(*SOURCES, "Newcombe 1998, Stat Med 17:873"),
        uses=(f"adverse_events.{COLUMNS_OF['herpes_zoster']}", VACCINE),
        notes=remarks(cohort, (VACCINE,)),
    )


def _vaccine_finding(table: pd.DataFrame, is_told: bool, selection: Selection) -> str:
    if not is_told:
        return "Vaccination against herpes zoster is not collected in this dataset."
    rows = {row["level"]: row for row in table.to_dict("records")}
    said = [
        f"{level} {row['n_patients']} of {row['n_exposed']} patients ({percent(row['proportion'])})"
        f", first zoster {rate_in_words(row, 'eair')} per 100 patient-years"
        for level, row in rows.items()
        if level != NOT_KNOWN
    ]
    return f"Herpes zoster{of_whom(selection)}: {'; '.join(said)}{_difference(rows)}."


def _difference(rows: Mapping[str, dict]) -> str:
    if not {"vaccinated", "not vaccinated"} <= set(rows):
        return ""
    one, other = rows["vaccinated"], rows["not vaccinated"]
    low, high = compute_newcombe_difference(
        one["n_patients"], one["n_exposed"], other["n_patients"], other["n_exposed"]
    )
    points = np.array([one["proportion"] - other["proportion"], low, high])
    shown = [f"{100 * value:+.0f}".replace("-", "−") for value in points]
    return f"; a difference of {shown[0]} percentage points (95 % CI {shown[1]} to {shown[2]})"
