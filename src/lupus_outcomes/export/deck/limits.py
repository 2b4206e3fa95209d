"""Limits of the values of a native chart, and the workbook behind it with every number.

python-pptx draws neither limits nor a workbook that has them: both are added here. The workbook is
written anew from what the chart itself refers to, so that the two cannot differ.
"""

import io
import re
from collections.abc import Sequence
from typing import Any, TypeAlias

from pptx.oxml import parse_xml
from pptx.oxml.ns import nsdecls, qn

from lupus_outcomes.charts.slide_content import Line, Part
from lupus_outcomes.charts.style import Shade

_RANGE = re.compile(r"Sheet1!\$([A-Z]+)\$(\d+)(?::\$[A-Z]+\$(\d+))?$")
_LIMITS = ("95 % from", "to", "below", "above")
Cells: TypeAlias = dict[tuple[int, int], Any]


def add_limits(
    chart: Any,
    drawn: Sequence[Line | Part],
    limits: Sequence[tuple[Sequence[float], Sequence[float]]],
    shade: Shade | None = None,
) -> None:
    """Limits, and the workbook with everything that the chart shows."""
    cells = _cells(chart)
    right = max(column for _, column in cells) + 2
    for series, own, (low, high) in zip(_series(chart), drawn, limits, strict=True):
        if not any(end == end for end in (*low, *high)):
            continue
        rows = _rows(series)
        reached = [
            (start, end, *(0.0 if gap != gap else gap for gap in (value - start, end - value)))
            for value, start, end in zip(own.values, low, high, strict=True)
        ]
        for place, name in enumerate(_LIMITS):
            cells[rows[0] - 1, right + place] = name
            for row, ends in zip(rows, reached, strict=True):
                cells[row, right + place] = ends[place] if ends[place] == ends[place] else None
        below, above = [r[2] for r in reached], [r[3] for r in reached]
        _add_error_bars(series, right, rows, (below, above), (shade or own.colour).on("light"))
        if series.find(qn("c:cat")) is not None:
            right += len(_LIMITS)
    chart.part.chart_workbook.update_from_xlsx_blob(_workbook(cells))


def _series(chart: Any) -> list[Any]:
    return chart._chartSpace.findall(f".//{qn('c:ser')}")


def _rows(series: Any) -> list[int]:
    """The rows of the workbook, from 0, that a series takes its values from."""
    values = series.find(qn("c:yVal"))
    values = series.find(qn("c:val")) if values is None else values
    _, first, last = _parse(values.find(f".//{qn('c:f')}").text)
    return list(range(first, last + 1))


def _cells(chart: Any) -> Cells:
    """What the chart refers to, by row and column of its workbook, from 0."""
    found: Cells = {}
    for reference in chart._chartSpace.iter(qn("c:numRef"), qn("c:strRef")):
        column, first, _ = _parse(reference.find(qn("c:f")).text)
        is_number = reference.tag == qn("c:numRef")
        for point in reference.iter(qn("c:pt")):
            text = point.find(qn("c:v")).text
            found[first + int(point.get("idx")), column] = float(text) if is_number else text
    return found


def _parse(formula: str) -> tuple[int, int, int]:
    match = _RANGE.match(formula)
    assert match, f"not a column of the sheet: {formula}"
    column = 0
    for letter in match[1]:
        column = 26 * column + ord(letter) - ord("A") + 1
    return column - 1, int(match[2]) - 1, int(match[3] or match[2]) - 1


def _workbook(cells: Cells) -> bytes:
    import xlsxwriter

    stream = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(stream, options) as workbook:
        sheet = workbook.add_worksheet("Sheet1")
        for (row, column), value in cells.items():
            if value is not None:
                sheet.write(row, column, value)
    return stream.getvalue()


def _add_error_bars(
    series: Any,
    right: int,
    rows: Sequence[int],
    reach: tuple[Sequence[float], Sequence[float]],
    shade: str,
) -> None:
    """Limits of each value, from the two columns of the workbook with what lies below and above."""
    is_scatter = series.find(qn("c:yVal")) is not None
    direction = '<c:errDir val="y"/>' if is_scatter else ""
    below, above = (
        _reference(column, rows, values)
        for column, values in zip((right + 2, right + 3), reach, strict=True)
    )
    bars = parse_xml(
        f"<c:errBars {nsdecls('c', 'a')}>{direction}"
        '<c:errBarType val="both"/><c:errValType val="cust"/><c:noEndCap val="1"/>'
        f"<c:plus>{above}</c:plus><c:minus>{below}</c:minus>"
        f'<c:spPr><a:ln w="15875"><a:solidFill><a:srgbClr val="{shade.removeprefix("#")}"/>'
        "</a:solidFill></a:ln></c:spPr></c:errBars>"
    )
    series.find(qn("c:xVal" if is_scatter else "c:cat")).addprevious(bars)


def _reference(column: int, rows: Sequence[int], values: Sequence[float]) -> str:
    """A column of the workbook, with its values as they are now."""
    place = f"${_letters(column)}$"
    points = "".join(
        f'<c:pt idx="{at}"><c:v>{float(value)!r}</c:v></c:pt>' for at, value in enumerate(values)
    )
    return (
        f"<c:numRef><c:f>Sheet1!{place}{rows[0] + 1}:{place}{rows[-1] + 1}</c:f>"
        f'<c:numCache><c:formatCode>General</c:formatCode><c:ptCount val="{len(values)}"/>'
        f"{points}</c:numCache></c:numRef>"
    )


def _letters(column: int) -> str:
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
