"""The door: a page gets a study here and nowhere else, after the reader was checked.

``frame`` draws what surrounds every page; ``study`` gives the key of what is selected, or says why
there is nothing and stops.
"""

import os
from dataclasses import replace
from typing import NoReturn

import streamlit as st

from lupus_outcomes.data.read import Dataset
from lupus_outcomes.derive.cohort import Cohort
from lupus_outcomes.errors import LupusOutcomesError, RefusedDatasetError
from lupus_outcomes.paths import DATASET_VARIABLE, SAMPLE
from lupus_outcomes.release.disclosure import CLOSED_BANNER, SYNTHETIC_BANNER
from lupus_outcomes.ui import address, compute
from lupus_outcomes.ui.definitions import CHOICES, DefinitionChoice
from lupus_outcomes.ui.filters import NOT_GROUPED, draw_filters, read_filters, register_filters
from lupus_outcomes.ui.fold import fold
from lupus_outcomes.ui.keys import CohortKey, StudyKey
from lupus_outcomes.ui.plain import escape

LOOPBACK = ("127.0.0.1", "localhost", "::1")
_STUDY = "study_seen"


def study() -> StudyKey:
    """The study as selected now. Stops the page, with the reason, when there is none to show."""
    key: StudyKey = st.session_state[_STUDY]
    if not compute.selection(key).n_patients:
        st.info(
            "No patient matches all filters together. "
            "Remove one in the sidebar, or clear them all.",
            icon=":material/filter_alt_off:",
        )
        st.stop()
    return key


def frame() -> None:
    """Draw what surrounds every page: sidebar, banner, the line that says what is seen."""
    dataset = _dataset_or_stop()
    cohort = _cohort_or_stop(_read_as_chosen(dataset))
    _check_reader(cohort.dataset)
    address.switch(address.COMMITTEE)
    if address.is_for_committee():
        register_filters(cohort)
        _register_definitions()
    else:
        with st.sidebar:
            _signpost(cohort)
            draw_filters(cohort)
            _draw_definitions()
    # A link brings its readings with the controls that were drawn just now.
    cohort_key = _read_as_chosen(dataset)
    cohort = _cohort_or_stop(cohort_key)
    key = StudyKey(cohort_key, read_filters(cohort), _group())
    if not address.is_for_committee():
        _say_what_is_seen(key, cohort)
    st.session_state[_STUDY] = key


def run(page) -> None:
    """Run a page inside the frame; whatever it does, its view goes into the address."""
    address.begin()
    warnings = st.container()
    try:
        frame()
        page.run()
    finally:
        with warnings:
            _say_what_was_refused()
        address.write()


def patients_or_stop() -> None:
    """Let a page show single patients, or say why not and stop it."""
    if not may_see_patients():
        st.info(
            "A single patient is shown only on the reader's own machine, and this server can be "
            "reached from others. Start it there: `lupus-outcomes app DATASET`.",
            icon=":material/lock:",
        )
        st.stop()


def may_see_patients() -> bool:
    """Whether single patients may be shown: on the reader's own machine."""
    return st.get_option("server.address") in LOOPBACK


def _group() -> str | None:
    group = address.chosen("group")
    return group[0] if group and group[0] != NOT_GROUPED else None


def _check_reader(dataset: Dataset) -> None:
    """Synthetic data are open; anything else is served to one's own machine only."""
    if not dataset.is_synthetic and not may_see_patients():
        st.error(
            "This dataset is not synthetic and this server can be reached from other machines. "
            "Serve it on 127.0.0.1."
        )
        st.stop()


def _dataset_path() -> str:
    return os.environ.get(DATASET_VARIABLE) or str(SAMPLE)


def _dataset_or_stop() -> CohortKey:
    """The dataset as it lies there now, its study, every definition at its default."""
    path = _dataset_path()
    try:
        fingerprint = compute.fingerprint(path)
        return CohortKey(path, fingerprint, compute.dataset(path, fingerprint).study)
    except LupusOutcomesError as problem:
        _explain(problem)


def _read_as_chosen(dataset: CohortKey) -> CohortKey:
    """The same by the readings of the definitions chosen until now."""
    chosen = {choice.id: address.chosen(choice.id) for choice in CHOICES}
    readings = tuple(
        (choice.id, chosen[choice.id][0])
        for choice in CHOICES
        if chosen[choice.id] not in ((), (choice.default,))
    )
    return replace(dataset, definitions=readings)


def _cohort_or_stop(key: CohortKey) -> Cohort:
    try:
        return compute.cohort(key)
    except LupusOutcomesError as problem:
        _explain(problem)


def _explain(problem: LupusOutcomesError) -> NoReturn:
    """Say why there is no dataset to show, every finding with its rows, and the way out."""
    st.title("This dataset cannot be shown")
    st.error(escape(str(problem)), icon=":material/error:")
    if isinstance(problem, RefusedDatasetError):
        errors = [f for f in problem.findings if f.severity == "error"]
        st.markdown(f"{len(errors)} error(s) refuse it; nothing of it was loaded.")
        for finding in errors:
            st.markdown(f"- {escape(finding.line)}")
    st.markdown("`lupus-outcomes check DATASET` prints the same, with everything else it found.")
    st.stop()


def _signpost(cohort: Cohort) -> None:
    dataset, protocol = cohort.dataset, cohort.protocol
    st.markdown(f"**{escape(dataset.title)}**")
    st.caption(
        f"{escape(protocol.registration)}  \nData cut {escape(cohort.data_cut.isoformat())}  \n"
        f"Dataset {dataset.fingerprint[:8]}"
    )


def _register_definitions() -> dict[DefinitionChoice, str]:
    return {choice: address.one(choice.id, choice.values, choice.default) for choice in CHOICES}


def _draw_definitions() -> None:
    keys = _register_definitions()
    changed = sum(address.chosen(choice.id) != (choice.default,) for choice in CHOICES)
    place = fold(f"Definitions · {changed} changed" if changed else "Definitions", "definitions")
    if place is not None:
        with place:
            for choice, key in keys.items():
                st.selectbox(choice.label, choice.values, key=key, help=choice.help)


def _say_what_is_seen(key: StudyKey, cohort: Cohort) -> None:
    selection = compute.selection(key)
    is_synthetic = cohort.dataset.is_synthetic
    banner = SYNTHETIC_BANNER if is_synthetic else CLOSED_BANNER
    st.caption(f":material/{'science' if is_synthetic else 'lock'}: **{banner}**")
    readings = "".join(f" · {name} {value}" for name, value in key.cohort.definitions)
    grouped = f" · by {selection.group_label.lower()}" if selection.group_label else ""
    seen = (
        f"You are seeing: {cohort.protocol.registration} · "
        f"data cut {cohort.data_cut.isoformat()} · "
        f"{selection.n_patients:,} of {cohort.n_patients:,} patients · {selection.words}"
        f"{grouped}{readings}"
    )
    st.caption(escape(seen))


def _say_what_was_refused() -> None:
    for asked in address.refused():
        st.warning(f"The address asks for {escape(asked)}, which is not there; it was left out.")
