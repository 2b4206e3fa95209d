"""Enrolment: who is in the registry, since when, from where, and what they are like at baseline."""

from lupus_outcomes.charts.enrolment import draw_centres, draw_enrolment
from lupus_outcomes.ui import compute, session, show

study = session.study()
finding = show.question("Who is in the registry?")
enrolled = compute.result(study, "enrolment")
drawing = draw_enrolment(enrolled, show.mode())
show.result(enrolled, drawing, finding_at=finding)
centres = compute.result(study, "centres")
show.result(centres, draw_centres(centres, show.mode()), heading="By centre")
baseline = compute.result(study, "baseline")
show.result(baseline, heading="At baseline", every_row=True)
