"""The report: every result of the chosen sections with its table and method, to read or print."""

import streamlit as st

from lupus_outcomes.ui import deck, report, session, show

study = session.study()
show.question("What goes into the annual report?")
left, right = st.columns([3, 2])
with left:
    sections = deck.choose_sections()
with right:
    report.offer(study, sections)
