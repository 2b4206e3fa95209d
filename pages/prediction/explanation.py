"""Explanation: what goes with response in the model, and how far that can be relied on."""

import streamlit as st

from lupus_outcomes.charts.dependence import draw_dependence
from lupus_outcomes.charts.explanation import (
    draw_interactions,
    draw_odds_ratios,
    draw_predictors,
)
from lupus_outcomes.ui import controls, explanation, prediction, session, show

study = session.study()
show.question("What goes with response?")
answer = prediction.answer_or_stop(study, explain=True)
with (
    explanation.details_or_stop(answer),
    show.views(
        predictors="All features",
        dependence="One feature",
        interactions="Two together",
        ratios="Odds ratios",
        patient="One patient",
        what_if="What if",
    ) as view,
):
    finding = st.container()
    if view == "predictors":
        released = answer.result("predictors")
        show.result(released, draw_predictors(released, show.mode()), finding_at=finding)
    if view == "dependence":
        left, _ = st.columns([2, 4])
        with left:
            feature = controls.choose_feature(explanation.feature_labels(answer))
        released = answer.result("dependence", feature=feature)
        show.result(released, draw_dependence(released, show.mode()), finding_at=finding)
    if view == "interactions" and prediction.is_resampled(answer):
        released = answer.result("interactions")
        show.result(released, draw_interactions(released, show.mode()), finding_at=finding)
    if view == "ratios" and prediction.is_resampled(answer):
        released = answer.result("odds_ratios")
        show.result(released, draw_odds_ratios(released, show.mode()), finding_at=finding)
    if view in ("patient", "what_if"):
        session.patients_or_stop()
    if view == "patient" and controls.choose_switch("one_patient", "Show one patient"):
        explanation.patient(answer, controls.choose_patient(study, answer.posed.rows))
    if view == "what_if":
        explanation.what_if(answer)
