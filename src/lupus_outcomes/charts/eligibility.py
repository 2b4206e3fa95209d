"""The attrition flow: after each criterion who remains, who cannot be judged and who leaves."""

import altair as alt
import numpy as np
import pandas as pd

from lupus_outcomes.charts.rows import (
    LINE_PIXELS,
    NARROWEST_PLOT,
    TEXT_PIXELS,
    across,
    down,
    n_lines,
    words,
    wrapped,
)
from lupus_outcomes.charts.style import Drawing, Mode, colour, configure, table_source, tint
from lupus_outcomes.release.disclosure import Released

BAR_PIXELS, COUNTS_PIXELS, GAP_PIXELS = 12, 18, 14
# Under each bar: the column of its count, the words, the place of the words in pixels.
COUNTS = (
    ("n_remaining", "remain", 0),
    ("n_unknown", "cannot be judged", 92),
    ("n_excluded", "leave", 244),
)
KEY_PIXELS = 14
# From this width on every criterion fits on a line.
WIDE_PLOT = 640


def draw_attrition(released: Released, mode: Mode) -> Drawing:
    """The figure of ``describe_attrition``: a bar a step, its criterion above, counts below."""
    table = released.table
    # In release mode only those who remain are counted.
    unknown, excluded = table["n_unknown"].fillna(0), table["n_excluded"].fillna(0)
    text = [
        wrapped(f"{step}. {criterion}" if step else criterion, NARROWEST_PLOT)
        for step, criterion in zip(table["step"], table["criterion"], strict=True)
    ]
    of_words = np.array([n_lines(t) * LINE_PIXELS + 3 for t in text])
    highest = int(of_words.max())
    height = highest + BAR_PIXELS + COUNTS_PIXELS + GAP_PIXELS
    bar = np.arange(len(text)) * height + highest
    enrolled = max(int(table["n_remaining"].max()), 1)
    data = pd.DataFrame(
        {
            "narrow": text,
            "wide": [t.replace("\n", " ") for t in text],
            "y_narrow": bar - of_words,
            "y_wide": bar - LINE_PIXELS - 3,
            "y_bar": bar,
            "y_bar_end": bar + BAR_PIXELS,
            "y_counts": bar + BAR_PIXELS + 5,
            "none": 0.0,
            "known": (table["n_remaining"] - unknown) / enrolled,
            "remaining": table["n_remaining"] / enrolled,
            "before": (table["n_remaining"] + excluded) / enrolled,
            **{name: table[name] for name, _, _ in COUNTS},
        }
    )
    return Drawing(
        figure="attrition",
        arguments=(mode,),
        data=data,
        alt=released.result.finding,
        height=len(text) * height,
    )


def build_attrition(mode: Mode) -> alt.TopLevelMixin:
    """Steps from the top down; a bar as long as everyone enrolled, filled as far as they remain."""
    source = alt.Chart(table_source())
    y, y2 = down("y_bar"), alt.Y2("y_bar_end")
    looks = _looks(mode)

    def part(start: str, end: str, name: str) -> alt.Chart:
        filled = source.transform_filter(f"datum.{end} > datum.{start}")
        return filled.mark_rect(**looks[name]).encode(x=across(start), x2=alt.X2(end), y=y, y2=y2)

    # Where everyone enrolled would reach: what is missing of it left at an earlier step.
    track = source.mark_rect(color=tint("reference", 0.14, mode)).encode(
        x=alt.value(0), x2=alt.value(alt.ExprRef("width")), y=y, y2=y2
    )
    bars = [
        track,
        part("none", "known", "n_remaining"),
        part("known", "remaining", "n_unknown"),
        part("remaining", "before", "n_excluded"),
    ]
    is_wide = f"width > {WIDE_PLOT}"
    said = source.transform_calculate(
        text=f"{is_wide} ? datum.wide : datum.narrow",
        y_text=f"{is_wide} ? datum.y_wide : datum.y_narrow",
    )
    text = words(said, "text", {"x": alt.value(0), "y": down("y_text")}, mode)
    counts = [mark for count in COUNTS for mark in _count(source, count, mode)]
    return configure(alt.layer(*bars, text, *counts))


def _looks(mode: Mode) -> dict[str, dict]:
    """Fill, tint and outline: told apart in grey, too."""
    full = colour("patients", mode)
    return {
        "n_remaining": {"color": full},
        "n_unknown": {"color": tint("patients", 0.38, mode)},
        "n_excluded": {
            "color": colour("page", mode),
            "stroke": full,
            "strokeWidth": 1,
            "strokeDash": [3, 2],
        },
    }


def _count(source: alt.Chart, count: tuple[str, str, int], mode: Mode) -> list[alt.Chart]:
    """The key of a part of the bar, and its count in words; faint where it is nobody."""
    name, label, left = count
    source = source.transform_filter(f"isValid(datum.{name})")
    y = down("y_counts")
    seen = alt.condition(f"datum.{name} > 0", alt.value(1), alt.value(0.45))
    key = source.mark_square(size=64, opacity=1, yOffset=6, **_looks(mode)[name]).encode(
        x=alt.value(left + 4), y=y, opacity=seen
    )
    said = source.transform_calculate(words=f"format(datum.{name}, ',') + ' {label}'")
    place = {"x": alt.value(left + KEY_PIXELS), "y": y, "opacity": seen}
    weight = "bold" if name == "n_remaining" else "normal"
    return [key, words(said, "words", place, mode, fontSize=TEXT_PIXELS, fontWeight=weight)]
