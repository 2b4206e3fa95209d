"""Serving the dashboard to a browser, for tests, screenshots and timings."""

import os
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread

from playwright.sync_api import Page, expect

from lupus_outcomes.export.links import LINKS_VARIABLE
from lupus_outcomes.ui.incident import INCIDENT

READY = "[data-testid=stApp][data-test-script-state=notRunning]"
PATIENCE_MS = 60_000


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


@contextmanager
def serve(dataset: Path, environment: Mapping[str, str] | None = None) -> Iterator[str]:
    """Serve a dataset through the command line; gives the address.

    ``environment``: what the deployment sets beyond that of the tests.
    """
    port = free_port()
    command = [sys.executable, "-m", "lupus_outcomes.cli", "app", str(dataset), "--port", str(port)]
    address = f"http://127.0.0.1:{port}"
    with (
        TemporaryDirectory() as links,
        subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env=os.environ | {LINKS_VARIABLE: links} | dict(environment or {}),
        ) as process,
    ):
        try:
            _wait_until_healthy(process, address)
            yield address
        finally:
            # With a page open the server waits for it to go; a test does not.
            process.kill()


def _wait_until_healthy(process: subprocess.Popen, address: str) -> None:
    """Streamlit says its address once it listens; then its health page answers."""
    assert process.stdout is not None
    for line in process.stdout:
        if "URL:" in line:
            break
    # What it says later is read away, or it would wait for a reader once the pipe is full.
    Thread(target=process.stdout.read, daemon=True).start()
    with urllib.request.urlopen(f"{address}/_stcore/health", timeout=30) as answer:
        assert answer.status == 200


def wait_until_drawn(page: Page) -> None:
    """Until the script has run and no skeleton or stale element is left; an incident fails."""
    page.wait_for_selector(READY, timeout=PATIENCE_MS)
    expect(page.get_by_test_id("stSkeleton")).to_have_count(0, timeout=PATIENCE_MS)
    expect(page.locator("[data-stale=true]")).to_have_count(0, timeout=PATIENCE_MS)
    expect(page.get_by_text(INCIDENT)).to_have_count(0)
