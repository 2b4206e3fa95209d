"""Each choice made otherwise: the same numbers as that choice gives elsewhere."""

from dataclasses import replace
from functools import cache

import pytest

from lupus_outcomes.analysis.attainment import estimate_attainment
from lupus_outcomes.analysis.robustness import (
    CENTRE,
    HANDLING_OPTIONS,
    HEADLINES,
    derive_robustness,
    estimate_robustness,
)
from lupus_outcomes.analysis.survival import count_at_risk, estimate_kaplan_meier, read_on
from lupus_outcomes.derive.cohort import derive_cohort
from lupus_outcomes.derive.retention import derive_retention
from lupus_outcomes.derive.selection import parse_filters, select_patients
from lupus_outcomes.derive.variants import NARROW, READINGS, read_otherwise
from lupus_outcomes.derive.visits import Definitions
from lupus_outcomes.protocol import DAYS_PER_MONTH, month
from lupus_outcomes.protocols import PROTOCOLS
from tests.drawn import draw_cohort
from tests.reference_cohort import reference_cohort

COUNTS = ["n", "n_events"]


def robustness(cohort, *filters, headline=None):
    selection = select_patients(cohort, parse_filters(filters))
    return estimate_robustness(cohort, selection, headline)


@cache
def whole():
    return robustness(reference_cohort()).table


def row(headline, option, table=None):
    found = whole() if table is None else table
    chosen = found[(found["headline_id"] == headline) & (found["option"] == option)]
    assert len(chosen) == 1
    return chosen.iloc[0]


def attained(cohort, endpoint, months, handling="nri", *filters):
    selection = select_patients(cohort, parse_filters(filters))
    table = estimate_attainment(cohort, selection, (endpoint,), (handling,)).table
    return table[table["timepoint_months"] == months].iloc[0]


OF_ENDPOINTS = [(name, h) for name, h in HEADLINES.items() if h.endpoint]


@pytest.mark.parametrize(("name", "headline"), OF_ENDPOINTS)
@pytest.mark.parametrize("handling", list(HANDLING_OPTIONS))
def test_handlings_are_those_of_attainment(name, headline, handling):
    ours = row(name, HANDLING_OPTIONS[handling])
    theirs = attained(reference_cohort(), headline.endpoint, headline.months, handling)

    assert (ours["n"], ours["n_events"]) == (theirs["n"], theirs["responders"])
    assert ours[["estimate", "ci_low", "ci_high"]].tolist() == pytest.approx(
        theirs[["proportion", "ci_low", "ci_high"]].tolist(), abs=1e-12
    )


@pytest.mark.parametrize("reading", READINGS, ids=lambda reading: reading.words)
def test_readings_are_what_the_sidebar_gives(reading):
    cohort = reference_cohort()
    definitions = read_otherwise(Definitions(), reading)
    if definitions == Definitions():
        assert reading.words not in set(whole()["option"])
        return
    derived = derive_cohort(cohort.dataset, cohort.protocol, None, definitions)
    for months in (6, 12):
        ours = row(f"{reading.endpoint}_{months}", reading.words)
        theirs = attained(derived, reading.endpoint, months)
        assert (ours["n"], ours["n_events"]) == (theirs["n"], theirs["responders"])


def test_the_narrow_window_is_that_of_a_protocol_with_it():
    cohort = reference_cohort()
    narrow = tuple(month(months, width) for months, width in NARROW.items())
    derived = derive_cohort(cohort.dataset, replace(cohort.protocol, timepoints=narrow))

    for name, headline in OF_ENDPOINTS:
        words = {6: "month 6 ± 1.5 months", 12: "month 12 ± 2 months"}[headline.months]
        ours, theirs = row(name, words), attained(derived, headline.endpoint, headline.months)
        assert (ours["n"], ours["n_events"]) == (theirs["n"], theirs["responders"])


def test_patients_of_no_known_centre_are_left_out_as_no_centre():
    cohort = reference_cohort()
    centre = cohort.patients["centre"].where(cohort.patients["centre"] != "Centre 03")
    unknown = replace(cohort, patients=cohort.patients.assign(centre=centre))
    table = robustness(unknown, headline="lldas_12").table
    left_out = table.loc[table["choice"] == CENTRE, "option"]
    assert len(left_out) > 2
    assert left_out.is_unique
    assert "Centre 03" not in set(left_out)


def test_a_centre_left_out_is_a_filter_for_the_others():
    cohort = reference_cohort()
    others = [f"centre={c}" for c in cohort.characteristics["centre"].levels if c != "Centre 03"]
    for name in ("lldas_12", "retention_12"):
        ours = row(name, "Centre 03")
        filtered = robustness(cohort, *others, headline=name).table.iloc[0]
        assert ours[COUNTS].tolist() == filtered[COUNTS].tolist()
        assert ours["estimate"] == pytest.approx(filtered["estimate"], abs=1e-12)


def test_the_primary_comes_first_and_differs_by_nothing():
    for _, table in whole().groupby("headline_id"):
        assert table["choice"].iloc[0] == "primary"
        assert table["difference"].iloc[0] == 0
        assert (table["difference"] == table["estimate"] - table["estimate"].iloc[0]).all()
        assert not table["option"].duplicated().any()


def test_retention_is_that_of_the_reference():
    ours = row("retention_12", "lost = censored")
    assert ours["estimate"] == pytest.approx(0.82731056437482, abs=1e-6)
    assert [ours["ci_low"], ours["ci_high"]] == pytest.approx(
        [0.772894075753098, 0.869787363856568], abs=1e-6
    )


def test_retention_is_the_curve_of_those_counted_on_that_day():
    cohort = reference_cohort()
    retention = derive_retention(cohort.follow_up)
    for centre in ("Centre 01", "Centre 03"):
        others = (cohort.patients["centre"] != centre).to_numpy()
        at_risk = count_at_risk(retention.follow_up_days[others], retention.is_stop[others])
        curve = estimate_kaplan_meier(at_risk)
        on_day = [
            read_on(at_risk, values, 12 * DAYS_PER_MONTH, 1.0)
            for values in (curve.survival, curve.ci_low, curve.ci_high)
        ]
        assert row("retention_12", centre)[["estimate", "ci_low", "ci_high"]].tolist() == on_day


@pytest.mark.parametrize(("cut", "is_told"), [(365, False), (366, True)])
def test_retention_is_told_while_someone_is_followed(cut, is_told):
    cohort = draw_cohort("stops: stop=100/adverse_event\nstays:", cut=cut)
    table = robustness(cohort, headline="retention_12").table

    assert table["estimate"].notna().tolist() == [is_told, is_told]
    assert table[COUNTS].iloc[0].tolist() == [2, 1]


def test_being_lost_can_count_as_stopping():
    cohort = draw_cohort("""
        lost: stop=100/lost_to_follow_up
        stays:
        stops: stop=200/adverse_event
        stays_too:
    """)
    table = robustness(cohort, headline="retention_12").table

    assert row("retention_12", "lost = censored", table)["estimate"] == pytest.approx(2 / 3)
    assert row("retention_12", "lost = stopped", table)["estimate"] == pytest.approx(1 / 2)
    assert row("retention_12", "lost = stopped", table)["n_events"] == 2


def test_dose_of_exactly_five_decides_doris_otherwise():
    cohort = draw_cohort("a:\n 0 rash\n 180 dose=5\nb:\n 0 rash\n 180 dose=4")
    table = robustness(cohort, headline="doris_6").table

    assert table["estimate"].iloc[0] == 1
    assert row("doris_6", "prednisone below 5 mg/day", table)["estimate"] == 0.5
    assert row("doris_6", "prednisone below 5 mg/day", table)["difference"] == -0.5


def test_the_finding_is_a_range():
    assert robustness(reference_cohort(), headline="lldas_12").finding == (
        "LLDAS at 12 months lies between 32 % (no flare since last visit) and 50 % (seen on the "
        "drug) across 18 choices; the primary analysis gives 36 % (N 217; 95 % CI 30–43)."
    )


def test_all_headlines_in_one_sentence():
    finding = robustness(reference_cohort()).finding
    assert "LLDAS at 12 months 32 % to 50 % (primary 36 %)" in finding
    assert "On anifrolumab at 12 months 82 % to 83 % (primary 83 %)" in finding


def test_definitions_in_force_are_the_primary():
    strict = read_otherwise(Definitions(), READINGS[1])
    cohort = derive_cohort(reference_cohort().dataset, PROTOCOLS["nct07215754"], None, strict)
    table = robustness(cohort, headline="doris_12").table

    assert table["estimate"].iloc[0] == row("doris_12", READINGS[1].words)["estimate"]
    assert (
        row("doris_12", READINGS[0].words, table)["estimate"]
        == row("doris_12", "stopped or missed = not attained")["estimate"]
    )


def test_variants_do_not_depend_on_whom_they_are_for():
    cohort = reference_cohort()
    variants = derive_robustness(cohort)
    selection = select_patients(cohort, parse_filters(["sex=male"]))
    kept = estimate_robustness(cohort, selection, None, variants).table

    assert kept.equals(estimate_robustness(cohort, selection).table)


def test_nobody_due_yet():
    result = robustness(draw_cohort("a:\n 0", cut=30), headline="lldas_12")
    assert "can be told yet" in result.finding


def test_several_blocks_give_what_one_gives(monkeypatch):
    monkeypatch.setattr("lupus_outcomes.derive.variants.BLOCK_PATIENTS", 50)
    assert robustness(reference_cohort()).table.equals(whole())
