"""What a model says of one patient: of the dataset, or of one who is not in it."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from lupus_outcomes.analysis.evidence import Evidence
from lupus_outcomes.analysis.explanation import LIMITS
from lupus_outcomes.analysis.predictive_models import probability
from lupus_outcomes.analysis.question import Posed
from lupus_outcomes.analysis.resampling import explain_trees
from lupus_outcomes.derive.cohort import Cohort
from lupus_outcomes.derive.features import Feature
from lupus_outcomes.indices.three_valued import Numbers

# A patient is like another within half a standard deviation of each measurement.
ALIKE_WITHIN_SD, FEWEST_ALIKE = 0.5, 3


def explain_patient(
    posed: Posed, evidence: Evidence, cohort: Cohort, patient_row: int
) -> pd.DataFrame:
    """One patient's way from the base to the prediction, largest step first; for investigators.

    Columns label, value (in words), shap, from, to. Empty where the patient is not in the question.
    """
    places = np.flatnonzero(posed.rows == patient_row)
    if not len(places):
        return pd.DataFrame(columns=["label", "value", "shap", "from", "to"])
    x = posed.x[places]
    shap, base, _ = explain_trees(evidence.trees, x)
    order = np.argsort(-np.abs(shap[0]), kind="stable")
    steps = shap[0][order]
    to = base + np.cumsum(steps)
    rows = pd.DataFrame(
        {
            "label": [posed.features[k].label for k in order],
            "value": [_value_in_words(posed.features[k], x[0, k]) for k in order],
            "shap": steps,
            "from": to - steps,
            "to": to,
        }
    )
    first = {"label": "All patients", "value": "", "shap": 0.0, "from": base, "to": base}
    last = {"label": "This patient", "value": "", "shap": 0.0, "from": to[-1], "to": to[-1]}
    return pd.concat([pd.DataFrame([first]), rows, pd.DataFrame([last])], ignore_index=True)


def _value_in_words(feature: Feature, value: float) -> str:
    if np.isnan(value):
        return "not known"
    if feature.is_binary:
        return "yes" if value else "no"
    return f"{value:.3g} {feature.unit}"


@dataclass(frozen=True, slots=True)
class WhatIf:
    """Probability with 95 % limits over refits; ``n_like``: patients like this; ``refusal``: why
    nothing is said, empty if it is.
    """

    probability: float
    ci_low: float
    ci_high: float
    n_like: int
    refusal: str


def predict_what_if(posed: Posed, evidence: Evidence, values: Mapping[str, float | None]) -> WhatIf:
    """The probability for baseline values that nobody need have; refuses to extrapolate.

    A value left out is unknown. Refused: a measurement outside those of the patients, or fewer
    than three patients like this.
    """
    x = np.array([[_number(values.get(f.id)) for f in posed.features]])
    n_like = int(_is_like(posed, x[0]).sum())
    refusal = _refusal(posed, x[0], n_like)
    if refusal:
        return WhatIf(np.nan, np.nan, np.nan, n_like, refusal)
    found = float(probability(evidence.trees, x)[0])
    refits = [probability(refit.trees, x)[0] for refit in evidence.refits]
    low, high = np.percentile(refits, LIMITS) if refits else (np.nan, np.nan)
    return WhatIf(found, float(low), float(high), n_like, "")


def _number(value: float | None) -> float:
    return np.nan if value is None else float(np.float32(value))


def _is_like(posed: Posed, x: Numbers):
    """Patients within half a standard deviation of each measurement, the same conditions of those
    that the first features ask for; what either does not know does not part them.
    """
    alike = np.ones(posed.n, dtype=np.bool_)
    for place, feature in enumerate(posed.features):
        column = posed.x[:, place]
        if np.isnan(x[place]) or feature.direction == 0:
            continue
        within = 0.0 if feature.is_binary else ALIKE_WITHIN_SD * np.nanstd(column)
        alike &= np.isnan(column) | (np.abs(column - x[place]) <= within)
    return alike


def _refusal(posed: Posed, x: Numbers, n_like: int) -> str:
    for place, feature in enumerate(posed.features):
        column = posed.x[:, place]
        low, high = np.nanmin(column), np.nanmax(column)
        if not np.isnan(x[place]) and not low <= x[place] <= high:
            return (
                f"{feature.label} of {x[place]:.3g} {feature.unit}: the patients here have "
                f"{low:.3g} to {high:.3g}. The model says nothing beyond them."
            )
    if n_like < FEWEST_ALIKE:
        return (
            f"Only {n_like} patients here are like this; with fewer than {FEWEST_ALIKE} the model "
            "says nothing."
        )
    return ""
