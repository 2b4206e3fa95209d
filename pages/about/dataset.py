"""The dataset: what is in it, what was wrong with it, and what it can therefore not tell."""

from lupus_outcomes.ui import about, compute, session, show

study = session.study()
finding = show.question("What is in this dataset, and what was wrong with it?")
about.draw_facts(study.cohort)
show.result(compute.result(study.whole, "tables"), finding_at=finding)
about.draw_findings(study.whole)
never = compute.result(study.whole, "not_collected")
show.result(never, heading="What is never collected")
unseen = compute.result(study.whole, "blind_spots")
show.result(unseen, heading="In remission, and yet something recorded")
about.draw_agreement(study.whole)
