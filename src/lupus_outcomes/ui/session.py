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
from lupus_outcomes.errors import LupusOutcomesError, NotReleasedError, RefusedDatasetError
from lupus_outcomes.paths import DATASET_VARIABLE, SAMPLE
from lupus_outcomes.release.disclosure import CLOSED, banners, read_mode
from lupus_outcomes.release.rounding import round_patients
from lupus_outcomes.ui import address, compute
from lupus_outcomes.ui.definitions import CHOICES
from lupus_outcomes.ui.filters import NOT_GROUPED, draw_filters, draw_grouping, read_filters
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
    with st.sidebar:
        _signpost(cohort)
        draw_grouping(cohort)
        if dataset.disclosure == CLOSED:
            draw_filters(cohort)
        _draw_definitions()
    # A link brings its readings with the controls that were drawn just now.
    cohort_key = _read_as_chosen(dataset)
    cohort = _cohort_or_stop(cohort_key)
    filters = read_filters(cohort) if dataset.disclosure == CLOSED else ()
    key = StudyKey(cohort_key, filters, _group())
    _say_what_is_seen(key, cohort)
    st.session_state[_STUDY] = key


def run(page) -> None:
    """Run a page inside the frame; whatever it does, its view goes into the address."""
    address.begin()
    warnings = st.container()
    try:
        frame()
        page.run()
    except NotReleasedError as denied:
        st.info(escape(str(denied)), icon=":material/lock:")
    finally:
        with warnings:
            _say_what_was_refused()
        address.write()


def patients_or_stop() -> None:
    """Let a page show single patients, or say why not and stop it."""
    if st.session_state[_STUDY].is_for_release:
        raise NotReleasedError("A single patient is not available in release mode.")
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
        study = compute.dataset(path, fingerprint).study
        return CohortKey(path, fingerprint, study, disclosure=read_mode(os.environ))
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


def _draw_definitions() -> None:
    keys = {choice: address.one(choice.id, choice.values, choice.default) for choice in CHOICES}
    changed = sum(address.chosen(choice.id) != (choice.default,) for choice in CHOICES)
    place = fold(f"Definitions · {changed} changed" if changed else "Definitions", "definitions")
    if place is not None:
        with place:
            for choice, key in keys.items():
                st.selectbox(choice.label, choice.values, key=key, help=choice.help)


def _say_what_is_seen(key: StudyKey, cohort: Cohort) -> None:
    selection = compute.selection(key)
    is_synthetic = cohort.dataset.is_synthetic
    said = " ".join(banners(is_synthetic, key.cohort.disclosure))
    st.caption(f":material/{'science' if is_synthetic else 'lock'}: **{said}**")
    counted = (
        f"about {round_patients(selection.n_patients):,} patients"
        if key.is_for_release
        else f"{selection.n_patients:,} of {cohort.n_patients:,} patients"
    )
    readings = "".join(f" · {name} {value}" for name, value in key.cohort.definitions)
    grouped = f" · by {selection.group_label.lower()}" if selection.group_label else ""
    seen = (
        f"You are seeing: {cohort.protocol.registration} · "
        f"data cut {cohort.data_cut.isoformat()} · "
        f"{counted} · {selection.words}"
        f"{grouped}{readings}"
    )
    st.caption(escape(seen))


def _say_what_was_refused() -> None:
    for asked in address.refused():
        st.warning(f"The address asks for {escape(asked)}, which is not there; it was left out.")
