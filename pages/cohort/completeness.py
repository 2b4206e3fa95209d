"""Completeness: who could be judged at each time point, and which values are missing."""

import streamlit as st

from lupus_outcomes.charts.completeness import draw_denominators
from lupus_outcomes.charts.missing import draw_missing
from lupus_outcomes.ui import compute, controls, session, show

study = session.study()
show.question("What is missing?")
with show.views(
    judged="Who could be judged", time="Missing over time", centre="Missing between centres"
) as view:
    finding = st.container()
    if view == "judged":
        left, _ = st.columns([2, 3])
        with left:
            endpoint = controls.choose_endpoint(study)
        released = compute.result(study, "denominators", endpoint=endpoint)
        drawing = draw_denominators(released, show.mode())
        show.result(released, drawing, finding_at=finding)
    if view == "time":
        every_column = controls.choose_switch("complete", "Complete columns, too")
        released = compute.result(study, "missing")
        drawing = draw_missing(released, "timepoint", every_column, show.mode())
        show.result(released, drawing, finding_at=finding)
    if view == "centre":
        every_column = controls.choose_switch("complete", "Complete columns, too")
        released = compute.result(study, "missing_by_centre")
        drawing = draw_missing(released, "centre", every_column, show.mode())
        show.result(released, drawing, finding_at=finding)
