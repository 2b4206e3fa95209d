"""Controls that belong to one page's question; each draws itself and returns a plain id."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from lupus_outcomes.analysis.benchmarks import find_benchmarks
from lupus_outcomes.endpoints import ENDPOINTS
from lupus_outcomes.protocol import Handling
from lupus_outcomes.ui import address, compute
from lupus_outcomes.ui.keys import StudyKey

STATES = ("doris", "lldas", "lldas5", "sle_das_remission", "sle_das_lda")
ATTAINMENT_COLUMNS = (
    "endpoint", "level", "timepoint", "responders", "n", "proportion", "ci_low", "ci_high", "n_due",
    "n_assessed", "n_undecided", "n_missed", "n_stopped", "n_died", "n_lost", "n_pending", "n_not_due",
)  # fmt: skip
HANDLING_LABELS = {
    "nri": "Stopped or missed = not attained",
    "observed": "Seen on the drug",
    "treatment_policy": "Seen, on the drug or not",
    "locf": "Last value carried forward",
}


def choose_handling(study: StudyKey) -> Handling:
    """How patients who stopped, were missed or could not be judged are counted."""
    default = compute.cohort(study.cohort).protocol.handling
    return _choose_one(
        "handling", "Who is counted", tuple(HANDLING_LABELS), default, HANDLING_LABELS
    )


def choose_endpoints(
    study: StudyKey, offered: Sequence[str], default: Sequence[str]
) -> tuple[str, ...]:
    """Which endpoints are drawn; those this dataset cannot answer are not offered."""
    answered = [name for name in offered if name in compute.cohort(study.cohort).outcomes]
    shown = [name for name in default if name in answered]
    return tuple(
        st.multiselect(
            "Endpoints",
            answered,
            key=address.several("endpoint", answered, shown),
            format_func=lambda name: ENDPOINTS[name].label,
            persist_state="session",
        )
    )


def choose_benchmarks(endpoints: tuple[str, ...]) -> pd.DataFrame:
    """Published results of the same endpoints, when the reader turns them on."""
    is_on = choose_switch(
        "benchmarks",
        "Published",
        "Other patients and other handling: a landmark, not a comparison.",
    )
    return find_benchmarks(endpoints if is_on else ())


def choose_endpoint(study: StudyKey, offered: Sequence[str], label: str = "Endpoint") -> str:
    """One endpoint."""
    answered = tuple(name for name in offered if name in compute.cohort(study.cohort).outcomes)
    labels = {name: ENDPOINTS[name].label for name in answered}
    return _choose_one("state", label, answered, answered[0], labels)


def choose_timepoint(study: StudyKey) -> float:
    """Months of one time point, the nearest to a year at first."""
    timepoints = compute.cohort(study.cohort).protocol.timepoints
    by_id = {timepoint.id: timepoint for timepoint in timepoints}
    default = min(timepoints, key=lambda timepoint: abs(timepoint.months - 12)).id
    labels = {name: timepoint.label for name, timepoint in by_id.items()}
    return by_id[_choose_one("timepoint", "Time point", tuple(by_id), default, labels)].months


def choose_switch(name: str, label: str, help: str | None = None) -> bool:
    """Something that is on or off, off at first."""
    return st.toggle(label, key=address.switch(name), help=help, persist_state="session")


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
