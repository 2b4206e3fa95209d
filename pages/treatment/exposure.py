"""Exposure: how much anifrolumab was given, and when, against its schedule."""

from lupus_outcomes.charts.exposure import draw_intervals
from lupus_outcomes.ui import compute, session, show

study = session.study()
finding = show.question("How much anifrolumab is given?")
released = compute.result(study, "exposure")
show.result(released, finding_at=finding)

released = compute.result(study, "infusion_intervals")
by_day = compute.result(study, "infusion_interval_days")
drawing = draw_intervals(released, by_day, show.mode())
show.result(released, drawing, heading="How far apart are infusions?")
