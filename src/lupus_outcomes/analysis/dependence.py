"""How the contribution of one feature depends on its value, beside the partial dependence."""

from typing import Any

import numpy as np
import pandas as pd

from lupus_outcomes.analysis.evidence import Evidence
from lupus_outcomes.analysis.explanation import SHAP_SOURCES
from lupus_outcomes.analysis.prediction import prediction_result
from lupus_outcomes.analysis.question import Posed
from lupus_outcomes.analysis.result import Result
from lupus_outcomes.derive.cohort import Cohort
from lupus_outcomes.derive.features import Feature
from lupus_outcomes.derive.selection import Selection
from lupus_outcomes.indices.three_valued import Numbers

VALUE_GROUPS, FEWEST_IN_GROUP = 8, 10


def estimate_dependence(
    posed: Posed, evidence: Evidence, cohort: Cohort, selection: Selection, feature: str
) -> Result:
    """SHAP values of one feature over groups of its values, beside the partial dependence."""
    place = [f.id for f in posed.features].index(feature)
    declared = posed.features[place]
    value, shap = posed.x[evidence.explained, place], evidence.shap[:, place]
    missing = np.isnan(value)
    groups = _value_groups(value, declared)
    rows = [
        _dependence_row(value, shap, (value >= low) & (value <= high), is_missing=False)
        for low, high in groups
    ]
    partial = _partial_dependence(posed, evidence, place, [row["middle"] for row in rows])
    for row, at in zip(rows, partial, strict=True):
        row["partial_dependence"] = at
    if missing.sum() >= FEWEST_IN_GROUP:
        rows.append(_dependence_row(value, shap, missing, is_missing=True))
    table = pd.DataFrame(rows, columns=list(DEPENDENCE_COLUMNS)).assign(feature=feature)
    return prediction_result(
        posed,
        cohort,
        selection,
        id="prediction_dependence",
        title=f"{declared.label} and response",
        finding=_dependence_finding(table, declared),
        table=table[["feature", *DEPENDENCE_COLUMNS]],
        method=(
            f"Mean SHAP value of groups of at least {FEWEST_IN_GROUP} patients with similar "
            "values, and the middle 80 % of patients. Partial dependence: the mean output with "
            "everybody given the value, centred. Where the two part, the feature goes with others."
        ),
        more_sources=SHAP_SOURCES,
    )


DEPENDENCE_COLUMNS = (
    "low", "high", "middle", "n", "shap_mean", "shap_low", "shap_high", "partial_dependence",
    "is_missing",
)  # fmt: skip


def _value_groups(value: Numbers, feature: Feature) -> list[tuple[float, float]]:
    known = np.sort(value[~np.isnan(value)])
    if feature.is_binary:
        return [(answer, answer) for answer in (0.0, 1.0) if (known == answer).any()]
    n_groups = int(np.clip(len(known) // FEWEST_IN_GROUP, 1, VALUE_GROUPS))
    edges = np.unique(np.quantile(known, np.linspace(0, 1, n_groups + 1)[1:], method="lower"))
    starts = [known[0], *(known[known > edge][0] for edge in edges[:-1])]
    return list(zip(starts, edges, strict=True))


def _dependence_row(value: Numbers, shap: Numbers, rows, is_missing: bool) -> dict:
    low, high = np.percentile(shap[rows], (10, 90))
    ends = (np.nan,) * 3 if is_missing else (
        value[rows].min(), value[rows].max(), value[rows].mean(),
    )  # fmt: skip
    return {
        **dict(zip(("low", "high", "middle"), ends, strict=True)),
        "n": int(rows.sum()),
        "shap_mean": float(shap[rows].mean()),
        "shap_low": float(low),
        "shap_high": float(high),
        "partial_dependence": np.nan,
        "is_missing": is_missing,
    }


def _partial_dependence(
    posed: Posed, evidence: Evidence, place: int, values: list[float]
) -> Numbers:
    """Mean log-odds with everybody given each value, around the mean over the patients."""
    x = posed.x[evidence.explained]
    centre = evidence.trees.decision_function(x).mean()
    found = []
    for value in values:
        given = x.copy()
        given[:, place] = value
        found.append(evidence.trees.decision_function(given).mean() - centre)
    return np.array(found)


def _dependence_finding(table: pd.DataFrame, feature: Feature) -> str:
    known = table[~table["is_missing"].astype(bool)]
    if len(known) < 2:
        return f"{feature.label} does not vary enough."
    rows: list[Any] = sorted(known.to_dict("records"), key=lambda row: row["shap_mean"])
    lowest, highest = rows[0], rows[-1]
    if feature.is_binary:
        say = {0.0: "without it", 1.0: "with it"}
        return (
            f"{feature.label}: {say[highest['middle']]} {_signed(highest['shap_mean'])} log-odds, "
            f"{say[lowest['middle']]} {_signed(lowest['shap_mean'])}, on average."
        )
    return (
        f"{feature.label}: most favourable around {highest['middle']:.3g} {feature.unit} "
        f"({_signed(highest['shap_mean'])} log-odds), least around {lowest['middle']:.3g} "
        f"({_signed(lowest['shap_mean'])})."
    )


def _signed(value: float) -> str:
    return f"{value:+.2f}".replace("-", "−")
