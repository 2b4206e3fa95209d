"""One patient's course: lanes under each other on one axis of months since the first dose.

The one figure that is given a single patient; it holds no identifier and is never a file.
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import accumulate
from math import ceil, floor, isnan
from typing import Any, NamedTuple

import pandas as pd

from lupus_outcomes.charts.rows import CHARACTER_PIXELS, NARROWEST_PLOT, n_lines, wrapped
from lupus_outcomes.charts.style import Drawing, Mode
from lupus_outcomes.derive.course import Course

LEFT_PIXELS, RIGHT_PIXELS = 104, 10
PLOT_PIXELS = NARROWEST_PLOT - LEFT_PIXELS - RIGHT_PIXELS
HEADER_PIXELS, HEADER_LINE, FOOTER_PIXELS, GAP_PIXELS = 34, 15, 38, 12
DOSE_PIXELS, ACTIVITY_PIXELS, TITLE_PIXELS = 84, 58, 18
ROW_PIXELS, ITEM_PIXELS, LINE_PIXELS = 22, 17, 13
DOSE_LIMITS = (5.0, 7.5)
LEAST_DOSE_SHOWN, LEAST_TOTAL_SHOWN = 10.0, 8.0
FIRST_MONTH = -3.0
MILESTONES = (0, 6, 12, 24, 36, 48, 60)
MILESTONES_OF_A_YEAR = (0, 3, 6, 9, 12)
LAST_MONTHS = (12.0, 18.0, 24.0, 30.0, 36.0, 48.0, 60.0)
CAPTION = (
    "Filled: attained, present, severe or serious. Hollow or small: not. ?: cannot be told. "
    "Prednisone: dots as taken at a visit, the area as decided there or else taken."
)


# Frames are slow at so few rows: the marks are plain rows until the one table of the drawing.
Row = dict[str, Any]


class Mark(NamedTuple):
    """A row of the lanes with its place across, and its free pixels on a phone."""

    lane: str
    row: str
    month: float
    value: float
    low: float
    high: float
    state: str
    text: str
    x: float
    x_end: float

    @property
    def x_last(self) -> float:
        """Where it ends, which is where it stands if it has no end."""
        return self.x if isnan(self.x_end) else self.x_end

    @property
    def room_left(self) -> float:
        """Pixels free for words on its left."""
        return LEFT_PIXELS + PLOT_PIXELS * self.x - GAP_PIXELS

    @property
    def room_right(self) -> float:
        """Pixels free for words on its right."""
        return PLOT_PIXELS * (1 - self.x_last) - GAP_PIXELS


@dataclass(frozen=True, slots=True)
class Lane:
    """One lane: its height for its marks, and its rows in pixels below its top."""

    id: str
    height: Callable[[list[Mark]], int]
    place: Callable[[list[Mark], int], list[Row]]


def draw_course(course: Course, mode: Mode) -> Drawing:
    """The figure of ``derive_course``."""
    first, last = _domain(course.lanes)
    marks = _place(course.lanes, first, last)
    rows, bottom = [], HEADER_PIXELS
    for lane in LANES:
        own = [mark for mark in marks if mark.lane == lane.id]
        rows += lane.place(own, bottom)
        bottom += lane.height(own)
    ends = [mark for mark in marks if mark.lane in ("stop", "end")]
    return Drawing(
        figure="course",
        arguments=(mode,),
        data=pd.DataFrame([*_axis(first, last, bottom), *rows, *_ends(ends, bottom)]),
        alt=course.summary,
        caption=CAPTION,
        height=bottom + FOOTER_PIXELS,
    )


def _domain(lanes: pd.DataFrame) -> tuple[float, float]:
    """From before the first mark to the next milestone after the last."""
    months = [m for m in (*lanes["month"], *lanes["month_end"]) if not isnan(m)]
    first, last = min([0, *months]), max([0, *months])
    end = next((m for m in LAST_MONTHS if last <= m + 1), 12 * ceil(last / 12))
    return min(FIRST_MONTH, 3 * floor(first / 3)), end + 1.5


def _place(lanes: pd.DataFrame, first: float, last: float) -> list[Mark]:
    columns = {name: lanes[name].tolist() for name in lanes}
    x, x_end = (
        [(month - first) / (last - first) for month in columns[name]]
        for name in ("month", "month_end")
    )
    told = (columns[name] for name in Mark._fields[:-2])
    return [Mark(*of_mark) for of_mark in zip(*told, x, x_end, strict=True)]


def _axis(first: float, last: float, bottom: int) -> list[Row]:
    """Milestones through all lanes, their months below, and what the months are."""
    months = MILESTONES_OF_A_YEAR if last < LAST_MONTHS[1] else MILESTONES
    lines = [
        {
            "kind": "milestone",
            "x": (month - first) / (last - first),
            "y": HEADER_PIXELS,
            "y_end": bottom,
            "words": str(month),
        }
        for month in months
        if month <= last
    ]
    return [*lines, _words("axis", "months since the first dose", bottom + 21)]


def _row(kind: str, mark: Mark, y: float, **more: Any) -> Row:
    """A mark at a height in pixels; ``words`` are written, ``tip`` is told."""
    told = {"state": mark.state, "tip": mark.text}
    return {"kind": kind, "x": mark.x, "month": mark.month, "y": y, **told, **more}


def _words(kind: str, words: str, y: float) -> Row:
    return {"kind": kind, "y": y, "words": words}


def _or_none(name: str, top: float, placed: list[Row]) -> list[Row]:
    """The name of a lane, and what is in it or that nothing is."""
    return [_words("name", name, top), *(placed or [_words("none", "none", top)])]


def _dose(marks: list[Mark], top: int) -> list[Row]:
    if not marks:
        return _or_none("Prednisone", top, [])
    base = top + TITLE_PIXELS + DOSE_PIXELS
    a_mg = DOSE_PIXELS / max(LEAST_DOSE_SHOWN, *(m.value for m in marks))
    held, taken = ([m for m in marks if m.state == state] for state in ("held", "taken"))
    figures = [_row("number", m, base - a_mg * m.value - 5, words=f"{m.value:g}") for m in taken]
    return [
        _words("name", "Prednisone, mg/day", top),
        *_limits(base, a_mg),
        *(_row("dose", m, base - a_mg * m.value, x_end=m.x_end, y_end=base) for m in held),
        *(_row("taken", m, base - a_mg * m.value) for m in taken),
        *_telling(figures, [m.value for m in taken]),
    ]


def _limits(base: int, a_mg: float) -> list[Row]:
    """The limits of the dose, named in one line where they are too close for two."""
    y = [base - a_mg * limit for limit in DOSE_LIMITS]
    said = [f"{limit:g}" for limit in DOSE_LIMITS]
    if y[0] - y[1] < LINE_PIXELS:
        said = ["", " and ".join(said)]
    return [_words("limit", words, at) for words, at in zip(said, y, strict=True)]


def _telling(figures: list[Row], values: list[float]) -> list[Row]:
    """The figures of the first value, the last and the highest."""
    shown = {0, len(values) - 1, values.index(max(values))} if values else ()
    return [figures[i] for i in sorted(shown)]


def _state(name: str) -> Callable[[list[Mark], int], list[Row]]:
    def place(marks: list[Mark], top: int) -> list[Row]:
        at = top + ROW_PIXELS / 2
        placed = [_row(_unless_unknown(name.lower(), mark), mark, at) for mark in marks]
        return _or_none(name, at - 7, placed)

    return place


def _unless_unknown(kind: str, mark: Mark) -> str:
    return "unknown" if mark.state == "unknown" else kind


def _activity(marks: list[Mark], top: int) -> list[Row]:
    base = top + TITLE_PIXELS + ACTIVITY_PIXELS
    highest = [m.high for m in marks]
    most = max([LEAST_TOTAL_SHOWN, *highest])

    def down(value: float) -> float:
        return base - ACTIVITY_PIXELS * value / most

    known = [m for m in marks if m.state == "known"]
    between = [m for m in marks if m.state != "known"]
    figures = [_row("number", m, down(m.high) - 6, words=m.text) for m in marks]
    placed = [
        *(_row("total", m, down(m.value)) for m in known),
        # A little longer than the bounds, so that a narrow range is seen.
        *(_row("bounds", m, down(m.low) + 2, y_end=down(m.high) - 2) for m in between),
        *_telling(figures, highest),
    ]
    return _or_none("SLEDAI-2K", top, placed)


def _items(marks: list[Mark], top: int) -> list[Row]:
    tops = {name: top + ITEM_PIXELS * i for i, name in enumerate(_names(marks))}
    placed = []
    for mark in marks:
        at, tip = tops[mark.row] + ITEM_PIXELS / 2, f"{mark.row}: {mark.text}"
        placed.append(_row(_unless_unknown("item", mark), mark, at, tip=tip))
    return [*(_words("name", _short(name), y + 2) for name, y in tops.items()), *placed]


def _names(marks: list[Mark]) -> list[str]:
    return list(dict.fromkeys(mark.row for mark in marks))


def _short(name: str) -> str:
    most = int(LEFT_PIXELS / CHARACTER_PIXELS) + 1
    return name if len(name) <= most else f"{name[: most - 1]}…"


def _flares(marks: list[Mark], top: int) -> list[Row]:
    rows = []
    for i, name in enumerate(("recorded", "derived")):
        at = top + ROW_PIXELS * (i + 0.5)
        placed = [_row("flare", mark, at) for mark in marks if mark.row == name]
        rows += _or_none(f"Flares, {name}", at - 7, placed)
    return rows


def _event_words(mark: Mark) -> str:
    """The words of an event in lines that fit a phone, on the roomier side of its mark."""
    return wrapped(mark.text, max(mark.room_left, mark.room_right))


def _event_height(mark: Mark) -> int:
    return n_lines(_event_words(mark)) * LINE_PIXELS + 6


def _events(marks: list[Mark], top: int) -> list[Row]:
    # One more than the marks: where the lane ends.
    tops = accumulate(map(_event_height, marks), initial=top + TITLE_PIXELS)
    at = list(zip(marks, tops, strict=False))
    placed = [
        *(_row("event", m, y + 8) for m, y in at),
        *(_row("lasting", m, y + 8, x_end=m.x_end) for m, y in at if not isnan(m.x_end)),
        *(_beside(m, y + 1) for m, y in at),
    ]
    return _or_none("Adverse events", top, placed)


def _beside(mark: Mark, y: float) -> Row:
    on_left = mark.room_left > mark.room_right
    x = mark.x if on_left else mark.x_last
    return _row("event_words", mark, y, words=_event_words(mark), x=x, on_left=on_left)


def _infusions(marks: list[Mark], top: int) -> list[Row]:
    at = top + ROW_PIXELS / 2
    placed = [_row("infusion", mark, at - 5, y_end=at + 5) for mark in marks]
    return _or_none("Anifrolumab", at - 7, placed)


def _ends(marks: list[Mark], bottom: int) -> list[Row]:
    """Lines through all lanes, their words in the header, one line each."""
    rows = []
    for mark in marks:
        y = HEADER_LINE if mark.lane == "end" else 0
        on_left = len(mark.text) * CHARACTER_PIXELS > mark.room_right
        rows.append(_row(mark.lane, mark, y, words=mark.text, on_left=on_left, y_end=bottom))
    return rows


LANES = (
    Lane("dose", lambda marks: TITLE_PIXELS + (len(marks) > 0) * DOSE_PIXELS + GAP_PIXELS, _dose),
    Lane("lldas", lambda marks: ROW_PIXELS, _state("LLDAS")),
    Lane("doris", lambda marks: ROW_PIXELS + GAP_PIXELS, _state("DORIS")),
    Lane(
        "sledai",
        lambda marks: TITLE_PIXELS + (len(marks) > 0) * ACTIVITY_PIXELS + GAP_PIXELS,
        _activity,
    ),
    Lane("items", lambda marks: ITEM_PIXELS * len(_names(marks)) + GAP_PIXELS, _items),
    Lane("flares", lambda marks: 2 * ROW_PIXELS + GAP_PIXELS, _flares),
    Lane("infusions", lambda marks: ROW_PIXELS + GAP_PIXELS, _infusions),
    Lane(
        "adverse_events",
        lambda marks: TITLE_PIXELS + sum(map(_event_height, marks)) + 4,
        _events,
    ),
)
