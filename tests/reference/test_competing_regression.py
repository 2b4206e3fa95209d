"""Gray's test and Fine & Gray's regression against cmprsk, incidences; rows 27 to 31, 33, 34."""

import numpy as np

from lupus_outcomes.analysis.competing_risks import compute_gray_test
from lupus_outcomes.analysis.fine_gray import estimate_fine_gray
from lupus_outcomes.analysis.survival import count_at_risk, estimate_aalen_johansen, read_on
from tests.reference.expected import Expected, agree, printed, read_data

TOLERANCE = 1e-10


def gray(data, by, time):
    columns = [data[name].to_numpy() for name in (time, "cause", by)]
    return [compute_gray_test(*columns, of_cause=cause) for cause in (1, 2)]


def test_transplant_incidences():
    r = Expected("bmt")
    relapse, death = [], []
    for group, rows in read_data("bmt").groupby("group"):
        table = count_at_risk(rows["days"].to_numpy(), rows["cause"].to_numpy(), n_causes=2)
        curve = estimate_aalen_johansen(table)
        at = read_on(table, curve.incidence, [365, 730], 0.0)
        agree(at[0], r(f"relapse_{group}"), 1e-12)
        agree(at[1], r(f"death_{group}"), 1e-12)
        relapse.append(at[0])
        death.append(at[1])
    printed(relapse, ".2380 .3243 .0741 .1481 .3556 .4667")
    printed(death, ".2128 .3227 .1481 .2407 .2667 .2889")


def test_gray_transplants():
    relapse, death = gray(read_data("bmt"), "group", "days")

    agree([relapse.statistic, death.statistic], Expected("bmt")("gray"), TOLERANCE)
    printed([relapse.statistic, death.statistic], "11.923 0.137")
    printed([relapse.p_value, death.p_value], ".0026 .934")
    assert relapse.df == 2


def test_gray_malignancy():
    malignancy, death = gray(read_data("mgus2_models"), "male", "months")

    found = [malignancy.statistic, death.statistic]
    agree(found, Expected("mgus2_models")("gray"), TOLERANCE)
    printed([*found, malignancy.p_value, death.p_value], "1.195 11.651 .274 .0006")


def test_fine_gray_malignancy():
    r = Expected("mgus2_models")
    data = read_data("mgus2_models").dropna()
    x = data[["age", "male", "mspike"]].to_numpy(float)
    fit = estimate_fine_gray(data["months"].to_numpy(), data["cause"].to_numpy(), x)

    agree(fit.coefficients, r("fine_gray_coef"), TOLERANCE)
    agree(fit.se, r("fine_gray_se"), TOLERANCE)
    agree([fit.log_likelihood_null, fit.log_likelihood], r("fine_gray_loglik"), TOLERANCE)
    # Printed from survival::finegray, which weighs ties otherwise than cmprsk.
    np.testing.assert_allclose(fit.coefficients, [-0.01686, -0.21312, 0.88840], atol=1e-3)


def test_malignancy_states_sum_to_one():
    data = read_data("mgus2_models")
    table = count_at_risk(data["months"].to_numpy(), data["cause"].to_numpy(), n_causes=2)
    curve = estimate_aalen_johansen(table)
    states = [read_on(table, curve.survival, [60, 120, 240], 1.0)]
    states = [*states, *read_on(table, curve.incidence, [60, 120, 240], 0.0)]

    printed(states[0], ".6455 .4045 .1762")
    printed(states[2], ".3204 .5318 .7240")
    np.testing.assert_allclose(np.sum(states, axis=0), 1, atol=1e-12)


def test_drawn_rows():
    r, drawn = Expected("drawn"), read_data("drawn")
    found = [*gray(drawn, "stratum", "days"), *gray(drawn, "b", "days")]
    agree([t.statistic for t in found], r("gray"), TOLERANCE)

    x = drawn[["a", "b", "c"]].to_numpy(float)
    fit = estimate_fine_gray(drawn["days"].to_numpy(), drawn["cause"].to_numpy(), x)
    agree(fit.coefficients, r("fine_gray_coef"), TOLERANCE)
    agree(fit.se, r("fine_gray_se"), TOLERANCE)
