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
show.question("Which adverse events occur, and how often?")
with show.views(
    incidence="How often",
    terms="Which ones",
    onset="When they begin",
    first="Time to the first",
    listing="All of them",
) as view:
    finding = st.container()
    left, right, _ = st.columns([2, 2, 2])
    if view == "incidence":
        with left:
            measure = controls.choose_measure()
        released = compute.result(study, "adverse_events", families=("overall",))
        drawing = draw_incidence(released, measure, show.mode())
        show.result(released, drawing, finding_at=finding)
    if view == "terms":
        with left:
            by = controls.choose_naming()
        with right:
            contrast = controls.choose_contrast(study)
        released = compute.result(study, "adverse_event_terms", by=by, contrast=contrast)
        show.result(released, draw_terms(released, show.mode()), finding_at=finding)
    if view == "onset":
        with left:
            category = controls.choose_category(study)
        released = compute.result(study, "adverse_events_by_onset", category=category)
        show.result(released, draw_by_onset(released, show.mode()), finding_at=finding)
    if view == "first":
        with left:
            category = controls.choose_category(study)
        released = compute.result(study, "first_adverse_event", category=category)
        show.result(released, draw_first_event(released, show.mode()), finding_at=finding)
    if view == "listing":
        show.result(compute.result(study, "adverse_event_listing"), finding_at=finding)
