"""Centres: whether one differs from the others by more than chance, and who is complete."""

import streamlit as st

from lupus_outcomes.charts.funnel import draw_funnel
from lupus_outcomes.ui import compute, controls, session, show

study = session.study()
finding = show.question("Does a centre differ from the others?")
left, middle, right = st.columns(3)
with left:
    endpoint = controls.choose_endpoint(study)
with middle:
    months = controls.choose_timepoint(study)
with right:
    handling = controls.choose_handling(study)
released = compute.result(
    study, "centre_funnel", endpoint=endpoint, months=months, handling=handling
)
show.result(released, draw_funnel(released, endpoint, show.mode()), finding_at=finding)

released = compute.result(study, "centre_completeness", endpoint=endpoint, months=months)
show.result(released, heading="Who could be judged, centre by centre", every_row=True)
