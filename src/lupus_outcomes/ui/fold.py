"""A place that is drawn only while a reader has it open: what is folded costs a rerun nothing."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator


def fold(label: str, key: str) -> DeltaGenerator | None:
    """The place to draw in; None while it is folded. It stays open when its label changes."""
    st.session_state[key] = st.session_state.get(key, False)
    place = st.expander(label, key=key, on_change="rerun")
    return place if place.open else None


def menu(label: str, key: str, icon: str) -> DeltaGenerator | None:
    """A button that opens a place to draw in; None while it is shut."""
    # Not of type tertiary, whose letters are dark on a dark page while it is open.
    place = st.popover(label, key=key, icon=icon, on_change="rerun")
    return place if place.open else None
