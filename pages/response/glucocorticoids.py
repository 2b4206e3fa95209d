"""Glucocorticoids: how far the dose comes down, for whom, and how much is taken in all."""

import streamlit as st

from lupus_outcomes.charts.cumulative_dose import draw_cumulative_dose
from lupus_outcomes.charts.dose_bands import draw_dose_bands, draw_dose_paths
from lupus_outcomes.charts.glucocorticoids import draw_doses
from lupus_outcomes.ui import compute, controls, session, show

study = session.study()
show.question("How far do steroids come down?")
with show.views(
    targets="Dose and targets",
    bands="Who takes which dose",
    paths="From which dose to which",
    total="How much in all",
) as view:
    finding = st.container()
    left, middle, _ = st.columns([2, 2, 2])
    if view == "targets":
        with left:
            handling = controls.choose_dose_handling()
        released = compute.result(study, "glucocorticoids", handlings=(handling,))
        drawing = draw_doses(released, show.mode())
        show.result(released, drawing, finding_at=finding)
    if view == "bands":
        with left:
            handling = controls.choose_dose_handling()
        released = compute.result(study, "dose_bands", handling=handling)
        drawing = draw_dose_bands(released, show.mode())
        show.result(released, drawing, finding_at=finding)
    if view == "paths":
        with left:
            handling = controls.choose_dose_handling()
        with middle:
            months = controls.choose_timepoint(study)
        released = compute.result(study, "dose_paths", handling=handling, months=months)
        drawing = draw_dose_paths(released, show.mode())
        show.result(released, drawing, finding_at=finding)
    if view == "total":
        released = compute.result(study, "cumulative_dose")
        drawing = draw_cumulative_dose(released, show.mode())
        show.result(released, drawing, finding_at=finding)
