"""Controls that belong to one page's question; each draws itself and returns a plain id."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import streamlit as st
from numpy.typing import NDArray

from lupus_outcomes.analysis.adverse_event_terms import NAMED_BY, contrast_levels
from lupus_outcomes.analysis.benchmarks import find_benchmarks
from lupus_outcomes.analysis.event_counts import LABELS
from lupus_outcomes.analysis.flares import available
from lupus_outcomes.analysis.glucocorticoids import HANDLINGS as DOSE_HANDLINGS
from lupus_outcomes.analysis.obstacles import PARTS
from lupus_outcomes.analysis.question import OUTCOMES, Question, find_outcomes
from lupus_outcomes.analysis.response_curves import METHODS, Method
from lupus_outcomes.analysis.robustness import HEADLINES, find_headlines
from lupus_outcomes.analysis.special_interest import SPECIAL
from lupus_outcomes.derive.flare_events import FLARE_SEVERITIES, Severity, Source
from lupus_outcomes.derive.measured import is_measured
from lupus_outcomes.derive.outcomes import HANDLINGS
from lupus_outcomes.derive.response_times import DEFINITIONS, Definition
from lupus_outcomes.dictionary import TABLES
from lupus_outcomes.endpoints import ENDPOINTS
from lupus_outcomes.measures import ACTIVITY, MEASURES, PATIENT_REPORTED
from lupus_outcomes.protocol import Handling
from lupus_outcomes.ui import address, compute
from lupus_outcomes.ui.keys import StudyKey

STATES = ("doris", "lldas", "lldas5", "sle_das_remission", "sle_das_lda")
ALL_TABLES = "all"
TABLES_OF_THE_DICTIONARY = tuple(TABLES)
PATIENT = "patient_shown"
HANDLING_LABELS = {
    "nri": "Stopped or missed = not attained",
    "observed": "Seen on the drug",
    "treatment_policy": "Seen, on the drug or not",
    "locf": "Last value carried forward",
}


RESPONSE_LABELS = {
    "first": "first visit attained",
    "sustained_2": "first of two visits in a row",
}
METHOD_LABELS = {
    "kaplan_meier": "Kaplan–Meier: had nobody stopped",
    "aalen_johansen": "Aalen–Johansen: before stopping",
    "turnbull": "Turnbull: between two visits",
}
FLARE_SOURCE_LABELS = {"recorded": "recorded by clinicians", "derived": "derived from visits"}
FLARE_SEVERITY_LABELS = {
    "any": "any",
    "mild_moderate": "mild or moderate",
    "severe": "severe",
}


def choose_handling(study: StudyKey) -> Handling:
    """How patients who stopped, were missed or could not be judged are counted."""
    default = compute.cohort(study.cohort).protocol.handling
    chosen = _choose_one(
        "handling", "Who is counted", tuple(HANDLING_LABELS), default, HANDLING_LABELS
    )
    return next(handling for handling in HANDLINGS if handling == chosen)


def choose_dose_handling() -> Handling:
    """Whose dose is counted: a missing dose has no imputation."""
    labels = {name: HANDLING_LABELS[name] for name in DOSE_HANDLINGS}
    chosen = _choose_one(
        "dose_handling", "Who is counted", tuple(labels), DOSE_HANDLINGS[0], labels
    )
    return next(handling for handling in DOSE_HANDLINGS if handling == chosen)


def choose_endpoints(
    study: StudyKey, offered: Sequence[str], default: Sequence[str], name: str = "endpoint"
) -> tuple[str, ...]:
    """Which endpoints are drawn; those this dataset cannot answer are not offered.

    Those of the default that it cannot answer are asked for all the same: the result says why.
    ``name``: in the address, another one where other endpoints are offered.
    """
    found = compute.cohort(study.cohort)
    answered = [each for each in offered if each in found.outcomes]
    chosen = st.multiselect(
        "Endpoints",
        answered,
        key=address.several(name, answered, [each for each in default if each in answered]),
        format_func=lambda each: ENDPOINTS[each].label,
        placeholder="none chosen" if answered else "none can be told",
        persist_state="session",
    )
    return (*chosen, *(each for each in default if each in found.missing_columns))


def choose_response_endpoints(study: StudyKey) -> tuple[str, ...]:
    """Which of the study's endpoints are drawn, its primary ones at first."""
    protocol = compute.cohort(study.cohort).protocol
    return choose_endpoints(study, protocol.endpoints, protocol.primary, "response_to")


def choose_measures(study: StudyKey) -> tuple[str, ...]:
    """Which measures of activity are drawn; those this dataset does not have are not offered."""
    offered = [name for name in ACTIVITY if _has_measure(study, name)]
    chosen = st.multiselect(
        "Measures",
        offered,
        key=address.several("measure", offered, offered[:1]),
        format_func=lambda name: MEASURES[name].label,
        placeholder="none chosen" if offered else "none is collected",
        persist_state="session",
    )
    return tuple(chosen)


def choose_instrument(study: StudyKey) -> tuple[str, ...]:
    """One instrument for patients, as measures; none where the dataset has none."""
    offered = tuple(name for name in PATIENT_REPORTED if _has_measure(study, name))
    if not offered:
        return ()
    labels = {name: MEASURES[name].label for name in offered}
    default = "facit_fatigue" if "facit_fatigue" in offered else offered[0]
    return (_choose_one("instrument", "Instrument", offered, default, labels),)


def _has_measure(study: StudyKey, name: str) -> bool:
    return is_measured(compute.cohort(study.cohort), MEASURES[name])


def choose_benchmarks(endpoints: tuple[str, ...]) -> pd.DataFrame:
    """Published results of the same endpoints, when the reader turns them on."""
    is_on = choose_switch(
        "benchmarks",
        "Published",
        "Other patients and other handling: a landmark, not a comparison.",
    )
    return find_benchmarks(endpoints if is_on else ())


def choose_report_kind() -> str:
    """Which kind of file a report is, by its ending."""
    labels = {"html": "HTML, for the screen and to print", "pdf": "PDF, pages of A4"}
    return _choose_one("report_kind", "File", tuple(labels), "html", labels)


def no_benchmarks() -> pd.DataFrame:
    """No published results, for a figure that sets none beside ours."""
    return find_benchmarks(())


def choose_headline(study: StudyKey) -> str:
    """One number that is quoted, of those this study and dataset can tell."""
    options = find_headlines(compute.cohort(study.cohort))
    labels = {name: HEADLINES[name].label for name in options}
    return _choose_one("headline", "Headline number", options, options[0], labels)


def choose_endpoint(study: StudyKey) -> str:
    """One endpoint of the study, also where this dataset cannot tell who attains it."""
    options = compute.cohort(study.cohort).protocol.endpoints
    labels = {name: ENDPOINTS[name].label for name in options}
    return _choose_one("state", "Endpoint", options, options[0], labels)


def choose_missed_state(study: StudyKey) -> str:
    """A state made of criteria, also where this dataset can only tell who missed it."""
    asked = compute.cohort(study.cohort).protocol.endpoints
    options = tuple(name for name in PARTS if name in asked) or tuple(PARTS)
    labels = {name: ENDPOINTS[name].label for name in options}
    return _choose_one("missed", "State", options, options[0], labels)


def choose_response_definition() -> Definition:
    """When a response counts."""
    chosen = _choose_one("response", "Counts from", DEFINITIONS, "first", RESPONSE_LABELS)
    return next(definition for definition in DEFINITIONS if definition == chosen)


def choose_response_method() -> Method:
    """How those who stop are counted."""
    chosen = _choose_one("method", "Method", METHODS, METHODS[0], METHOD_LABELS)
    return next(method for method in METHODS if method == chosen)


def choose_flare_source(study: StudyKey) -> Source:
    """Flares as recorded by clinicians or as derived from visits; the first this dataset has."""
    offered = available(compute.cohort(study.cohort))
    chosen = _choose_one("flare_source", "Flares", offered, offered[0], FLARE_SOURCE_LABELS)
    return next(source for source in offered if source == chosen)


def choose_flare_severity() -> Severity:
    """Which flares count."""
    options = tuple(FLARE_SEVERITY_LABELS)
    chosen = _choose_one("flare_severity", "Severity", options, "any", FLARE_SEVERITY_LABELS)
    return next(severity for severity in FLARE_SEVERITIES if severity == chosen)


def choose_flares(study: StudyKey) -> dict[str, str]:
    """Which flares count and whose word is taken, as options of the analyses of flares."""
    left, right, _ = st.columns([2, 2, 2.4])
    with left:
        source = choose_flare_source(study)
    with right:
        severity = choose_flare_severity()
    return {"source": source, "severity": severity}


def choose_timepoint(study: StudyKey) -> float:
    """Months of one time point, that of the study's findings at first."""
    protocol = compute.cohort(study.cohort).protocol
    timepoints = protocol.timepoints
    by_id = {timepoint.id: timepoint for timepoint in timepoints}
    default = min(
        timepoints, key=lambda timepoint: abs(timepoint.months - protocol.headline_months)
    ).id
    labels = {name: timepoint.label for name, timepoint in by_id.items()}
    return by_id[_choose_one("timepoint", "Time point", tuple(by_id), default, labels)].months


def choose_measure() -> str:
    """How frequent: share of patients, all events or first events over patient-years."""
    labels = {
        "share": "Patients with the event, %",
        "event_rate": "All events per 100 patient-years",
        "eair": "First events per 100 patient-years",
    }
    return _choose_one("measure", "Measure", tuple(labels), "share", labels)


def choose_naming() -> str:
    """Organ classes or preferred terms."""
    labels = {name: f"By {words}" for name, words in NAMED_BY.items()}
    return _choose_one("named_by", "Terms", tuple(labels), "soc", labels)


def choose_contrast(study: StudyKey) -> str | None:
    """The group set beside the others, where patients are in groups."""
    levels = contrast_levels(compute.selection(study))
    if len(levels) < 2:
        return None
    return _choose_one("contrast", "Beside the others", levels, levels[0], {n: n for n in levels})


def choose_category(study: StudyKey) -> str:
    """A category of adverse events that the dataset can tell, of those not about the onset."""
    names = [n for n in LABELS if n not in ("early", "late") and not n.startswith("grade_")]
    return _choose_told(study, "category", tuple(names))


def choose_special(study: StudyKey) -> str:
    """A category of special interest that the dataset can tell."""
    return _choose_told(study, "special", SPECIAL)


def _choose_told(study: StudyKey, name: str, offered: tuple[str, ...]) -> str:
    events = compute.cohort(study.cohort).adverse_events
    options = tuple(category for category in offered if events.tells(category)) or offered[:1]
    return _choose_one(name, "Adverse events", options, options[0], dict(LABELS))


def choose_question(study: StudyKey) -> Question | None:
    """An outcome told in advance and who is counted; none where no outcome can be told."""
    options = find_outcomes(compute.cohort(study.cohort))
    if not options:
        return None
    usual = Question()
    default = usual.outcome if usual.outcome in options else options[0]
    labels = {name: OUTCOMES[name].label for name in options}
    counted = {name: HANDLING_LABELS[name] for name in ("nri", "observed")}
    left, right, _ = st.columns([2, 2, 2])
    with left:
        outcome = _choose_one("outcome", "Outcome", options, default, labels)
    with right:
        chosen = _choose_one(
            "predicted_handling", "Who is counted", tuple(counted), usual.handling, counted
        )
    return Question(outcome, next(handling for handling in HANDLINGS if handling == chosen))


def choose_feature(labels: dict[str, str]) -> str:
    """One feature of a model by its id, at first the first."""
    options = tuple(labels)
    return _choose_one("feature", "Feature", options, options[0], labels)


def choose_table(options: Sequence[str]) -> str | None:
    """One table of the dataset, or all."""
    labels = {ALL_TABLES: "all tables"} | {name: name.replace("_", " ") for name in options}
    chosen = _choose_one("table", "Table", tuple(labels), ALL_TABLES, labels)
    return None if chosen == ALL_TABLES else chosen


def choose_words(label: str, placeholder: str) -> str:
    """Words to search for."""
    key = address.words("words")
    return st.text_input(label, key=key, placeholder=placeholder, persist_state="session") or ""


def choose_patient(study: StudyKey, among: NDArray[np.int64] | None = None) -> int:
    """One of the selected patients, by row; never in the address, which others may read.

    ``among``: rows to choose from, where not all of the selection are in question.
    """
    chosen = np.flatnonzero(compute.selection(study).members) if among is None else among
    ids = compute.cohort(study.cohort).patients["patient_id"].iloc[chosen].astype(str).tolist()
    if st.session_state.get(PATIENT) not in ids:
        st.session_state[PATIENT] = ids[0]
    position = ids.index(st.session_state[PATIENT])
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.selectbox("Patient", ids, key=PATIENT, width=176, persist_state="session")
        for label, step in (("Previous", -1), ("Next", 1)):
            st.button(
                label,
                key=f"{label.lower()}_patient",
                on_click=_show_patient,
                args=(ids[(position + step) % len(ids)],),
                disabled=not 0 <= position + step < len(ids),
            )
    return int(chosen[position])


def _show_patient(patient_id: str) -> None:
    st.session_state[PATIENT] = patient_id


def choose_switch(name: str, label: str, help: str | None = None) -> bool:
    """Something that is on or off, off at first."""
    return st.toggle(label, key=address.switch(name), help=help, persist_state="session")


def choose_subgroups() -> bool:
    """Whether every characteristic is looked at, one by one."""
    return choose_switch(
        "subgroups",
        "Compare patients by every characteristic",
        "Many looks at the same patients: some differences arise by chance.",
    )


def _choose_one(
    name: str, label: str, options: tuple[str, ...], default: str, labels: dict[str, str]
) -> str:
    return st.selectbox(
        label,
        options,
        key=address.one(name, options, default),
        format_func=labels.__getitem__,
        persist_state="session",
    )
