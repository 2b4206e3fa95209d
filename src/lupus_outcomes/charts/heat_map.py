"""Heat maps over time: a row an item, a cell a time point, deeper where it holds for more."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

import altair as alt
import pandas as pd

from lupus_outcomes.charts.completeness import Row, short_time
from lupus_outcomes.charts.missing import INKS
from lupus_outcomes.charts.rows import (
    SMALL_PIXELS,
    across,
    down,
    n_lines,
    words,
    wrapped,
)
from lupus_outcomes.charts.style import Drawing, Mode, colour, configure, table_source, tint
from lupus_outcomes.measures import MEASURES
from lupus_outcomes.release.disclosure import Released

FIELDS = (
    "kind", "x", "left", "right", "y", "middle", "text", "label", "at", "of", "count", "proportion",
    "interval",
)  # fmt: skip
MEANING, PALEST = "patients", 0.06
LABEL_PIXELS, LABEL_LINE, ROW_PADDING, SECTION_PIXELS = 146, 13, 7, 27
CELL_PIXELS, HEADER_PIXELS = 18, 42
GROUPED = "The figure shows all patients together; the table has every group."
# The root spreads the small shares of a descriptor; answers are of many.
DEPTHS = {"present": "sqrt(datum.proportion)", "answered": "datum.proportion"}
DARKER = "Per cent of patients; empty is none, deeper is more."
# What the numbers over the cells are.
CORNER = (
    {"kind": "corner", "y": 2.0, "text": "months"},
    {"kind": "corner", "y": 20.0, "text": "seen on the drug"},
)


def draw_sledai_items(released: Released, show_absent: bool, mode: Mode) -> Drawing | None:
    """The figure of ``describe_sledai_items``; none where nobody was seen.

    ``show_absent``: with the descriptors that were present in nobody.
    """
    cells = [
        row | {"section": row["domain"], "label": row["descriptor"], "of": row["n"]}
        for row in _of_all(released)
    ]
    # Someone of the selection had it at one of the time points.
    seen = {cell["item"] for cell in cells if cell["n_present"]}
    folded = dict.fromkeys(cell["label"] for cell in cells if cell["item"] not in seen)
    shown = cells if show_absent else [cell for cell in cells if cell["item"] in seen]
    drawing = _draw("sledai_items", shown, "present", released, mode)
    if drawing is None or show_absent or not folded:
        return drawing
    names = ", ".join(name[0].lower() + name[1:] for name in folded)
    return replace(drawing, caption=f"{drawing.caption} Present in nobody: {names}.")


def draw_answered(released: Released, mode: Mode) -> Drawing | None:
    """The figure of ``describe_patient_reported_missing``; none where nobody was seen."""
    cells = [
        row
        | {
            "section": "",
            "item": row["measure"],
            "label": MEASURES[row["measure"]].label,
            "of": row["n_seen"],
        }
        for row in _of_all(released)
    ]
    return _draw("answered", cells, "answered", released, mode)


def _of_all(released: Released) -> list[Row]:
    table = released.table
    return table[table["group"] == "all"].to_dict("records")


def _draw(
    figure: str, cells: list[Row], name: str, released: Released, mode: Mode
) -> Drawing | None:
    """``cells`` have item, label, section, timepoint, n_seen, of and the share of ``name``."""
    if not any(cell["of"] for cell in cells):
        return None
    n_seen = {cell["timepoint"]: cell["n_seen"] for cell in cells if cell["n_seen"]}
    rows, sections, height = _place_rows(cells)
    placed = _place_cells(cells, rows, name, list(n_seen))
    parts = [*placed, *_headers(n_seen), *CORNER, *rows.values(), *sections]
    return Drawing(
        figure=figure,
        arguments=(name, mode),
        data=pd.DataFrame(parts, columns=list(FIELDS)),
        alt=released.result.finding,
        caption=f"{DARKER} {GROUPED}" if (released.table["group"] != "all").any() else DARKER,
        height=height,
    )


def _place_rows(cells: list[Row]) -> tuple[dict[str, Row], list[Row], int]:
    """A row an item, in the order of the table, each as high as its label; a name a section."""
    rows, sections, end = {}, {}, HEADER_PIXELS
    for item, cell in {cell["item"]: cell for cell in cells}.items():
        text, section = wrapped(cell["label"], LABEL_PIXELS), cell["section"]
        height = n_lines(text) * LABEL_LINE + ROW_PADDING
        if section and section not in sections:
            end += SECTION_PIXELS
            name = section[0].upper() + section[1:]
            sections[section] = {"kind": "section", "y": end - 17, "text": name}
        middle = end + (height - ROW_PADDING) / 2
        rows[item] = {"kind": "label", "y": end, "middle": middle, "text": text}
        end += height
    return rows, list(sections.values()), end


def _place_cells(
    cells: list[Row], rows: dict[str, Row], name: str, times: list[str]
) -> Iterator[Row]:
    lefts = {time: i / len(times) for i, time in enumerate(times)}
    for cell in cells:
        if cell["timepoint"] not in lefts:
            continue
        left = lefts[cell["timepoint"]]
        low, high = cell[f"ci_low_{name}"], cell[f"ci_high_{name}"]
        yield rows[cell["item"]] | {
            "kind": "cell",
            "left": left,
            "right": left + 1 / len(times),
            "x": left + 0.5 / len(times),
            "text": "",
            "label": cell["label"],
            "at": cell["timepoint"],
            "of": cell["of"],
            "count": cell[f"n_{name}"],
            "proportion": cell[f"proportion_{name}"],
            "interval": f"{100 * low:.0f} to {100 * high:.0f} %",
        }


def _headers(n_seen: dict[str, int]) -> list[Row]:
    """The time points and, under them, how many were seen."""
    lines = {2.0: [short_time(time) for time in n_seen], 20.0: [f"{n:,}" for n in n_seen.values()]}
    return [
        {"kind": "header", "x": i / len(n_seen) + 0.5 / len(n_seen), "y": y, "text": text}
        for y, line in lines.items()
        for i, text in enumerate(line)
    ]


def build_heat_map(name: str, mode: Mode) -> alt.TopLevelMixin:
    """Cells with the share in per cent, time points and numbers seen on top, names at the left."""
    source = alt.Chart(table_source())
    left = {"x": alt.value(0), "y": down("y")}
    columns = {"x": across("x", left=LABEL_PIXELS), "y": down("y")}
    small = {"fontSize": SMALL_PIXELS}
    labels = {"lineHeight": LABEL_LINE, "dy": 2} | small
    layers = [
        *_cells(source, name, mode),
        words(_of(source, "header"), "text", columns, mode, align="center"),
        words(_of(source, "corner"), "text", left, mode, opacity=0.75, **small),
        words(_of(source, "label"), "text", left, mode, **labels),
        words(_of(source, "section"), "text", left, mode, fontWeight="bold"),
    ]
    return configure(alt.layer(*layers))


def _of(source: alt.Chart, kind: str) -> alt.Chart:
    return source.transform_filter(f"datum.kind == '{kind}'")


def _cells(source: alt.Chart, name: str, mode: Mode) -> list[alt.Chart]:
    cells = _of(source, "cell").transform_filter("datum.of > 0")
    cells = cells.transform_calculate(depth=DEPTHS[name])
    ramp = alt.Scale(
        interpolate="rgb",
        domain=[0, 1],
        range=[tint(MEANING, PALEST, mode), colour(MEANING, mode)],
    )
    squares = (
        cells.transform_calculate(
            top=f"datum.middle - {CELL_PIXELS / 2}", bottom=f"datum.middle + {CELL_PIXELS / 2}"
        )
        .mark_rect(stroke=colour("page", mode), strokeWidth=1)
        .encode(
            x=across("left", left=LABEL_PIXELS),
            x2=alt.X2("right"),
            y=down("top"),
            y2=alt.Y2("bottom"),
            color=alt.Color("depth:Q", scale=ramp, legend=None),
            tooltip=_tooltip(name),
        )
    )
    return [squares, _percents(cells, mode)]


def _tooltip(name: str) -> list[alt.Tooltip]:
    of: Mapping[str, str] = {"present": "of assessed", "answered": "of seen on the drug"}
    return [
        alt.Tooltip("label:N", title=" "),
        alt.Tooltip("at:N", title="at"),
        alt.Tooltip("proportion:Q", title=name, format=".1%"),
        alt.Tooltip("interval:N", title="95 % CI"),
        alt.Tooltip("count:Q", title="patients", format=","),
        alt.Tooltip("of:Q", title=of[name], format=","),
    ]


def _percents(cells: alt.Chart, mode: Mode) -> alt.Chart:
    """The share in each cell, in ink that reads on it; nothing where it is 0."""
    some = cells.transform_filter("datum.count > 0").transform_calculate(
        percent="datum.proportion < 0.005 ? '<1' : format(100 * datum.proportion, '.0f')"
    )
    on_pale, on_strong, turn = INKS[mode]
    ink = alt.condition(f"datum.depth > {turn**0.5}", alt.value(on_strong), alt.value(on_pale))
    return some.mark_text(baseline="middle", fontSize=SMALL_PIXELS).encode(
        x=across("x", left=LABEL_PIXELS), y=down("middle"), text="percent:N", color=ink
    )
