"""The door: a page gets a study here and nowhere else, after the reader was checked.

``frame`` draws what surrounds every page; ``study`` gives the key of what is selected, or says why
there is nothing and stops.
"""

import os
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Literal, NoReturn

import streamlit as st

from lupus_outcomes.access.readers import Reader
from lupus_outcomes.access.settings import read_sign_in
from lupus_outcomes.derive.cohort import Cohort
from lupus_outcomes.errors import LupusOutcomesError, NotReleasedError, RefusedDatasetError
from lupus_outcomes.paths import DATASET_VARIABLE, FIRST_PAGE, SAMPLE
from lupus_outcomes.release.disclosure import CLOSED, banners, read_mode
from lupus_outcomes.release.rounding import round_patients
from lupus_outcomes.ui import address, collection, compute, links, trail, upload
from lupus_outcomes.ui.definitions import CHOICES, DefinitionChoice
from lupus_outcomes.ui.filters import (
    NOT_GROUPED,
    draw_filters,
    draw_grouping,
    read_filters,
    register_filters,
    register_grouping,
)
from lupus_outcomes.ui.fold import fold
from lupus_outcomes.ui.incident import stop_with_incident
from lupus_outcomes.ui.keys import CohortKey, StudyKey
from lupus_outcomes.ui.plain import escape
from lupus_outcomes.ui.reader import draw_sign_out, may_read, reader_or_stop, refuse_real_data

UPLOAD_PAGE = "about/upload.py"
_STUDY, _READER = "study_seen", "reader_seen"


def read_ahead() -> None:
    """Read the dataset before a page asks for it. What is wrong with it, the page will say."""
    path = str(_dataset_path())
    with suppress(Exception):
        compute.read_silently(path, compute.fingerprint(path))


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


def menu() -> Literal["top", "hidden"]:
    """Where the list of pages stands: nowhere for who may not see them."""
    return "top" if may_read(_dataset_path()) else "hidden"


def frame(title: str) -> None:
    """Draw what surrounds every page: sidebar, banner, the line that says what is seen."""
    reader = reader_or_stop(_dataset_path())
    st.session_state[_READER] = reader
    trail.signed_in(reader)
    dataset = _dataset_or_stop(reader)
    cohort = _cohort_or_stop(_read_as_chosen(dataset))
    address.switch(address.COMMITTEE)
    is_closed = dataset.disclosure == CLOSED
    if address.is_for_committee():
        register_grouping(cohort)
        if is_closed:
            register_filters(cohort)
        _register_definitions()
    else:
        with st.sidebar:
            _signpost(cohort)
            draw_sign_out(reader)
            draw_grouping(cohort)
            if is_closed:
                draw_filters(cohort)
            _draw_definitions()
    # A link brings its readings with the controls that were drawn just now.
    cohort_key = _read_as_chosen(dataset)
    cohort = _cohort_or_stop(cohort_key)
    filters = read_filters(cohort) if is_closed else ()
    key = StudyKey(cohort_key, filters, _group())
    links.open_asked(key, reader)
    if not address.is_for_committee():
        _say_what_is_seen(key, cohort)
    trail.seen(reader, title, key)
    st.session_state[_STUDY] = key


def run(page) -> None:
    """Run a page inside the frame; whatever it does, its view goes into the address."""
    collection.settle()
    address.begin()
    links.begin(page.url_path)
    st.session_state[_STUDY] = None
    warnings = st.container()
    try:
        frame(page.title)
        page.run()
        address.refuse_the_rest(links.VIEW)
    except links.LeavingError:
        pass
    except NotReleasedError as denied:
        st.info(escape(str(denied)), icon=":material/lock:")
    except Exception as problem:
        stop_with_incident(problem)
    finally:
        with warnings:
            _say_what_was_refused()
            links.finish(st.session_state[_STUDY])
        address.write()
        links.go()


def open_first() -> NoReturn:
    """Open the first page with what the address asks for."""
    st.switch_page(FIRST_PAGE, query_params=address.asked())


def patients_or_stop() -> None:
    """Let a page show single patients, or say why not and stop it."""
    if st.session_state[_STUDY].is_for_release:
        raise NotReleasedError("A single patient is not available in release mode.")
    if not may_see_patients():
        st.info(
            "A single patient is shown to signed-in investigators and on the reader's own machine "
            "only. Start it there: `lupus-outcomes app DATASET`.",
            icon=":material/lock:",
        )
        st.stop()


def not_offered() -> tuple[str, ...]:
    """Pages of the table of contents that this reader is not offered."""
    return () if upload.is_offered() else (UPLOAD_PAGE,)


def may_see_patients() -> bool:
    """Whether single patients may be shown to this reader."""
    reader: Reader = st.session_state[_READER]
    return reader.may_see_patients


def may_download_rows() -> bool:
    """Whether this reader may have files with a row a patient."""
    reader: Reader = st.session_state[_READER]
    return reader.may_download_rows


def _group() -> str | None:
    group = address.chosen("group")
    return group[0] if group and group[0] != NOT_GROUPED else None


def _dataset_path() -> Path:
    return Path(os.environ.get(DATASET_VARIABLE) or SAMPLE)


def _dataset_or_stop(reader: Reader) -> CohortKey:
    """The dataset as it lies there now, of the reader's centres, definitions at their defaults."""
    path = upload.brought_path() or str(_dataset_path())
    try:
        fingerprint = compute.fingerprint(path)
        dataset = compute.dataset(path, fingerprint)
        mode = read_mode(os.environ)
    except LupusOutcomesError as problem:
        _explain(problem, reader)
    if not dataset.is_synthetic:
        refuse_real_data(read_sign_in(os.environ))
    return CohortKey(path, fingerprint, dataset.study, centres=reader.centres, disclosure=mode)


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


def _explain(problem: LupusOutcomesError, reader: Reader | None = None) -> NoReturn:
    """Say why there is no dataset to show, every finding with its rows, and the way out.

    ``reader``: who is limited to some centres is not told what was found, which counts all.
    """
    st.title("This dataset cannot be shown")
    upload.draw_way_back()
    if reader is not None and reader.centres is not None:
        st.error("Ask a reader of all centres why.", icon=":material/error:")
        st.stop()
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
    upload.draw_way_back()


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
