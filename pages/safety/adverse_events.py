"""Adverse events: how many patients have them, how grave they are, which ones, and when."""

import streamlit as st

from lupus_outcomes.charts.adverse_events import (
    draw_by_onset,
    draw_first_event,
    draw_incidence,
    draw_terms,
)
from lupus_outcomes.ui import compute, controls, session, show

study = session.study()
finding = show.question("Which adverse events occur, and how often?")
left, _ = st.columns([2, 3])
with left:
    measure = controls.choose_measure()
released = compute.result(study, "adverse_events", families=("overall",))
drawing = draw_incidence(released, measure, show.mode())
show.result(released, drawing, finding_at=finding)

finding = show.section("Which ones")
left, right, _ = st.columns([2, 2, 2])
with left:
    by = controls.choose_naming()
with right:
    contrast = controls.choose_contrast(study)
released = compute.result(study, "adverse_event_terms", by=by, contrast=contrast)
drawing = draw_terms(released, show.mode())
show.result(released, drawing, finding_at=finding)

finding = show.section("When they begin")
left, _ = st.columns([2, 3])
with left:
    category = controls.choose_category(study)
released = compute.result(study, "adverse_events_by_onset", category=category)
drawing = draw_by_onset(released, show.mode())
show.result(released, drawing, finding_at=finding)

released = compute.result(study, "first_adverse_event", category=category)
drawing = draw_first_event(released, show.mode())
show.result(released, drawing, heading="Time to the first")

released = compute.result(study, "adverse_event_listing")
show.result(released, heading="All of them")
