"""Charts as PowerPoint's own: lines over months, columns and bars, in our palette."""

import math
from collections.abc import Sequence
from typing import Any

from pptx.chart.data import CategoryChartData, XyChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import (
    XL_CHART_TYPE,
    XL_LEGEND_POSITION,
    XL_MARKER_STYLE,
    XL_TICK_LABEL_POSITION,
    XL_TICK_MARK,
)
from pptx.enum.dml import MSO_LINE_DASH_STYLE
from pptx.oxml import parse_xml
from pptx.oxml.ns import nsdecls, qn
from pptx.util import Inches, Pt

from lupus_outcomes.charts.slide_content import YEAR, Bars, Curves, Line, last_month
from lupus_outcomes.charts.style import Shade
from lupus_outcomes.export.deck.limits import add_limits

# Inside the axes, as shares of the width of the frame: from the left, and how wide.
INSIDE, INSIDE_LYING = (0.17, 0.8), (0.34, 0.62)
ABOVE_AXES, BELOW_AXES, LEGEND_ROW = Inches(0.15), Inches(0.62), Inches(0.32)
# A legend as wide as a slide holds so many characters in a row.
CHARACTERS_A_LEGEND_ROW, WIDEST = 110, Inches(12.3)
LABEL, TITLE, LABEL_LINE = Pt(13), Pt(13), Pt(17)
STEPS = 6


def add_curves(shapes: Any, box: tuple[int, int, int, int], curves: Curves) -> Any:
    """A scatter chart over true months, so that unequal gaps stay unequal; gives the chart."""
    data = XyChartData(number_format="0%" if curves.is_share else "General")
    for line in curves.lines:
        series = data.add_series(line.name)
        for month, value in zip(*_path(line, curves.is_stepped), strict=True):
            series.add_data_point(month, value)
    kind = (
        XL_CHART_TYPE.XY_SCATTER_LINES_NO_MARKERS
        if curves.is_stepped
        else XL_CHART_TYPE.XY_SCATTER_LINES
    )
    chart = shapes.add_chart(kind, *box, data).chart
    for series, line in zip(chart.plots[0].series, curves.lines, strict=True):
        _dress_line(series, line, curves.is_stepped)
    _set_axes(chart, curves.value_title, curves.is_share)
    months, last = chart.category_axis, last_month(curves)
    months.minimum_scale, months.maximum_scale = 0, last
    months.major_unit = YEAR if last > YEAR else YEAR / 4
    months.has_major_gridlines = False
    months.tick_label_position = XL_TICK_LABEL_POSITION.LOW
    _title_axis(months, curves.month_title)
    if curves.is_share:
        values = chart.value_axis
        values.minimum_scale, values.maximum_scale, values.major_unit = 0, 1, 0.2
    else:
        parts = ((*line.values, *line.low, *line.high) for line in curves.lines)
        _scale_freely(chart.value_axis, [end for part in parts for end in part])
    if curves.is_stepped:
        limits = [((), ())] * len(curves.lines)
    else:
        limits = [(line.low, line.high) for line in curves.lines]
    add_limits(chart, curves.lines, limits)
    _place(chart, box, INSIDE, [line.name for line in curves.lines])
    return chart


def _path(line: Line, is_stepped: bool) -> tuple[Sequence[float], Sequence[float]]:
    """The corners of a line: as they are, or of steps that last to the next event."""
    if not is_stepped:
        return line.months, line.values
    months = [m for month in line.months[1:] for m in (month, month)]
    values = [
        v for before, now in zip(line.values, line.values[1:], strict=False) for v in (before, now)
    ]
    return [line.months[0], *months], [line.values[0], *values]


def add_bars(shapes: Any, box: tuple[int, int, int, int], bars: Bars) -> Any:
    """Columns or bars, beside each other or stacked; gives the chart."""
    data = CategoryChartData(number_format="0%" if bars.is_share else "General")
    data.categories = bars.categories
    for part in bars.parts:
        data.add_series(part.name, [None if v != v else v for v in part.values])
    kinds = {
        (True, True): XL_CHART_TYPE.COLUMN_STACKED,
        (True, False): XL_CHART_TYPE.COLUMN_CLUSTERED,
        (False, True): XL_CHART_TYPE.BAR_STACKED,
        (False, False): XL_CHART_TYPE.BAR_CLUSTERED,
    }
    chart = shapes.add_chart(kinds[bars.is_upright, bars.is_stacked], *box, data).chart
    plot = chart.plots[0]
    plot.gap_width, plot.overlap = 60, 100 if bars.is_stacked else 0
    for series, part in zip(plot.series, bars.parts, strict=True):
        series.format.fill.solid()
        series.format.fill.fore_color.rgb = _rgb(part.colour)
        series.invert_if_negative = False
    _set_axes(chart, bars.value_title, bars.is_share)
    categories = chart.category_axis
    categories.tick_label_position = XL_TICK_LABEL_POSITION.LOW
    if not bars.is_upright:
        # The first category on top, as in the table; the values stay at the bottom.
        categories.reverse_order = True
        chart.value_axis.tick_label_position = XL_TICK_LABEL_POSITION.HIGH
    if bars.category_title:
        _title_axis(categories, bars.category_title)
    _scale(chart.value_axis, bars)
    limits = [(part.low, part.high) for part in bars.parts]
    add_limits(chart, bars.parts, limits, Shade("retention"))
    inside = INSIDE if bars.is_upright else INSIDE_LYING
    n_lines = max(name.count("\n") for name in bars.categories)
    _place(chart, box, inside, [part.name for part in bars.parts], n_lines)
    return chart


def _scale(axis: Any, bars: Bars) -> None:
    """From none to beyond the longest bar and its limit, in a few round steps."""
    stacks = zip(*(part.values for part in bars.parts), strict=True)
    ends = [sum(stack) for stack in stacks] if bars.is_stacked else []
    ends += [end for part in bars.parts for end in (*part.values, *part.high) if end == end]
    if not bars.is_share:
        _scale_freely(axis, ends)
    else:
        steps = next((n for n in range(1, 5) if max(ends) <= 0.2 * n), 5)
        axis.minimum_scale = 0
        axis.maximum_scale, axis.major_unit = 0.2 * steps, 0.2 if steps > 2 else 0.1


def _scale_freely(axis: Any, ends: Sequence[float]) -> None:
    """Round ends of an axis that holds 0 and every value and limit, which PowerPoint leaves out."""
    known = [0.0, *(end for end in ends if end == end)]
    low, high = min(known), max(known)
    rough = (high - low) / STEPS or 1.0
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * by for by in (1, 2, 5, 10) if rough <= power * by)
    axis.minimum_scale, axis.maximum_scale = (
        math.floor(low / step) * step,
        math.ceil(high / step) * step,
    )
    axis.major_unit = step


def _dress_line(series: Any, line: Line, is_stepped: bool) -> None:
    series.smooth = False
    stroke = series.format.line
    stroke.color.rgb = _rgb(line.colour)
    stroke.width = Pt(0.75 if line.is_limit else 2.25)
    if line.is_dashed or line.is_limit:
        stroke.dash_style = MSO_LINE_DASH_STYLE.DASH
    if not is_stepped:
        marker = series.marker
        marker.style, marker.size = XL_MARKER_STYLE.CIRCLE, 8
        marker.format.fill.solid()
        marker.format.fill.fore_color.rgb = _rgb(line.colour)
        marker.format.line.color.rgb = _rgb(line.colour)


def _set_axes(chart: Any, value_title: str, is_share: bool) -> None:
    chart.font.size, chart.font.color.rgb = LABEL, _rgb(Shade("text"))
    chart.has_title = False
    values = chart.value_axis
    values.major_gridlines.format.line.color.rgb = _rgb(Shade("faint"))
    values.format.line.fill.background()
    if is_share:
        values.tick_labels.number_format, values.tick_labels.number_format_is_linked = "0%", False
    _title_axis(values, value_title)
    for axis in (values, chart.category_axis):
        axis.major_tick_mark = axis.minor_tick_mark = XL_TICK_MARK.NONE
    chart.category_axis.format.line.color.rgb = _rgb(Shade("reference"))


def _title_axis(axis: Any, title: str) -> None:
    axis.has_title = True
    axis.axis_title.text_frame.text = title
    font = axis.axis_title.text_frame.paragraphs[0].runs[0].font
    font.size, font.bold = TITLE, False


def _place(
    chart: Any,
    box: tuple[int, int, int, int],
    across: tuple[float, float],
    names: Sequence[str],
    more_lines: int = 0,
) -> None:
    """A legend, and a fixed place of the axes, so that a table can stand under its months."""
    below = BELOW_AXES + more_lines * LABEL_LINE
    chart.has_legend = len(names) > 1
    if chart.has_legend:
        chart.legend.position = XL_LEGEND_POSITION.BOTTOM
        chart.legend.include_in_layout = False
        chart.legend.font.size = LABEL
        rows = -(
            -sum(len(name) + 6 for name in names) * WIDEST // (CHARACTERS_A_LEGEND_ROW * box[2])
        )
        below += LEGEND_ROW * rows
    high = box[3]
    inside = (across[0], ABOVE_AXES / high, across[1], 1 - (ABOVE_AXES + below) / high)
    area = chart._chartSpace.chart.plotArea
    for old in area.findall(qn("c:layout")):
        area.remove(old)
    ends = "".join(f'<c:{name} val="{share}"/>' for name, share in zip("xywh", inside, strict=True))
    layout = parse_xml(
        f'<c:layout {nsdecls("c")}><c:manualLayout><c:layoutTarget val="inner"/>'
        f'<c:xMode val="edge"/><c:yMode val="edge"/>{ends}</c:manualLayout></c:layout>'
    )
    area.insert(0, layout)


def _rgb(shade: Shade) -> RGBColor:
    return RGBColor.from_string(shade.on("light").removeprefix("#"))
