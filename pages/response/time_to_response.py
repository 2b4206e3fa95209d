"""Time to response: how soon an endpoint is attained, and how soon each manifestation is gone."""

import streamlit as st

from lupus_outcomes.charts.manifestations import draw_manifestations
from lupus_outcomes.charts.time_to_response import draw_time_to_response
from lupus_outcomes.ui import compute, controls, session, show

study = session.study()
finding = show.question("How soon do patients respond?")
left, middle, right = st.columns([3, 2, 2])
with left:
    endpoints = controls.choose_response_endpoints(study)
with middle:
    definition = controls.choose_response_definition()
with right:
    method = controls.choose_response_method()
chosen = {"endpoints": endpoints, "definitions": (definition,), "methods": (method,)}
curves = compute.result(study, "time_to_response_curve", **chosen)
drawing = draw_time_to_response(curves, show.mode())
released = compute.result(study, "time_to_response", **chosen)
show.result(released, drawing, finding_at=finding)

released = compute.result(study, "time_to_response_medians", **chosen)
show.result(released, heading="By when half have responded")

by_method = {"endpoints": endpoints, "definition": definition}
released = compute.result(study, "response_methods", **by_method)
show.result(released, heading="Does the method matter?")

like = {"definition": definition, "method": method}
curves = compute.result(study, "manifestation_curves", **like)
drawing = draw_manifestations(curves, show.mode())
released = compute.result(study, "manifestation_medians", **like)
show.result(released, drawing, heading="How soon each manifestation is gone")
