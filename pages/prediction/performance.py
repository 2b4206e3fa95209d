"""Performance: how well response can be told from what is known at baseline."""

from lupus_outcomes.charts.prediction import (
    draw_by_centre,
    draw_calibration,
    draw_net_benefit,
    draw_shuffled,
)
from lupus_outcomes.ui import prediction, session, show

study = session.study()
finding = show.question("How well can response be told in advance?")
answer = prediction.answer_or_stop(study, explain=False)
performance = answer.result("performance")
show.result(performance, finding_at=finding)
prediction.card(answer, performance)

finding = show.section("Do as many respond as predicted?")
released = answer.result("calibration")
show.result(released, draw_calibration(released, show.mode()), finding_at=finding)

finding = show.section("Would a decision be better for it?")
released = answer.result("net_benefit")
show.result(released, draw_net_benefit(released, show.mode()), finding_at=finding)

finding = show.section("Does it hold at a centre it has not seen?")
if prediction.is_resampled(answer):
    released = answer.result("by_centre")
    show.result(released, draw_by_centre(released, show.mode()), finding_at=finding)

finding = show.section("What would chance alone give?")
if prediction.is_resampled(answer):
    released = answer.result("shuffled")
    show.result(released, draw_shuffled(released, show.mode()), finding_at=finding)
