"""The annual report on its page: nothing is computed before a file is asked for."""

from collections.abc import Sequence
from functools import partial

import streamlit as st

from lupus_outcomes.errors import LupusOutcomesError
from lupus_outcomes.ui import controls, deck, files, links
from lupus_outcomes.ui.keys import StudyKey
from lupus_outcomes.ui.plain import escape

MIME = {"html": "text/html", "pdf": "application/pdf"}


def offer(study: StudyKey, sections: Sequence[str]) -> None:
    """The file of a report on those sections, or why there is none."""
    kind = controls.choose_report_kind()
    if not sections:
        st.info("Choose a section, and there is something to report.")
        return
    if kind == "pdf" and not _can_set_pages():
        return
    st.markdown(
        "Title page, contents and, for each result, what was found, its figure, its table, who is "
        "counted, how, from what, and the stamp. The file needs nothing else: no network and no "
        "program of ours."
    )
    files.offer(
        f"Report, {kind.upper()}",
        partial(_make, study, tuple(sections), kind, links.keeper("report")),
        f"report_{study.cohort.protocol_id}_{study.cohort.fingerprint[:8]}.{kind}",
        MIME[kind],
        f"download_report_{kind}",
        icon=":material/download:",
        type="primary",
    )
    st.caption("It is made when you ask for it: all sections take up to a minute.")


def _can_set_pages() -> bool:
    """Whether this machine can make a PDF; said where it cannot."""
    from lupus_outcomes.export.report.pdf import load_weasyprint

    try:
        load_weasyprint()
    except LupusOutcomesError as problem:
        st.error(escape(str(problem)), icon=":material/error:")
        return False
    return True


def _make(study: StudyKey, sections: Sequence[str], kind: str, keep: links.Keeper) -> bytes:
    # What draws and sets a report is loaded when a file is wanted.
    from lupus_outcomes.export.report.contents import tell_report
    from lupus_outcomes.export.report.files import MAKERS

    report = tell_report(deck.find_sources(study, sections), sections)
    keep((entry.released for entry in report.entries), {})
    return MAKERS[kind](report)
