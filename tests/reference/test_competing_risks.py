"""Plasma cell malignancy and death in mgus2, against R's survfit (rows 30 to 32)."""

from pathlib import Path

import numpy as np
import pandas as pd

from lupus_outcomes.analysis import survival

HERE = Path(__file__).parent
TOLERANCE = 1e-12


def test_curves_equal_those_of_r():
    patients = pd.read_csv(HERE / "mgus2.csv")
    expected = pd.read_csv(HERE / "mgus2_expected.csv")
    months, cause = patients["months"].to_numpy(), patients["cause"].to_numpy()
    table = survival.count_at_risk(months, cause, n_causes=2)
    curve = survival.estimate_aalen_johansen(table)
    kept = survival.estimate_kaplan_meier(table)
    alone = survival.count_at_risk(months, cause == 1)
    naive = survival.estimate_kaplan_meier(alone)

    def on(values, start=0.0, of=table):
        return survival.read_on(of, values, expected["month"], start)

    found = pd.DataFrame(
        {
            "month": expected["month"],
            "malignancy": on(curve.incidence)[0],
            "malignancy_se": on(curve.se)[0],
            "death": on(curve.incidence)[1],
            "death_se": on(curve.se)[1],
            "survival": on(kept.survival, 1.0),
            "survival_se": on(kept.se),
            "ci_low": on(kept.ci_low),
            "ci_high": on(kept.ci_high),
            "n_at_risk": table.at_risk_on(expected["month"]),
            "naive_malignancy": 1 - on(naive.survival, 1.0, alone),
        }
    )
    np.testing.assert_allclose(found, expected, rtol=0, atol=TOLERANCE)


def test_published_values():
    expected = pd.read_csv(HERE / "mgus2_expected.csv").set_index("month").loc[[60, 120, 240]]

    np.testing.assert_allclose(expected["malignancy"], [0.0341, 0.0637, 0.0998], atol=5e-5)
    np.testing.assert_allclose(expected["malignancy_se"], [0.0049, 0.0068, 0.0098], atol=5e-5)
    np.testing.assert_allclose(expected["death"], [0.3204, 0.5318, 0.7240], atol=5e-5)
    np.testing.assert_allclose(expected["naive_malignancy"], [0.0422, 0.0952, 0.2096], atol=5e-5)
