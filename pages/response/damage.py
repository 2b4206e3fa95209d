"""Damage: who has any, who gains some on the drug, and when."""

import streamlit as st

from lupus_outcomes.charts.shares import draw_shares
from lupus_outcomes.ui import compute, controls, session, show

study = session.study()
finding = show.question("Does damage accrue?")
left, _ = st.columns([2, 3])
with left:
    handling = controls.choose_dose_handling()
released = compute.result(study, "damage", handling=handling)
drawing = draw_shares(released, "damage", show.mode())
show.result(released, drawing, finding_at=finding)
