"""Heat maps over time: a row an item, a cell a time point, deeper where it holds for more."""

from collections.abc import Mapping
from dataclasses import replace

import altair as alt
import pandas as pd

from lupus_outcomes.charts.completeness import short_time
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


def draw_sledai_items(released: Released, show_absent: bool, mode: Mode) -> Drawing | None:
    """The figure of ``describe_sledai_items``; none where nobody was seen.

    ``show_absent``: with the descriptors that were present in nobody.
    """
    table = released.table
    cells = table[table["group"] == "all"].rename(
        columns={"domain": "section", "descriptor": "label", "n_seen": "seen", "n": "of"}
    )
    # Someone of the selection had it at one of the time points.
    is_seen = cells.groupby("item", sort=False)["n_present"].transform("sum") > 0
    folded = cells.loc[~is_seen, "label"].unique()
    cells = cells if show_absent else cells[is_seen]
    drawing = _draw("sledai_items", cells, "present", released, mode)
    if drawing is None or show_absent or not len(folded):
        return drawing
    names = ", ".join(name[0].lower() + name[1:] for name in folded)
    return replace(drawing, caption=f"{drawing.caption} Present in nobody: {names}.")


def draw_answered(released: Released, mode: Mode) -> Drawing | None:
    """The figure of ``describe_patient_reported_missing``; none where nobody was seen."""
    table = released.table
    cells = table[table["group"] == "all"]
    cells = cells.assign(
        section="",
        item=cells["measure"],
        label=cells["measure"].map(lambda name: MEASURES[name].label),
        of=cells["n_seen"],
        seen=cells["n_seen"],
    )
    return _draw("answered", cells, "answered", released, mode)


def _draw(
    figure: str, cells: pd.DataFrame, name: str, released: Released, mode: Mode
) -> Drawing | None:
    """``cells``: columns item, label, section, timepoint, seen, of and the share of ``name``."""
    if not cells["of"].any():
        return None
    times = cells.loc[cells["seen"] > 0, "timepoint"].unique()
    cells = cells[cells["timepoint"].isin(times)]
    rows, height = _place_rows(cells)
    placed = _place_cells(cells.merge(rows, on="item"), name, list(times))
    labels = rows.assign(kind="label")
    first = rows.drop_duplicates("section").query("section != ''")
    sections = pd.DataFrame({"kind": "section", "y": first["y"] - 17, "text": first["section"]})
    parts = [placed, _headers(placed), _corner(), labels, sections]
    return Drawing(
        figure=figure,
        arguments=(name, mode),
        data=pd.concat(parts, ignore_index=True).reindex(columns=list(FIELDS)),
        alt=released.result.finding,
        caption=f"{DARKER} {GROUPED}" if (released.table["group"] != "all").any() else DARKER,
        height=height,
    )


def _place_rows(cells: pd.DataFrame) -> tuple[pd.DataFrame, int]:
    """A row an item, in the order of the table, each as high as its label."""
    rows = cells.drop_duplicates("item")[["item", "section", "label"]].reset_index(drop=True)
    text = [wrapped(label, LABEL_PIXELS) for label in rows["label"]]
    heights = pd.Series([n_lines(lines) for lines in text]) * LABEL_LINE + ROW_PADDING
    is_first = ~rows["section"].duplicated() & (rows["section"] != "")
    ends = HEADER_PIXELS + (heights + is_first * SECTION_PIXELS).cumsum()
    rows = rows.assign(text=text, y=ends - heights, middle=ends - (heights + ROW_PADDING) / 2)
    named = rows.assign(section=rows["section"].map(lambda name: name[:1].upper() + name[1:]))
    return named.drop(columns="label"), int(ends.iloc[-1])


def _place_cells(cells: pd.DataFrame, name: str, times: list[str]) -> pd.DataFrame:
    width = len(times)
    left = cells["timepoint"].map(times.index) / width
    return cells.assign(
        kind="cell",
        left=left,
        right=left + 1 / width,
        x=left + 0.5 / width,
        at=cells["timepoint"],
        text="",
        count=cells[f"n_{name}"],
        proportion=cells[f"proportion_{name}"],
        interval=[
            f"{100 * low:.0f} to {100 * high:.0f} %"
            for low, high in zip(cells[f"ci_low_{name}"], cells[f"ci_high_{name}"], strict=True)
        ],
    )


def _headers(cells: pd.DataFrame) -> pd.DataFrame:
    first = cells.drop_duplicates("x")
    at = {"kind": "header", "x": first["x"]}
    return pd.concat(
        [
            pd.DataFrame(at | {"y": 2.0, "text": first["timepoint"].map(short_time)}),
            pd.DataFrame(at | {"y": 20.0, "text": first["seen"].map("{:,}".format)}),
        ],
        ignore_index=True,
    )


def _corner() -> pd.DataFrame:
    """What the numbers over the cells are."""
    text = ["months", "seen on the drug"]
    return pd.DataFrame({"kind": "corner", "y": [2.0, 20.0], "text": text})


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
