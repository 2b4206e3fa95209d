"""Log-rank tests against R's survdiff; rows 4, 5, 11, 15 to 17, 21, 25, 35."""

import numpy as np

from lupus_outcomes.analysis.log_rank import compute_log_rank
from tests.reference.expected import Expected, agree, printed, read_data

TOLERANCE = 1e-11


def compare(data, by, time="days", event="death", stratum=None, weighting="log-rank"):
    data = data.dropna(subset=[by])
    codes = np.unique(data[by], return_inverse=True)[1]
    strata = None if stratum is None else np.unique(data[stratum], return_inverse=True)[1]
    days, events = data[time].to_numpy(), data[event].to_numpy() == 1
    return compute_log_rank(days, events, codes, strata, weighting)


def test_mercaptopurine():
    r = Expected("sixmp")
    found = compare(read_data("sixmp"), "placebo", "weeks", "relapse")

    parts = [found.statistic, found.p_value, *found.observed, *found.expected]
    agree([*parts, *found.variance.ravel()], r("log_rank"), TOLERANCE)
    printed([found.statistic, found.expected[0], found.expected[1]], "16.793 19.25 10.75")
    printed([found.observed[1] - found.expected[1], found.variance[1, 1]], "10.2505 6.2570")
    assert abs(found.p_value - 4.17e-5) < 0.005e-5


def test_mercaptopurine_weighted():
    weightings = ("gehan-breslow", "tarone-ware", "peto")
    found = [
        compare(read_data("sixmp"), "placebo", "weeks", "relapse", weighting=w).statistic
        for w in weightings
    ]
    agree(found[2], Expected("sixmp")("peto")[0], TOLERANCE)
    printed(found, "13.458 15.124 14.457")


def test_lung():
    r, lung = Expected("lung"), read_data("lung")
    sex, ecog = compare(lung, "sex"), compare(lung, "ph.ecog")

    agree([sex.statistic, ecog.statistic], [*r("log_rank_sex"), *r("log_rank_ecog")], TOLERANCE)
    printed([sex.statistic, ecog.statistic, sex.p_value], "10.327 21.962 .0013")
    assert ecog.df == 3
    known = lung.dropna(subset="ph.ecog")
    stratified = compare(known, "sex", stratum="ph.ecog")
    agree(stratified.statistic, r("log_rank_stratified")[0], TOLERANCE)


def test_smaller_trials():
    aml = compare(read_data("aml"), "maintained", "weeks", "relapse")
    agree([aml.statistic, aml.p_value], Expected("aml")("log_rank"), TOLERANCE)
    printed([aml.statistic, aml.p_value], "3.396 .065")

    ovarian = compare(read_data("ovarian"), "rx")
    agree(ovarian.statistic, Expected("ovarian")("log_rank")[0], TOLERANCE)
    printed(ovarian.statistic, "1.063")

    pbc = compare(read_data("pbc"), "trt")
    agree(pbc.statistic, Expected("pbc")("log_rank")[0], TOLERANCE)
    printed(pbc.statistic, "0.102")


def test_veterans():
    r, veteran = Expected("veteran"), read_data("veteran")
    cell, test = compare(veteran, "cell"), compare(veteran, "test")

    found = [cell.statistic, test.statistic]
    agree(found, [*r("log_rank_cell"), *r("log_rank_test")], TOLERANCE)
    printed(found, "25.404 0.008")
    assert cell.df == 3


def test_transplants():
    found = compare(read_data("bmt").assign(any=lambda d: d["cause"] > 0), "group", event="any")

    agree([found.statistic, found.p_value], Expected("bmt")("log_rank"), TOLERANCE)
    printed([found.statistic, found.p_value], "13.804 .001")


def test_first_infections():
    first = read_data("cgd").query("enum == 1")
    found = compare(first, "treated", "end", "infection")

    agree(found.statistic, Expected("cgd")("log_rank_first")[0], TOLERANCE)
    printed([found.statistic, found.p_value], "11.743 .0006")
    assert list(found.observed) == [30, 14]


def test_drawn_strata():
    drawn = read_data("drawn").assign(event=lambda d: d["cause"] > 0)
    found = compare(drawn, "b", event="event", stratum="stratum")

    agree([found.statistic, *found.expected], Expected("drawn")("stratified"), TOLERANCE)
