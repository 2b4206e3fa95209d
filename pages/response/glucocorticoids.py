"""Glucocorticoids: how far the dose comes down, for whom, and how much is taken in all."""

import streamlit as st

from lupus_outcomes.charts.cumulative_dose import draw_cumulative_dose
from lupus_outcomes.charts.dose_bands import draw_dose_bands, draw_dose_paths
from lupus_outcomes.charts.glucocorticoids import draw_doses
from lupus_outcomes.ui import compute, controls, session, show

study = session.study()
finding = show.question("How far do steroids come down?")
left, _ = st.columns([2, 3])
with left:
    handling = controls.choose_dose_handling()
released = compute.result(study, "glucocorticoids", handlings=(handling,))
drawing = draw_doses(released, show.mode())
show.result(released, drawing, finding_at=finding)

released = compute.result(study, "dose_bands", handling=handling)
drawing = draw_dose_bands(released, show.mode())
show.result(released, drawing, heading="Who takes which dose")

finding = show.section("From which dose to which")
left, _ = st.columns([2, 3])
with left:
    months = controls.choose_timepoint(study)
released = compute.result(study, "dose_paths", handling=handling, months=months)
drawing = draw_dose_paths(released, show.mode())
show.result(released, drawing, finding_at=finding)

released = compute.result(study, "cumulative_dose")
drawing = draw_cumulative_dose(released, show.mode())
show.result(released, drawing, heading="How much in all")
