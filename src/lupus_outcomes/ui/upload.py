"""A dataset the reader brings: held in memory for the session, on the reader's own machine only."""

import os
import secrets

import streamlit as st

from lupus_outcomes.data.read import Examination, accept
from lupus_outcomes.paths import OFFERED, UPLOAD_VARIABLE
from lupus_outcomes.ui import address, compute
from lupus_outcomes.ui.keys import BROUGHT
from lupus_outcomes.ui.reader import is_own_machine

_PATH = "upload_path"


def is_offered() -> bool:
    """Whether files can be opened: where it was set at the start, and nobody else is served."""
    return os.environ.get(UPLOAD_VARIABLE) == OFFERED and is_own_machine()


def brought_path() -> str | None:
    """The path by which caches know the reader's own dataset; none where the served one is seen."""
    return st.session_state.get(_PATH)


def explore(examination: Examination) -> None:
    """Show that dataset on every page from now on, instead of the one that is served."""
    path = f"{BROUGHT}{secrets.token_hex(16)}"
    compute.bring(path, accept(examination))
    st.session_state[_PATH] = path
    address.forget()


def draw_way_back() -> None:
    """Say that the reader's own dataset is seen, and the way back; nothing where it is not."""
    if brought_path() is None:
        return
    st.caption(":material/upload_file: Your own files, held until this page is closed.")
    st.button("Back to the served dataset", on_click=_go_back, icon=":material/undo:")


def _go_back() -> None:
    compute.let_go()
    st.session_state[_PATH] = None
    address.forget()
