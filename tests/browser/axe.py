"""axe-core, which judges how accessible a page is: npm brings it into ``.tools``, unpacked nowhere.

Its licence (MPL 2.0) and size keep it out of the repository; its hash is checked at every use.
"""

import base64
import hashlib
import shutil
import subprocess
import tarfile
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import NamedTuple

from playwright.sync_api import Page

VERSION = "4.14.1"
# As the registry states it: base64 of the archive's SHA-512.
INTEGRITY = (
    "FHfa+lmNjQZfJz1q8wKqIDwC6DExcHt/pkjNQb09a3NPjCKg2rhu5qb2S4r76ASyFNNtuFooJpZe37OgudVGtQ=="
)
TOOLS = Path(__file__).parents[2] / ".tools"
ARCHIVE = TOOLS / f"axe-core-{VERSION}.tgz"
SCRIPT = "package/axe.min.js"
DEBIAN_PACKAGES = ("npm",)
# Beyond levels A and AA of WCAG 2.1 what axe calls good practice, such as headings in order.
TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice")
# Of each violation the rule, its impact, the element and which of the excused parts it lies in.
RUN = """async ([within, tags, excused]) => {
  const options = {runOnly: tags, resultTypes: ['violations'], elementRef: true};
  const {violations} = await axe.run(within, options);
  return violations.flatMap(({id, impact, nodes}) => nodes.map(({element, html}) =>
    [id, impact, html.slice(0, 300), excused.filter(part => element.closest(part))]));
}"""


def has_axe() -> bool:
    """Whether the very archive is there."""
    if not ARCHIVE.exists():
        return False
    return base64.b64encode(hashlib.sha512(ARCHIVE.read_bytes()).digest()).decode() == INTEGRITY


def can_bring_axe() -> bool:
    """Whether it is there, or npm that brings it."""
    return has_axe() or shutil.which("npm") is not None


def provide_axe() -> str:
    """Let npm bring it where it is missing; why it is still missing, empty where it is there."""
    if has_axe():
        return ""
    TOOLS.mkdir(exist_ok=True)
    asked = f"axe-core@{VERSION}"
    npm = shutil.which("npm") or "npm"
    command = [npm, "pack", asked, "--silent", "--pack-destination", str(TOOLS)]
    if subprocess.run(command, check=False, stdout=subprocess.DEVNULL).returncode:
        return f"npm does not bring {asked}"
    if not has_axe():
        ARCHIVE.unlink(missing_ok=True)
        return f"{asked} came with another hash than {Path(__file__).name} states"
    return ""


@cache
def axe_script() -> str:
    """The script, to be run inside a page."""
    assert has_axe(), "axe-core is missing: python -m tests.needed brings it"
    with tarfile.open(ARCHIVE) as archive:
        script = archive.extractfile(SCRIPT)
        assert script is not None
        return script.read().decode()


class Violation(NamedTuple):
    """A rule of axe that an element breaks; ``within``: the selectors asked about that hold it."""

    rule: str
    impact: str
    element: str
    within: list[str]


def find_violations(page: Page, parts: Iterable[str], within: str = "body") -> list[Violation]:
    """What axe finds on a page as it stands, or within one part of it."""
    if page.evaluate("typeof axe") == "undefined":
        page.evaluate(axe_script())
    return [Violation(*found) for found in page.evaluate(RUN, [within, TAGS, list(parts)])]
