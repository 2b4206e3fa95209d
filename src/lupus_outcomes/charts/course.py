"""One patient's course: lanes under each other on one axis of months since the first dose.

The one figure that is given a single patient; it holds no identifier and is never a file.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from lupus_outcomes.charts.rows import CHARACTER_PIXELS, NARROWEST_PLOT, n_lines, wrapped
from lupus_outcomes.charts.style import Drawing, Mode
from lupus_outcomes.derive.course import Course

LEFT_PIXELS, RIGHT_PIXELS = 104, 10
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


@dataclass(frozen=True, slots=True)
class Lane:
    """One lane: its height for its marks, and its marks in pixels below its top."""

    id: str
    height: Callable[[pd.DataFrame], int]
    place: Callable[[pd.DataFrame, int], pd.DataFrame]


def draw_course(course: Course, mode: Mode) -> Drawing:
    """The figure of ``derive_course``."""
    first, last = _domain(course.lanes)
    marks = _place(course.lanes, first, last)
    by_lane = [marks[marks["lane"] == lane.id] for lane in LANES]
    heights = [lane.height(own) for lane, own in zip(LANES, by_lane, strict=True)]
    tops = HEADER_PIXELS + np.cumsum([0, *heights[:-1]])
    bottom = HEADER_PIXELS + sum(heights)
    parts = [
        _axis(first, last, bottom),
        *(lane.place(own, int(top)) for lane, own, top in zip(LANES, by_lane, tops, strict=True)),
        _ends(marks[marks["lane"].isin(("stop", "end"))], bottom),
    ]
    return Drawing(
        figure="course",
        arguments=(mode,),
        data=pd.concat([part for part in parts if len(part)], ignore_index=True),
        alt=course.summary,
        caption=CAPTION,
        height=bottom + FOOTER_PIXELS,
    )


def _domain(marks: pd.DataFrame) -> tuple[float, float]:
    """From before the first mark to the next milestone after the last."""
    months = marks[["month", "month_end"]].to_numpy()
    last = float(np.nanmax(months, initial=0))
    first = float(np.nanmin(months, initial=0))
    end = next((m for m in LAST_MONTHS if last <= m + 1), 12 * np.ceil(last / 12))
    return min(FIRST_MONTH, 3 * np.floor(first / 3)), float(end) + 1.5


def _place(marks: pd.DataFrame, first: float, last: float) -> pd.DataFrame:
    """Marks with their place across, and the pixels free for words beside them on a phone."""
    x = (marks["month"] - first) / (last - first)
    x_end = (marks["month_end"] - first) / (last - first)
    width = NARROWEST_PLOT - LEFT_PIXELS - RIGHT_PIXELS
    return marks.assign(
        x=x,
        x_end=x_end,
        room_left=LEFT_PIXELS + width * x - GAP_PIXELS,
        room_right=width * (1 - x_end.fillna(x)) - GAP_PIXELS,
    )


def _axis(first: float, last: float, bottom: int) -> pd.DataFrame:
    """Milestones through all lanes, their months below, and what the months are."""
    months = np.array(MILESTONES_OF_A_YEAR if last < LAST_MONTHS[1] else MILESTONES)
    months = months[months <= last]
    lines = pd.DataFrame(
        {
            "kind": "milestone",
            "x": (months - first) / (last - first),
            "y": float(HEADER_PIXELS),
            "y_end": float(bottom),
            "words": [str(month) for month in months],
        }
    )
    return pd.concat([lines, _words("axis", "months since the first dose", bottom + 21)])


def _marks(kind: str, marks: pd.DataFrame, y, words=None, **more) -> pd.DataFrame:
    """Marks of one kind, at a height in pixels; ``words`` are written, ``tip`` is told."""
    return pd.DataFrame(
        {
            "kind": kind,
            "x": marks["x"].to_numpy(),
            "month": marks["month"].to_numpy(),
            "y": y,
            "state": marks["state"].to_numpy(),
            "tip": marks["text"].to_numpy(),
            **({} if words is None else {"words": words}),
            **{name: np.asarray(value) for name, value in more.items()},
        }
    )


def _words(kind: str, words: str, y: float) -> pd.DataFrame:
    return pd.DataFrame({"kind": [kind], "y": [float(y)], "words": [words]})


def _or_none(marks: pd.DataFrame, name: str, top: float, placed: pd.DataFrame) -> pd.DataFrame:
    """The name of a lane, and what is in it or that nothing is."""
    named = _words("name", name, top)
    return pd.concat([named, placed if len(marks) else _words("none", "none", top)])


def _dose(marks: pd.DataFrame, top: int) -> pd.DataFrame:
    if marks.empty:
        return _or_none(marks, "Prednisone", top, marks)
    floor = top + TITLE_PIXELS + DOSE_PIXELS
    a_mg = DOSE_PIXELS / max(float(marks["value"].max()), LEAST_DOSE_SHOWN)
    limits = floor - a_mg * np.array(DOSE_LIMITS)
    said = [f"{limit:g}" for limit in DOSE_LIMITS]
    if limits[0] - limits[1] < LINE_PIXELS:
        said = ["", " and ".join(said)]
    held, taken = (marks[marks["state"] == state] for state in ("held", "taken"))
    y = floor - a_mg * taken["value"].to_numpy()
    return pd.concat(
        [
            _words("name", "Prednisone, mg/day", top),
            pd.DataFrame({"kind": "limit", "y": limits, "words": said}),
            _marks(
                "dose",
                held,
                floor - a_mg * held["value"].to_numpy(),
                x_end=held["x_end"],
                y_end=[float(floor)] * len(held),
            ),
            _marks("taken", taken, y),
            _numbers(taken, taken["value"], y - 5, [f"{value:g}" for value in taken["value"]]),
        ]
    )


def _numbers(marks: pd.DataFrame, value, y, figures) -> pd.DataFrame:
    """The first value, the last and the highest, in figures."""
    value = np.asarray(value, dtype=np.float64)
    rows = sorted({0, len(value) - 1, int(value.argmax())}) if len(value) else []
    return _marks("number", marks.iloc[rows], np.asarray(y)[rows], [figures[row] for row in rows])


def _state(name: str) -> Callable[[pd.DataFrame, int], pd.DataFrame]:
    def place(marks: pd.DataFrame, top: int) -> pd.DataFrame:
        at = top + ROW_PIXELS / 2
        kind = np.where(marks["state"] == "unknown", "unknown", name.lower())
        placed = _marks(name.lower(), marks, at).assign(kind=kind)
        return _or_none(marks, name, at - 7, placed)

    return place


def _activity(marks: pd.DataFrame, top: int) -> pd.DataFrame:
    floor = top + TITLE_PIXELS + ACTIVITY_PIXELS
    most = max(float(marks["high"].max()) if len(marks) else 0, LEAST_TOTAL_SHOWN)

    def down(value):
        return floor - ACTIVITY_PIXELS * np.asarray(value, dtype=np.float64) / most

    known = marks[marks["state"] == "known"]
    between = marks[marks["state"] != "known"]
    # A little longer than the bounds, so that a narrow range is seen.
    bounds = _marks("bounds", between, down(between["low"]) + 2, y_end=down(between["high"]) - 2)
    points = _marks("total", known, down(known["value"]))
    totals = _numbers(marks, marks["high"], down(marks["high"]) - 6, marks["text"].tolist())
    placed = pd.concat([points, bounds, totals])
    return _or_none(marks, "SLEDAI-2K", top, placed)


def _items(marks: pd.DataFrame, top: int) -> pd.DataFrame:
    rows = {row: i for i, row in enumerate(marks["row"].unique())}
    at = top + ITEM_PIXELS * (marks["row"].map(rows).to_numpy(dtype=np.float64) + 0.5)
    kind = np.where(marks["state"] == "unknown", "unknown", "item")
    names = [_words("name", words, top + ITEM_PIXELS * i + 2) for words, i in _short(rows).items()]
    tips = marks["row"] + ": " + marks["text"]
    return pd.concat([*names, _marks("item", marks, at).assign(kind=kind, tip=tips.to_numpy())])


def _short(rows: dict[str, int]) -> dict[str, int]:
    most = int(LEFT_PIXELS / CHARACTER_PIXELS) + 1
    return {row if len(row) <= most else f"{row[: most - 1]}…": i for row, i in rows.items()}


def _flares(marks: pd.DataFrame, top: int) -> pd.DataFrame:
    parts = []
    for row, name in enumerate(("recorded", "derived")):
        own, at = marks[marks["row"] == name], top + ROW_PIXELS * (row + 0.5)
        parts.append(_or_none(own, f"Flares, {name}", at - 7, _marks("flare", own, at)))
    return pd.concat(parts)


def _event_words(marks: pd.DataFrame) -> pd.DataFrame:
    """Each event's words on the roomier side of its mark, in lines that fit a phone."""
    room = marks[["room_left", "room_right"]].max(axis=1)
    words = [wrapped(text, pixels) for text, pixels in zip(marks["text"], room, strict=True)]
    on_left = marks["room_left"] > marks["room_right"]
    x_words = marks["x"].where(on_left, marks["x_end"].fillna(marks["x"]))
    return pd.DataFrame({"words": words, "on_left": on_left, "x_words": x_words}, index=marks.index)


def _event_heights(marks: pd.DataFrame) -> list[int]:
    return [n_lines(words) * LINE_PIXELS + 6 for words in _event_words(marks)["words"]]


def _events(marks: pd.DataFrame, top: int) -> pd.DataFrame:
    words = _event_words(marks)
    tops = top + TITLE_PIXELS + np.cumsum([0, *_event_heights(marks)[:-1]])[: len(marks)]
    y = tops + 8.0
    placed = [
        _marks("event", marks, y),
        _marks("lasting", marks, y, x_end=marks["x_end"]).dropna(subset="x_end"),
        _marks("event_words", marks, tops + 1.0, words["words"].to_numpy()).assign(
            x=words["x_words"].to_numpy(), on_left=words["on_left"].to_numpy()
        ),
    ]
    return _or_none(marks, "Adverse events", top, pd.concat(placed))


def _infusions(marks: pd.DataFrame, top: int) -> pd.DataFrame:
    at = top + ROW_PIXELS / 2
    return _or_none(marks, "Anifrolumab", at - 7, _marks("infusion", marks, at - 5, y_end=at + 5))


def _ends(marks: pd.DataFrame, bottom: int) -> pd.DataFrame:
    """Lines through all lanes, their words in the header, one line each."""
    y = [HEADER_LINE * (lane == "end") for lane in marks["lane"]]
    on_left = marks["text"].str.len() * CHARACTER_PIXELS > marks["room_right"]
    words = marks["text"].to_numpy()
    placed = _marks("end", marks, y, words, on_left=on_left, y_end=[float(bottom)] * len(marks))
    return placed.assign(kind=marks["lane"].to_numpy())


LANES = (
    Lane("dose", lambda marks: TITLE_PIXELS + (len(marks) > 0) * DOSE_PIXELS + GAP_PIXELS, _dose),
    Lane("lldas", lambda marks: ROW_PIXELS, _state("LLDAS")),
    Lane("doris", lambda marks: ROW_PIXELS + GAP_PIXELS, _state("DORIS")),
    Lane(
        "sledai",
        lambda marks: TITLE_PIXELS + (len(marks) > 0) * ACTIVITY_PIXELS + GAP_PIXELS,
        _activity,
    ),
    Lane("items", lambda marks: ITEM_PIXELS * marks["row"].nunique() + GAP_PIXELS, _items),
    Lane("flares", lambda marks: 2 * ROW_PIXELS + GAP_PIXELS, _flares),
    Lane("infusions", lambda marks: ROW_PIXELS + GAP_PIXELS, _infusions),
    Lane("adverse_events", lambda marks: TITLE_PIXELS + sum(_event_heights(marks)) + 4, _events),
)
