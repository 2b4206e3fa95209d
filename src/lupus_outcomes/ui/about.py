"""What the pages about the dataset and the methods draw beyond a result: facts, findings, text."""

from collections.abc import Iterable
from functools import partial

import streamlit as st

from lupus_outcomes.analysis.agreement import CALLS, is_recorded
from lupus_outcomes.dictionary import TABLES
from lupus_outcomes.export.methods_page import Reading, methods_markdown, methods_sections
from lupus_outcomes.ui import compute, controls, files, findings, show
from lupus_outcomes.ui.definitions import CHOICES
from lupus_outcomes.ui.keys import CohortKey, StudyKey
from lupus_outcomes.ui.plain import escape


def draw_facts(key: CohortKey) -> None:
    """Which dataset this is, what is assumed in it and how its files were read."""
    found = compute.cohort(key)
    dataset = found.dataset
    st.caption("The whole dataset: the filters in the sidebar do not apply on this page.")
    facts = {
        "Title": dataset.title,
        "Study": f"{found.protocol.registration}, {found.protocol.title}",
        "Data cut": dataset.data_cut.isoformat(),
        "Patients": "synthetic" if dataset.is_synthetic else "real",
        "Dates": "shifted: calendar axes are refused" if dataset.dates_are_shifted else "as given",
        "Fingerprint, SHA-256": dataset.fingerprint,
        "Assumed": _assumptions(key),
    }
    st.markdown("\n".join(f"- **{name}:** {escape(fact)}" for name, fact in facts.items()))
    with st.expander("How the files were read"):
        st.markdown("\n".join(f"- {escape(note)}" for note in dataset.notes) or "As they are.")


def _assumptions(key: CohortKey) -> str:
    assumed = compute.cohort(key).dataset.assumptions
    if not assumed:
        return "nothing; what is not collected is unknown"
    return ", ".join(
        f"{name.replace('_', ' ')} = {'yes' if value else 'no'}" for name, value in assumed.items()
    )


def draw_findings(key: StudyKey) -> None:
    """Findings by severity and rule, of one table or all, with the list as a file."""
    dataset = compute.cohort(key.cohort).dataset
    if dataset.centres is not None:
        st.caption("What was found is told of the whole dataset only, to readers of all centres.")
        return
    found = dataset.findings
    place = st.container()
    tables = [name for name in TABLES if any(finding.table == name for finding in found)]
    left, _ = st.columns([1, 2])
    with left:
        table = controls.choose_table(tables)
    released = compute.result(key, "findings", table=table)
    place.markdown(escape(released.result.finding))
    shown = [finding for finding in found if table in (None, finding.table)]
    findings.draw_findings(
        shown, "No errors: a dataset with one is refused and nothing of it is shown."
    )
    show.method(released)
    show.downloads(released)


def draw_agreement(key: StudyKey) -> None:
    """Recorded calls beside derived states, a table each; a sentence where none is recorded."""
    recorded = [state for state in CALLS if is_recorded(compute.cohort(key.cohort), state)]
    st.caption("They are compared here and mixed nowhere: every result uses the derived state.")
    if not recorded:
        st.markdown(
            "The clinician's own calls of DORIS, LLDAS and flares are not in this dataset: there "
            "is nothing to compare."
        )
    for state in recorded:
        show.result(compute.result(key, "agreement", state=state))


def draw_methods(key: CohortKey) -> None:
    """Every section of the methods; what is only looked up is folded."""
    found, readings = compute.cohort(key), list(_readings(key))
    for section in methods_sections(found, readings):
        if section.is_reference:
            with st.expander(section.title):
                st.markdown(section.text)
        else:
            st.header(section.title)
            st.markdown(section.text)
    files.offer(
        "Methods as Markdown",
        partial(methods_markdown, found, readings),
        f"methods_{found.protocol.id}.md",
        "text/markdown",
        "download_methods",
        type="tertiary",
        icon=":material/download:",
    )


def _readings(key: CohortKey) -> Iterable[Reading]:
    chosen = dict(key.definitions)
    for choice in CHOICES:
        reading = chosen.get(choice.id, choice.default)
        others = tuple(value for value in choice.values if value != reading)
        yield Reading(choice.label, reading, choice.default, others, choice.help)
