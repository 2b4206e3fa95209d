"""Eligibility: how many patients are left after each criterion of the protocol."""

from lupus_outcomes.charts.eligibility import draw_attrition
from lupus_outcomes.ui import compute, session, show

study = session.study()
finding = show.question("Who meets the protocol's criteria?")
left = compute.result(study, "attrition")
drawing = draw_attrition(left, show.mode())
show.result(left, drawing, finding_at=finding)
