"""Figures as they stand inside a page: vector graphics whose names are theirs alone."""

import re
from xml.etree import ElementTree

from markupsafe import Markup

from lupus_outcomes.charts.catalogue import build_spec, complete_spec
from lupus_outcomes.charts.style import Drawing
from lupus_outcomes.export.figures import as_svg

# The one the widths of all words in a figure were measured with, or one as wide.
FONT = "Liberation Sans, Arial, Helvetica, sans-serif"
_NAMESPACE = re.compile(r"^\{[^}]*\}")
_REFERENCE = re.compile(r"url\(#([^)]+)\)")
_NOT_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def inline_figure(drawing: Drawing, name: str) -> Markup:
    """A drawing as an ``svg`` element, its finding as the text for who cannot see it.

    ``name``: of this figure alone, so that its clips are not those of another on the page.
    """
    on_paper = drawing.on_paper
    spec = complete_spec(build_spec(on_paper.figure, on_paper.arguments), on_paper)
    text = as_svg(spec, on_paper.data).decode("utf-8")
    root = ElementTree.fromstring(_NOT_XML.sub("", text))
    for element in root.iter():
        element.tag = _NAMESPACE.sub("", element.tag)
        element.attrib = dict(_attributes(element, name))
    root.attrib |= {"role": "img", "aria-label": drawing.alt}
    # Every text was escaped as it was written out.
    return Markup(ElementTree.tostring(root, encoding="unicode"))


def _attributes(element: ElementTree.Element, name: str) -> list[tuple[str, str]]:
    """Those that draw, with the ids of this figure."""
    kept = []
    for attribute, value in element.attrib.items():
        if attribute == "id":
            kept.append((attribute, f"{name}_{value}"))
        elif attribute == "font-family":
            kept.append((attribute, FONT))
        elif not attribute.startswith(("aria-", "role", "class", "{")):
            kept.append((attribute, _REFERENCE.sub(rf"url(#{name}_\1)", value)))
    return kept
