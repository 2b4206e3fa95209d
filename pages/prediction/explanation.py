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
finding = show.question("What goes with response?")
answer = prediction.answer_or_stop(study, explain=True)
details, finding = explanation.details(answer, finding)
if details is None:
    st.stop()

with details:
    predictors = answer.result("predictors")
    show.result(predictors, draw_predictors(predictors, show.mode()), finding_at=finding)

    finding = show.section("One feature")
    left, _ = st.columns([2, 4])
    with left:
        feature = controls.choose_feature(explanation.feature_labels(predictors))
    released = answer.result("dependence", feature=feature)
    show.result(released, draw_dependence(released, show.mode()), finding_at=finding)

    finding = show.section("Two features together")
    if prediction.is_resampled(answer):
        released = answer.result("interactions")
        show.result(released, draw_interactions(released, show.mode()), finding_at=finding)

    finding = show.section("Odds ratios")
    if prediction.is_resampled(answer):
        released = answer.result("odds_ratios")
        show.result(released, draw_odds_ratios(released, show.mode()), finding_at=finding)

    if session.may_see_patients():
        show.section("One patient")
        if controls.choose_switch("one_patient", "Show one patient of this selection"):
            explanation.patient(answer, controls.choose_patient(study, answer.posed.rows))
        show.section("What if")
        explanation.what_if(answer)
