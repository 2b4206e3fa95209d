"""What the pages about the dataset and the methods draw beyond a result: facts, findings, text."""

from collections.abc import Iterable
from functools import partial
from itertools import groupby
from operator import attrgetter

import streamlit as st

from lupus_outcomes.analysis.agreement import CALLS, is_recorded
from lupus_outcomes.data.findings import SEVERITIES, SEVERITY_WORDS, Finding
from lupus_outcomes.dictionary import TABLES
from lupus_outcomes.export.methods_page import Reading, methods_markdown, methods_sections
from lupus_outcomes.ui import compute, controls, files, show
from lupus_outcomes.ui.definitions import CHOICES
from lupus_outcomes.ui.keys import CohortKey, StudyKey
from lupus_outcomes.ui.plain import escape

SEVERITY_TITLES = {"error": "Errors", "set_aside": "Set aside", "query": "Queries"}
# More findings of one rule than this are folded; more than the second are in the download only.
MOST_UNFOLDED, MOST_LISTED = 5, 60


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
    for severity in SEVERITIES:
        _draw_severity(severity, [f for f in shown if f.severity == severity])
    show.method(released)
    show.downloads(released)


def _draw_severity(severity: str, findings: list[Finding]) -> None:
    words = SEVERITY_WORDS[severity]
    if severity == "error":
        st.caption("No errors: a dataset with one is refused and nothing of it is shown.")
        return
    if not findings:
        st.caption(f"{SEVERITY_TITLES[severity]}: none.")
        return
    st.markdown(f"**{SEVERITY_TITLES[severity]}**: {words}")
    by_rule = sorted(findings, key=attrgetter("rule"))
    rules = [list(group) for _, group in groupby(by_rule, key=attrgetter("rule"))]
    few = [finding for rule in rules if len(rule) <= MOST_UNFOLDED for finding in rule]
    if few:
        st.markdown(_listed(few))
    for rule in (rule for rule in rules if len(rule) > MOST_UNFOLDED):
        with st.expander(f"{_rule_in_words(rule[0])} · {len(rule)} findings"):
            st.markdown(_listed(rule))


def _listed(findings: list[Finding]) -> str:
    lines = [f"- {_line(finding)}" for finding in findings[:MOST_LISTED]]
    more = len(findings) - MOST_LISTED
    return "\n".join([*lines, f"- and {more} more, in the download"] if more > 0 else lines)


def _rule_in_words(finding: Finding) -> str:
    return escape(finding.rule.replace("_", " "))


def _line(finding: Finding) -> str:
    """The finding with its place in bold, rows shortened, rule last; values are no part of it."""
    one_column = finding.column if "," not in finding.column else ""
    place = ".".join(part for part in (finding.table, one_column) if part)
    rest = escape(finding.line.removeprefix(place))
    return f"**{escape(place)}**{rest} *{_rule_in_words(finding)}*"


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
