"""The deck: what a steering committee sees, slide by slide and as an editable file."""

import streamlit as st

from lupus_outcomes.ui import address, deck, session, show

study = session.study()
if address.is_for_committee():
    sections = deck.choose_sections()
else:
    show.question("What does the committee see?")
    left, right = st.columns([3, 2])
    with left:
        sections = deck.choose_sections()
    with right:
        template = deck.choose_template()
    if sections:
        deck.offer_file(study, sections, template)
if sections:
    deck.show_slide(study, deck.walk(sections))
else:
    st.info("No slide can be made: choose a section.")
