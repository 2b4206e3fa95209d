"""Recurrent events, counts and closed-form limits; rows 36 and 41 to 47."""

import numpy as np

from lupus_outcomes.analysis import intervals
from lupus_outcomes.analysis.negative_binomial import estimate_negative_binomial
from lupus_outcomes.analysis.rates import compute_rate
from lupus_outcomes.analysis.recurrent import estimate_mean_cumulative
from tests.reference.expected import Expected, agree, printed, read_data

TOLERANCE = 1e-12
# glm.nb takes the standard error of theta one step before its loosely converged theta.
THETA_TOLERANCE = 1e-5


def test_infections_by_day():
    r, cgd = Expected("cgd"), read_data("cgd")
    at = [50, 100, 200, 300, 400]
    for group, rows in cgd.groupby("treated"):
        patient = np.unique(rows["id"], return_inverse=True)[1]
        end = np.zeros(patient.max() + 1, int)
        np.maximum.at(end, patient, rows["end"].to_numpy())
        happened = rows["infection"].to_numpy() == 1
        found = estimate_mean_cumulative(end, patient[happened], rows["end"].to_numpy()[happened])
        row = np.searchsorted(found.day, at, side="right")
        agree(np.append(0, found.mean)[row], r(f"mean_{group}"), TOLERANCE)
        agree(np.append(0, found.se)[row], r(f"mean_se_{group}"), TOLERANCE)


def test_infections_counted():
    r, cgd = Expected("cgd"), read_data("cgd")
    patients = cgd.assign(time=cgd["end"] - cgd["entry"]).groupby("id")
    treated = patients["treated"].first().to_numpy(float)
    fit = estimate_negative_binomial(
        patients["infection"].sum().to_numpy(),
        np.column_stack([np.ones_like(treated), treated]),
        patients["time"].sum().to_numpy(float),
    )
    agree(fit.coefficients, r("counts_coef"), 1e-9)
    agree(fit.se, r("counts_se"), 1e-9)
    agree([fit.theta, fit.theta_se], r("counts_theta"), THETA_TOLERANCE)
    agree(fit.log_likelihood, r("counts_loglik")[0], 1e-10)


def test_school_days():
    r, quine = Expected("quine"), read_data("quine")
    x = np.column_stack([np.ones(len(quine)), quine.drop(columns="days")])
    fit = estimate_negative_binomial(quine["days"].to_numpy(), x)

    agree(fit.coefficients, r("coef"), 1e-9)
    agree(fit.se, r("se"), 1e-9)
    agree([fit.theta, fit.theta_se], r("theta"), THETA_TOLERANCE)
    agree(fit.log_likelihood, r("loglik")[0], 1e-10)
    printed([fit.theta, fit.theta_se], "1.2749 .1610")


def test_proportions():
    r = Expected("proportions")
    events, n = [81, 15, 0, 1], [263, 148, 20, 29]
    wilson = np.transpose(intervals.compute_wilson(events, n))
    exact = np.transpose(intervals.compute_clopper_pearson(events, n))

    agree(wilson.ravel(), r("wilson"), TOLERANCE)
    agree(exact.ravel(), r("exact"), TOLERANCE)
    printed(wilson, ".2553 .3662 .0624 .1605 0 .1611 .0061 .1718")
    printed(exact, ".2527 .3676 .0578 .1617 0 .1684 .0009 .1776")


def test_differences():
    r = Expected("proportions")
    trials = {
        "newcombe_70": (56, 70, 48, 80),
        "newcombe_lldas": (108, 360, 72, 366),
        "newcombe_bicla": (171, 360, 112, 366),
    }
    found = {name: intervals.compute_newcombe_difference(*n) for name, n in trials.items()}
    for name, limits in found.items():
        agree(limits, r(name), TOLERANCE)
    printed(found["newcombe_70"], ".0524 .3339")
    printed(found["newcombe_lldas"], ".0405 .1652")
    printed(found["newcombe_bicla"], ".0982 .2374")
    printed([56 / 70 - 48 / 80, 108 / 360 - 72 / 366, 171 / 360 - 112 / 366], ".2000 .1033 .1690")


def test_rates():
    r = Expected("proportions")
    zoster, none = compute_rate(28, 405.8), compute_rate(0, 250)

    agree([zoster.ci_low, zoster.ci_high], r("poisson_28"), TOLERANCE)
    agree([none.ci_low, none.ci_high], r("poisson_0"), TOLERANCE)
    printed([zoster.estimate, zoster.ci_low, zoster.ci_high], "6.90 4.58 9.97")
    printed([none.estimate, none.ci_low, none.ci_high], "0 0 1.48")


def test_odds_ratios():
    r = Expected("proportions")
    for name, n, level in (
        ("woolf_rash", (48, 82, 24, 85), 0.90),
        ("woolf_lldas", (108, 360, 72, 366), 0.95),
    ):
        ratio = intervals.compute_odds_ratio(*n)
        agree([ratio, *intervals.compute_woolf(*n, level)], r(name), 1e-8)
    rash = (48, 82, 24, 85)
    limits = intervals.compute_woolf(*rash, level=0.90)
    printed([intervals.compute_odds_ratio(*rash), *limits], "3.588 2.088 6.166")
    printed(intervals.compute_odds_ratio(108, 360, 72, 366), "1.75")
