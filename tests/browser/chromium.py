"""Which Chromium the tests drive: an installed one, else Debian's package, else Playwright's.

Run as a module it makes sure that there is one.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.debian import install

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "microsoft-edge")
ON_A_MAC = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
# Quiet at start: none of these flags changes how a page draws, all of them keep it off the network.
FLAGS = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def find_chromium() -> str | None:
    """Path of an installed Chromium or one of its kin; None when there is none."""
    named = os.environ.get("CHROMIUM")
    if named:
        return named
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    return found or (str(ON_A_MAC) if ON_A_MAC.exists() else None)


def launch_options() -> dict:
    """What Playwright needs to start it; without an installed one Playwright uses its own."""
    # Chromium refuses to run as root inside its sandbox, and CI machines run as root.
    is_root = hasattr(os, "geteuid") and os.geteuid() == 0
    flags = [*FLAGS, "--no-sandbox"] if is_root else list(FLAGS)
    path = find_chromium()
    return {"args": flags} | ({"executable_path": path} if path else {})


def provide_chromium() -> None:
    """Install one where there is none: from Debian as root, else through Playwright."""
    if find_chromium():
        return
    if not install("chromium", recommended=True):
        subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=True)


if __name__ == "__main__":
    provide_chromium()
