"""Remission: who is in DORIS remission or low disease activity, visit by visit, and why not."""

import streamlit as st

from lupus_outcomes.charts.attainment import draw_attainment
from lupus_outcomes.charts.obstacles import draw_obstacles
from lupus_outcomes.ui import compute, controls, session, show

study = session.study()
show.question("Who reaches remission or low disease activity?")
with show.views(
    attained="Who reaches it", missed="What stood in the way", undecided="Left undecided"
) as view:
    finding = st.container()
    if view == "attained":
        left, middle, right = st.columns([3, 2, 1.4], vertical_alignment="bottom")
        with left:
            endpoints = controls.choose_endpoints(study, controls.STATES, ("doris", "lldas"))
        with middle:
            handling = controls.choose_handling(study)
        with right:
            benchmarks = controls.choose_benchmarks(endpoints)
        released = compute.result(study, "attainment", endpoints=endpoints, handlings=(handling,))
        drawing = draw_attainment(released, benchmarks, show.mode())
        show.result(released, drawing, finding_at=finding)
    if view == "missed":
        left, right, _ = st.columns([2, 2, 2.4])
        with left:
            endpoint = controls.choose_missed_state(study)
        with right:
            months = controls.choose_timepoint(study)
        released = compute.result(study, "obstacles", endpoint=endpoint, months=months)
        drawing = draw_obstacles(released, show.mode())
        show.result(released, drawing, finding_at=finding)
    if view == "undecided":
        left, _ = st.columns([2, 4.4])
        with left:
            endpoint = controls.choose_missed_state(study)
        released = compute.result(study, "undecided", endpoint=endpoint)
        show.result(released, finding_at=finding)
