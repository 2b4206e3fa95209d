"""Cox's regression against R's coxph and cox.zph.

Rows 6, 7, 13, 14, 16, 18 to 20, 22 to 24, 26, 33, 36, 37.
"""

import numpy as np
import pytest

from lupus_outcomes.analysis.concordance import compute_concordance
from lupus_outcomes.analysis.cox import CoxData, check_proportional_hazards, estimate_cox
from tests.reference.expected import Expected, agree, printed, read_data

TOLERANCE = 1e-9


def prepare(data, covariates, time="days", event="death", **columns):
    """Complete rows; ``columns`` names those of the further fields."""
    if isinstance(covariates, list):
        data = data.dropna(subset=covariates)
        x = data[covariates].to_numpy(float)
    else:
        data = data.dropna()
        x = np.column_stack(covariates(data)).astype(float)
    rest = {field: data[column].to_numpy() for field, column in columns.items()}
    return CoxData(data[time].to_numpy(), data[event].to_numpy() == 1, x, **rest)


def agrees_with(fit, r, name):
    """All that R's summary shows; its score test stays the model's own in both."""
    assert fit.status == "converged"
    agree(fit.coefficients, r(f"{name}_coef"), TOLERANCE)
    agree(fit.se, r(f"{name}_se"), TOLERANCE)
    agree([fit.log_likelihood_null, fit.log_likelihood], r(f"{name}_loglik"), TOLERANCE)
    tests = [t.statistic for t in (fit.likelihood_ratio, fit.score, fit.wald)]
    agree(tests, r(f"{name}_tests"), 1e-8)


PUBLISHED = {
    "breslow": ("1.5092 .4096 4.523 2.027 10.094", "15.211"),
    "efron": ("1.5721 .4124 4.817", "16.352"),
    "exact": ("1.6282 .4331 5.095", "16.252"),
}


@pytest.mark.parametrize("ties", PUBLISHED)
def test_mercaptopurine_ties(ties):
    fit = estimate_cox(prepare(read_data("sixmp"), ["placebo"], "weeks", "relapse"), ties)

    agrees_with(fit, Expected("sixmp"), ties)
    estimates, ratio = PUBLISHED[ties]
    found = [fit.coefficients, fit.se, fit.hazard_ratio, fit.ci_low, fit.ci_high]
    printed(found[: len(estimates.split())], estimates)
    printed(fit.likelihood_ratio.statistic, ratio)
    if ties == "exact":
        printed(fit.score.statistic, "16.793")


def test_lung():
    r, lung = Expected("lung"), read_data("lung")
    sex = estimate_cox(prepare(lung, ["sex"]))
    agrees_with(sex, r, "sex")
    printed([sex.coefficients, sex.se], "-0.53102 .16718")
    printed([sex.hazard_ratio, sex.ci_low, sex.ci_high], ".588 .424 .816")

    data = prepare(lung, ["age", "sex", "ph.ecog"])
    three = estimate_cox(data)
    agrees_with(three, r, "three")
    printed(three.coefficients, ".011067 -.552612 .463728")
    printed(three.likelihood_ratio.statistic, "30.5")
    score = data.covariates @ three.coefficients
    found = compute_concordance(data.follow_up_days, data.event_observed, score)
    agree(found.estimate, r("concordance")[0], 1e-12)
    printed(found.estimate, "0.637")
    assert (three.n_rows, three.n_events) == (227, 164)


def test_ovarian():
    fit = estimate_cox(prepare(read_data("ovarian"), ["age", "rx"]))
    agrees_with(fit, Expected("ovarian"), "cox")
    printed([fit.coefficients, fit.se], ".14733 -.80397 .04615 .63205")


def test_veterans():
    r, veteran = Expected("veteran"), read_data("veteran")
    names = ["test", "small", "adeno", "large", "karno", "diagtime", "age", "prior"]
    fit = estimate_cox(prepare(veteran, names))
    agrees_with(fit, r, "all")
    printed(fit.coefficients[:5], ".2946 .8616 1.196 .4013 -.03282")

    data = prepare(veteran, names[:5])
    found = check_proportional_hazards(data, estimate_cox(data), [[0], [1, 2, 3], [4]])
    tests = [*found.terms, found.all_together]
    statistics = [t.statistic for t in tests]
    agree(statistics, r("zph"), TOLERANCE)
    printed(statistics, ".206 14.53 12.81 22.86")
    assert [t.df for t in tests] == list(r("zph_df")) == [1, 3, 1, 5]


def test_cholangitis():
    pbc = read_data("pbc").drop(columns="trt")
    data = prepare(
        pbc,
        lambda d: [d["age"], d["edema"], *(np.log(d[x]) for x in ("bili", "albumin", "protime"))],
    )
    fit = estimate_cox(data)
    agrees_with(fit, Expected("pbc"), "cox")
    printed(fit.coefficients, ".039609 .896311 .863551 -2.506923 2.386839")
    printed([fit.log_likelihood_null, fit.log_likelihood], "-866.957 -751.470")
    assert (fit.n_rows, fit.n_events) == (416, 160)


def test_heart_transplants():
    r, heart = Expected("heart"), read_data("heart")
    names = ["age", "year", "surgery", "transplant"]
    data = prepare(heart, names, "end", entry_days="entry")
    four = estimate_cox(data)
    agrees_with(four, r, "four")
    printed(four.coefficients, ".027167 -.146346 -.637210 -.010251")
    found = check_proportional_hazards(data, four)
    agree([t.statistic for t in (*found.terms, found.all_together)], r("zph"), TOLERANCE)

    alone = estimate_cox(prepare(heart, ["transplant"], "end", entry_days="entry"))
    agrees_with(alone, r, "alone")
    printed([alone.coefficients, alone.se], ".12714 .30114")

    crossed = estimate_cox(
        prepare(
            heart,
            lambda d: [
                *(d[x] for x in ("age", "surgery", "transplant")),
                d["age"] * d["transplant"],
                d["surgery"] * d["transplant"],
            ],
            "end",
            entry_days="entry",
        )
    )
    agrees_with(crossed, r, "crossed")
    printed(crossed.coefficients, ".01391 -.54654 .11950 .03461 -.29295")


def test_recidivism():
    r = Expected("rossi")
    names = ["fin", "age", "race", "wexp", "mar", "paro", "prio"]
    data = prepare(read_data("rossi"), names, "week", "arrest")
    fit = estimate_cox(data)
    agrees_with(fit, r, "cox")
    printed(fit.coefficients, "-.37942 -.05744 .31390 -.14980 -.43370 -.08487 .09150")
    found = check_proportional_hazards(data, fit)
    agree([t.statistic for t in (*found.terms, found.all_together)], r("zph"), TOLERANCE)
    score = data.covariates @ fit.coefficients
    concordance = compute_concordance(data.follow_up_days, data.event_observed, score)
    agree(concordance.estimate, r("concordance")[0], 1e-12)


def test_transplants_breslow():
    bmt = read_data("bmt").assign(any=lambda d: d["cause"] > 0)
    data = prepare(bmt, lambda d: [d["group"] == 1, d["group"] == 2], event="any")
    fit = estimate_cox(data, "breslow")
    agrees_with(fit, Expected("bmt"), "breslow")
    printed([fit.coefficients, fit.se], "-.5742 .3826 .2873 .2674")


def test_malignancy_cause_specific():
    mgus2 = read_data("mgus2_models").assign(malignancy=lambda d: d["cause"] == 1)
    fit = estimate_cox(prepare(mgus2, ["age", "male", "mspike"], "months", "malignancy"))
    agrees_with(fit, Expected("mgus2_models"), "cause_specific")
    printed(fit.coefficients, ".01635 -.00503 .88408")


def test_infections_andersen_gill():
    r, cgd = Expected("cgd"), read_data("cgd")
    data = prepare(cgd, ["treated"], "end", "infection", entry_days="entry", cluster="id")
    fit = estimate_cox(data)
    agrees_with(fit, r, "andersen_gill")
    agree(fit.model_se, r("model_se"), TOLERANCE)
    printed([fit.coefficients, fit.se, fit.hazard_ratio], "-1.0953 .3119 0.334")
    time = (cgd["end"] - cgd["entry"]).groupby(cgd["treated"]).sum()
    assert list(time) == [18524, 18953]
    assert list(cgd.groupby("treated")["infection"].sum()) == [56, 20]


def test_bladder_margins():
    r, bladder = Expected("bladder"), read_data("bladder")
    fits = []
    for k in (1, 2, 3, 4):
        rows = bladder.query("enum == @k")
        names = ["treated", "size", "number"]
        fits.append(
            estimate_cox(prepare(rows, names, "months", "recurrence", cluster="id"), "breslow")
        )
        agrees_with(fits[-1], r, str(k))
    printed([fit.coefficients[0] for fit in fits], "-.518 -.619 -.700 -.651")
    printed([fit.se[0] for fit in fits], ".307 .364 .415 .490")


def test_drawn_rows_with_everything():
    r = Expected("drawn")
    drawn = read_data("drawn").assign(event=lambda d: d["cause"] > 0)
    fields = {"entry_days": "entry", "stratum": "stratum", "weights": "weight"}
    data = prepare(drawn, ["a", "b", "c"], event="event", cluster="cluster", **fields)
    fit = estimate_cox(data)
    agrees_with(fit, r, "full")
    agree(fit.model_se, r("full_model_se"), TOLERANCE)
    found = check_proportional_hazards(data, fit, [[0, 1], [2]])
    agree([t.statistic for t in (*found.terms, found.all_together)], r("full_zph"), TOLERANCE)

    each = prepare(
        drawn.assign(row=range(len(drawn))), ["a", "b", "c"], event="event", cluster="row"
    )
    agrees_with(estimate_cox(each, "breslow"), r, "breslow")
    few = prepare(drawn.query("cluster < 12"), ["a", "b"], event="event", stratum="stratum")
    agrees_with(estimate_cox(few, "exact"), r, "exact")


def test_drawn_concordance():
    drawn = read_data("drawn")
    found = compute_concordance(
        drawn["days"].to_numpy(), drawn["cause"].to_numpy() > 0, drawn["a"].round(1).to_numpy()
    )
    counts = [found.n_concordant, found.n_discordant, found.n_tied_score]
    assert counts == list(Expected("drawn")("concordance"))
