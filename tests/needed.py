"""What the tests need beyond Python: a browser, axe-core, nginx, R, Pango; ``make test`` runs this.

From Debian where it is missing and this machine lets us, axe-core through npm; else it is said, and
tests that need it fail.
"""

from lupus_outcomes.errors import UnreadableError
from lupus_outcomes.export.report import pdf
from tests.browser import axe
from tests.browser.chromium import provide_chromium
from tests.browser.nginx import find_nginx
from tests.debian import install
from tests.reference.rscript import PACKAGES as R_PACKAGES
from tests.reference.rscript import find_rscript


def main() -> None:
    """Bring what is missing, or say it."""
    provide_chromium()
    needs = (
        ("nginx", find_nginx() is not None, ("nginx-light",)),
        ("R with survival", find_rscript() is not None, R_PACKAGES),
        ("Pango", has_pango(), pdf.DEBIAN_PACKAGES),
        ("npm, which brings axe-core,", axe.can_bring_axe(), axe.DEBIAN_PACKAGES),
    )
    for name, is_there, packages in needs:
        if not is_there and not install(*packages):
            print(f"{name} is missing, tests will fail. Install it: {' '.join(packages)}")
    if axe.can_bring_axe() and (why := axe.provide_axe()):
        print(f"{why}, tests will fail.")


def has_pango() -> bool:
    """Whether a PDF can be set."""
    try:
        pdf.load_weasyprint()
    except UnreadableError:
        return False
    return True


if __name__ == "__main__":
    main()
