"""Exposure: how much anifrolumab was given, and when, against its schedule."""

from lupus_outcomes.charts.exposure import draw_intervals
from lupus_outcomes.ui import compute, session, show

study = session.study()
show.question("How much anifrolumab is given?")
with show.views(given="How much", intervals="How far apart") as view:
    if view == "given":
        show.result(compute.result(study, "exposure"))
    if view == "intervals":
        released = compute.result(study, "infusion_intervals")
        by_day = compute.result(study, "infusion_interval_days")
        show.result(released, draw_intervals(released, by_day, show.mode()))
