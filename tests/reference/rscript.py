"""The R that the tests run."""

import shutil

PACKAGES = ("r-base-core", "r-cran-survival")
HOW_TO = f"Rscript is missing. Install R with survival: apt-get install {' '.join(PACKAGES)}"


def find_rscript() -> str | None:
    """Path of an installed Rscript; None when there is none."""
    return shutil.which("Rscript")
