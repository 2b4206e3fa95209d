"""The dataset: what is in it, what was wrong with it, and what it can therefore not tell."""

from lupus_outcomes.ui import about, compute, session, show

study = session.study()
finding = show.question("What is in this dataset, and what was wrong with it?")
about.draw_facts(study.cohort)
show.result(compute.dataset_tables(study.cohort), finding_at=finding)
about.draw_findings(study.cohort)
show.result(compute.not_collected(study.cohort), heading="What is never collected")
show.result(compute.blind_spots(study.cohort), heading="In remission, and yet something recorded")
about.draw_agreement(study.cohort)
