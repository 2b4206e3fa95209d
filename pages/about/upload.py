"""The reader's own data: opened, checked, converted where they are an export, and explored."""

from lupus_outcomes.ui import session, show, upload_steps

study = session.study()
show.question("What do your own data say?")
upload_steps.follow()
