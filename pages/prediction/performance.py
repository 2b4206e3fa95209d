"""Performance: how well response can be told from what is known at baseline."""

import streamlit as st

from lupus_outcomes.charts.prediction import (
    draw_by_centre,
    draw_calibration,
    draw_net_benefit,
    draw_shuffled,
)
from lupus_outcomes.ui import prediction, session, show

study = session.study()
show.question("How well can response be told in advance?")
answer = prediction.answer_or_stop(study, explain=False)
with show.views(
    verdict="How well",
    decision="Better decisions?",
    centres="At other centres?",
    chance="By chance alone?",
) as view:
    finding = st.container()
    if view == "verdict":
        released = answer.result("performance")
        show.result(released, finding_at=finding)
        prediction.card(answer, released)
        finding = show.section("Do as many respond as predicted?")
        released = answer.result("calibration")
        show.result(released, draw_calibration(released, show.mode()), finding_at=finding)
    if view == "decision":
        released = answer.result("net_benefit")
        show.result(released, draw_net_benefit(released, show.mode()), finding_at=finding)
    if view == "centres" and prediction.is_resampled(answer):
        released = answer.result("by_centre")
        show.result(released, draw_by_centre(released, show.mode()), finding_at=finding)
    if view == "chance" and prediction.is_resampled(answer):
        released = answer.result("shuffled")
        show.result(released, draw_shuffled(released, show.mode()), finding_at=finding)
