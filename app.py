"""The frame: page settings, the door, the table of contents, the sidebar."""

from pathlib import Path

import streamlit as st

from lupus_outcomes.ui import address, session

PAGES = Path(__file__).parent / "pages"
FIRST = "Remission"
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
    return {
        section: [
            st.Page(PAGES / path, title=title, default=title == FIRST)
            for path, title in pages.items()
            if path not in session.not_offered()
        ]
        for section, pages in CONTENTS.items()
    }


# A worker process of the resampling imports this file, and must not run it.
if __name__ == "__main__":
    quiet = address.is_for_committee()
    bar = "collapsed" if quiet else "auto"
    page = st.navigation(_list_pages(), position="hidden" if quiet else session.menu())
    title = f"{page.title} · Lupus outcomes"
    st.set_page_config(title, "🦋", layout="wide", initial_sidebar_state=bar)
    session.run(page)
