"""The frame: page settings, the door, the table of contents, the sidebar."""

from pathlib import Path

import streamlit as st

from lupus_outcomes.ui import session

PAGES = Path(__file__).parent / "pages"

st.set_page_config(page_title="Lupus outcomes", page_icon="🦋", layout="wide")
session.run(
    st.navigation(
        {
            "Response": [
                st.Page(PAGES / "response/remission.py", title="Remission", default=True),
            ],
        }
    )
)
