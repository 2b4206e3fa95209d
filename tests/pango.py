"""Pango, with which PDF files are set: brought from Debian where it is missing, else asked for.

Run as a script it makes sure that it is there; ``make test`` does so before the tests.
"""

import os
import shutil
import subprocess
import sys

from lupus_outcomes.errors import UnreadableError
from lupus_outcomes.export.report.pdf import DEBIAN_PACKAGES, load_weasyprint


def provide_pango() -> None:
    """Install it where it is missing and this machine lets us."""
    try:
        load_weasyprint()
    except UnreadableError as problem:
        is_root = hasattr(os, "geteuid") and os.geteuid() == 0
        if not (is_root and shutil.which("apt-get")):
            sys.exit(str(problem))
        subprocess.run(["apt-get", "update", "-qq"], check=True)
        quiet = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        subprocess.run(["apt-get", "install", "-y", "-qq", *DEBIAN_PACKAGES], check=True, env=quiet)


if __name__ == "__main__":
    provide_pango()
