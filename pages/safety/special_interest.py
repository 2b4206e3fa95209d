"""Events of special interest: infections, zoster, cardiovascular events, neoplasms, admissions."""

import streamlit as st

from lupus_outcomes.charts.adverse_events import (
    draw_incidence,
    draw_label,
    draw_published,
    draw_vaccination,
)
from lupus_outcomes.ui import compute, controls, session, show

study = session.study()
show.question("Infections, zoster, heart and neoplasms: how often, and how do they end?")
with show.views(
    incidence="How often",
    course="How they went",
    zoster="Zoster after vaccination",
    label="Beside the label",
    trials="Beside the trials",
) as view:
    finding = st.container()
    left, _ = st.columns([2, 3])
    if view == "incidence":
        with left:
            measure = controls.choose_measure()
        released = compute.result(study, "adverse_events", families=("special",))
        drawing = draw_incidence(released, measure, show.mode())
        show.result(released, drawing, finding_at=finding)
    if view == "course":
        with left:
            category = controls.choose_special(study)
        released = compute.result(study, "adverse_event_course", category=category)
        show.result(released, finding_at=finding, every_row=True)
    if view == "zoster":
        released = compute.result(study, "zoster_by_vaccination")
        show.result(released, draw_vaccination(released, show.mode()), finding_at=finding)
    if view == "label":
        released = compute.result(study, "label_frequencies")
        show.result(released, draw_label(released, show.mode()), finding_at=finding)
    if view == "trials":
        released = compute.result(study, "published_rates")
        show.result(released, draw_published(released, show.mode()), finding_at=finding)
