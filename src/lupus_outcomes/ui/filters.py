"""The filters in the sidebar: every option with its count, and how many patients remain."""

from collections.abc import Iterable

import streamlit as st

from lupus_outcomes.derive.cohort import Cohort
from lupus_outcomes.derive.selection import Filters, normalise_filters, select_patients
from lupus_outcomes.ui import address

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


def draw_filters(cohort: Cohort) -> None:
    """Grouping, filters and the number that remain."""
    names = filter_names(cohort)
    labels = {NOT_GROUPED: NOT_GROUPED} | {n: cohort.characteristics[n].label for n in names}
    st.selectbox(
        "Compare by",
        (NOT_GROUPED, *names),
        key=address.one("group", (NOT_GROUPED, *names), NOT_GROUPED),
        format_func=labels.__getitem__,
    )
    remaining = st.empty()
    _draw(cohort, [name for name in names if name in FIRST])
    others = [name for name in names if name not in FIRST]
    if others:
        active = sum(bool(address.chosen(name)) for name in others)
        with st.expander(f"More filters · {active} on" if active else "More filters"):
            _draw(cohort, others)
    filters = read_filters(cohort)
    n = select_patients(cohort, filters).n_patients
    remaining.markdown(f"**{n:,}** of {cohort.n_patients:,} patients remain")
    if filters:
        st.button("Clear all filters", on_click=address.clear, args=(names,), key="clear_filters")


def _draw(cohort: Cohort, names: Iterable[str]) -> None:
    for name in names:
        characteristic = cohort.characteristics[name]
        counts = dict(zip(characteristic.levels, characteristic.sizes, strict=True))
        st.multiselect(
            characteristic.label,
            characteristic.levels,
            key=address.several(name, characteristic.levels),
            format_func=lambda level, counts=counts: f"{level} · {counts[level]:,}",
            placeholder="all",
        )
