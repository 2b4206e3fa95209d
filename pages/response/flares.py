"""Flares: how often lupus flares on the drug, when, and in whom."""

import streamlit as st

from lupus_outcomes.charts.flare_course import draw_mean_flares, draw_time_to_flare
from lupus_outcomes.charts.rates import draw_rates
from lupus_outcomes.ui import compute, controls, session, show

study = session.study()
finding = show.question("How often does lupus flare on the drug?")
released = compute.result(study, "flares")
show.result(released, draw_rates(released, "severity", show.mode()), finding_at=finding)

finding = show.section("When the first flare comes")
left, middle, _ = st.columns([2, 2, 2.4])
with left:
    source = controls.choose_flare_source(study)
with middle:
    severity = controls.choose_flare_severity()
chosen = {"source": source, "severity": severity}
curve = compute.result(study, "time_to_flare", **chosen)
released = compute.result(study, "time_to_flare_milestones", **chosen)
show.result(released, draw_time_to_flare(curve, show.mode()), finding_at=finding)

curve = compute.result(study, "flares_mean", **chosen)
drawing = draw_mean_flares(curve, show.mode())
released = compute.result(study, "flares_mean_milestones", **chosen)
show.result(released, drawing, heading="All flares, not only the first")

released = compute.result(study, "flare_rate_ratios", **chosen)
show.result(released, heading="Rates when some patients flare more than others")

released = compute.result(study, "flares_by_year", **chosen)
drawing = draw_rates(released, "year", show.mode())
show.result(released, drawing, heading="In which year on the drug")

released = compute.result(study, "flares_by_state", **chosen)
drawing = draw_rates(released, "disease_state", show.mode())
show.result(released, drawing, heading="In which state of the disease")

released = compute.result(study, "flare_agreement")
show.result(released, heading="Recorded and derived, period by period")
