"""The deck: what a steering committee sees, as editable slides."""

import streamlit as st

from lupus_outcomes.ui import deck, session, show

study = session.study()
show.question("What does the committee see?")
left, right = st.columns([3, 2])
with left:
    sections = deck.choose_sections()
with right:
    template = deck.choose_template()
deck.show(study, deck.tell(study, sections), template)
