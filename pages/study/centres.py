"""Centres: whether one differs from the others by more than chance, and who is complete."""

import streamlit as st

from lupus_outcomes.charts.funnel import draw_funnel
from lupus_outcomes.ui import compute, controls, session, show

study = session.study()
show.question("Does a centre differ from the others?")
with show.views(funnel="In outcome", judged="In who could be judged") as view:
    finding = st.container()
    left, middle, right = st.columns(3)
    with left:
        endpoint = controls.choose_endpoint(study)
    with middle:
        months = controls.choose_timepoint(study)
    if view == "funnel":
        with right:
            handling = controls.choose_handling(study)
        chosen = {"endpoint": endpoint, "months": months, "handling": handling}
        released = compute.result(study, "centre_funnel", **chosen)
        show.result(released, draw_funnel(released, endpoint, show.mode()), finding_at=finding)
    if view == "judged":
        released = compute.result(study, "centre_completeness", endpoint=endpoint, months=months)
        show.result(released, finding_at=finding, every_row=True)
