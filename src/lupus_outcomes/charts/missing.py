"""Heat maps of what is missing: a row a column of the dataset, a cell a time point or a centre."""

from collections.abc import Iterator
from dataclasses import dataclass

import altair as alt
import pandas as pd

from lupus_outcomes.analysis.missing import ALL_VISITS, ROLES
from lupus_outcomes.charts.completeness import Row, short_time
from lupus_outcomes.charts.rows import (
    CHARACTER_PIXELS,
    SMALL_PIXELS,
    across,
    down,
    n_lines,
    words,
    wrapped,
)
from lupus_outcomes.charts.style import Drawing, Mode, colour, configure, table_source, tint
from lupus_outcomes.release.disclosure import Released

FIELDS = (
    "kind", "x", "left", "right", "y", "middle", "text", "label", "at", "n_visits", "n_missing",
    "proportion",
)  # fmt: skip
LABEL_PIXELS, LABEL_LINE, ROW_PADDING, ROLE_PIXELS = 146, 13, 6, 27
CELL_PIXELS = 17
COUNT_PIXELS, TURNED_COUNT_PIXELS, HEADER_GAP = 18, 30, 4
# With more cells than this in a row the numbers of visits are turned, too.
MOST_UPRIGHT_COUNTS = 10
# Names of this many characters still stand upright over a cell; longer ones are turned.
UPRIGHT_CHARACTERS, LONGEST_NAME = 4, 24
MOST_CELLS_WITH_NUMBERS = 14
GAP_BEFORE_ALL = 0.3
# Ink on pale and on strong cells, and the share from which the other reads better: the contrast is
# nowhere below 4.5 to 1.
INKS = {"light": ("#000000", "#FFFFFF", 0.84), "dark": ("#FFFFFF", "#000000", 0.4)}


def draw_missing(released: Released, by: str, show_complete: bool, mode: Mode) -> Drawing | None:
    """The figure of ``describe_missing`` and ``describe_missing_by_centre``.

    ``by``: ``timepoint`` or ``centre``. ``show_complete``: with the columns that miss nothing. None
    where no column is left to show.
    """
    cells = released.table.to_dict("records")
    shown = [
        cell
        for cell in cells
        if cell[by] == ALL_VISITS and (show_complete or cell["n_missing"] > 0)
    ]
    if not shown:
        return None
    n_visits = {cell[by]: cell["n_visits"] for cell in cells}
    header = _Header(_short_names(by, tuple(n_visits)))
    rows, roles, height = _place_rows(shown, header.height)
    placed = _place_cells(cells, rows, by, header)
    parts = [*placed, *_headers(n_visits, header), *_corner(by, header), *rows.values(), *roles]
    has_numbers = len(header.names) <= MOST_CELLS_WITH_NUMBERS
    return Drawing(
        figure=f"missing_by_{by}",
        arguments=(header.has_turned_names, header.has_turned_counts, has_numbers, mode),
        data=pd.DataFrame(parts, columns=list(FIELDS)),
        alt=released.result.finding,
        height=height,
    )


def _short_names(by: str, levels: tuple[str, ...]) -> dict[str, str]:
    """Names that fit over a cell: months as numbers, centres without the word they share."""
    names = {level: short_time(level) for level in levels}
    if by == "centre":
        centres = [level for level in levels if level != ALL_VISITS]
        words = {centre.partition(" ")[0] for centre in centres}
        shared = f"{words.pop()} " if len(words) == 1 < len(centres) else ""
        names = {level: level.removeprefix(shared) for level in levels}
    names = {
        level: name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1]}…"
        for level, name in names.items()
    }
    return names | {ALL_VISITS: "all"}


@dataclass(frozen=True, slots=True)
class _Header:
    """Names over the cells and numbers of visits under them; turned where there is no room."""

    names: dict[str, str]

    @property
    def has_turned_names(self) -> bool:
        return max(map(len, self.names.values())) > UPRIGHT_CHARACTERS

    @property
    def has_turned_counts(self) -> bool:
        return len(self.names) > MOST_UPRIGHT_COUNTS

    @property
    def top_of_counts(self) -> int:
        longest = max(map(len, self.names.values()))
        return round(longest * CHARACTER_PIXELS) + 6 if self.has_turned_names else 20

    @property
    def height(self) -> int:
        of_counts = TURNED_COUNT_PIXELS if self.has_turned_counts else COUNT_PIXELS
        return self.top_of_counts + of_counts + HEADER_GAP

    @property
    def places(self) -> dict[str, Row]:
        """Parts of the width of the cells of each level, those of all visits a little apart."""
        width = len(self.names) + GAP_BEFORE_ALL
        lefts = {
            level: (i + GAP_BEFORE_ALL * (level == ALL_VISITS)) / width
            for i, level in enumerate(self.names)
        }
        return {
            level: {"left": left, "right": left + 1 / width, "x": left + 0.5 / width}
            for level, left in lefts.items()
        }


def _place_rows(shown: list[Row], header: int) -> tuple[dict[str, Row], list[Row], int]:
    """A row for each column, by role and then as in the table, each as high as its label."""
    order = list(ROLES.values())
    rows, roles, end = {}, {}, header
    for cell in sorted(shown, key=lambda cell: order.index(cell["role"])):
        text, role = wrapped(cell["label"], LABEL_PIXELS), cell["role"]
        height = n_lines(text) * LABEL_LINE + ROW_PADDING
        if role not in roles:
            end += ROLE_PIXELS
            roles[role] = {"kind": "role", "y": end - 17, "text": role}
        middle = end + (height - ROW_PADDING) / 2
        rows[cell["column"]] = {"kind": "label", "y": end, "middle": middle, "text": text}
        end += height
    return rows, list(roles.values()), end


def _place_cells(cells: list[Row], rows: dict[str, Row], by: str, header: _Header) -> Iterator[Row]:
    places = header.places
    for cell in cells:
        if cell["column"] in rows:
            at = cell[by]
            yield cell | rows[cell["column"]] | places[at] | {"kind": "cell", "at": at}


def _headers(n_visits: dict[str, int], header: _Header) -> Iterator[Row]:
    for level, place in header.places.items():
        yield {
            "kind": "header",
            "x": place["x"],
            "y": header.top_of_counts,
            "text": header.names[level],
            "n_visits": n_visits[level],
        }


def _corner(by: str, header: _Header) -> list[Row]:
    """What the names over the cells and the numbers under them are."""
    top, levels = header.top_of_counts, header.names.items()
    is_short = any(level != name for level, name in levels if level != ALL_VISITS)
    name = "months" if by == "timepoint" else next(iter(header.names)).partition(" ")[0]
    said = name if is_short else by
    return [
        {"kind": "corner", "y": top - 14, "text": said},
        {"kind": "corner", "y": top + 2, "text": "visits"},
    ]


def build_missing(
    turned_names: bool, turned_counts: bool, has_numbers: bool, mode: Mode
) -> alt.TopLevelMixin:
    """Cells, darker the more is missing, with the share in per cent."""
    source = alt.Chart(table_source())
    layers = [
        *_cells(source, has_numbers, mode),
        *_header_marks(source, (turned_names, turned_counts), mode),
    ]
    labels = source.transform_filter("datum.kind == 'label'")
    at = {"x": alt.value(0), "y": down("y")}
    layers.append(
        words(labels, "text", at, mode, fontSize=SMALL_PIXELS, lineHeight=LABEL_LINE, dy=2)
    )
    roles = source.transform_filter("datum.kind == 'role'")
    layers.append(words(roles, "text", at, mode, fontWeight="bold"))
    return configure(alt.layer(*layers))


def _cells(source: alt.Chart, has_numbers: bool, mode: Mode) -> list[alt.Chart]:
    cells = source.transform_filter("datum.kind == 'cell' && datum.n_visits > 0")
    around = cells.transform_calculate(
        top=f"datum.middle - {CELL_PIXELS / 2}",
        bottom=f"datum.middle + {CELL_PIXELS / 2}",
    )
    # The root spreads the small shares, which are the usual ones; 100 % is always the darkest.
    ramp = alt.Scale(
        type="sqrt",
        interpolate="rgb",
        domain=[0, 1],
        range=[tint("missing", 0.08, mode), tint("missing", 1, mode)],
    )
    tooltip = [
        alt.Tooltip("label:N", title="column"),
        alt.Tooltip("at:N", title="at"),
        alt.Tooltip("proportion:Q", title="missing", format=".1%"),
        alt.Tooltip("n_missing:Q", title="empty cells", format=","),
        alt.Tooltip("n_visits:Q", title="of visits", format=","),
    ]
    squares = around.mark_rect(stroke=colour("page", mode), strokeWidth=1).encode(
        x=across("left", left=LABEL_PIXELS),
        x2=alt.X2("right"),
        y=down("top"),
        y2=alt.Y2("bottom"),
        color=alt.Color("proportion:Q", scale=ramp, legend=None),
        tooltip=tooltip,
    )
    return [squares, _percents(around, mode)] if has_numbers else [squares]


def _percents(cells: alt.Chart, mode: Mode) -> alt.Chart:
    """The share in each cell that misses something, in ink that reads on it."""
    some = cells.transform_filter("datum.n_missing > 0").transform_calculate(
        percent="datum.proportion < 0.005 ? '<1' : format(100 * datum.proportion, '.0f')"
    )
    on_pale, on_strong, turn = INKS[mode]
    ink = alt.condition(f"datum.proportion > {turn}", alt.value(on_strong), alt.value(on_pale))
    return some.mark_text(baseline="middle", fontSize=SMALL_PIXELS).encode(
        x=across("x", left=LABEL_PIXELS),
        y=down("middle"),
        text="percent:N",
        color=ink,
    )


def _header_marks(source: alt.Chart, turned: tuple[bool, bool], mode: Mode) -> list[alt.Chart]:
    """Names of the time points or centres, and the number of visits under them."""
    headers = source.transform_filter("datum.kind == 'header'")
    x, y = across("x", left=LABEL_PIXELS), down("y")
    upward = {"angle": 270, "baseline": "middle"}
    name = upward | {"align": "left", "dy": 0, "dx": 4}
    names = words(
        headers,
        "text",
        {"x": x, "y": y},
        mode,
        **(name if turned[0] else {"align": "center", "baseline": "bottom"}),
    )
    counted = headers.transform_calculate(
        visits="datum.n_visits < 10000 ? '' + datum.n_visits : format(datum.n_visits, '.2s')"
    )
    quiet = {"fontSize": SMALL_PIXELS - 1, "opacity": 0.75}
    count = upward | {"align": "right", "dx": -3}
    counts = words(
        counted,
        "visits",
        {"x": x, "y": y},
        mode,
        **quiet,
        **(count if turned[1] else {"align": "center", "dy": 2}),
    )
    corner = source.transform_filter("datum.kind == 'corner'")
    said = words(
        corner, "text", {"x": alt.value(0), "y": y}, mode, fontSize=SMALL_PIXELS, opacity=0.75
    )
    return [names, counts, said]
