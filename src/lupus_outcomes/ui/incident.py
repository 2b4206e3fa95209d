"""An error nobody foresaw: the page shows a number, the log its kind and place, neither any data.

What an error says may hold a patient's value; where in the program it happened does not.
"""

import logging
import secrets
import traceback
from pathlib import Path
from typing import NoReturn

import streamlit as st

from lupus_outcomes.errors import LupusOutcomesError

INCIDENT = "This page could not be drawn. Incident"
_log = logging.getLogger(__name__)


def stop_with_incident(problem: Exception) -> NoReturn:
    """Tell the reader a number to pass on, and the log what it stands for."""
    number = secrets.token_hex(4)
    _log.error("Incident %s: %s in %s", number, type(problem).__name__, _place(problem))
    st.error(
        f"{INCIDENT} {number}. Nothing was changed; other pages may still work. Tell that number "
        "to who runs this server.",
        icon=":material/error:",
    )
    st.stop()


def note_problem(problem: LupusOutcomesError) -> None:
    """A mistake of the server's own files, for the log: such messages name no patient or reader."""
    _log.error("%s", problem)


def _place(problem: Exception) -> str:
    frames = traceback.extract_tb(problem.__traceback__)
    return f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "unknown"
