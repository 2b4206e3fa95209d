"""Retention: how long patients stay on anifrolumab, why they stop, and who stops sooner."""

import streamlit as st

from lupus_outcomes.charts.reasons import draw_reasons
from lupus_outcomes.charts.retention import draw_ratios, draw_retention
from lupus_outcomes.ui import compute, controls, session, show

study = session.study()
finding = show.question("Who stays on anifrolumab?")
benchmarks = controls.choose_benchmarks(("retention",))
curve = compute.result(study, "retention")
drawing = draw_retention(curve, benchmarks, show.mode())
released = compute.result(study, "retention_milestones")
show.result(released, drawing, finding_at=finding)

if study.group:
    released = compute.result(study, "retention_compared")
    show.result(released, heading="Do the groups differ?")

released = compute.result(study, "discontinuation")
daily = compute.result(study, "discontinuation_curve")
drawing = draw_reasons(released, daily, show.mode())
show.result(released, drawing, heading="Why they stop")

finding = show.section("How long in all")
left, _ = st.columns([2, 3])
with left:
    months = controls.choose_timepoint(study)
released = compute.result(study, "time_on_drug", months=months)
show.result(released, finding_at=finding)

finding = show.section("Who stops sooner")
if controls.choose_subgroups():
    released = compute.result(study, "retention_hazard_ratios")
    show.result(released, draw_ratios(released, show.mode()), finding_at=finding)
