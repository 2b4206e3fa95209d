"""Flares: how often lupus flares on the drug, when, and in whom."""

import streamlit as st

from lupus_outcomes.charts.flare_course import draw_mean_flares, draw_time_to_flare
from lupus_outcomes.charts.rates import draw_rates
from lupus_outcomes.ui import compute, controls, session, show

study = session.study()
show.question("How often does lupus flare on the drug?")
with show.views(
    rates="How often",
    first="The first",
    every="All",
    ratios="Rate ratios",
    year="By year",
    state="By state of the disease",
    agreement="Recorded or derived",
) as view:
    finding = st.container()
    if view == "rates":
        released = compute.result(study, "flares")
        show.result(released, draw_rates(released, "severity", show.mode()), finding_at=finding)
    if view == "first":
        chosen = controls.choose_flares(study)
        curve = compute.result(study, "time_to_flare", **chosen)
        drawing = draw_time_to_flare(curve, show.mode())
        released = compute.result(study, "time_to_flare_milestones", **chosen)
        show.result(released, drawing, finding_at=finding)
    if view == "every":
        chosen = controls.choose_flares(study)
        curve = compute.result(study, "flares_mean", **chosen)
        drawing = draw_mean_flares(curve, show.mode())
        released = compute.result(study, "flares_mean_milestones", **chosen)
        show.result(released, drawing, finding_at=finding)
    if view == "ratios":
        chosen = controls.choose_flares(study)
        show.result(compute.result(study, "flare_rate_ratios", **chosen), finding_at=finding)
    if view == "year":
        chosen = controls.choose_flares(study)
        released = compute.result(study, "flares_by_year", **chosen)
        show.result(released, draw_rates(released, "year", show.mode()), finding_at=finding)
    if view == "state":
        chosen = controls.choose_flares(study)
        released = compute.result(study, "flares_by_state", **chosen)
        drawing = draw_rates(released, "disease_state", show.mode())
        show.result(released, drawing, finding_at=finding)
    if view == "agreement":
        show.result(compute.result(study, "flare_agreement"), finding_at=finding)
