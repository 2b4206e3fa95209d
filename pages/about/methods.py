"""Methods: how every number here is made, written from the declarations that make it."""

from lupus_outcomes.ui import about, session, show

study = session.study()
show.question("How is every number here made?")
about.draw_methods(study.cohort)
