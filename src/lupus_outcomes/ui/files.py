"""The only way a file leaves a page: made when asked for, after it was written down who asked."""

from collections.abc import Callable
from typing import Any

import streamlit as st

from lupus_outcomes.ui import trail


def offer(
    label: str, make: Callable[[], bytes | str], file_name: str, mime: str, key: str, **looks: Any
) -> None:
    """A button that makes a file; a sentence instead where the audit log cannot be written."""
    if not trail.is_logged():
        st.caption(f":material/error: {label}: {trail.NOT_LOGGED}")
        return
    st.download_button(
        label,
        data=trail.logged(make, file_name),
        file_name=file_name,
        mime=mime,
        key=key,
        on_click="ignore",
        **looks,
    )
