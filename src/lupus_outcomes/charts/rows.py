"""Figures laid out in rows, by the pixel from the top: text, bars and cells that fit any width.

Nothing stands outside the plot, so a figure is as wide as its page, a phone's too; text stands
above what it names and is broken into lines rather than cut. Places come with the data, pixels
down and parts of the width across: one specification serves every table.
"""

import textwrap
from collections.abc import Mapping
from typing import Any

import altair as alt

from lupus_outcomes.charts.style import Mode, colour

TEXT_PIXELS, SMALL_PIXELS = 12, 11
LINE_PIXELS = 15
# Generous for the page's font, so that what is broken by it fits.
CHARACTER_PIXELS = 6.2
# The plot of a phone held upright.
NARROWEST_PLOT = 350
# More pixels than any figure is high: a pixel down is a pixel whatever the height.
TALLEST = 10_000


def wrapped(text: str, pixels: float) -> str:
    """The text in lines that fit so many pixels."""
    return "\n".join(textwrap.wrap(text, max(int(pixels / CHARACTER_PIXELS), 1)))


def n_lines(text: str) -> int:
    """Lines of a text that was broken."""
    return text.count("\n") + 1


def down(field: str) -> alt.Y:
    """A place given in pixels from the top of the plot."""
    scale = alt.Scale(domain=[0, TALLEST], range=[0, TALLEST], nice=False, zero=False)
    return alt.Y(field, type="quantitative", scale=scale, axis=None)


def across(field: str, left: float = 0, right: float = 0) -> alt.X:
    """A place given as a part of the width, so many pixels kept free at the left and right."""
    ends: list[Any] = [left, alt.ExprRef(f"width - {right:g}")]
    scale = alt.Scale(domain=[0, 1], range=ends, nice=False, zero=False)
    return alt.X(field, type="quantitative", scale=scale, axis=None)


def words(
    source: alt.Chart, field: str, channels: Mapping[str, Any], mode: Mode, **mark: Any
) -> alt.Chart:
    """Text of a field, left-aligned from the top of its place; broken where its lines break."""
    look = {
        "align": "left",
        "baseline": "top",
        "fontSize": TEXT_PIXELS,
        "lineHeight": LINE_PIXELS,
        "lineBreak": "\n",
        "color": colour("text", mode),
    }
    return source.mark_text(**(look | mark)).encode(
        **channels, text=alt.Text(field, type="nominal")
    )
