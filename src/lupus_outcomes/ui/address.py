"""The view in the address, so that a copied link reopens it.

Every choice is registered under a plain id, lives in session state and is written to the address
at the end of a run, unless it is at its default. An address that asks for something this dataset
does not have is not obeyed in silence: what was left out is said.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

_DRAWN, _REFUSED, _WRITTEN = "address_drawn", "address_refused", "address_written"
ON, COMMITTEE = "on", "committee"


def begin() -> None:
    """Forget which choices the previous run drew, and what it could not do."""
    st.session_state[_DRAWN], st.session_state[_REFUSED] = {}, []


def one(name: str, options: Sequence[str], default: str) -> str:
    """Register a choice of exactly one option; returns the key of its widget."""
    key = _register(name, (default,))
    now = st.session_state.get(key)
    return _keep(key, now if now in options else next(iter(_asked(name, options)), default))


def tab(name: str, by_title: Mapping[str, str]) -> str:
    """Register a choice among tabs, whose widget knows their titles; returns its key.

    ``by_title``: the id of each title, which is what the address says.
    """
    key = _key(f"{name}_title")
    now = by_title.get(st.session_state.get(key, ""))
    if now is not None:
        st.session_state[_key(name)] = now
    ids = tuple(by_title.values())
    shown = st.session_state[one(name, ids, ids[0])]
    return _keep(key, next(title for title, each in by_title.items() if each == shown))


def several(name: str, options: Sequence[str], default: Sequence[str] = ()) -> str:
    """Register a choice of any number of options; returns the key of its widget."""
    key = _register(name, tuple(default))
    now = st.session_state.get(key)
    return _keep(key, list(_asked(name, options) or default) if now is None else now)


def switch(name: str) -> str:
    """Register something that is on or off, off at first; returns the key of its widget."""
    key = _register(name, ())
    now = st.session_state.get(key)
    return _keep(key, bool(_asked(name, (ON,))) if now is None else now)


def words(name: str) -> str:
    """Register words to search for, none at first; returns the key of its widget."""
    key = _register(name, ("",))
    now = st.session_state.get(key)
    return _keep(key, st.query_params.get(name, "") if now is None else now)


def chosen(name: str) -> tuple[str, ...]:
    """What is chosen now; empty before the choice was first registered."""
    value = st.session_state.get(_key(name))
    if isinstance(value, bool):
        return (ON,) if value else ()
    return (value,) if isinstance(value, str) else tuple(value or ())


def choose(name: str, value: str | bool) -> None:
    """Choose for the reader, as a button does."""
    st.session_state[_key(name)] = value


def is_for_committee() -> bool:
    """Whether slides are shown with nothing around them; can be asked before anything is drawn."""
    now = st.session_state.get(_key(COMMITTEE))
    return st.query_params.get(COMMITTEE) == ON if now is None else now


def clear(names: Sequence[str]) -> None:
    """Choose nothing, for choices of several."""
    for name in names:
        st.session_state[_key(name)] = []


def forget() -> None:
    """Choose nothing at all, as in a session that begins: for another dataset."""
    for name in [name for name in st.session_state if str(name).startswith(_key(""))]:
        del st.session_state[name]
    st.query_params.clear()
    begin()


def refuse_the_rest(*known: str) -> None:
    """Once all is drawn: what the address asks for that is no choice here was asked in vain.

    ``known``: what somebody else answers. What an earlier run has written is not asked for.
    """
    known = (*known, *st.session_state[_DRAWN], *st.session_state.get(_WRITTEN, ()))
    for name in st.query_params:
        if name not in known:
            _asked(name, ())


def refused() -> tuple[str, ...]:
    """What the address asked for in vain."""
    return tuple(st.session_state[_REFUSED])


def wanted() -> dict[str, list[str]]:
    """The choices drawn so far in this run that are not at their default."""
    drawn = {name: (chosen(name), default) for name, default in st.session_state[_DRAWN].items()}
    return {name: list(now) for name, (now, default) in drawn.items() if now != default}


def asked() -> dict[str, list[str]]:
    """Everything the address asks for."""
    return {name: st.query_params.get_all(name) for name in st.query_params}


def write() -> None:
    """Put the choices drawn in this run into the address."""
    now = wanted()
    st.session_state[_WRITTEN] = tuple(now)
    if asked() != now:
        st.query_params.from_dict(now)


def _key(name: str) -> str:
    return f"view_{name}"


def _keep(key: str, value: Any) -> str:
    """Hand a choice on to the widget of the same key on another page, which else begins anew."""
    st.session_state[key] = value
    return key


def _register(name: str, default: tuple[str, ...]) -> str:
    st.session_state[_DRAWN][name] = default
    return _key(name)


def _asked(name: str, options: Sequence[str]) -> tuple[str, ...]:
    """What the address asks for among the options; the rest is remembered as refused."""
    values = asked().get(name, [])
    vain = [f"{name} = {value}" for value in values if value not in options]
    st.session_state[_REFUSED] = [*st.session_state[_REFUSED], *vain]
    return tuple(value for value in values if value in options)
