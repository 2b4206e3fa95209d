"""Interim analysis: whether it can be made, and its results on frozen patients and data."""

import streamlit as st

from lupus_outcomes.charts.adverse_events import draw_incidence
from lupus_outcomes.charts.attainment import draw_attainment
from lupus_outcomes.charts.glucocorticoids import draw_doses
from lupus_outcomes.charts.interim import draw_interim
from lupus_outcomes.charts.retention import draw_retention
from lupus_outcomes.ui import compute, controls, session, show

study = session.study()
show.question("What does the interim analysis show?")
if not compute.has_interim(study):
    released = compute.result(study.whole, "interim")
    show.result(released, draw_interim(released, show.mode()))
    st.stop()

frozen = study.at_interim
with show.views(
    reached="When it was reached",
    states="Remission and low disease activity",
    steroids="Glucocorticoids",
    retention="Staying on anifrolumab",
    safety="Adverse events",
    baseline="At baseline",
) as view:
    finding = st.container()
    left, _ = st.columns([2, 3])
    if view == "reached":
        released = compute.result(study.whole, "interim")
        show.result(released, draw_interim(released, show.mode()), finding_at=finding)
    if view == "states":
        with left:
            handling = controls.choose_handling(study)
        chosen = {"endpoints": ("doris", "lldas"), "handlings": (handling,)}
        released = compute.result(frozen, "attainment", **chosen)
        drawing = draw_attainment(released, controls.no_benchmarks(), show.mode())
        show.result(released, drawing, finding_at=finding)
    if view == "steroids":
        released = compute.result(frozen, "glucocorticoids", handlings=("observed",))
        show.result(released, draw_doses(released, show.mode()), finding_at=finding)
    if view == "retention":
        released = compute.result(frozen, "retention_milestones")
        curve = compute.result(frozen, "retention")
        drawing = draw_retention(curve, controls.no_benchmarks(), show.mode())
        show.result(released, drawing, finding_at=finding)
    if view == "safety":
        with left:
            measure = controls.choose_measure()
        released = compute.result(frozen, "adverse_events", families=("overall",))
        drawing = draw_incidence(released, measure, show.mode())
        show.result(released, drawing, finding_at=finding)
    if view == "baseline":
        released = compute.result(frozen, "baseline")
        show.result(released, finding_at=finding, every_row=True)
