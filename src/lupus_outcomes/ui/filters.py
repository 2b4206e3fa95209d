"""The filters in the sidebar: every option with its count, and how many patients remain."""

from collections.abc import Mapping

import streamlit as st

from lupus_outcomes.derive.cohort import Cohort
from lupus_outcomes.derive.selection import Filters, normalise_filters, select_patients
from lupus_outcomes.ui import address
from lupus_outcomes.ui.fold import fold

NOT_GROUPED = "nothing"
# In the order a clinician asks; the rest is one click further.
FIRST = (
    "centre",
    "sex",
    "age",
    "disease_duration",
    "manifestation",
    "low_complement",
    "anti_dsdna",
    "baseline_dose",
    "prior_biologics",
    "ifn_signature_high",
    "start_year",
)


def filter_names(cohort: Cohort) -> tuple[str, ...]:
    """Every characteristic that divides the patients, those asked for first in front."""
    divides = [name for name, c in cohort.characteristics.items() if len(c.levels) > 1]
    return tuple(
        sorted(divides, key=lambda name: FIRST.index(name) if name in FIRST else len(FIRST))
    )


def read_filters(cohort: Cohort) -> Filters:
    """What is chosen now."""
    return normalise_filters({name: address.chosen(name) for name in filter_names(cohort)})


def register_grouping(cohort: Cohort) -> str:
    """Grouping as the address or the reader has it; the key of its widget."""
    return address.one("group", (NOT_GROUPED, *filter_names(cohort)), NOT_GROUPED)


def register_filters(cohort: Cohort) -> dict[str, str]:
    """Filters as the address or the reader has them; the keys of their widgets."""
    levels = {name: cohort.characteristics[name].levels for name in filter_names(cohort)}
    return {name: address.several(name, options) for name, options in levels.items()}


def draw_grouping(cohort: Cohort) -> None:
    """By what patients are compared."""
    names = filter_names(cohort)
    labels = {NOT_GROUPED: NOT_GROUPED} | {n: cohort.characteristics[n].label for n in names}
    st.selectbox(
        "Compare by",
        (NOT_GROUPED, *names),
        key=register_grouping(cohort),
        format_func=labels.__getitem__,
    )


def draw_filters(cohort: Cohort) -> None:
    """Filters and the number that remain."""
    keys = register_filters(cohort)
    remaining = st.empty()
    _draw(cohort, {name: key for name, key in keys.items() if name in FIRST})
    others = {name: key for name, key in keys.items() if name not in FIRST}
    if others:
        active = sum(bool(address.chosen(name)) for name in others)
        place = fold(f"More filters · {active} on" if active else "More filters", "more_filters")
        if place is not None:
            with place:
                _draw(cohort, others)
    filters = read_filters(cohort)
    n = select_patients(cohort, filters).n_patients
    remaining.markdown(f"**{n:,}** of {cohort.n_patients:,} patients remain")
    if filters:
        st.button(
            "Clear all filters", on_click=address.clear, args=(tuple(keys),), key="clear_filters"
        )


def _draw(cohort: Cohort, keys: Mapping[str, str]) -> None:
    for name, key in keys.items():
        characteristic = cohort.characteristics[name]
        counts = dict(zip(characteristic.levels, characteristic.sizes, strict=True))
        st.multiselect(
            characteristic.label,
            characteristic.levels,
            key=key,
            format_func=lambda level, counts=counts: f"{level} · {counts[level]:,}",
            placeholder="all",
        )
