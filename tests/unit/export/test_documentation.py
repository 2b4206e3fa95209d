"""Documents from declarations: the committed dictionary is current, methods name everything."""

from dataclasses import replace
from pathlib import Path

import pytest

from lupus_outcomes.derive.cohort import find_missing_columns
from lupus_outcomes.derive.timepoints import STATUSES
from lupus_outcomes.dictionary import every_column
from lupus_outcomes.endpoints import ENDPOINTS
from lupus_outcomes.export.dictionary_page import dictionary_markdown
from lupus_outcomes.export.markdown import markdown_table
from lupus_outcomes.export.methods_page import (
    STATUS_MEANING,
    Reading,
    methods_markdown,
    methods_sections,
)
from lupus_outcomes.indices import sle_das
from lupus_outcomes.protocols import PROTOCOLS
from tests.drawn import draw_cohort

DOCS = Path(__file__).parents[3] / "docs"
READING = Reading("DORIS: prednisone", "<5", "<=5", ("<=5",), "Table 2 prints it.")


def methods(protocol_id="nct07215754", readings=(READING,)):
    cohort = draw_cohort("anna:\n 0")
    protocol = PROTOCOLS[protocol_id]
    missing = find_missing_columns(cohort.dataset, protocol)
    return methods_markdown(replace(cohort, protocol=protocol, missing_columns=missing), readings)


def test_the_committed_dictionary_is_current():
    assert (DOCS / "data-dictionary.md").read_text(encoding="utf-8") == dictionary_markdown(), (
        "Run make docs."
    )


def test_the_dictionary_has_every_column():
    text = dictionary_markdown()

    for _, name, column in every_column():
        assert f"| `{name}` | {column.title} |" in text


@pytest.mark.parametrize("protocol_id", PROTOCOLS)
def test_methods_name_what_the_study_declares(protocol_id):
    text, protocol = methods(protocol_id), PROTOCOLS[protocol_id]

    for name in protocol.endpoints:
        assert ENDPOINTS[name].label in text
        assert ENDPOINTS[name].definition in text
        assert ENDPOINTS[name].denominator_words in text
        assert ENDPOINTS[name].source in text
    for criterion in protocol.criteria:
        assert criterion.label in text
    for timepoint in protocol.timepoints:
        assert f"| {timepoint.label} |" in text


def test_a_window_is_given_in_whole_days():
    # 6 months is day 182.625, the window 91.3125 to below 273.9375.
    assert "| 6 months | 182.625 | 92 to 273 |" in methods()


def test_exact_limits_are_named_where_the_study_wants_them():
    assert "Clopper-Pearson" in methods("jrcts031230358")
    assert "Wilson" in methods("nct07215754")


def test_every_status_has_a_meaning():
    assert tuple(STATUS_MEANING) == STATUSES


def test_every_coefficient_of_sle_das_is_shown_with_its_caveat():
    text = methods()

    assert "one secondary source" in text
    for points in (*sle_das.POINTS.values(), sle_das.CONSTANT, sle_das.LOCALISED_RASH):
        assert f"| {points:g} |" in text


def test_a_changed_reading_is_marked():
    assert "`<5` (**changed**); else `<=5`. Table 2 prints it." in methods()


def test_how_a_criterion_is_answered_is_said():
    text = methods("jrcts031230358")

    assert "Excluded if: Pregnancy *(recorded in the eligibility table)*" in text
    assert "SLEDAI-2K at least 4 *(computed)*" in text


def test_sections_have_text():
    cohort = draw_cohort("anna:\n 0")

    assert all(section.text for section in methods_sections(cohort, [READING]))


def test_a_bar_does_not_end_a_cell():
    assert markdown_table(("a",), [("x|y",)]).splitlines()[-1] == r"| x\|y |"
