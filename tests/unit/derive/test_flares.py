"""Flares derived from visits, by the SELENA-SLEDAI flare index against the previous assessment."""

import pytest

from lupus_outcomes.derive.visits import Definitions
from lupus_outcomes.indices.flare import SEVERITIES, VARIANTS, FlareOptions
from tests.drawn import draw_cohort


def flares(text, **options):
    """The severity at each visit; ? where it cannot be told."""
    chosen = Definitions(flare=FlareOptions(**{"variant": "classic"} | options))
    codes = draw_cohort(f"anna: weight_kg=60\n{text}", definitions=chosen).states["flare"]
    return " ".join((*SEVERITIES, "?")[code] for code in codes)


def test_the_first_assessment_has_nothing_to_be_compared_with():
    assert flares("0 rash\n 90 rash") == "? none"


def test_a_phone_visit_between_is_no_assessment():
    assert flares("0 rash\n 60 phone\n 90 rash") == "? ? none"


@pytest.mark.parametrize(
    ("before", "now", "severity"),
    [
        ("", "leukopenia low_complement", "mild_moderate"),  # score 0 to 3
        ("", "low_complement", "none"),  # score 0 to 2
        ("", "rash", "mild_moderate"),  # a new feature of skin
        ("rash", "rash", "none"),
        ("ga=0.5", "ga=1.5", "mild_moderate"),
        ("ga=0.5", "ga=1.4", "none"),
        ("ga=2.4", "ga=2.6", "severe"),
        ("dose=5", "dose=7.5", "mild_moderate"),
        ("dose=5", "dose=30", "mild_moderate"),  # half a milligram per kilogram
        ("dose=5", "dose=31", "severe"),
        ("", "haematuria", "mild_moderate"),  # nephritis, but not treated as severe
        ("dose=5", "haematuria dose=10", "severe"),  # nephritis and prednisone doubled
        ("ga=?", "", "?"),
    ],
)
def test_against_the_visit_before(before, now, severity):
    assert flares(f"0 {before}\n 90 {now}") == f"? {severity}"


class TestTheDoseDecidedAtTheVisit:
    """States use the dose taken, flares the change of treatment decided."""

    def test_a_rise_decided_at_the_visit(self):
        assert flares("0 dose=5\n 90 dose=5 prednisone_after_mg_day=7.5") == "? mild_moderate"

    def test_a_rise_after_a_taper_between_visits(self):
        visits = "0 dose=10 prednisone_after_mg_day=10\n 90 dose=5 prednisone_after_mg_day=10"

        assert flares(visits) == "? mild_moderate"

    def test_a_rise_between_visits(self):
        assert flares("0 dose=5\n 90 dose=10 prednisone_after_mg_day=10") == "? mild_moderate"

    def test_a_taper_decided_before_is_no_rise(self):
        visits = "0 dose=10 prednisone_after_mg_day=5\n 90 dose=5 prednisone_after_mg_day=5"

        assert flares(visits) == "? none"

    def test_without_the_dose_taken_only_a_rise_above_the_last_decision_is_told(self):
        visits = "0 dose=5\n 90 dose=? prednisone_after_mg_day={}"

        assert flares(visits.format(7.5)) == "? mild_moderate"
        assert flares(visits.format(5)) == "? ?"

    def test_it_is_counted_at_its_own_visit_not_again_at_the_next(self):
        visits = "0 dose=5\n 90 dose=5 prednisone_after_mg_day=10\n 180 dose=10"

        assert flares(visits) == "? mild_moderate none"


class TestDrugsAndAdmissions:
    @pytest.mark.parametrize(
        ("course", "severity"),
        [
            ("azathioprine from=1 dose=100", "severe"),
            ("Mycophenolate_mofetil from=90", "severe"),
            ("azathioprine from=0 dose=100", "none"),  # before, or on the day of, the visit before
            ("azathioprine from=91 dose=100", "none"),
            ("hydroxychloroquine from=50 dose=200", "mild_moderate"),
            ("belimumab from=50", "none"),
        ],
    )
    def test_a_drug_newly_started_since(self, course, severity):
        assert flares(f"0\n 90\n takes {course}") == f"? {severity}"

    def test_a_biologic_only_as_a_declared_extension(self):
        found = flares("0\n 90\n takes belimumab from=50", new_biologic_is_severe=True)

        assert found == "? severe"

    @pytest.mark.parametrize(
        ("flare", "severity"),
        [
            ("50 severe admitted=yes", "severe"),
            ("50 severe admitted=no", "none"),
            ("50 severe", "none"),  # not recorded counts as not happened
            ("95 severe admitted=yes", "none"),
        ],
    )
    def test_an_admission_since(self, flare, severity):
        assert flares(f"0\n 90\n flare {flare}") == f"? {severity}"


class TestBlood:
    def test_few_platelets_count_with_severe_treatment(self):
        visits = "0 dose=5\n 90 thrombocytopenia platelets_10e9_l=59 dose=10"

        assert flares(visits) == "? severe"
        assert flares(visits.replace("59", "60")) == "? mild_moderate"

    def test_without_the_descriptor_there_are_not_fewer_than_60(self):
        assert flares("0 dose=5\n 90 platelets_10e9_l=? dose=10") == "? mild_moderate"

    def test_haemolysis_with_a_fall_of_haemoglobin(self):
        visits = "0 dose=5 haemoglobin_g_dl=12\n 90 haemolytic_anaemia haemoglobin_g_dl={} dose=10"

        assert flares(visits.format(8.9)) == "? severe"
        assert flares(visits.format(9)) == "? mild_moderate"


def test_the_variants_on_a_score_rising_above_12():
    """The score alone is severe: vasculitis, arthritis and rash make 14."""
    found = {v: flares("0\n 90 vasculitis arthritis rash", variant=v) for v in VARIANTS}

    assert found == {
        "classic": "? severe",
        "bliss_modified": "? mild_moderate",
        "clinical_only": "? severe",
        "no_pga": "? severe",
        "no_score": "? mild_moderate",
    }
