"""Who could be judged at each time point: everyone as a column, the counts beneath it."""

from collections.abc import Iterator
from typing import Any

import altair as alt
import pandas as pd

from lupus_outcomes.charts.rows import SMALL_PIXELS, TEXT_PIXELS, across, down, words
from lupus_outcomes.charts.style import Drawing, Mode, colour, configure, table_source, tint
from lupus_outcomes.release.disclosure import Released

# What everyone is divided into, from the bottom of a column: words, colour and its strength.
PARTS = {
    "n_assessable": ("assessable", "patients", 1.0),
    "n_undecided": ("undecided", "patients", 0.42),
    "n_not_seen": ("not seen", "missing", 1.0),
    "n_pending": ("window open", "reference", 0.5),
    "n_not_due": ("not yet due", "reference", 0.18),
}
# Counts under the columns; those that are no part are sums of the parts below them.
ROWS = ("n_due", "n_seen", "n_assessable", "n_undecided", "n_not_seen", "n_pending", "n_not_due")
SUMS = {"n_due": "due", "n_seen": "seen"}
HEADER_PIXELS, COLUMN_PIXELS, MONTHS_PIXELS, ROW_PIXELS = 36, 230, 26, 20
LEFT_PIXELS, KEY_PIXELS, KEY_SIZE = 92, 14, 64
HALF_COLUMN = 0.34
HEIGHT = HEADER_PIXELS + COLUMN_PIXELS + MONTHS_PIXELS + ROW_PIXELS * len(ROWS)
FIELDS = (
    "kind", "part", "what", "x", "x_end", "y", "y_end", "time", "n", "share", "is_first",
)  # fmt: skip
# The same whether or not there is a part to draw.
KINDS = {"part": object, "time": object, "y": float}

# A row of a table, or of what is drawn: its fields by name.
Row = dict[Any, Any]


def short_time(label: str) -> str:
    """``12`` for 12 months, ``12 wk`` for 12 weeks: what fits over a narrow column."""
    return label.removesuffix(" months").replace(" weeks", " wk").replace("baseline", "0")


def draw_denominators(released: Released, mode: Mode) -> Drawing | None:
    """The figure of ``describe_denominators``; none where the endpoint cannot be told."""
    times = released.table.to_dict("records")
    if not times:
        return None
    # Each time point has an equal part of the width, and stands in its middle.
    placed = [time | {"x": (i + 0.5) / len(times)} for i, time in enumerate(times)]
    parts = [*_columns(placed), *_rows(placed), *_times(placed)]
    return Drawing(
        figure="denominators",
        arguments=(mode,),
        data=pd.DataFrame(parts, columns=list(FIELDS)).astype(KINDS),
        alt=released.result.finding,
        height=HEIGHT,
    )


def _columns(times: list[Row]) -> Iterator[Row]:
    floor, half = HEADER_PIXELS + COLUMN_PIXELS, HALF_COLUMN / len(times)
    uppers = [0.0] * len(times)
    for name, (what, _, _) in PARTS.items():
        for i, time in enumerate(times):
            if not time[name]:
                continue
            share = time[name] / time["n"]
            uppers[i] += share
            yield {
                "kind": "part",
                "part": name,
                "what": what,
                "x": time["x"] - half,
                "x_end": time["x"] + half,
                "y": floor - COLUMN_PIXELS * uppers[i],
                "y_end": floor - COLUMN_PIXELS * (uppers[i] - share),
                "time": time["timepoint"],
                "n": time[name],
                "share": share,
            }


def _rows(times: list[Row]) -> Iterator[Row]:
    top = HEADER_PIXELS + COLUMN_PIXELS + MONTHS_PIXELS
    for row, name in enumerate(ROWS):
        for time in times:
            yield {"kind": "count", "x": time["x"], "y": top + ROW_PIXELS * row, "n": time[name]}


def _times(times: list[Row]) -> Iterator[Row]:
    for i, time in enumerate(times):
        yield {
            "kind": "time",
            "x": time["x"],
            "is_first": i == 0,
            "y": HEADER_PIXELS + COLUMN_PIXELS + 6,
            "what": short_time(time["timepoint"]),
        }


def build_denominators(mode: Mode) -> alt.TopLevelMixin:
    """Stacked columns of everyone, and under each its counts, which are the key of the colours."""
    source = alt.Chart(table_source())
    colours = {name: tint(of, strength, mode) for name, (_, of, strength) in PARTS.items()}
    shade = alt.Color(
        "part:N", scale=alt.Scale(domain=list(colours), range=list(colours.values())), legend=None
    )
    tooltip = [
        alt.Tooltip("time:N", title="at"),
        alt.Tooltip("what:N", title=" "),
        alt.Tooltip("n:Q", title="patients", format=","),
        alt.Tooltip("share:Q", format=".0%"),
    ]
    columns = (
        source.transform_filter("datum.kind == 'part'")
        .mark_rect(stroke=colour("page", mode), strokeWidth=1)
        .encode(
            x=across("x", left=LEFT_PIXELS),
            x2=alt.X2("x_end"),
            y=down("y"),
            y2=alt.Y2("y_end"),
            color=shade,
            tooltip=tooltip,
        )
    )
    at = {"x": across("x", left=LEFT_PIXELS), "y": down("y")}
    times = words(source.transform_filter("datum.kind == 'time'"), "what", at, mode, align="center")
    numbers = (
        source.transform_filter("datum.kind == 'count'")
        .mark_text(baseline="top", fontSize=TEXT_PIXELS, color=colour("text", mode))
        .encode(**at, text=alt.Text("n:Q", format=","))
    )
    layers = [*_grid(source, mode), columns, times, numbers, *_names(source, colours, mode)]
    return configure(alt.layer(*layers))


def _grid(source: alt.Chart, mode: Mode) -> list[alt.Chart]:
    """Lines at 0, 50 and 100 %, and what is measured."""
    once = source.transform_filter("datum.is_first")
    marks = []
    for share in (0, 0.5, 1):
        y = alt.value(HEADER_PIXELS + COLUMN_PIXELS * (1 - share))
        marks.append(once.mark_rule(color=colour("faint", mode)).encode(y=y))
        said = once.transform_calculate(percent=f"'{share:.0%}'")
        at = {"x": alt.value(0), "y": y}
        marks.append(words(said, "percent", at, mode, baseline="bottom", dy=-2, opacity=0.75))
    title = once.transform_calculate(title="'Share of patients'")
    marks.append(words(title, "title", {"x": alt.value(0), "y": alt.value(0)}, mode, opacity=0.75))
    return marks


def _names(source: alt.Chart, colours: dict[str, str], mode: Mode) -> list[alt.Chart]:
    """The names of the rows, with the colour of the part each counts."""
    once = source.transform_filter("datum.is_first")
    top = HEADER_PIXELS + COLUMN_PIXELS
    said = once.transform_calculate(name="'months'")
    marks = [_name(said, top + 6, 0, mode)]
    for row, name in enumerate(ROWS):
        y = top + MONTHS_PIXELS + ROW_PIXELS * row
        label = SUMS.get(name) or PARTS[name][0]
        said = once.transform_calculate(name=f"'{label}'")
        marks.append(_name(said, y, 0 if name in SUMS else KEY_PIXELS, mode))
        if name in colours:
            key = once.mark_square(size=KEY_SIZE, opacity=1, color=colours[name], yOffset=6)
            marks.append(key.encode(x=alt.value(4), y=alt.value(y)))
    return marks


def _name(source: alt.Chart, top: float, left: float, mode: Mode) -> alt.Chart:
    at = {"x": alt.value(left), "y": alt.value(top)}
    return words(source, "name", at, mode, fontSize=SMALL_PIXELS, opacity=0.85)
