"""What a model of response rests on, folded while there are doubts about it; single patients."""

from collections.abc import Mapping

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from lupus_outcomes.analysis.one_patient import explain_patient, predict_what_if
from lupus_outcomes.analysis.prediction import doubts
from lupus_outcomes.charts.explanation import draw_waterfall
from lupus_outcomes.derive.features import Feature
from lupus_outcomes.ui import compute, show
from lupus_outcomes.ui.fold import fold
from lupus_outcomes.ui.plain import escape
from lupus_outcomes.ui.prediction import Answer

ONE_PATIENT = (
    "Shown to investigators and on one's own machine only: no identifier stands in the address, "
    "and there is nothing to download here. What a model says about a patient is no advice on "
    "treatment."
)
NOT_KNOWN, NO, YES = "not known", "no", "yes"


def details_or_stop(answer: Answer) -> DeltaGenerator:
    """The place for what the model rests on.

    While there are doubts these are said first, and the page stops until that place is unfolded.
    """
    found = doubts(answer.posed, answer.evidence)
    if not found:
        return st.container()
    st.warning("\n\n".join(map(escape, found)), icon=":material/warning:")
    details = fold("Show the details all the same", "prediction_details")
    if details is None:
        st.stop()
    return details


def feature_labels(answer: Answer) -> dict[str, str]:
    """Features by their ids, in the order of their ranks."""
    table = answer.result("predictors").table.sort_values("rank", kind="stable")
    return dict(zip(table["feature"], table["label"], strict=True))


def patient(answer: Answer, row: int) -> None:
    """What goes with response in one patient; only after the door let the reader see patients."""
    st.caption(f":material/lock: {ONE_PATIENT}")
    if row not in answer.posed.rows:
        st.info("This patient is not due, or has no answer to this question.")
        return
    cohort = compute.cohort(answer.key.cohort)
    steps = explain_patient(answer.posed, answer.evidence, cohort, row)
    show.figure(draw_waterfall(steps, show.mode()), "What goes with response in this patient")


def what_if(answer: Answer) -> None:
    """A form of values, and what the model says of a patient with them."""
    st.caption(
        "For a patient who is not in the dataset: leave unknown what is unknown. "
        "It tells what is associated with response, not what a change of treatment would bring."
    )
    with st.form("what_if", enter_to_submit=False):
        values = _ask_values(answer.posed.features)
        is_asked = st.form_submit_button("Show the model's answer")
    if is_asked:
        _say_what_if(answer, values)


def _ask_values(features: tuple[Feature, ...]) -> Mapping[str, float | None]:
    places = st.columns(3)
    values: dict[str, float | None] = {}
    for k, feature in enumerate(features):
        with places[k % len(places)]:
            values[feature.id] = _ask_value(feature)
    return values


def _ask_value(feature: Feature) -> float | None:
    key = f"what_if_{feature.id}"
    if feature.is_binary:
        chosen = st.selectbox(feature.label, (NOT_KNOWN, NO, YES), key=key)
        return None if chosen == NOT_KNOWN else float(chosen == YES)
    return st.number_input(
        f"{feature.label}, {feature.unit}", min_value=0.0, value=None, key=key,
        placeholder=NOT_KNOWN,
    )  # fmt: skip


def _say_what_if(answer: Answer, values: Mapping[str, float | None]) -> None:
    said = predict_what_if(answer.posed, answer.evidence, values)
    if said.refusal:
        st.info(escape(said.refusal), icon=":material/info:")
        return
    limits = ""
    if not pd.isna(said.ci_low):
        limits = f" (95 % limits {100 * said.ci_low:.0f} to {100 * said.ci_high:.0f} %)"
    st.markdown(
        escape(
            f"{answer.posed.outcome.label}: {100 * said.probability:.0f} %{limits}. "
            f"{said.n_like:,} patients of this selection are like this one."
        )
    )
