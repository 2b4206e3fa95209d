"""One patient: everything that happened, on one axis of time, and what decided each state."""

from lupus_outcomes.charts.course import draw_course
from lupus_outcomes.ui import compute, controls, session, show

study = session.study()
finding = show.question("What happened to one patient?")
session.patients_or_stop()
patient = controls.choose_patient(study)
course = compute.course(study.cohort, patient)
show.course(course, draw_course(course, show.mode()), finding_at=finding)
