"""Starting the dashboard: one process, this machine only, the dataset by its path."""

import os
import runpy
import socket
import sys
from pathlib import Path

from lupus_outcomes.errors import UnreadableError, UsageError
from lupus_outcomes.paths import APP, DATASET_VARIABLE, DISCLOSURE_VARIABLE, ROOT

FIRST_PORT, LAST_PORT = 1024, 65_535


def launch(dataset: Path, port: int, disclosure: str) -> int:
    """Serve the dashboard on 127.0.0.1 until interrupted. ``disclosure``: closed or release."""
    if not FIRST_PORT <= port <= LAST_PORT:
        raise UsageError(f"--port {port}: use a number from {FIRST_PORT} to {LAST_PORT}.")
    if not dataset.exists():
        raise UnreadableError(f"{dataset} does not exist. Give a dataset folder or a workbook.")
    os.environ[DATASET_VARIABLE] = str(dataset.resolve())
    os.environ[DISCLOSURE_VARIABLE] = disclosure
    print(f"lupus-outcomes: http://127.0.0.1:{port}  (Ctrl+C ends it)", flush=True)
    _tell_streamlit_that_app_lists_its_pages()
    _send_every_message_at_once()
    os.chdir(ROOT)
    sys.argv = ["streamlit", "run", str(APP), "--server.port", str(port)]
    runpy.run_module("streamlit", run_name="__main__")
    return 0


def _tell_streamlit_that_app_lists_its_pages() -> None:
    """Spare the first reader of a deep link a notice that the page does not exist.

    Streamlit takes a folder ``pages`` for a table of contents until ``st.navigation`` ran once.
    """
    from streamlit.runtime.pages_manager import PagesManager

    PagesManager.uses_pages_directory = False


def _send_every_message_at_once() -> None:
    """Spare every rerun 40 ms, or twice that: small messages waited until the last was confirmed.

    Streamlit binds its socket itself, and asyncio then does not turn Nagle's algorithm off
    (uvicorn issue 3149). What is accepted takes over what the listening socket was told.
    """
    from streamlit.web.server.starlette import starlette_server

    bind = starlette_server._bind_socket

    def bind_without_delay(*arguments) -> socket.socket:
        bound = bind(*arguments)
        bound.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, True)
        return bound

    starlette_server._bind_socket = bind_without_delay
