"""The file of a report: which kinds there are, which one a name asks for, and writing it."""

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

from lupus_outcomes.errors import UsageError
from lupus_outcomes.export.report.contents import Report
from lupus_outcomes.export.report.page import make_html
from lupus_outcomes.export.report.pdf import load_weasyprint, make_pdf

MAKERS: Mapping[str, Callable[[Report], bytes]] = MappingProxyType(
    {"html": make_html, "pdf": make_pdf}
)


def choose_maker(path: Path) -> Callable[[Report], bytes]:
    """What makes a file of that name.

    Raises
    ------
    UsageError
        No report has that ending.
    UnreadableError
        This machine cannot make it; better told before the results are computed.
    """
    make = MAKERS.get(path.suffix.lower().removeprefix("."))
    if make is None:
        raise UsageError(f"--out {path.name}: a report ends in .html or .pdf.")
    if make is make_pdf:
        load_weasyprint()
    return make
