"""Retention: how long patients stay on anifrolumab, why they stop, and who stops sooner."""

import streamlit as st

from lupus_outcomes.charts.reasons import draw_reasons
from lupus_outcomes.charts.retention import draw_ratios, draw_retention
from lupus_outcomes.ui import compute, controls, session, show

study = session.study()
show.question("Who stays on anifrolumab?")
with show.views(
    stay="Who stays", reasons="Why they stop", total="How long in all", sooner="Who stops sooner"
) as view:
    finding = st.container()
    if view == "stay":
        benchmarks = controls.choose_benchmarks(("retention",))
        curve = compute.result(study, "retention")
        drawing = draw_retention(curve, benchmarks, show.mode())
        released = compute.result(study, "retention_milestones")
        show.result(released, drawing, finding_at=finding)
        if study.group:
            released = compute.result(study, "retention_compared")
            show.result(released, heading="Do the groups differ?")
    if view == "reasons":
        released = compute.result(study, "discontinuation")
        daily = compute.result(study, "discontinuation_curve")
        show.result(released, draw_reasons(released, daily, show.mode()), finding_at=finding)
    if view == "total":
        left, _ = st.columns([2, 3])
        with left:
            months = controls.choose_timepoint(study)
        show.result(compute.result(study, "time_on_drug", months=months), finding_at=finding)
    if view == "sooner" and controls.choose_subgroups():
        released = compute.result(study, "retention_hazard_ratios")
        show.result(released, draw_ratios(released, show.mode()), finding_at=finding)
