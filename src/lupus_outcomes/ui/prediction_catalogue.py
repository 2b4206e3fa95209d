"""The results of the prediction pages by name, read only when one of these pages is opened."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from lupus_outcomes.analysis.explanation import (
    estimate_dependence,
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
from lupus_outcomes.analysis.result import Result

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
