"""The R that the tests run: an installed one, else Debian's.

Run as a script it makes sure that there is one; ``make test`` does so before the tests.
"""

import os
import shutil
import subprocess

PACKAGES = ("r-base-core", "r-cran-survival")
HOW_TO = f"Rscript is missing. Install R with survival: apt-get install {' '.join(PACKAGES)}"


def find_rscript() -> str | None:
    """Path of an installed Rscript; None when there is none."""
    return shutil.which("Rscript")


def provide_rscript() -> None:
    """Install one where there is none, as root on Debian; else say how."""
    if find_rscript():
        return
    is_root = hasattr(os, "geteuid") and os.geteuid() == 0
    if not (is_root and shutil.which("apt-get")):
        print(f"{HOW_TO}\nWithout it the test of the R script fails.")
        return
    subprocess.run(["apt-get", "update", "-qq"], check=True)
    quiet = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    install = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *PACKAGES]
    subprocess.run(install, check=True, env=quiet)


if __name__ == "__main__":
    provide_rscript()
