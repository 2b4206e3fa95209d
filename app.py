"""The frame: page settings, the door, the table of contents, the sidebar."""

import streamlit as st

from lupus_outcomes.paths import PAGES
from lupus_outcomes.ui import address, session

# The first page has the bare address and keeps a name to itself; typed, its own leads there.
FIRST, FIRST_BY_NAME, KEPT_NAME = "Remission", "remission", "first"
CONTENTS = {
    "Cohort": {
        "cohort/enrolment.py": "Enrolment",
        "cohort/eligibility.py": "Eligibility",
        "cohort/completeness.py": "Completeness",
        "cohort/patient.py": "One patient",
    },
    "Response": {
        "response/remission.py": "Remission",
        "response/glucocorticoids.py": "Glucocorticoids",
        "response/activity.py": "Activity",
        "response/patient_reported.py": "Patients' reports",
        "response/damage.py": "Damage",
        "response/time_to_response.py": "Time to response",
        "response/flares.py": "Flares",
    },
    "Treatment": {"treatment/retention.py": "Retention", "treatment/exposure.py": "Exposure"},
    "Safety": {
        "safety/adverse_events.py": "Adverse events",
        "safety/special_interest.py": "Special interest",
    },
    "Prediction": {
        "prediction/performance.py": "Performance",
        "prediction/explanation.py": "Explanation",
    },
    "Study": {
        "study/interim.py": "Interim analysis",
        "study/robustness.py": "Robustness",
        "study/centres.py": "Centres",
    },
    "Share": {
        "share/deck.py": "Slides",
        "share/report.py": "Report",
        "share/downloads.py": "Downloads",
    },
    "About": {
        "about/upload.py": "Your own data",
        "about/dataset.py": "This dataset",
        "about/methods.py": "Methods",
        "about/dictionary.py": "Data dictionary",
    },
}


def _list_pages() -> dict[str, list]:
    by_name = st.Page(session.open_first, title=FIRST, url_path=FIRST_BY_NAME, visibility="hidden")
    listed = {
        section: [
            st.Page(
                PAGES / path,
                title=title,
                default=title == FIRST,
                url_path=KEPT_NAME if title == FIRST else None,
            )
            for path, title in pages.items()
            if path not in session.not_offered()
        ]
        for section, pages in CONTENTS.items()
    }
    return {**listed, "": [by_name]}


# A worker process of the resampling imports this file, and must not run it.
if __name__ == "__main__":
    quiet = address.is_for_committee()
    bar = "collapsed" if quiet else "auto"
    page = st.navigation(_list_pages(), position="hidden" if quiet else session.menu())
    if page.url_path == FIRST_BY_NAME:
        page.run()
    title = f"{page.title} · Lupus outcomes"
    st.set_page_config(title, "🦋", layout="wide", initial_sidebar_state=bar)
    session.run(page)
