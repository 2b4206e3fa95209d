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
finding = show.question("Infections, zoster, heart and neoplasms: how often, and how do they end?")
left, _ = st.columns([2, 3])
with left:
    measure = controls.choose_measure()
released = compute.result(study, "adverse_events", families=("special",))
drawing = draw_incidence(released, measure, show.mode())
show.result(released, drawing, finding_at=finding)

finding = show.section("How they went")
left, _ = st.columns([2, 3])
with left:
    category = controls.choose_special(study)
released = compute.result(study, "adverse_event_course", category=category)
show.result(released, finding_at=finding, every_row=True)

released = compute.result(study, "zoster_by_vaccination")
drawing = draw_vaccination(released, show.mode())
show.result(released, drawing, heading="Zoster after vaccination")

released = compute.result(study, "label_frequencies")
drawing = draw_label(released, show.mode())
show.result(released, drawing, heading="Beside the label")

released = compute.result(study, "published_rates")
drawing = draw_published(released, show.mode())
show.result(released, drawing, heading="Beside the trials")
