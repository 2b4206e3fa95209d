"""Downloads: all tables of the patients seen, and their rows for statistics programs."""

from lupus_outcomes.ui import downloads, session, show

study = session.study()
show.question("What can be taken along?")
downloads.offer_workbook(study)
downloads.offer_rows(study)
