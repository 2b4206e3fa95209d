"""Every endpoint on seven drawn patients, under the four handlings of what is missing.

Of each endpoint four visits are told: baseline, one that attains it, one that does not, one that
leaves it unknown; where it has a denominator also baselines just outside. The patients at 6 months:

    attained     attains at day 180
    failed       does not
    undecided    attained at day 80, unknown at day 180
    stopped      on day 100, when it was not attained (day 80); attains at day 180
    missed       not seen after baseline
    not_due      attains, but its window has not closed
    outside      attains, but baseline does not put the patient into the denominator
"""

from dataclasses import dataclass

import pytest

from lupus_outcomes.endpoints import ENDPOINTS
from tests.drawn import draw_cohort, signs

PATIENTS = """
    attained:
      0    {baseline}
      180  {attained}
    failed:
      0    {baseline}
      180  {failed}
    undecided:
      0    {baseline}
      80   {attained}
      180  {unknown}
    stopped: stop=100/adverse_event
      0    {baseline}
      80   {failed}
      180  {attained}
    missed:
      0    {baseline}
    not_due: index=2026-10-01
      0    {baseline}
      100  {attained}
"""
OUTSIDE = """
    outside{n}:
      0    {baseline}
      180  {attained}
"""
# A dose that came down by itself attains these: the failure on the drug cannot be carried past it.
OF_THE_DOSE_ALONE = (
    "glucocorticoid_le5",
    "glucocorticoid_le5_from_above",
    "glucocorticoid_off",
)


@dataclass(frozen=True)
class Drawn:
    baseline: str
    attained: str
    failed: str
    unknown: str
    outside: tuple[str, ...] = ()

    def cohort(self):
        visits = {name: getattr(self, name) for name in ("attained", "failed", "unknown")}
        text = PATIENTS.format(baseline=self.baseline, **visits)
        for n, baseline in enumerate(self.outside):
            text += OUTSIDE.format(n=n, baseline=baseline, attained=self.attained)
        return draw_cohort(text)


DRAWN = {
    "doris": Drawn(
        baseline="rash ga=1.5 dose=10",
        attained="ga=0.4 dose=5 anti_dsdna",
        failed="rash",
        unknown="ga=?",
    ),
    "lldas": Drawn(
        baseline="rash low_complement ga=1.5 dose=10",
        attained="rash low_complement ga=1 dose=7.5",
        failed="rash low_complement fever",
        unknown="maintenance_in_limits=?",
    ),
    "lldas5": Drawn(
        baseline="rash ga=1.5 dose=10",
        attained="rash ga=1 dose=5",
        failed="rash arthritis",
        unknown="dose=?",
    ),
    "sle_das_remission": Drawn(
        baseline="swollen=4 dose=10",
        attained="low_complement anti_dsdna dose=5",
        failed="alopecia mucosal_ulcers",
        unknown="swollen=?",
    ),
    "sle_das_lda": Drawn(
        baseline="swollen=4 dose=10",
        attained="alopecia low_complement dose=7.5",
        failed="swollen=1",
        unknown="mucocutaneous_vasculitis=?",
    ),
    "glucocorticoid_le5": Drawn("dose=10", attained="dose=5", failed="dose=5.1", unknown="dose=?"),
    "glucocorticoid_le5_from_above": Drawn(
        "dose=5.1", attained="dose=5", failed="dose=5.1", unknown="dose=?", outside=("dose=5",)
    ),
    "glucocorticoid_off": Drawn(
        "dose=1", attained="dose=0", failed="dose=1", unknown="dose=?", outside=("dose=0", "dose=?")
    ),
    "sri4": Drawn(
        baseline="arthritis rash bilag=E ga=1",
        attained="rash bilag=E ga=1.29",
        failed="rash bilag=E ga=1.3",
        unknown="rash bilag=E ga=?",
        outside=("rash fever bilag=E ga=1",),  # SLEDAI-2K 3
    ),
    "bicla": Drawn(
        baseline="arthritis bilag=E bilag_musculoskeletal=B ga=1",
        attained="arthritis bilag=E bilag_musculoskeletal=C ga=1",
        failed="arthritis bilag=E bilag_musculoskeletal=B ga=1",
        unknown="arthritis bilag=E bilag_musculoskeletal=? ga=1",
        outside=("arthritis bilag=E bilag_musculoskeletal=C ga=1",),
    ),
    "clasi50": Drawn("clasi=10", "clasi=5", "clasi=6", "clasi=?", outside=("clasi=9", "clasi=?")),
    "joint50": Drawn(
        baseline="swollen=6 tender=6",
        attained="swollen=3 tender=3",
        failed="swollen=3 tender=4",
        unknown="swollen=3 tender=?",
        outside=("swollen=5 tender=6", "swollen=6 tender=5"),
    ),
    "damage_accrual": Drawn("damage=1", "damage=2", "damage=1", "damage=?"),
}


@pytest.fixture(scope="module", params=list(ENDPOINTS))
def drawn(request):
    """An endpoint's id and its patients; an endpoint without drawn patients fails here."""
    return request.param, DRAWN[request.param].cohort()


def expected(endpoint, *answers):
    return "".join(answers) + "." * len(DRAWN[endpoint].outside)


def test_non_responder_imputation(drawn):
    endpoint, cohort = drawn

    assert signs(cohort, endpoint, "nri") == expected(endpoint, "+----.")


def test_as_observed(drawn):
    endpoint, cohort = drawn

    assert signs(cohort, endpoint, "observed") == expected(endpoint, "+-???.")


def test_treatment_policy(drawn):
    endpoint, cohort = drawn

    assert signs(cohort, endpoint, "treatment_policy") == expected(endpoint, "+-?+?.")


def test_last_observation_carried_forward(drawn):
    endpoint, cohort = drawn
    stopped = "?" if endpoint in OF_THE_DOSE_ALONE else "-"

    assert signs(cohort, endpoint, "locf") == expected(endpoint, "+-+", stopped, "?.")
