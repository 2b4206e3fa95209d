"""Short ids that reopen a view: kept when a result leaves, opened by ``?view=ID``.

A link that was opened says whether the numbers are still those of the day it was kept, and shows
both where the data have changed since.
"""

import os
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

import streamlit as st

from lupus_outcomes.access.readers import Reader
from lupus_outcomes.errors import LupusOutcomesError, UnreadableError
from lupus_outcomes.export.links import Link, View, find_link, keep_link, links_folder
from lupus_outcomes.export.replay import MODEL, ROBUSTNESS, read_filters, read_options
from lupus_outcomes.paths import FIRST_PAGE, PAGES
from lupus_outcomes.release.disclosure import Released
from lupus_outcomes.release.provenance import hash_table
from lupus_outcomes.ui import address, compute, upload
from lupus_outcomes.ui.keys import StudyKey
from lupus_outcomes.ui.plain import escape

VIEW = "view"
_PAGE, _WANTED = "links_page", "links_wanted"
_OPENED, _GOING = "links_opened", "links_going"
ID_SHOWN = 8
Keeper = Callable[[Iterable[Released], View], None]


class LeavingError(Exception):
    """The page is not drawn further: another is opened in its place."""


def begin(page: str) -> None:
    """A page begins, by its path in the address; nothing of it is to be kept yet."""
    st.session_state[_PAGE], st.session_state[_WANTED] = page, []


def offer(released: Released) -> None:
    """Show the link of a result, and keep it at the end of the run, when all choices are known."""
    if upload.brought_path() is not None:
        # It could not be opened again: the files are gone with the page.
        return
    st.session_state[_WANTED].append(released)
    st.caption("Link to this view")
    base = urlsplit(st.context.url or "")
    st.code(f"{base.scheme}://{base.netloc}/?{VIEW}={released.stamp.id}", language=None)


def keep(page: str, view: View, results: Iterable[Released]) -> None:
    """Keep links to results on a page with those choices; raises ``UnreadableError``."""
    for released in results:
        keep_link(links_folder(os.environ), Link(page, view, released.stamp_as_dict()))


def keeper(page: str) -> Keeper:
    """What keeps links to the results of a file, whose making knows neither page nor reader.

    The file is what was asked for: it is made where links cannot be kept, too.
    """
    view, is_kept = address.wanted(), upload.brought_path() is None

    def keep_(results: Iterable[Released], more: View) -> None:
        with suppress(UnreadableError):
            if is_kept:
                keep(page, {**view, **more}, results)

    return keep_


def finish(study: StudyKey | None) -> None:
    """Keep what was offered in this run, and say what became of the link that was opened."""
    try:
        keep(st.session_state[_PAGE], address.wanted(), st.session_state[_WANTED])
    except UnreadableError as problem:
        st.warning(escape(str(problem)))
    link: Link | None = st.session_state.get(_OPENED)
    if link is None or study is None:
        return
    if (link.page, dict(link.view)) == (st.session_state[_PAGE], address.wanted()):
        _compare(link, study)
    else:
        st.session_state[_OPENED] = None


def open_asked(study: StudyKey, reader: Reader) -> None:
    """Find the view whose id the address asks for and leave this one; or say why there is none.

    Raises
    ------
    LeavingError
        It was found: ``go`` goes there.
    """
    asked = st.query_params.get(VIEW)
    if asked is None:
        return
    try:
        link = find_link(links_folder(os.environ), asked)
    except UnreadableError as problem:
        st.warning(escape(str(problem)))
        return
    why_not = _why_not(link, study, reader)
    if link is None or why_not:
        st.warning(f"The view {escape(asked)} cannot be opened: {why_not}")
        return
    address.forget()
    st.session_state[_OPENED] = st.session_state[_GOING] = link
    raise LeavingError


def go() -> None:
    """Go to the view that was found: last of all in a run, after its address was written."""
    link: Link | None = st.session_state.pop(_GOING, None)
    if link is not None:
        found = next(PAGES.glob(f"*/{link.page or '-'}.py"), FIRST_PAGE)
        st.switch_page(found, query_params=dict(link.view))


def _why_not(link: Link | None, study: StudyKey, reader: Reader) -> str:
    """Why this reader may not open it, or cannot; empty where they can."""
    if link is None:
        return "no link of that id was kept on this server."
    if link.stamp["study"] != study.cohort.protocol_id:
        return "it is of another study."
    if link.centres != reader.centres or link.stamp["disclosure"] != study.cohort.disclosure:
        # What was found then is told only to who could have seen it.
        return "it was kept by a reader of other centres, or in another mode."
    return ""


def _compare(link: Link, study: StudyKey) -> None:
    """Whether the numbers are those of then; both, where the data or the numbers have changed."""
    stamp, key = link.stamp, study.cohort
    then, now = stamp["dataset_sha256"][:ID_SHOWN], key.fingerprint[:ID_SHOWN]
    kept = f"Opened by its id {link.id}, kept {stamp['made_at']}"
    try:
        released = _make_again(stamp, study)
    except LupusOutcomesError as problem:
        st.warning(escape(f"{kept}: {problem}"), icon=":material/link:")
        return
    if released is None:
        st.info(
            escape(f"{kept}, on dataset {then}; this is {now}. lupus-outcomes replay compares it."),
            icon=":material/link:",
        )
        return
    is_same = hash_table(released.table) == stamp["table_sha256"]
    if is_same and then == now:
        st.info(escape(f"{kept}: the data and the numbers are the same."), icon=":material/link:")
        return
    cut = compute.cohort(key).data_cut.isoformat()
    data = (
        f"the data have changed since, from dataset {then} (data cut {stamp['data_cut']}) to {now} "
        f"(data cut {cut})"
        if then != now
        else f"the data are the same, the version was {stamp['product_version']}"
    )
    verdict = "the numbers are the same" if is_same else "the numbers are not the same"
    lines = [f"{kept}: {data}; {verdict}."]
    lines += [f"Then: {stamp['finding']}", f"Now: {released.result.finding}"]
    st.warning("\n\n".join(map(escape, lines)), icon=":material/link:")


def _make_again(stamp: Mapping[str, Any], study: StudyKey) -> Released | None:
    """The same result of the data as they are; none for one that takes minutes."""
    recipe = stamp["recipe"]
    analysis = str(recipe.get("analysis", MODEL))
    if analysis.startswith(MODEL):
        return None
    if recipe.get("interim"):
        key = study.at_interim
    else:
        key = replace(study, filters=read_filters(stamp), group=recipe["group"])
    options = read_options(recipe)
    if analysis == ROBUSTNESS:
        return compute.robustness(key, **options)
    return compute.result(key, analysis, **options)
