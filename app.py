"""The frame: page settings, the door, the table of contents, the sidebar."""

from pathlib import Path

import streamlit as st

from lupus_outcomes.ui import session

PAGES = Path(__file__).parent / "pages"

# A worker process of the resampling imports this file, and must not run it.
if __name__ == "__main__":
    st.set_page_config(page_title="Lupus outcomes", page_icon="🦋", layout="wide")
    session.run(
        st.navigation(
            {
                "Cohort": [
                    st.Page(PAGES / "cohort/enrolment.py", title="Enrolment"),
                    st.Page(PAGES / "cohort/eligibility.py", title="Eligibility"),
                    st.Page(PAGES / "cohort/completeness.py", title="Completeness"),
                    st.Page(PAGES / "cohort/patient.py", title="One patient"),
                ],
                "Response": [
                    st.Page(PAGES / "response/remission.py", title="Remission", default=True),
                    st.Page(PAGES / "response/glucocorticoids.py", title="Glucocorticoids"),
                    st.Page(PAGES / "response/activity.py", title="Activity"),
                    st.Page(PAGES / "response/patient_reported.py", title="Patients' reports"),
                    st.Page(PAGES / "response/damage.py", title="Damage"),
                    st.Page(PAGES / "response/time_to_response.py", title="Time to response"),
                    st.Page(PAGES / "response/flares.py", title="Flares"),
                ],
                "Treatment": [
                    st.Page(PAGES / "treatment/retention.py", title="Retention"),
                    st.Page(PAGES / "treatment/exposure.py", title="Exposure"),
                ],
                "Safety": [
                    st.Page(PAGES / "safety/adverse_events.py", title="Adverse events"),
                    st.Page(PAGES / "safety/special_interest.py", title="Special interest"),
                ],
                "Prediction": [
                    st.Page(PAGES / "prediction/performance.py", title="Performance"),
                    st.Page(PAGES / "prediction/explanation.py", title="Explanation"),
                ],
                "Study": [
                    st.Page(PAGES / "study/interim.py", title="Interim analysis"),
                    st.Page(PAGES / "study/robustness.py", title="Robustness"),
                    st.Page(PAGES / "study/centres.py", title="Centres"),
                ],
                "Share": [
                    st.Page(PAGES / "share/deck.py", title="Slides"),
                ],
                "About": [
                    st.Page(PAGES / "about/dataset.py", title="This dataset"),
                    st.Page(PAGES / "about/methods.py", title="Methods"),
                    st.Page(PAGES / "about/dictionary.py", title="Data dictionary"),
                ],
            },
            position=session.menu(),
        )
    )
