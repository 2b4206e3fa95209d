"""From files a reader drops to a dataset to explore: what they are, what is wrong, what is open."""

import hashlib
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter

import streamlit as st

from lupus_outcomes.analysis.dataset_report import findings_in_words
from lupus_outcomes.data.conversion.mapping_text import (
    UNKNOWN,
    Asked,
    OpenColumn,
    complete,
    list_mapped,
    list_open,
    list_unmapped,
    read_title,
)
from lupus_outcomes.data.read import Examination
from lupus_outcomes.data.upload import (
    SUFFIXES,
    Converted,
    Delivery,
    Files,
    convert_upload,
    draft_upload,
    examine_upload,
    name_files,
    recognise,
)
from lupus_outcomes.data.write import MAPPING
from lupus_outcomes.dictionary import label_of
from lupus_outcomes.errors import LupusOutcomesError
from lupus_outcomes.paths import FIRST_PAGE
from lupus_outcomes.protocols import PROTOCOLS
from lupus_outcomes.ui import files as files_offered
from lupus_outcomes.ui import upload
from lupus_outcomes.ui.arrow import as_arrow
from lupus_outcomes.ui.findings import draw_findings
from lupus_outcomes.ui.plain import escape

HELD = (
    "They stay on this machine: held in memory for this page only, on disk only for the moment "
    "they are read, forgotten when the page is closed or loaded again. Nothing is sent anywhere."
)
KINDS = (
    "- **A dataset**: `dataset.toml` with its tables as CSV or Parquet, or one workbook with a "
    "sheet a table and a sheet `dataset`.\n"
    "- **An export**: REDCap's CSV / raw data, or one flat table as CSV, Excel or Stata; with it, "
    "if you have them, REDCap's data dictionary and a `mapping.toml`."
)
_TEXT, _TITLE, _STEPS, _GO = "upload_text", "upload_title", "upload_steps", "upload_go"
COLUMNS_OF_QUESTIONS = 3


@dataclass
class Steps:
    """What was made of some files so far; ``asked``: the mapping that is to be tried."""

    digest: str = ""
    examination: Examination | None = None
    is_drafted: bool = False
    columns: tuple[str, ...] = ()
    asked: str = ""
    converted: Converted | None = None


def follow() -> None:
    """Take files, and go with them as far as they can go."""
    if st.session_state.pop(_GO, False):
        st.switch_page(FIRST_PAGE)
    st.caption(f":material/lock: {HELD}")
    dropped = st.file_uploader(
        "Files",
        type=[suffix.removeprefix(".") for suffix in SUFFIXES],
        accept_multiple_files=True,
        key="upload_files",
    )
    if not dropped:
        st.session_state.pop(_STEPS, None)
        st.markdown(KINDS)
        return
    try:
        files = name_files([(file.name, file.getvalue()) for file in dropped])
        delivery = recognise(files)
        if delivery.kind == "dataset":
            _draw_dataset(files, delivery)
        else:
            _draw_export(files, delivery)
    except LupusOutcomesError as problem:
        st.error(escape(str(problem)), icon=":material/error:")


def _steps(files: Files) -> Steps:
    """The steps taken with those files; none yet where they are others than before."""
    parts = (f"{name}\0{hashlib.sha256(files[name]).hexdigest()}" for name in sorted(files))
    digest = "\n".join(parts)
    if getattr(st.session_state.get(_STEPS), "digest", None) != digest:
        st.session_state[_STEPS] = Steps(digest)
    return st.session_state[_STEPS]


def _draw_dataset(files: Files, delivery: Delivery) -> None:
    steps = _steps(files)
    if steps.examination is None:
        with st.spinner("Reading and checking …"):
            steps.examination = examine_upload(files, delivery)
    _draw_examination(steps.examination)


def _draw_examination(examination: Examination) -> None:
    """What is in it, what was found, and the way into it."""
    rows = ", ".join(f"{name} {len(frame):,}" for name, frame in examination.tables.items())
    st.header("What was found")
    st.markdown(escape(f"Rows: {rows}. {findings_in_words(examination.findings)}"))
    if examination.is_usable:
        st.button(
            "Explore this dataset",
            type="primary",
            icon=":material/query_stats:",
            on_click=_explore,
            args=(examination,),
        )
    else:
        st.error("Refused, and nothing of it is shown. Mend the errors below, then open it again.")
    draw_findings(list(examination.findings), "No errors: the dataset can be explored.")
    with st.expander("How the files were read"):
        st.markdown("\n".join(f"- {escape(note)}" for note in examination.notes) or "As they are.")


def _explore(examination: Examination) -> None:
    upload.explore(examination)
    st.session_state.pop(_STEPS, None)
    st.session_state[_GO] = True


def _draw_export(files: Files, delivery: Delivery) -> None:
    """The mapping beside the export, what it leaves open, and what comes of it."""
    steps = _steps(files)
    if _TEXT not in st.session_state or not steps.is_drafted:
        with st.spinner("Reading the export …"):
            st.session_state[_TEXT], steps.columns = draft_upload(files, delivery)
        steps.is_drafted = True
    text: str = st.session_state[_TEXT]
    _draw_side_by_side(delivery, text, steps.columns)
    with st.expander("The mapping as text, to correct by hand"):
        st.text_area("mapping.toml", key=_TEXT, height=420)
        files_offered.offer(
            "Mapping", lambda: text, MAPPING, "application/toml", "download_mapping",
            type="tertiary", icon=":material/download:",
        )  # fmt: skip
    _draw_questions(list_open(text), read_title(text), steps)
    if steps.asked == text:
        _draw_converted(files, delivery, steps)


def _draw_questions(questions: tuple[OpenColumn, ...], title: str, steps: Steps) -> None:
    """A form of what is open; whoever sends it wants the export converted."""
    st.header("What only you can say")
    with st.form("upload_questions", border=False):
        if questions:
            st.markdown("What is left open is unknown in the dataset, unless it is mandatory.")
        else:
            st.markdown("The mapping leaves nothing open.")
        st.text_input("Title", value=title, key=_TITLE)
        for table, asked in groupby(questions, key=attrgetter("table")):
            st.markdown(f"**{escape(table.replace('_', ' ') or 'the study')}**")
            places = st.columns(COLUMNS_OF_QUESTIONS)
            fields = [field for one in asked for field in _fields_of(one)]
            for at, (one, code, label) in enumerate(fields):
                with places[at % COLUMNS_OF_QUESTIONS]:
                    _ask(one, code, label, steps.columns)
        st.form_submit_button(
            "Convert and check", type="primary", on_click=_answer, args=(questions, steps)
        )


def _fields_of(one: OpenColumn) -> list[tuple[OpenColumn, str, str]]:
    """The controls a question needs: one, or one a code."""
    if not one.codes:
        return [(one, "", one.label)]
    shown = {code: f"{code} “{label}”" if label else code for code, label in one.codes}
    return [(one, code, f"{one.label}: what is {words}?") for code, words in shown.items()]


def _ask(one: OpenColumn, code: str, label: str, columns: tuple[str, ...]) -> None:
    key = _key(one, code)
    if one.column == "data_cut" and not one.table:
        st.date_input("Data cut: nothing after it counts", value=None, key=key)
        return
    if code:
        options, shown = (*one.words, UNKNOWN), str
    elif one.table:
        options, shown = columns, str
    else:
        options, shown = tuple(PROTOCOLS), _name_study
        label = "Study"
    st.selectbox(
        escape(label),
        options,
        index=None,
        format_func=shown,
        key=key,
        placeholder="not decided",
        help=escape(f"{one.field}: {one.reason}".removeprefix(": ")),
    )


def _name_study(protocol: str) -> str:
    return f"{PROTOCOLS[protocol].registration}: {PROTOCOLS[protocol].title}"


def _key(one: OpenColumn, code: str) -> str:
    return f"upload_{one.table}_{one.column}_{code}"


def _answer(questions: tuple[OpenColumn, ...], steps: Steps) -> None:
    """Write the answers into the mapping, and ask for it to be tried."""
    answers: dict[Asked, str] = {("", "title", ""): st.session_state[_TITLE].strip()}
    for one in questions:
        for _, code, _ in _fields_of(one):
            answer = st.session_state.get(_key(one, code))
            answers[one.table, one.column, code] = str(answer or "")
    given = {asked: answer for asked, answer in answers.items() if answer}
    st.session_state[_TEXT] = complete(st.session_state[_TEXT], given)
    steps.asked, steps.converted = st.session_state[_TEXT], None


def _draw_side_by_side(delivery: Delivery, text: str, columns: tuple[str, ...]) -> None:
    """What each column is made of, beside the fields that nothing is made of.

    ``columns``: those of the export; none where a mapping was given.
    """
    mapped, unmapped = list_mapped(text), list_unmapped(text, columns)
    st.header("What is made of what")
    said = f"{len(mapped)} columns of the dataset are made of {delivery.main}"
    unused = f"; {len(unmapped)} of its {len(columns)} fields are not used" if columns else ""
    st.markdown(escape(f"{said}{unused}."))
    left, right = st.columns([3, 1])
    with left:
        shown = {
            "table": [one.table.replace("_", " ") for one in mapped],
            "column": [label_of(one.table, one.column) for one in mapped],
            "made of": [one.made_of for one in mapped],
            "because": [one.reason for one in mapped],
        }
        st.dataframe(
            as_arrow(shown),
            hide_index=True,
            column_config={
                "table": st.column_config.TextColumn(width=110),
                "made of": st.column_config.TextColumn(width=260),
            },
            alt="Columns and what they are made of",
        )
    if unmapped:
        with right:
            st.dataframe(
                as_arrow({"not used": list(unmapped)}),
                hide_index=True,
                alt="Fields that are not used",
            )


def _draw_converted(files: Files, delivery: Delivery, steps: Steps) -> None:
    if steps.converted is None:
        with st.spinner("Converting and checking …"):
            steps.converted = convert_upload(files, delivery, steps.asked)
    made = steps.converted
    if made.findings:
        with st.expander(f"In the export itself · {len(made.findings)} findings"):
            draw_findings(list(made.findings), "No errors.")
    if made.notes:
        with st.expander("How it was converted"):
            st.markdown("\n".join(f"- {escape(note)}" for note in made.notes))
    _draw_examination(made.examination)
