"""What a reader must know of a model before using it: the items of TRIPOD+AI, from the numbers."""

import numpy as np

from lupus_outcomes.analysis.evidence import Evidence
from lupus_outcomes.analysis.prediction import (
    MINIMUM_EVENTS_PER_FEATURE,
    corrected_auc,
    doubts,
    estimate_performance,
    events_per_feature,
)
from lupus_outcomes.analysis.predictive_models import (
    BINS,
    FEWEST_IN_LEAF,
    LEARNING_RATE,
    PENALTY,
    SHARE_OF_FEATURES,
)
from lupus_outcomes.analysis.question import Posed
from lupus_outcomes.derive.cohort import Cohort
from lupus_outcomes.derive.outcomes import HANDLING_WORDS
from lupus_outcomes.derive.selection import Selection
from lupus_outcomes.export.markdown import markdown_table
from lupus_outcomes.release.provenance import Stamp

WAYS = {1: "more often", -1: "less often", 0: "none expected"}


def model_card(
    posed: Posed, evidence: Evidence, cohort: Cohort, selection: Selection, stamp: Stamp
) -> str:
    """The card as Markdown. Items: Collins 2024, BMJ 385:e078378 (TRIPOD+AI)."""
    performance = estimate_performance(posed, evidence, cohort, selection)
    auc = corrected_auc(posed, evidence)
    tuning = evidence.tuning
    sections = {
        "What it is": (
            f"A model of {posed.outcome.label}, {HANDLING_WORDS[posed.question.handling]}. It says "
            "what goes with response in this registry. It is no device and no advice, and nothing "
            "in it is a cause."
        ),
        "Verdict": performance.finding,
        "Doubts": "\n".join(f"- {said}" for said in doubts(posed, evidence)) or "None declared.",
        "Participants": (
            f"{posed.n} patients ({selection.words}), {posed.n_events} with the outcome, "
            f"{len(np.unique(posed.centre))} centres. {stamp.study}, data cut {stamp.data_cut}."
            + (" The data are synthetic." if stamp.is_synthetic else "")
        ),
        "Outcome": (
            f"{posed.outcome.label}. The window has closed by the data cut for every patient "
            f"counted; {HANDLING_WORDS[posed.question.handling]}."
        ),
        "Features": _features(posed),
        "Sample size": (
            f"{events_per_feature(posed):.1f} patients with the rarer answer per feature; the "
            f"declared minimum is {MINIMUM_EVENTS_PER_FEATURE} (Vittinghoff & McCulloch 2007, Am J "
            "Epidemiol 165:710)."
        ),
        "Missing values": (
            "A value of their own for the trees; the median for the regression. None is imputed "
            "otherwise, and no patient is left out for one."
        ),
        "Model": (
            f"Histogram gradient boosting: {tuning.rounds} trees of {tuning.leaves} leaves, "
            f"learning rate {LEARNING_RATE}, at least {FEWEST_IN_LEAF} patients a leaf, penalty "
            f"{PENALTY:g}, {BINS} bins, {100 * SHARE_OF_FEATURES:.0f} % of the features a split. "
            f"Rival: ridge logistic regression, C = {tuning.strength:g}."
        ),
        "Evaluation": (
            f"{evidence.n_folds} folds of whole centres, repeats: {len(evidence.fold)}, tuned anew "
            f"inside each. Corrected area under the curve {auc.value:.3f} ({auc.low:.3f} to "
            f"{auc.high:.3f})."
            + ("" if evidence.is_complete else " A first answer: the resampling is not complete.")
        ),
        "Performance": markdown_table(
            ("model", "measure", "apparent", "corrected", "95 % limits"),
            [
                (
                    str(row["model"]).replace("_", " "),
                    str(row["metric"]).replace("_", " "),
                    _figure(row["apparent"]),
                    _figure(row["corrected"]),
                    f"{_figure(row['ci_low'])} to {_figure(row['ci_high'])}",
                )
                for row in performance.table.to_dict("records")
            ],
        ),
        "Fairness": (
            "Age and sex are features of which no association is expected; performance by centre "
            "is on the page. Groups too small to judge are not judged."
        ),
        "Availability": (
            "The model is fitted from the data each time and never stored; the seeds are fixed, so "
            "the same data give the same numbers."
        ),
        "Stamp": stamp.footer,
    }
    body = "\n\n".join(f"## {title}\n\n{text}" for title, text in sections.items())
    return f"# Model card: {posed.outcome.label}\n\n{body}\n"


def _figure(value: float) -> str:
    return "–" if np.isnan(value) else f"{value:.3f}".replace("-", "−")


def _features(posed: Posed) -> str:
    rows = [
        (
            feature.label,
            feature.unit,
            WAYS[feature.direction],
            f"{missing} missing" + (", some centres never measure it" if by_design else ""),
            feature.source,
        )
        for feature, missing, by_design in zip(
            posed.features, np.isnan(posed.x).sum(axis=0), posed.is_by_design, strict=True
        )
    ]
    return markdown_table(("feature", "unit", "expected", "known", "source"), rows)
