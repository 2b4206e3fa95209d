"""What was found wrong with files: by severity and rule, with rows, never a value."""

from itertools import groupby
from operator import attrgetter

import streamlit as st

from lupus_outcomes.data.findings import SEVERITIES, SEVERITY_WORDS, Finding
from lupus_outcomes.ui.plain import escape

TITLES = {"error": "Errors", "set_aside": "Set aside", "query": "Queries"}
# More findings of one rule than this are folded; more than the second are in the download only.
MOST_UNFOLDED, MOST_LISTED = 5, 60


def draw_findings(findings: list[Finding], without_errors: str) -> None:
    """Every finding; ``without_errors``: what to say where none is an error."""
    for severity in SEVERITIES:
        of_it = [finding for finding in findings if finding.severity == severity]
        if severity == "error" and not of_it:
            st.caption(without_errors)
        elif not of_it:
            st.caption(f"{TITLES[severity]}: none.")
        else:
            st.markdown(f"**{TITLES[severity]}**: {SEVERITY_WORDS[severity]}")
            _draw_rules(of_it)


def _draw_rules(findings: list[Finding]) -> None:
    by_rule = sorted(findings, key=attrgetter("rule"))
    rules = [list(group) for _, group in groupby(by_rule, key=attrgetter("rule"))]
    few = [finding for rule in rules if len(rule) <= MOST_UNFOLDED for finding in rule]
    if few:
        st.markdown(list_findings(few))
    for rule in (rule for rule in rules if len(rule) > MOST_UNFOLDED):
        with st.expander(f"{_rule_in_words(rule[0])} · {len(rule)} findings"):
            st.markdown(list_findings(rule))


def list_findings(findings: list[Finding]) -> str:
    """A line each, in Markdown, and how many more there are."""
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
