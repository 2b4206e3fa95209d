"""How the marks of one patient's course look; ``charts.course`` says where they stand."""

from typing import Any

import altair as alt

from lupus_outcomes.charts.course import LEFT_PIXELS, LINE_PIXELS, RIGHT_PIXELS
from lupus_outcomes.charts.rows import SMALL_PIXELS, across, down, words
from lupus_outcomes.charts.style import Mode, colour, configure, named_lines, table_source, tint


class Canvas:
    """The plot of one patient: where months and pixels lie, and the marks of a kind."""

    def __init__(self, mode: Mode):
        self.mode: Mode = mode

    def of(self, *kinds: str) -> alt.Chart:
        """The marks of some kinds."""
        wanted = " || ".join(f"datum.kind == '{kind}'" for kind in kinds)
        return alt.Chart(table_source()).transform_filter(wanted)

    @property
    def x(self) -> alt.X:
        """A month."""
        return across("x", left=LEFT_PIXELS, right=RIGHT_PIXELS)

    @property
    def y(self) -> alt.Y:
        """Pixels from the top."""
        return down("y")

    def shade(self, meaning: str) -> str:
        """A colour."""
        return colour(meaning, self.mode)

    @property
    def at(self) -> dict[str, Any]:
        """Where a mark stands, and what it tells."""
        tooltip = [
            alt.Tooltip("tip:N", title=" "),
            alt.Tooltip("month:Q", title="month", format=".1f"),
        ]
        return {"x": self.x, "y": self.y, "tooltip": tooltip}

    def either(self, test: str, full: str) -> dict[str, Any]:
        """Filled where the test holds, hollow where not."""
        page = alt.value(self.shade("page"))
        return {
            "fill": alt.condition(test, alt.value(full), page),
            "stroke": alt.value(full),
        }


def build_course(mode: Mode) -> alt.TopLevelMixin:
    """All lanes in one plot, so that one month is one place in all of them."""
    canvas = Canvas(mode)
    layers = [
        *_frame(canvas),
        *_dose(canvas),
        *_ends(canvas),
        *_states(canvas),
        *_activity(canvas),
        *_events(canvas),
    ]
    return configure(alt.layer(*layers))


def _frame(canvas: Canvas) -> list[alt.Chart]:
    """Milestones through all lanes, and the names of the lanes."""
    milestones = canvas.of("milestone")
    lines = milestones.mark_rule(color=canvas.shade("faint"), strokeWidth=1).encode(
        x=canvas.x, y=canvas.y, y2=alt.Y2("y_end")
    )
    below = {"x": canvas.x, "y": down("y_end")}
    months = words(milestones, "words", below, canvas.mode, align="center", dy=4)
    quiet = {"fontSize": SMALL_PIXELS, "opacity": 0.7}
    at_lanes = {"x": alt.value(LEFT_PIXELS), "y": canvas.y}
    axis = words(canvas.of("axis"), "words", at_lanes, canvas.mode, **quiet)
    none = words(canvas.of("none"), "words", at_lanes, canvas.mode, dx=4, **quiet)
    at_edge = {"x": alt.value(0), "y": canvas.y}
    names = words(canvas.of("name"), "words", at_edge, canvas.mode, fontSize=SMALL_PIXELS)
    return [lines, months, axis, names, none]


def _dose(canvas: Canvas) -> list[alt.Chart]:
    ochre, doses = canvas.shade("steroid"), canvas.of("dose")
    pale = tint("steroid", 0.3, canvas.mode)
    # The rim closes the seams between one visit's dose and the next.
    fill = doses.mark_rect(color=pale, stroke=pale, strokeWidth=0.8).encode(
        **canvas.at, x2=alt.X2("x_end"), y2=alt.Y2("y_end")
    )
    line = doses.mark_rule(color=ochre, strokeWidth=2).encode(**canvas.at, x2=alt.X2("x_end"))
    dots = canvas.of("taken").mark_circle(color=ochre, size=26, opacity=1).encode(**canvas.at)
    limits = canvas.of("limit")
    rules = limits.mark_rule(
        color=canvas.shade("reference"), strokeDash=[2, 3], strokeWidth=1.2
    ).encode(x=alt.value(LEFT_PIXELS), x2=alt.value(alt.ExprRef("width")), y=canvas.y)
    left = {"x": alt.value(LEFT_PIXELS - 4), "y": canvas.y}
    said = words(
        limits,
        "words",
        left,
        canvas.mode,
        align="right",
        baseline="middle",
        fontSize=10,
        opacity=0.8,
    )
    return [fill, rules, line, dots, said]


def _states(canvas: Canvas) -> list[alt.Chart]:
    marks = []
    for name in ("lldas", "doris"):
        full = canvas.shade(name)
        looks = canvas.either("datum.state == 'attained'", full)
        dots = canvas.of(name).mark_point(size=70, strokeWidth=1.6, opacity=1)
        marks.append(dots.encode(**canvas.at, **looks))
    unknown = canvas.of("unknown").mark_text(
        text="?", fontSize=12, fontWeight="bold", color=canvas.shade("reference")
    )
    return [*marks, unknown.encode(**canvas.at)]


def _activity(canvas: Canvas) -> list[alt.Chart]:
    """The total as a line, its bounds where it is not known, and the items as dots."""
    shade = canvas.shade("patients")
    totals = canvas.of("total")
    line = totals.mark_line(color=shade, strokeWidth=2, strokeJoin="round").encode(
        x=canvas.x, y=canvas.y
    )
    dots = totals.mark_circle(color=shade, size=34, opacity=1).encode(**canvas.at)
    bounds = canvas.of("bounds").mark_rule(color=shade, strokeWidth=3, opacity=0.55)
    numbers = named_lines(
        canvas.of("number"),
        canvas.mode,
        {"x": canvas.x, "y": canvas.y, "text": "words:N"},
        alt.FillValue(canvas.shade("text")),
        baseline="bottom",
        fontSize=SMALL_PIXELS,
    )
    present = alt.condition("datum.state == 'present'", alt.value(52), alt.value(7))
    items = canvas.of("item").mark_circle(color=shade, opacity=1).encode(**canvas.at, size=present)
    return [line, bounds.encode(**canvas.at, y2=alt.Y2("y_end")), dots, items, *numbers]


def _events(canvas: Canvas) -> list[alt.Chart]:
    flare, event = canvas.shade("flare"), canvas.shade("adverse_event")
    severe = canvas.either("datum.state == 'severe'", flare)
    serious = canvas.either("datum.state == 'serious'", event)
    triangles = canvas.of("flare").mark_point(
        shape="triangle-up", size=90, strokeWidth=1.6, opacity=1
    )
    ticks = canvas.of("infusion").mark_rule(color=canvas.shade("patients"), strokeWidth=1.4)
    lasting = canvas.of("lasting").mark_rule(color=event, strokeWidth=4, opacity=0.55)
    diamonds = canvas.of("event").mark_point(shape="diamond", size=64, strokeWidth=1.6, opacity=1)
    return [
        triangles.encode(**canvas.at, **severe),
        ticks.encode(**canvas.at, y2=alt.Y2("y_end")),
        lasting.encode(**canvas.at, x2=alt.X2("x_end")),
        diamonds.encode(**canvas.at, **serious),
        *_beside(
            canvas, canvas.of("event_words"), 9, fontSize=SMALL_PIXELS, lineHeight=LINE_PIXELS
        ),
    ]


def _beside(canvas: Canvas, source: alt.Chart, gap: int, **mark: Any) -> list[alt.Chart]:
    """Words on the side of their mark that was chosen for them, with a rim that parts lines."""
    rim = {"stroke": canvas.shade("page"), "strokeWidth": 4, "strokeJoin": "round"}
    place = {"x": canvas.x, "y": canvas.y}
    return [
        words(
            source.transform_filter(test), "words", place, canvas.mode, align=align, dx=dx, **look
        )
        for test, align, dx in (("!datum.on_left", "left", gap), ("datum.on_left", "right", -gap))
        for look in (mark | rim, mark)
    ]


def _ends(canvas: Canvas) -> list[alt.Chart]:
    """The stop of the drug as a full line, the end of observation as a broken one."""
    text, rules, said = canvas.shade("text"), [], []
    broken: dict[str, Any] = {"strokeWidth": 1.2, "strokeDash": [4, 3]}
    full: dict[str, Any] = {"strokeWidth": 1.8}
    for kind, look in (("stop", full), ("end", broken)):
        source = canvas.of(kind)
        rule = source.mark_rule(color=text, **look)
        rules.append(rule.encode(x=canvas.x, y=canvas.y, y2=alt.Y2("y_end")))
        weight = "bold" if kind == "stop" else "normal"
        said += _beside(canvas, source, 5, fontSize=SMALL_PIXELS, fontWeight=weight)
    return [*rules, *said]
