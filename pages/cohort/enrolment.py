"""Enrolment: who is in the registry, since when, from where, and what they are like at baseline."""

from lupus_outcomes.charts.enrolment import draw_centres, draw_enrolment
from lupus_outcomes.ui import compute, controls, session, show

study = session.study()
finding = show.question("Who is in the registry?")
enrolled = compute.enrolment(study)
drawing = draw_enrolment(enrolled, show.mode())
show.result(enrolled, drawing, finding_at=finding, columns=controls.ENROLMENT_COLUMNS)
centres = compute.centres(study)
show.result(centres, draw_centres(centres, show.mode()), heading="By centre")
baseline = compute.baseline(study)
columns = controls.baseline_columns(baseline)
show.result(baseline, heading="At baseline", columns=columns, every_row=True)
