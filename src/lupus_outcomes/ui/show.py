"""How a result looks on a page: what is missing, finding, figure, table, method, downloads."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import Any, Literal

import pandas as pd
import streamlit as st
from numpy.typing import NDArray
from streamlit.delta_generator import DeltaGenerator

from lupus_outcomes.charts.spoken import speak, tell
from lupus_outcomes.charts.style import FIGURE_WIDTH, Drawing, Mode
from lupus_outcomes.derive.course import Course
from lupus_outcomes.export.figures import as_png, as_svg
from lupus_outcomes.export.snippet import as_snippet
from lupus_outcomes.export.tables import as_spreadsheet_csv
from lupus_outcomes.export.words import NOT_ESTIMABLE, readable
from lupus_outcomes.export.workbook import as_workbook
from lupus_outcomes.release.disclosure import Released
from lupus_outcomes.ui import address, compute, files, links
from lupus_outcomes.ui.arrow import as_arrow
from lupus_outcomes.ui.fold import fold, menu
from lupus_outcomes.ui.plain import escape

ONE_PATIENT = (
    "The only page that shows a single patient, and the only one to which an identifier is sent. "
    "It stands in no address and in no file: there is nothing to download here."
)
VISIT_COLUMNS = (
    "date", "study_day", "month", "sledai_2k", "physician_ga", "prednisone_mg_day", "doris",
    "lldas", "lldas_failed",
)  # fmt: skip
# Pixels of columns whose longest text stands further down than a table looks for its widths.
WIDTHS = {"characteristic": 340, "LLDAS fails on": 300}
SMALL_COLUMN = "small count"
THOUSAND = 1_000
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def mode() -> Mode:
    """Whether the reader's page is light or dark."""
    return "dark" if st.context.theme.type == "dark" else "light"


def question(text: str) -> DeltaGenerator:
    """The title of a page; returns the place for the finding, above the controls."""
    st.title(text)
    return st.container()


@contextmanager
def views(**titles: str) -> Iterator[str]:
    """Further questions on a page, by id and title; gives the id of the open one, to be drawn.

    Only that one is computed and sent.
    """
    by_title = {title: name for name, title in titles.items()}
    tabs = st.tabs(list(by_title), key=address.tab("show", by_title), on_change="rerun")
    for name, tab in zip(titles, tabs, strict=True):
        if tab.open:
            with tab:
                yield name


def section(text: str) -> DeltaGenerator:
    """A further question on a page; returns the place for its finding, above its controls."""
    st.header(text)
    return st.container()


def result(
    released: Released,
    drawing: Drawing | None = None,
    *,
    finding_at: DeltaGenerator | None = None,
    heading: str = "",
    every_row: bool = False,
) -> None:
    """A released result with its figure, table, method and downloads.

    ``heading``: for a second result on a page. ``every_row``: at once, instead of ten to scroll.
    """
    if heading:
        st.header(heading)
    with finding_at or st.container():
        _notes(released)
        if released.result.finding:
            st.markdown(escape(released.result.finding))
    if released.table.empty:
        return
    if drawing is not None:
        figure(drawing, released.result.title)
    table(released, every_row)
    method(released)
    downloads(released, drawing)


def figure(
    drawing: Drawing, name: str, width: int | Literal["stretch"] = FIGURE_WIDTH, place: str = ""
) -> None:
    """A figure; only its data travel when they change, and among them what it finds.

    ``name``: what it is called, the same for all patients. ``place``: of two alike on one page.
    """
    with st.container(width=width):
        st.vega_lite_chart(
            as_arrow(tell(drawing)),
            speak(compute.spec(drawing)),
            width="stretch",
            key=f"figure_{drawing.figure}{place}",
            alt=name,
        )
        if drawing.caption:
            st.caption(escape(drawing.caption))


def table(released: Released, every_row: bool = False) -> None:
    """The table in words; rows with a count below five carry a mark."""
    shown = readable(released.table, released.result.shown)
    if released.is_small.any():
        shown[SMALL_COLUMN] = ["‡" if small else "" for small in released.is_small]
    st.dataframe(
        as_arrow(shown),
        height="content" if every_row else "auto",
        hide_index=True,
        column_config=_column_config(shown),
        alt=released.result.title,
        placeholder=NOT_ESTIMABLE,
    )
    if released.is_small.any():
        st.caption("‡ a count below 5, which can identify someone: not for passing on.")


def _column_config(shown: Mapping[str, Any]) -> dict[str, Any]:
    columns = {name: c for name, c in shown.items() if isinstance(c, pd.Series)}
    formats = {name: _number_format(column.to_numpy()) for name, column in columns.items()}
    return (
        {
            name: st.column_config.NumberColumn(name, format=format_)
            for name, format_ in formats.items()
            if format_
        }
        | {name: st.column_config.TextColumn(width=w) for name, w in WIDTHS.items()}
        | {SMALL_COLUMN: st.column_config.TextColumn("‡", width="small")}
    )


def _number_format(column: NDArray[Any]) -> str:
    """How a column of numbers is written, empty for any other."""
    if column.dtype.kind in "iu":
        # What separates thousands costs the browser a formatter a cell.
        return "localized" if (column >= THOUSAND).any() else "%d"
    return "%.1f" if column.dtype.kind == "f" else ""


def course(course: Course, drawing: Drawing, *, finding_at: DeltaGenerator) -> None:
    """One patient: figure, visits and what decided the states at each; no file is offered."""
    with finding_at:
        st.caption(f":material/lock: {ONE_PATIENT}")
        st.markdown(escape(course.summary))
    figure(drawing, "Course of this patient")
    visits = course.visits
    if visits.empty:
        st.info("No visit of this patient is recorded.")
        return
    shown = readable(visits, VISIT_COLUMNS)
    st.dataframe(
        as_arrow(shown),
        height="content",
        hide_index=True,
        column_config=_column_config(shown),
        alt="Visits of this patient",
    )
    st.header("What decided it")
    st.markdown("\n".join(_reasons(visits)))


def _reasons(visits: pd.DataFrame) -> Iterator[str]:
    """A line a visit: the states and what decided them."""
    for visit in visits.to_dict("records"):
        day = visit["date"] if "date" in visit else f"day {visit['study_day']}"
        month = f"{visit['month']:.1f}".replace("-", "−")
        states = (
            f"{label} {visit[name]}: {escape(visit[f'{name}_because'])}"
            for name, label in (("lldas", "LLDAS"), ("doris", "DORIS"))
        )
        yield "  \n  ".join([f"- **{escape(day)}**, month {escape(month)}", *states])


def method(released: Released) -> None:
    """How it is computed, drawn once it is opened."""
    result, stamp = released.result, released.stamp
    place = fold("How this is computed", f"method_{result.id}")
    if place is None:
        return
    paragraphs = [
        f"**Counted:** {escape(result.denominator)}.",
        f"**Method:** {escape(result.method)}",
    ]
    if result.sources:
        paragraphs.append(f"**Sources:** {escape('; '.join(result.sources))}.")
    paragraphs += [
        f"**{escape(name.capitalize())}:** {escape(choice)}" for name, choice in stamp.view.items()
    ]
    with place:
        st.markdown("\n\n".join(paragraphs))
        st.caption(escape(stamp.footer))
        snippet = as_snippet(released)
        if snippet:
            st.markdown("**Reproduce this**, with the dataset in place of `DATASET`:")
            # The colours of a language are too pale on a light page.
            st.code(snippet, language=None, wrap_lines=True)


def _notes(released: Released) -> None:
    for note in released.result.notes:
        st.caption(f":material/info: {escape(note)}")


def downloads(released: Released, drawing: Drawing | None = None) -> None:
    """Files of just what is shown, made when asked for, each with its stamp."""
    place = menu("Download", f"download_{released.result.id}", ":material/download:")
    if place is None:
        return
    name = f"{released.result.id}_{released.stamp.id}"
    with place, st.container(horizontal=True, gap="small"):
        _button("Table CSV", partial(as_spreadsheet_csv, released.table), f"{name}.csv", "text/csv")
        _button("Table XLSX", partial(as_workbook, released), f"{name}.xlsx", XLSX)
        if drawing is not None:
            spec = compute.spec(drawing.on_paper)
            footer = released.stamp.footer
            svg, png = (
                partial(as_svg, spec, drawing.data, footer),
                partial(as_png, spec, drawing.data, footer),
            )
            _button("Figure SVG", svg, f"{name}.svg", "image/svg+xml")
            _button("Figure PNG", png, f"{name}.png", "image/png")
        _button("Stamp", released.stamp_as_json, f"{name}.stamp.json", "application/json")
    with place:
        links.offer(released)


def _button(label: str, make, file_name: str, mime: str) -> None:
    key = f"download_{file_name.partition('_')[0]}_{file_name}"
    files.offer(label, make, file_name, mime, key, type="tertiary")
