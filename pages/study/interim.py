"""Interim analysis: whether it can be made, and its results on frozen patients and data."""

import streamlit as st

from lupus_outcomes.charts.adverse_events import draw_incidence
from lupus_outcomes.charts.attainment import draw_attainment
from lupus_outcomes.charts.glucocorticoids import draw_doses
from lupus_outcomes.charts.interim import draw_interim
from lupus_outcomes.charts.retention import draw_retention
from lupus_outcomes.ui import compute, controls, session, show

study = session.study()
finding = show.question("What does the interim analysis show?")
released = compute.result(study.whole, "interim")
show.result(released, draw_interim(released, show.mode()), finding_at=finding)

if compute.has_interim(study):
    frozen = study.at_interim
    finding = show.section("Remission and low disease activity")
    left, _ = st.columns([2, 3])
    with left:
        handling = controls.choose_handling(study)
    states = ("doris", "lldas")
    released = compute.result(frozen, "attainment", endpoints=states, handlings=(handling,))
    drawing = draw_attainment(released, controls.no_benchmarks(), show.mode())
    show.result(released, drawing, finding_at=finding)

    released = compute.result(frozen, "glucocorticoids", handlings=("observed",))
    drawing = draw_doses(released, show.mode())
    show.result(released, drawing, heading="Glucocorticoids")

    released = compute.result(frozen, "retention_milestones")
    curve = compute.result(frozen, "retention")
    drawing = draw_retention(curve, controls.no_benchmarks(), show.mode())
    show.result(released, drawing, heading="Staying on anifrolumab")

    finding = show.section("Adverse events")
    left, _ = st.columns([2, 3])
    with left:
        measure = controls.choose_measure()
    released = compute.result(frozen, "adverse_events", families=("overall",))
    drawing = draw_incidence(released, measure, show.mode())
    show.result(released, drawing, finding_at=finding)

    released = compute.result(frozen, "baseline")
    show.result(released, heading="At baseline", every_row=True)
