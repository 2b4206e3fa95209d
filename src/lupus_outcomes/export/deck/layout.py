"""Where things stand on a slide, whatever its size: title, figure, tables, footer, notes."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from pptx.dml.color import RGBColor
from pptx.enum.shapes import PP_PLACEHOLDER
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.oxml.ns import qn
from pptx.util import Emu, Inches, Length, Pt

from lupus_outcomes.charts.slide_content import Bars, Curves, Grid, last_month
from lupus_outcomes.charts.style import colour
from lupus_outcomes.export.deck.content import Slide
from lupus_outcomes.export.deck.native import INSIDE, add_bars, add_curves

WIDE, HIGH = Inches(13.333), Inches(7.5)
MARGIN, FOOT = Inches(0.5), Inches(0.42)
TITLE_TOP, TITLE_HIGH, SUBTITLE_HIGH = Inches(0.3), Inches(0.95), Inches(0.5)
ROW_HIGH, LEAST_ROW_HIGH = Inches(0.3), Inches(0.23)
MOST_TALL_ROWS = 5
# A character of a cell, on average.
CHARACTER = Inches(0.085)
BESIDE_SHARE = 0.56
TITLE_SIZES = ((90, 26), (150, 22), (230, 18), (10_000, 15))
SUBTITLE, CELL, SMALL = Pt(14), Pt(12), Pt(10)
# A table style of PowerPoint without lines or fills: "No Style, No Grid".
PLAIN_TABLE = "{2D5ABB26-0587-4C30-8999-92F81FD0307C}"
CELL_MARGIN = Inches(0.05)
NO_BREAK_SPACE = "\u00a0"


class Box(NamedTuple):
    """A place on a slide, in English metric units."""

    left: int
    top: int
    width: int
    height: int


def title_layout(presentation: Any) -> Any:
    """The layout with a title and least else, as the template names none by what it is for."""

    def others(layout: Any) -> int:
        kinds = [p.placeholder_format.type for p in layout.placeholders]
        small = (PP_PLACEHOLDER.DATE, PP_PLACEHOLDER.FOOTER, PP_PLACEHOLDER.SLIDE_NUMBER)
        has_title = PP_PLACEHOLDER.TITLE in kinds
        return len([k for k in kinds if k not in small]) if has_title else 1_000

    return min(presentation.slide_layouts, key=others)


def write_title(slide: Any, text: str, box: Box | None) -> int:
    """The title, and where it ends; without ``box`` it stays where the template has it."""
    title = slide.shapes.title
    if title is None:
        box = box or Box(MARGIN, TITLE_TOP, WIDE - 2 * MARGIN, TITLE_HIGH)
        title = slide.shapes.add_textbox(*box)
    elif box is not None:
        title.left, title.top, title.width, title.height = (Emu(part) for part in box)
    frame = title.text_frame
    frame.text, frame.word_wrap = text, True
    frame.vertical_anchor = MSO_ANCHOR.MIDDLE
    size = next(size for longest, size in TITLE_SIZES if len(text) <= longest)
    for run in frame.paragraphs[0].runs:
        run.font.size = Pt(size)
        if box is not None:
            run.font.bold, run.font.color.rgb = True, _rgb("text")
    if box is not None:
        frame.margin_left, frame.paragraphs[0].alignment = 0, PP_ALIGN.LEFT
    return title.top + title.height


def write_text(
    slide: Any, box: Box, text: str, size: Length, meaning: str = "text", bold: bool = False
) -> None:
    """One paragraph of plain text."""
    run = _text_frame(slide, box).paragraphs[0].add_run()
    run.text = text
    run.font.size, run.font.bold, run.font.color.rgb = size, bold, _rgb(meaning)


def _text_frame(slide: Any, box: Box) -> Any:
    frame = slide.shapes.add_textbox(*box).text_frame
    frame.word_wrap = True
    frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = 0
    return frame


def write_lines(slide: Any, box: Box, lines: Sequence[str], size: Length) -> None:
    """Paragraphs one below the other."""
    frame = _text_frame(slide, box)
    for at, line in enumerate(lines):
        paragraph = frame.paragraphs[0] if at == 0 else frame.add_paragraph()
        run = paragraph.add_run()
        run.text, run.font.size, run.font.color.rgb = line, size, _rgb("text")
        paragraph.space_after = size // 2


def draw_content(shapes: Any, content: Slide, box: Box) -> None:
    """Figure and tables, beside or below each other."""
    figure, grids = content.figure, content.grids
    if figure is None:
        for grid, part in zip(grids, _columns(box, len(grids)), strict=True):
            add_grid(shapes, grid, part)
    elif not grids:
        _draw_figure(shapes, figure, box)
    elif isinstance(figure, Curves):
        n_rows = len(grids[0].rows) + 1
        below = (ROW_HIGH if n_rows <= MOST_TALL_ROWS else LEAST_ROW_HIGH) * n_rows
        above = Box(box.left, box.top, box.width, box.height - below)
        _draw_figure(shapes, figure, above)
        under = Box(box.left, above.top + above.height, box.width, below)
        add_grid(shapes, grids[0], under, last_month(figure))
    else:
        width = round(BESIDE_SHARE * box.width)
        _draw_figure(shapes, figure, Box(box.left, box.top, width, box.height))
        gap = Inches(0.25)
        right = Box(box.left + width + gap, box.top + gap, box.width - width - gap, box.height)
        add_grid(shapes, grids[0], right)


def _columns(box: Box, n: int) -> list[Box]:
    gap = Inches(0.3)
    width = (box.width - gap * (n - 1)) // n
    return [Box(box.left + at * (width + gap), box.top, width, box.height) for at in range(n)]


def _draw_figure(shapes: Any, figure: Curves | Bars, box: Box) -> None:
    if isinstance(figure, Curves):
        add_curves(shapes, box, figure)
    else:
        add_bars(shapes, box, figure)


def add_grid(shapes: Any, grid: Grid, box: Box, last: float = 0.0) -> None:
    """A table; one with months has its columns under those of an axis that ends at ``last``."""
    n_rows, n_columns = len(grid.rows) + 1, len(grid.columns)
    high = min(ROW_HIGH, box.height // n_rows)
    place, widths = box, _widths(grid, box.width)
    if grid.months:
        place, widths = _under_axis(grid, box, last)
    frame = shapes.add_table(n_rows, n_columns, place.left, place.top, place.width, high * n_rows)
    table = frame.table
    frame._element.graphic.graphicData.tbl.tblPr.find(qn("a:tableStyleId")).text = PLAIN_TABLE
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Emu(width)
    size = CELL if high >= ROW_HIGH else SMALL
    for at, cells in enumerate((grid.columns, *grid.rows)):
        table.rows[at].height = Emu(high)
        for cell, text, column in zip(table.rows[at].cells, cells, range(n_columns), strict=True):
            _write_cell(
                cell, text, size, is_head=at == 0, is_name=column == 0, centred=bool(grid.months)
            )


def _under_axis(grid: Grid, box: Box, last: float) -> tuple[Box, list[int]]:
    """Where the table stands and how wide its columns are: each centred under its month."""
    left, width = INSIDE
    step = width * box.width * (grid.months[1] - grid.months[0]) / last
    name = round(left * box.width - step / 2)
    widths = [name, *[round(step)] * len(grid.months)]
    return Box(box.left, box.top, sum(widths), box.height), widths


def _widths(grid: Grid, width: int) -> list[int]:
    """As wide as the longest word of each column, what is left by the length of its texts."""
    texts = [[cells[at] for cells in (grid.columns, *grid.rows)] for at in range(len(grid.columns))]
    needed = [
        max(len(word) for text in column for word in (*text.split(), "00")) + 2 for column in texts
    ]
    wanted = [
        max(max(map(len, column)) + 2, least) for column, least in zip(texts, needed, strict=True)
    ]
    spare = width / CHARACTER - sum(needed)
    more = [most - least for most, least in zip(wanted, needed, strict=True)]
    share = max(spare, 0) / max(sum(more), 1)
    found = [least + share * extra for least, extra in zip(needed, more, strict=True)]
    return [round(width * one / sum(found)) for one in found]


def _write_cell(
    cell: Any, text: str, size: Length, is_head: bool, is_name: bool, centred: bool
) -> None:
    cell.margin_top = cell.margin_bottom = Inches(0.01)
    cell.margin_left = cell.margin_right = CELL_MARGIN
    cell.vertical_anchor = MSO_ANCHOR.MIDDLE
    paragraph = cell.text_frame.paragraphs[0]
    paragraph.alignment = (
        PP_ALIGN.LEFT if is_name else PP_ALIGN.CENTER if centred else PP_ALIGN.RIGHT
    )
    run = paragraph.add_run()
    # An empty cell would have the height of the theme's text.
    run.text = text or NO_BREAK_SPACE
    run.font.size, run.font.bold = size, is_head
    run.font.color.rgb = _rgb("retention" if is_head else "text")


def write_notes(slide: Any, lines: Sequence[str]) -> None:
    """What the presenter must be able to say: how it is computed, from what, and the stamp."""
    slide.notes_slide.notes_text_frame.text = "\n".join(lines)


def _rgb(meaning: str) -> RGBColor:
    return RGBColor.from_string(colour(meaning, "light").removeprefix("#"))
