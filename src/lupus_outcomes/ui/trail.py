"""What pages write into the audit log: who signed in, what was seen, which file was taken."""

import os
from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from lupus_outcomes.access.audit import Event, append_event, check_writable
from lupus_outcomes.access.readers import OWNER, Reader, hash_email
from lupus_outcomes.access.settings import read_audit_log
from lupus_outcomes.errors import AuditError
from lupus_outcomes.ui.keys import StudyKey

NOT_LOGGED = (
    "The audit log cannot be written, so there are no downloads. Tell who runs this server."
)
REFUSED_ROLE = "none"
_ADMITTED, _REFUSED = "trail_admitted", "trail_refused"
_SEEN, _READING = "trail_seen", "trail_reading"


def refused(claims: Mapping[str, Any]) -> None:
    """Someone with an account was not admitted; once a session."""
    if not st.session_state.get(_REFUSED):
        st.session_state[_REFUSED] = True
        _try(Event(hash_email(str(claims.get("email", ""))), REFUSED_ROLE, "refused"))


def signed_in(reader: Reader) -> None:
    """Someone was admitted; once a session, and not where nobody has to sign in."""
    if reader.name and st.session_state.get(_ADMITTED) != reader.name:
        written = _try(Event(reader.name, reader.role, "sign-in"))
        st.session_state[_ADMITTED] = reader.name if written else None


def seen(reader: Reader, page: str, key: StudyKey) -> None:
    """A view, once for as long as it stays the same; says so where it cannot be written."""
    names = tuple(name for name, _ in key.filters)
    view = (page, repr(key))
    if st.session_state.get(_SEEN) != view:
        written = _try(Event(reader.name, reader.role, "view", page, names))
        st.session_state[_SEEN] = view if written else None
    st.session_state[_READING] = (reader, page, names)


def is_logged() -> bool:
    """Whether a download would be written down, or need not be."""
    log = read_audit_log(os.environ)
    try:
        if log is not None:
            check_writable(log)
    except AuditError:
        return False
    return True


def logged(make: Callable[[], bytes | str], file_name: str) -> Callable[[], bytes | str]:
    """The making of a file, which begins with a line in the log and without it makes nothing."""
    log = read_audit_log(os.environ)
    reader, page, names = st.session_state.get(_READING, (OWNER, "", ()))

    def make_() -> bytes | str:
        # On another thread, without a session: who asks was settled when the button was drawn.
        if log is not None:
            append_event(log, Event(reader.name, reader.role, "download", page, names, file_name))
        return make()

    return make_


def _try(event: Event) -> bool:
    log = read_audit_log(os.environ)
    try:
        if log is not None:
            append_event(log, event)
    except AuditError:
        st.error(NOT_LOGGED, icon=":material/error:")
        return False
    return True
