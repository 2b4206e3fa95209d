"""Robustness: whether the headline numbers depend on how they were made."""

import streamlit as st

from lupus_outcomes.charts.robustness import draw_robustness
from lupus_outcomes.ui import compute, controls, session, show

study = session.study()
show.question("Do the headline numbers depend on choices?")
with show.views(one="One number", all="All headline numbers") as view:
    finding = st.container()
    if view == "one":
        left, _ = st.columns([2, 3])
        with left:
            headline = controls.choose_headline(study)
        released = compute.robustness(study, headline)
        show.result(released, draw_robustness(released, show.mode()), finding_at=finding)
    if view == "all":
        show.result(compute.robustness(study), finding_at=finding)
