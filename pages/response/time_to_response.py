"""Time to response: how soon an endpoint is attained, and how soon each manifestation is gone."""

import streamlit as st

from lupus_outcomes.charts.manifestations import draw_manifestations
from lupus_outcomes.charts.time_to_response import draw_time_to_response
from lupus_outcomes.ui import compute, controls, session, show

study = session.study()
show.question("How soon do patients respond?")
with show.views(
    endpoints="By endpoint",
    medians="By when half have responded",
    methods="Does the method matter?",
    manifestations="By manifestation",
) as view:
    finding = st.container()
    left, middle, right = st.columns([3, 2, 2])
    if view != "manifestations":
        with left:
            endpoints = controls.choose_response_endpoints(study)
    with middle:
        definition = controls.choose_response_definition()
    if view != "methods":
        with right:
            method = controls.choose_response_method()
    if view == "endpoints":
        chosen = {"endpoints": endpoints, "definitions": (definition,), "methods": (method,)}
        curves = compute.result(study, "time_to_response_curve", **chosen)
        drawing = draw_time_to_response(curves, show.mode())
        released = compute.result(study, "time_to_response", **chosen)
        show.result(released, drawing, finding_at=finding)
    if view == "medians":
        chosen = {"endpoints": endpoints, "definitions": (definition,), "methods": (method,)}
        released = compute.result(study, "time_to_response_medians", **chosen)
        show.result(released, finding_at=finding)
    if view == "methods":
        chosen = {"endpoints": endpoints, "definition": definition}
        show.result(compute.result(study, "response_methods", **chosen), finding_at=finding)
    if view == "manifestations":
        chosen = {"definition": definition, "method": method}
        curves = compute.result(study, "manifestation_curves", **chosen)
        drawing = draw_manifestations(curves, show.mode())
        released = compute.result(study, "manifestation_medians", **chosen)
        show.result(released, drawing, finding_at=finding)
