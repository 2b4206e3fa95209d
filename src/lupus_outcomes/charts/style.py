"""One palette and one set of habits for every figure, in light and dark.

A colour means the same thing everywhere; line style doubles it, so that a figure survives a
photocopy and colour-blind eyes. Groups have a scale of their own (Okabe and Ito), never a colour
with a meaning.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Literal, NamedTuple

import altair as alt
import pandas as pd

Mode = Literal["light", "dark"]

# Meaning: (light, dark). Dark ones are lighter tints of the same hue. The contrast of marks is at
# least 3:1 (WCAG 2.1, 1.4.11), that of letters 4.5:1 (1.4.3): for them there is ``ink``.
COLOURS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "doris": ("#1B4F8A", "#7FB2EA"),
        "lldas": ("#1F9E89", "#4FD1BA"),
        "steroid": ("#C18417", "#E9B65A"),
        "retention": ("#44546A", "#A9B8CC"),
        "inefficacy": ("#B4464B", "#E58388"),
        "adverse_event": ("#D27B24", "#F0A860"),
        "pregnancy": ("#8E6BBE", "#B79AE0"),
        "remission": ("#4C9F70", "#7CC99C"),
        "patient_decision": ("#7A8B99", "#A5B3BF"),
        "death": ("#2B2B2B", "#F2F2F2"),
        "other": ("#8F8F8F", "#8C8C8C"),
        "flare": ("#A63D57", "#E0829A"),
        "patients": ("#4F6D8F", "#8FB0D6"),
        "missing": ("#9A5B3C", "#DDA283"),
        "model": ("#6A7324", "#BCC56A"),
        "reference": ("#757575", "#A0A0A0"),
        "text": ("#0F1823", "#E4E9F0"),
        "faint": ("#D5DBE3", "#37424F"),
        "page": ("#FFFFFF", "#030407"),
    }
)
GROUP_COLOURS = {
    "light": (
        "#0072B2",
        "#D55E00",
        "#009E73",
        "#CC79A7",
        "#8A7A00",
        "#2F96D3",
        "#C08000",
        "#44546A",
    ),
    "dark": (
        "#56B4E9",
        "#F08A4B",
        "#3CC9A0",
        "#E3A5C6",
        "#F0E442",
        "#9CCBEF",
        "#F4C04E",
        "#A9B8CC",
    ),
}
LETTERS_CONTRAST, MARKS_CONTRAST = 4.5, 3.0
INK_STEPS = 20
DASHES = ([1, 0], [6, 3], [2, 2], [8, 3, 2, 3])

MONTHS_SHOWN = (0, 6, 12, 24, 36, 48, 60)
MONTHS_DOMAIN = (-13, 63)
# Of the width of a plot, up to the first month.
ROW_NAME_SHARE = 0.16
FIGURE_WIDTH, FIGURE_HEIGHT = 900, 320
MOST_DIRECT_LABELS = 4


@dataclass(frozen=True)
class Drawing:
    """A figure apart from its data, so that the specification is built once and only data travel.

    ``figure`` names its builder in ``catalogue``; ``arguments`` are plain, the mode last; ``alt``
    says the finding; ``caption`` what a reader must know to read it; ``height`` in pixels where
    the data decide it; ``numbers``: what else they decide, such as the ends of an axis, by the name
    under which the specification refers to it.
    """

    figure: str
    arguments: tuple[Any, ...]
    data: pd.DataFrame
    alt: str
    caption: str = ""
    height: int | None = None
    numbers: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def on_paper(self) -> "Drawing":
        """The same in the colours for a white page, whatever the reader's screen is like."""
        return replace(self, arguments=(*self.arguments[:-1], "light"))


def number(name: str) -> alt.ExprRef:
    """One of the numbers of a drawing, or a part of it: ``ends[0]``."""
    return alt.ExprRef(name)


def table_source() -> alt.NamedData:
    """The one table of a drawing, by name; the data come later, from the page or the export."""
    return alt.NamedData("table")


def colour(meaning: str, mode: Mode) -> str:
    """The colour of a meaning on a light or dark page."""
    return COLOURS[meaning][mode == "dark"]


def tint(meaning: str, strength: float, mode: Mode) -> str:
    """A colour mixed with the page: 1 the colour itself, 0 the page."""
    return _mix(colour(meaning, mode), colour("page", mode), strength)


def _mix(one: str, other: str, share: float) -> str:
    """``share`` of one colour in another."""
    both = zip(_channels(one), _channels(other), strict=True)
    return "#" + "".join(f"{round(o + share * (c - o)):02X}" for c, o in both)


def contrast(one: str, other: str) -> float:
    """The ratio of the relative luminances of two colours, from 1 to 21 (WCAG 2.1)."""
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def _luminance(shade: str) -> float:
    shares = [channel / 255 for channel in _channels(shade)]
    red, green, blue = (s / 12.92 if s <= 0.03928 else ((s + 0.055) / 1.055) ** 2.4 for s in shares)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@lru_cache
def ink(shade: str, mode: Mode) -> str:
    """A colour for letters: as much of the text's colour mixed in as it takes to read it."""
    page, text = colour("page", mode), colour("text", mode)
    mixed = (_mix(text, shade, step / INK_STEPS) for step in range(INK_STEPS + 1))
    return next(each for each in mixed if contrast(each, page) >= LETTERS_CONTRAST)


class Shade(NamedTuple):
    """A colour for any page: of a meaning, mixed with the page as by ``tint``, or of a group."""

    meaning: str = ""
    strength: float = 1.0
    group: int | None = None

    def on(self, mode: Mode) -> str:
        """The colour on a light or dark page."""
        palette = GROUP_COLOURS[mode]
        if self.group is not None:
            return palette[self.group % len(palette)]
        return tint(self.meaning, self.strength, mode)


def _channels(hexadecimal: str) -> tuple[int, int, int]:
    red, green, blue = (int(hexadecimal[i : i + 2], 16) for i in (1, 3, 5))
    return red, green, blue


def group_scale(levels: tuple[str, ...], mode: Mode) -> tuple[list[str], list[list[int]]]:
    """Colours and dashes of the levels of a grouping; dashes tell repeated colours apart."""
    palette = GROUP_COLOURS[mode]
    colours = [palette[i % len(palette)] for i in range(len(levels))]
    dashes = [DASHES[(i // len(palette) + i) % len(DASHES)] for i in range(len(levels))]
    return colours, dashes


def value_axis(title: str, **axis: Any) -> alt.Axis:
    """A vertical axis written inside the plot, above its grid lines, its title on top.

    Nothing stands left of the plot, so stacked views line up and fit the narrowest page.
    """
    return alt.Axis(
        title=title,
        titleAngle=0,
        titleAlign="left",
        titleAnchor="start",
        titleX=0,
        titleY=-22,
        labelAlign="left",
        labelBaseline="bottom",
        labelPadding=-2,
        labelOffset=-2,
        ticks=False,
        domain=False,
        grid=True,
        **axis,
    )


def percent_axis(title: str) -> dict[str, Any]:
    """A y-axis of shares from 0 to 100 %."""
    return {
        "scale": alt.Scale(domain=[0, 1], nice=False),
        "axis": value_axis(title, format="%", tickCount=6),
    }


def months_axis(title: str = "Months since the first dose") -> dict[str, Any]:
    """An x-axis of months with the milestones of the studies, and room on the left for labels."""
    return {
        "scale": alt.Scale(domain=list(MONTHS_DOMAIN), nice=False),
        "axis": alt.Axis(
            values=list(MONTHS_SHOWN),
            grid=False,
            title=title,
            format="d",
            domain=False,
            ticks=False,
        ),
    }


def row_labels(source: alt.Chart, rows: tuple[str, ...], mode: Mode) -> alt.Chart:
    """The names of the rows of a strip, its column ``row``, at the left edge of the plot."""
    return (
        source.transform_aggregate(groupby=["row"])
        .mark_text(
            align="left",
            fontSize=11,
            color=colour("text", mode),
            opacity=0.75,
            limit=alt.ExprRef(f"{ROW_NAME_SHARE} * width"),
        )
        .encode(x=alt.value(0), y=alt.Y("row:N", sort=list(rows), axis=None), text="row:N")
    )


def named_lines(
    source: alt.Chart,
    mode: Mode,
    channels: Mapping[str, Any],
    shade: alt.Fill | alt.FillValue,
    **text: Any,
) -> list[alt.Chart]:
    """Text on a figure with a rim in the colour of the page, legible across lines and rules.

    ``shade`` fills the letters, whose scale of colours is not that of the marks: see ``ink``.
    """
    rim = source.mark_text(stroke=colour("page", mode), strokeWidth=4, strokeJoin="round", **text)
    return [rim.encode(**channels), source.mark_text(**text).encode(**channels, fill=shade)]


def configure(chart: alt.TopLevelMixin, size: int = 12) -> alt.TopLevelMixin:
    """Shared habits: no frame, left-aligned titles, letters of a legible size in pixels.

    Marks say nothing to a screen reader: the one of ``spoken`` and the table beside it do.
    """
    return (
        chart.configure(aria=False)
        .configure_mark(aria=False)
        .configure_view(stroke=None)
        .configure_axis(
            labelFontSize=size, titleFontSize=size, titleFontWeight="normal", labelLimit=320
        )
        .configure_legend(labelFontSize=size, titleFontSize=size, orient="top", symbolStrokeWidth=3)
        .configure_title(anchor="start", fontSize=size + 1, fontWeight="normal")
    )
