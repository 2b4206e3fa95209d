"""Debian's packages, for what the tests need and a machine lacks."""

import os
import shutil
import subprocess
from functools import cache


def install(*packages: str, recommended: bool = False) -> bool:
    """Install them as root; False where this machine does not let us.

    ``recommended``: with what they recommend, such as fonts.
    """
    is_root = hasattr(os, "geteuid") and os.geteuid() == 0
    if not (is_root and shutil.which("apt-get")):
        return False
    _update()
    quiet = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    extent = [] if recommended else ["--no-install-recommends"]
    command = ["apt-get", "install", "-y", "-qq", *extent, *packages]
    subprocess.run(command, check=True, env=quiet)
    return True


@cache
def _update() -> None:
    subprocess.run(["apt-get", "update", "-qq"], check=True)
