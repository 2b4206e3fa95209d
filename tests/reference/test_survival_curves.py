"""Curves, quantiles, means and hazards against R's survfit.

Rows 1 to 3, 8 to 10, 12, 15, 21, 25.
"""

import numpy as np
import pytest

from lupus_outcomes.analysis.survival import count_at_risk, estimate_kaplan_meier, read_on
from lupus_outcomes.analysis.survival_summaries import (
    estimate_nelson_aalen,
    estimate_quantile,
    estimate_restricted_mean,
)
from tests.reference.expected import Expected, agree, printed, read_data

TOLERANCE = 1e-12
WEEKS = [6, 7, 10, 13, 16, 22, 23]


def table_of(data, time="days", event="death"):
    return count_at_risk(data[time].to_numpy(), data[event].to_numpy() == 1)


def curve_of(data, time="days", event="death", scale="log-log"):
    return estimate_kaplan_meier(table_of(data, time, event), scale=scale)


def medians(curves):
    found = [estimate_quantile(curve) for curve in curves]
    return tuple(
        np.array([getattr(q, name) for q in found]) for name in ("day", "ci_low", "ci_high")
    )


@pytest.fixture
def sixmp():
    return [group for _, group in read_data("sixmp").groupby("placebo")]


def test_mercaptopurine_curve(sixmp):
    r = Expected("sixmp")
    curve = curve_of(sixmp[0], "weeks", "relapse")
    survival = read_on(curve.table, curve.survival, WEEKS, 1.0)
    se = read_on(curve.table, curve.se, WEEKS, 0.0)

    agree(survival, r("survival"), TOLERANCE)
    agree(se, r("survival_se"), TOLERANCE)
    printed(survival, ".8571 .8067 .7529 .6902 .6275 .5378 .4482")
    printed(se, ".0764 .0869 .0963 .1068 .1141 .1282 .1346")


@pytest.mark.parametrize("scale", ["log-log", "log", "plain"])
def test_mercaptopurine_limits(sixmp, scale):
    r = Expected("sixmp")
    curves = [curve_of(group, "weeks", "relapse", scale) for group in sixmp]
    drug = curves[0]

    agree(read_on(drug.table, drug.ci_low, WEEKS, 1.0), r(f"{scale}_low"), TOLERANCE)
    agree(read_on(drug.table, drug.ci_high, WEEKS, 1.0), r(f"{scale}_high"), TOLERANCE)
    quantiles = [estimate_quantile(c, share) for share in (0.25, 0.5) for c in curves]
    by_share = np.array([[q.day, q.ci_low, q.ci_high] for q in quantiles])
    for column, name in enumerate(("", "_low", "_high")):
        expected = r(f"{scale}_quantile{name}").reshape(2, 2).T
        agree(by_share[:, column].reshape(2, 2), expected, TOLERANCE)


def test_mercaptopurine_printed_limits_and_medians(sixmp):
    drug = curve_of(sixmp[0], "weeks", "relapse")
    printed(read_on(drug.table, drug.ci_low, [6, 23], 1.0), ".620 .188")
    printed(read_on(drug.table, drug.ci_high, [6, 23], 1.0), ".952 .680")

    day, low, high = medians([curve_of(g, "weeks", "relapse", "log") for g in sixmp])
    assert list(day) == [23, 8]
    assert list(low) == [16, 4]
    assert np.isnan(high[0])
    assert high[1] == 12


def test_mercaptopurine_hazard_and_restricted_mean(sixmp):
    r = Expected("sixmp")
    hazard = estimate_nelson_aalen(table_of(sixmp[0], "weeks", "relapse"))
    at = read_on(hazard.table, hazard.hazard, WEEKS, 0.0)
    agree(at, r("hazard"), TOLERANCE)
    agree(read_on(hazard.table, hazard.se, WEEKS, 0.0), r("hazard_se"), TOLERANCE)
    printed(at[-1], "0.7521")

    means = [estimate_restricted_mean(curve_of(g, "weeks", "relapse"), 23) for g in sixmp]
    agree([m.days for m in means], r("restricted_mean"), TOLERANCE)
    agree([m.se for m in means], r("restricted_mean_se"), TOLERANCE)
    printed([m.days for m in means], "17.91 8.67")
    printed([m.se for m in means], "1.55 1.38")


def test_lung_medians_and_year():
    r = Expected("lung")
    lung = read_data("lung")
    groups = [lung, *(group for _, group in lung.groupby("sex"))]
    day, low, high = medians([curve_of(group, scale="log") for group in groups])

    agree(day, r("medians"), 0)
    agree(low, r("medians_low"), 0)
    agree(high, r("medians_high"), 0)
    assert (*day, *low, *high) == (310, 270, 426, 285, 212, 348, 363, 310, 550)
    curve = curve_of(lung, scale="log")
    year = [
        read_on(curve.table, values, 365, 1.0)
        for values in (curve.survival, curve.se, curve.ci_low, curve.ci_high)
    ]
    agree(year, r("year"), TOLERANCE)
    printed(year, ".409 .0358 .345 .486")


def test_leukaemia_curve_and_medians():
    r = Expected("aml")
    groups = [group for _, group in read_data("aml").groupby("maintained")]
    curve = curve_of(groups[1], "weeks", "relapse")
    has_event = curve.table.n_events > 0

    assert list(curve.table.day[has_event]) == [9, 13, 18, 23, 31, 34, 48]
    agree(curve.survival[has_event], r("maintained"), TOLERANCE)
    printed(curve.survival[has_event], ".909 .818 .716 .614 .491 .368 .184")
    day, _, _ = medians([curve_of(g, "weeks", "relapse") for g in groups])
    agree(day, r("medians"), 0)
    assert list(day) == [23, 31]


def test_cholangitis_years():
    pbc = read_data("pbc").dropna(subset="trt")
    curve = curve_of(pbc)
    at = read_on(curve.table, curve.survival, np.array([1, 5, 10]) * 365.25, 1.0)

    agree(at, Expected("pbc")("years"), TOLERANCE)
    printed(at, ".929 .711 .439")


def test_transplant_medians():
    bmt = read_data("bmt").assign(any=lambda d: d["cause"] > 0)
    day, _, _ = medians([curve_of(g, "days", "any") for _, g in bmt.groupby("group")])

    agree(day, Expected("bmt")("medians"), 0)
    assert list(day) == [418, 2204, 183]


def test_late_entry():
    r = Expected("drawn")
    drawn = read_data("drawn")
    table = count_at_risk(
        drawn["days"].to_numpy(),
        drawn["cause"].to_numpy() > 0,
        entry_days=drawn["entry"].to_numpy(),
    )
    curve = estimate_kaplan_meier(table)

    agree(curve.survival, r("late"), TOLERANCE)
    left = curve.survival > 0
    agree(curve.se[left], r("late_se")[left], TOLERANCE)
