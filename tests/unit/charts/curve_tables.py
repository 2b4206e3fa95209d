"""Released tables of curves, written by hand, for the figures of the time to an event."""

import numpy as np
import pandas as pd

from lupus_outcomes.analysis.result import Result
from lupus_outcomes.analysis.survival import count_at_risk, estimate_kaplan_meier
from lupus_outcomes.derive.selection import select_patients
from lupus_outcomes.release.disclosure import Released, release
from tests.drawn import draw_cohort


def table_of_curve(days, events, level="all"):
    risk = count_at_risk(np.array(days), np.array(events))
    curve = estimate_kaplan_meier(risk)
    return pd.DataFrame(
        {
            "group": "all" if level == "all" else "sex",
            "level": level,
            "day": risk.day,
            "n_at_risk": risk.n_at_risk,
            "n_events": risk.n_events,
            "n_censored": risk.n_censored,
            "survival": curve.survival,
            "ci_low": curve.ci_low,
            "ci_high": curve.ci_high,
        }
    )


def released_table(*tables) -> Released:
    cohort = draw_cohort("anna:")
    result = Result("curve", "Curve", "The finding.", pd.concat(tables), 1, "", "")
    return release(result, cohort, select_patients(cohort))
