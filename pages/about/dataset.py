"""The dataset: what is in it, what was wrong with it, and what it can therefore not tell."""

from lupus_outcomes.ui import about, compute, session, show

study = session.study()
show.question("What is in this dataset, and what was wrong with it?")
with show.views(
    tables="What is in it",
    wrong="What was wrong",
    never="What is never collected",
    unseen="In remission, yet recorded",
    agreement="Recorded and derived",
) as view:
    if view == "tables":
        released = compute.result(study.whole, "tables")
        about.draw_facts(study.cohort)
        show.result(released)
    if view == "wrong":
        about.draw_findings(study.whole)
    if view == "never":
        show.result(compute.result(study.whole, "not_collected"))
    if view == "unseen":
        show.result(compute.result(study.whole, "blind_spots"))
    if view == "agreement":
        about.draw_agreement(study.whole)
