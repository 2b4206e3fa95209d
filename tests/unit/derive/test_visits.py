"""States at visits: what is taken from where. The definitions themselves are tested in indices."""

import pytest

from lupus_outcomes.derive.visits import Definitions
from lupus_outcomes.indices.doris import DorisOptions
from lupus_outcomes.indices.flare import FlareOptions
from lupus_outcomes.indices.lldas import LldasOptions
from tests.drawn import draw_cohort, states


def reading(name):
    return Definitions(lldas=LldasOptions(new_activity=name))


class TestNoNewActivity:
    def test_compares_sets_not_scores(self):
        cohort = draw_cohort("anna:\n 0 alopecia\n 90 mucosal_ulcers\n 180 mucosal_ulcers\n 270")

        assert states(cohort, "lldas_no_new") == "?-++"

    def test_a_feature_that_cleared_and_returned_is_new_again(self):
        assert states(draw_cohort("anna:\n 0 rash\n 90\n 180 rash"), "lldas_no_new") == "?+-"

    def test_a_phone_visit_between_does_not_hide_the_comparator(self):
        cohort = draw_cohort("anna:\n 0 rash\n 60 phone ga=0.1\n 90 rash\n 180 rash fever")

        assert states(cohort, "lldas_no_new") == "??+-"

    def test_haemolysis_and_gut_are_features_too(self):
        cohort = draw_cohort("""
            anna:
              0
              90   gastrointestinal_activity
              180  gastrointestinal_activity
              270  haemolytic_anaemia
              360  haemolytic_anaemia=?
        """)

        assert states(cohort, "lldas_no_new") == "?-+-+"

    def test_unknown_then_or_now_is_unknown_unless_it_was_there(self):
        cohort = draw_cohort("""
            anna:
              0    rash
              90   rash=?    # was there: cannot be new
              180  rash      # perhaps not there before
              270
              360  rash=?    # perhaps new
        """)

        assert states(cohort, "lldas_no_new") == "?+?+?"

    def test_a_rise_of_the_total_proves_something_new(self):
        cohort = draw_cohort("""
            anna:
              0    phone sledai_2k=2
              90   phone sledai_2k=4
              180  phone sledai_2k=4
              270  phone sledai_2k=0 haemolytic_anaemia=no gastrointestinal_activity=no
        """)

        assert states(cohort, "lldas_no_new") == "?-?+"

    @pytest.mark.parametrize(
        ("name", "expected"),
        [
            ("any_descriptor", "?-+-"),
            ("clinical_only", "?++-"),
            ("sfi_flare_previous", "?++-"),
            ("sfi_modsev_baseline", "?+++"),
        ],
    )
    def test_the_four_readings(self, name, expected):
        """Day 90 serology, day 180 nothing new, day 270 the rash of baseline has returned."""
        cohort = draw_cohort(
            """
            anna:
              0    rash
              90   anti_dsdna
              180  anti_dsdna
              270  anti_dsdna rash
            """,
            definitions=reading(name),
        )

        assert states(cohort, "lldas_no_new") == expected

    def test_against_baseline_nothing_up_to_baseline_is_judged(self):
        cohort = draw_cohort(
            "anna:\n -60 arthritis\n -5\n 90 arthritis\nbea:\n 5\n 90",
            definitions=reading("sfi_modsev_baseline"),
        )

        assert states(cohort, "lldas_no_new") == "??-??"


class TestDeclaredColumns:
    TEXT = "anna:\n 0\n 90 treatment_stable=? haemolytic_anaemia=? investigational_drug=?"

    def test_unknown_without_a_declaration(self):
        cohort = draw_cohort(self.TEXT)

        assert states(cohort, "doris") == "+?"
        assert states(cohort, "lldas") == "??"

    def test_taken_as_declared(self):
        cohort = draw_cohort(
            self.TEXT, treatment_stable=True, haemolytic_anaemia=False, investigational_drug=False
        )

        assert states(cohort, "doris") == "++"
        assert states(cohort, "lldas") == "?+"

    def test_declared_against_the_patient(self):
        assert states(draw_cohort(self.TEXT, investigational_drug=True), "lldas") == "?-"

    def test_the_option_assume_stable(self):
        option = Definitions(doris=DorisOptions(assume_stable=True))

        assert states(draw_cohort(self.TEXT, definitions=option), "doris") == "++"


class TestMissingColumns:
    def test_an_endpoint_without_its_columns_is_left_out_and_says_why(self):
        cohort = draw_cohort("anna:\n 0 treatment_stable=?")

        assert "doris" not in cohort.outcomes
        assert cohort.missing_columns["doris"] == ("visits.treatment_stable",)

    def test_a_declared_column_is_not_missing(self):
        cohort = draw_cohort("anna:\n 0 treatment_stable=?", treatment_stable=True)

        assert "doris" in cohort.outcomes

    def test_nor_is_one_that_an_option_stands_for(self):
        option = Definitions(doris=DorisOptions(assume_stable=True))

        assert "doris" in draw_cohort("anna:\n 0 treatment_stable=?", definitions=option).outcomes

    def test_doses_can_stand_for_maintenance(self):
        text = "anna:\n 0 maintenance_in_limits=?"

        assert "lldas" not in draw_cohort(text).outcomes
        assert "lldas" in draw_cohort(text, treatments_complete=True).outcomes

    def test_columns_that_stand_in_for_each_other(self):
        cohort = draw_cohort("anna:\n 0 phone ga=0.1 treatment_stable=yes")

        assert cohort.missing_columns["doris"] == (
            "visits.arthritis or visits.clinical_sledai",
            "visits.prednisone_mg_day or visits.glucocorticoid_mg_day",
        )


class TestSleDas:
    def test_a_descriptor_implies_what_is_not_recorded(self):
        cohort = draw_cohort("""
            anna:
              0    seizure neuropsychiatric=?      # 18 points
              90   pleurisy serositis=?            # 6
              180  neuropsychiatric=? serositis=?  # absence proves nothing
        """)

        assert cohort.states["sle_das"].round(3).tolist()[:2] == [18.366, 6.366]
        assert cohort.states["sle_das"].isna().tolist() == [False, False, True]

    def test_a_recorded_item_is_not_overruled(self):
        cohort = draw_cohort("anna:\n 0 pleurisy serositis=no")

        assert cohort.states["sle_das"][0] == pytest.approx(0.366)

    def test_extent_of_rash(self):
        cohort = draw_cohort("""
            anna:
              0    rash rash_extent=localised
              90   rash rash_extent=generalised
              180  rash_extent=none
              270  rash                            # localised or generalised
        """)

        found = cohort.states["sle_das"].round(3).tolist()
        assert found[:3] == [3.504, 4.253, 0.366]
        assert cohort.states["sle_das"].isna().tolist()[3]
        assert cohort.states["sle_das_category"].tolist() == [1, 1, 0, 1]

    def test_a_missing_measurement_is_bounded_by_its_descriptor(self):
        cohort = draw_cohort(
            "anna:\n 0 platelets_10e9_l=?\n 90 thrombocytopenia=? platelets_10e9_l=?"
        )

        assert cohort.states["sle_das"].isna().tolist() == [False, True]


def test_damage_is_a_running_maximum_with_gaps():
    cohort = draw_cohort("anna:\n 0 damage=1\n 90 damage=2\n 180 damage=?\n 270 damage=1\nb:\n 0")

    assert cohort.states["slicc_damage_index"].fillna(-1).tolist() == [1, 2, -1, 2, -1]


def test_another_variant_of_the_flare_index_changes_the_flares_only():
    text = "anna:\n 0\n 90 vasculitis rash arthritis dose=0 ga=0.5"
    default = draw_cohort(text)
    classic = draw_cohort(text, definitions=Definitions(flare=FlareOptions(variant="classic")))

    assert default.states["flare"].tolist() == [-1, 1]
    assert classic.states["flare"].tolist() == [-1, 2]
    assert default.states.drop(columns="flare").equals(classic.states.drop(columns="flare"))
