"""Starting the dashboard: one process, the dataset by its path, served to whom it may be."""

import gc
import os
import runpy
import socket
import sys
from pathlib import Path
from threading import Thread

from lupus_outcomes.access.settings import (
    LOOPBACK,
    SignIn,
    check_sign_in,
    read_host,
    read_sign_in,
)
from lupus_outcomes.errors import UnreadableError, UsageError
from lupus_outcomes.logs import keep_data_out_of_the_log
from lupus_outcomes.paths import (
    APP,
    DATASET_VARIABLE,
    DISCLOSURE_VARIABLE,
    OFFERED,
    RELEASE,
    ROOT,
    ROWS_VARIABLE,
    SAMPLE,
    UPLOAD_VARIABLE,
)

FIRST_PORT, LAST_PORT = 1024, 65_535


def launch(
    dataset: Path,
    port: int,
    address: str = LOOPBACK[0],
    offers_rows: bool = False,
    is_for_release: bool = False,
) -> int:
    """Serve the dashboard until interrupted, on this machine's own address unless told otherwise.

    ``offers_rows``: rows of single patients can be downloaded. ``is_for_release``: only what
    may be passed on is shown.

    Raises
    ------
    LupusOutcomesError
        Sign-in is not set up rightly, or is not while real data would be served to others.
    """
    if not FIRST_PORT <= port <= LAST_PORT:
        raise UsageError(f"--port {port}: use a number from {FIRST_PORT} to {LAST_PORT}.")
    if not dataset.exists():
        raise UnreadableError(f"{dataset} does not exist. Give a dataset folder or a workbook.")
    sign_in = read_sign_in(os.environ)
    os.environ.pop(UPLOAD_VARIABLE, None)
    if sign_in is not None:
        check_sign_in(sign_in)
    elif address not in LOOPBACK:
        _refuse_real_data(dataset, address)
    else:
        os.environ[UPLOAD_VARIABLE] = OFFERED
    os.environ[DATASET_VARIABLE] = str(dataset.resolve())
    if is_for_release:
        os.environ[DISCLOSURE_VARIABLE] = RELEASE
    if offers_rows:
        os.environ[ROWS_VARIABLE] = OFFERED
    print(f"lupus-outcomes: http://{address}:{port}  (Ctrl+C ends it)", flush=True)
    keep_data_out_of_the_log()
    # What is loaded until a page first runs is there to stay; ui.collection turns it on again.
    gc.disable()
    _tell_streamlit_that_app_lists_its_pages()
    _prepare_socket()
    os.chdir(ROOT)
    sys.argv = ["streamlit", "run", str(APP), *_options(port, address, sign_in)]
    runpy.run_module("streamlit", run_name="__main__")
    return 0


def _options(port: int, address: str, sign_in: SignIn | None) -> list[str]:
    options = ["--server.port", str(port), "--server.address", address]
    if sign_in is not None:
        host = read_host(sign_in.provider)
        options += ["--secrets.files", str(sign_in.provider.resolve())]
        # Told its name, Streamlit need not ask a server elsewhere for this machine's address, which
        # it does for an origin it does not know; and it answers to no other name.
        options += ["--browser.serverAddress", host, "--server.allowedHosts", host]
    return options


def _refuse_real_data(dataset: Path, address: str) -> None:
    """Refuse to serve a dataset to other machines when nobody is asked who they are."""
    from lupus_outcomes.data.about import read_about
    from lupus_outcomes.data.source import open_source

    if dataset.resolve() == SAMPLE.resolve():
        return
    about, _ = read_about(open_source(dataset).about)
    if not about.is_synthetic:
        raise UsageError(
            f"--address {address} can be reached from other machines and {dataset.name} is not "
            "synthetic. Set up sign-in as docs/deployment.md says, or serve it on 127.0.0.1."
        )


def _tell_streamlit_that_app_lists_its_pages() -> None:
    """Spare the first reader of a deep link a notice that the page does not exist.

    Streamlit takes a folder ``pages`` for a table of contents until ``st.navigation`` ran once.
    """
    from streamlit.runtime.pages_manager import PagesManager

    PagesManager.uses_pages_directory = False


def _prepare_socket() -> None:
    """Send every message at once, and load while the browser loads.

    Small messages waited until the last was confirmed, 40 ms a rerun or twice that: Streamlit binds
    its socket itself, and asyncio then does not turn Nagle's algorithm off (uvicorn issue 3149).
    What is accepted takes over what the listening socket was told.
    """
    from streamlit.web.server.starlette import starlette_server

    bind = starlette_server._bind_socket

    def bind_prepared(*arguments) -> socket.socket:
        bound = bind(*arguments)
        bound.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, True)
        Thread(target=_load_ahead, daemon=True).start()
        return bound

    starlette_server._bind_socket = bind_prepared


def _load_ahead() -> None:
    """Load what every page needs: the server has nothing to do while a browser loads Streamlit."""
    from lupus_outcomes.ui.session import read_ahead

    read_ahead()
