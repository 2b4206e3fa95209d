"""The same report as a PDF, tagged for screen readers, with the stamp of every result attached."""

from typing import Any

from lupus_outcomes.errors import UnreadableError
from lupus_outcomes.export.report.contents import Report
from lupus_outcomes.export.report.page import make_html

DEBIAN_PACKAGES = (
    "libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0", "fonts-liberation",
)  # fmt: skip
NO_PANGO = (
    "A PDF needs the library Pango, which this machine does not have. Install it (Debian, Ubuntu: "
    f"apt-get install {' '.join(DEBIAN_PACKAGES)}; macOS: brew install pango), or ask for a .html "
    "file and print that."
)


def make_pdf(report: Report) -> bytes:
    """The pages of a report.

    Raises
    ------
    UnreadableError
        The libraries that set the text are not on this machine.
    """
    weasyprint = load_weasyprint()
    fetch_nothing = weasyprint.urls.URLFetcher(allowed_protocols=())
    page = weasyprint.HTML(string=make_html(report).decode(), url_fetcher=fetch_nothing)
    stamps = {f"{e.released.result.id}_{e.released.stamp.id}": e.released for e in report.entries}
    attached = [
        weasyprint.Attachment(string=released.stamp_as_json(), name=f"{name}.stamp.json")
        for name, released in stamps.items()
    ]
    return page.write_pdf(pdf_tags=True, attachments=attached)


def load_weasyprint() -> Any:
    """The library, which looks for the machine's own ones as it is imported."""
    try:
        import weasyprint
    except OSError:
        raise UnreadableError(NO_PANGO) from None
    return weasyprint
