"""The data dictionary: every column the product reads, and how much of it this dataset fills."""

import streamlit as st

from lupus_outcomes.ui import compute, controls, session, show

study = session.study()
finding = show.question("What does each column mean, and is it filled?")
left, right = st.columns([1, 2])
with left:
    table = controls.choose_table(controls.TABLES_OF_THE_DICTIONARY)
with right:
    words = controls.choose_words("Search", "a word of the name, label, codes or source")
released = compute.result(study.whole, "dictionary", table=table, words=words)
show.result(released, finding_at=finding)
