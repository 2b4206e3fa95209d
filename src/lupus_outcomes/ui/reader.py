"""Who is reading: checked at every run before any data are, and refused when in doubt."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import urlsplit

import streamlit as st

from lupus_outcomes.access.readers import ANYONE, OWNER, Reader, admit, read_readers
from lupus_outcomes.access.settings import LOOPBACK, SignIn, read_sign_in
from lupus_outcomes.errors import LupusOutcomesError, NotAdmittedError
from lupus_outcomes.paths import SAMPLE
from lupus_outcomes.ui import trail
from lupus_outcomes.ui.incident import note_problem
from lupus_outcomes.ui.plain import escape

# What a proxy adds: behind one, a server on this machine is reached from others.
FORWARDED = ("x-forwarded-for", "x-forwarded-host", "x-real-ip", "forwarded")


def reader_or_stop(dataset: Path) -> Reader:
    """Who may read that dataset, or a page that says why not and nothing else."""
    try:
        reader = _find_reader(dataset)
    except NotAdmittedError as refusal:
        _refuse(str(refusal))
    except LupusOutcomesError as problem:
        # Of the server's files: their keeper is told, in the log.
        note_problem(problem)
        _refuse("Sign-in is not set up rightly. Tell who runs this server.", can_sign_in=False)
    return reader


def may_read(dataset: Path) -> bool:
    """Whether somebody is admitted; only then are pages listed."""
    try:
        _find_reader(dataset)
    except LupusOutcomesError:
        return False
    return True


def is_own_machine() -> bool:
    """Whether only the reader's own machine reaches this server, as far as can be seen."""
    headers = {name.lower(): value for name, value in st.context.headers.to_dict().items()}
    host = urlsplit(f"//{headers.get('host', LOOPBACK[0])}").hostname
    is_near = st.get_option("server.address") in LOOPBACK and host in LOOPBACK
    return is_near and not any(name in headers for name in FORWARDED)


def _find_reader(dataset: Path) -> Reader:
    sign_in = read_sign_in(os.environ)
    if sign_in is not None and dataset != SAMPLE:
        return admit(_claims(), read_readers(sign_in.readers))
    return OWNER if is_own_machine() else ANYONE


def _claims() -> Mapping[str, Any]:
    """What the identity provider says of the reader; of nobody in particular, next to nothing."""
    return st.user.to_dict()


def _refuse(why: str, *, can_sign_in: bool = True) -> NoReturn:
    """A page of its own, without anything of the dataset, not even its name."""
    claims = _claims()
    is_known = claims.get("is_logged_in") is True
    if is_known:
        trail.refused(claims)
    st.title("Sign in to see this dashboard")
    st.markdown(escape(why))
    if can_sign_in:
        st.caption("After signing in the first page opens; open your link again then.")
        with st.container(horizontal=True):
            if st.button("Sign in", type="primary", icon=":material/login:"):
                st.login()
            if is_known and st.button("Sign out", icon=":material/logout:"):
                st.logout()
    st.stop()


def draw_sign_out(reader: Reader) -> None:
    """Who is signed in as what, and the way out; nothing where nobody signed in."""
    if not reader.name:
        return
    centres = "all centres" if reader.centres is None else ", ".join(reader.centres)
    st.caption(f"Signed in as {escape(reader.role.replace('_', ' '))} · {escape(centres)}")
    if st.button("Sign out", icon=":material/logout:", type="tertiary"):
        st.logout()


def refuse_real_data(sign_in: SignIn | None) -> None:
    """Stop before a dataset that is not synthetic, when others could see it without signing in."""
    if sign_in is None and not is_own_machine():
        st.error(
            "This dataset is not synthetic and this server can be reached from other machines. "
            "Serve it on 127.0.0.1, or set up sign-in as docs/deployment.md says."
        )
        st.stop()
