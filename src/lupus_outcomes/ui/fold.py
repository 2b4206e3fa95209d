"""A place that is drawn only while a reader has it open: what is folded costs a rerun nothing."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator


def fold(label: str, key: str) -> DeltaGenerator | None:
    """The place to draw in; None while it is folded. It stays open when its label changes."""
    st.session_state[key] = st.session_state.get(key, False)
    place = st.expander(label, key=key, on_change="rerun")
    return place if place.open else None
