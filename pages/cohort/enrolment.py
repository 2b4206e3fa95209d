"""Enrolment: who is in the registry, since when, from where, and what they are like at baseline."""

from lupus_outcomes.charts.enrolment import draw_centres, draw_enrolment
from lupus_outcomes.ui import compute, session, show

study = session.study()
show.question("Who is in the registry?")
with show.views(enrolled="Since when", centres="From where", baseline="At baseline") as view:
    if view == "enrolled":
        released = compute.result(study, "enrolment")
        show.result(released, draw_enrolment(released, show.mode()))
    if view == "centres":
        released = compute.result(study, "centres")
        show.result(released, draw_centres(released, show.mode()))
    if view == "baseline":
        show.result(compute.result(study, "baseline"), every_row=True)
