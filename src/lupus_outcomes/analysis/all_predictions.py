"""Every table of one question put to the models, as ``lupus-outcomes tables`` writes them."""

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType

from lupus_outcomes.analysis.dependence import estimate_dependence
from lupus_outcomes.analysis.evidence import gather_evidence
from lupus_outcomes.analysis.explanation import (
    estimate_interactions,
    estimate_odds_ratios,
    estimate_predictors,
)
from lupus_outcomes.analysis.prediction import (
    describe_shuffled,
    estimate_by_centre,
    estimate_calibration,
    estimate_net_benefit,
    estimate_performance,
)
from lupus_outcomes.analysis.question import Question, pose_question
from lupus_outcomes.analysis.result import Result
from lupus_outcomes.derive.cohort import Cohort
from lupus_outcomes.derive.selection import Selection
from lupus_outcomes.errors import UsageError

# By name, as a page asks for them.
PREDICTIONS: Mapping[str, Callable[..., Result]] = MappingProxyType(
    {
        "performance": estimate_performance,
        "calibration": estimate_calibration,
        "net_benefit": estimate_net_benefit,
        "by_centre": estimate_by_centre,
        "shuffled": describe_shuffled,
        "predictors": estimate_predictors,
        "dependence": estimate_dependence,
        "interactions": estimate_interactions,
        "odds_ratios": estimate_odds_ratios,
    }
)
OF_ONE_FEATURE = ("dependence",)


def estimate_predictions(cohort: Cohort, selection: Selection, outcome: str) -> Iterator[Result]:
    """Performance first, then what the model rests on.

    Raises
    ------
    UsageError
        Too few patients with or without the outcome for a model to be judged.
    """
    posed = pose_question(cohort, selection, Question(outcome))
    if posed.too_small:
        raise UsageError(posed.too_small)
    evidence = gather_evidence(posed)
    for name, estimate in PREDICTIONS.items():
        if name not in OF_ONE_FEATURE:
            yield estimate(posed, evidence, cohort, selection)
