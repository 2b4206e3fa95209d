import numpy as np

from lupus_outcomes.indices import sledai
from tests.unit.indices.drawn import descriptors, numbers, signs


def test_all_present_is_105_and_101_without_serology():
    everything = descriptors(" ".join(sledai.DESCRIPTOR_IDS))

    assert sledai.compute_sledai_2k(everything).value == [105]
    assert sledai.compute_clinical_sledai(everything).value == [101]


def test_an_unknown_descriptor_leaves_bounds_and_no_total():
    score = sledai.compute_sledai_2k(descriptors("rash", "rash low_complement? anti_dsdna?"))

    np.testing.assert_array_equal(score.value, [2, np.nan])
    assert score.low.tolist() == [2, 2]
    assert score.high.tolist() == [2, 6]


def test_serology_does_not_touch_the_clinical_score():
    score = sledai.compute_clinical_sledai(descriptors("low_complement anti_dsdna?"))

    assert score.value == [0]


class TestRecordedTotals:
    """A registry that keeps totals and no descriptors."""

    nothing = np.zeros((24, 1), dtype=np.int8)

    def test_a_descriptor_heavier_than_its_total_is_absent(self):
        items = sledai.deduce_items_from_totals(self.nothing, numbers("3"), numbers("."))

        of = dict(zip(sledai.DESCRIPTOR_IDS, items[:, 0], strict=True))
        assert signs([of["arthritis"], of["rash"], of["fever"]]) == "- ? ?"

    def test_the_difference_of_the_totals_is_the_serology(self):
        drawn = {"4 4": "- -", "4 0": "+ +", "4 2": "? ?"}
        for totals, expected in drawn.items():
            total, clinical = (numbers(word) for word in totals.split())
            items = sledai.deduce_items_from_totals(self.nothing, total, clinical)
            assert signs(items[~sledai.IS_CLINICAL][:, 0]) == expected

    def test_recorded_descriptors_come_before_recorded_totals(self):
        items = descriptors("rash")
        assert sledai.deduce_items_from_totals(items, numbers("9"), numbers("9")) is items
        score = sledai.use_recorded(sledai.compute_sledai_2k(items), numbers("9"), items)
        assert score.value == [2]

    def test_a_total_alone_excludes_a_clinical_score_of_zero(self):
        score = sledai.compute_clinical_sledai(self.nothing)
        total = numbers("6")

        bounds = sledai.bound_by_other_total(score, total - 4, total, self.nothing)

        assert (bounds.low, bounds.high) == ([2], [6])

    def test_without_another_total_the_bounds_stay(self):
        score = sledai.compute_clinical_sledai(self.nothing)
        bounds = sledai.bound_by_other_total(score, numbers("."), numbers("."), self.nothing)
        assert (bounds.low, bounds.high) == ([0], [101])


def test_laboratory_limits_are_strict():
    at_the_limit = sledai.compute_laboratory_descriptors(
        proteinuria_g_24h=numbers("0.5 0.51 ."),
        haematuria_rbc_hpf=numbers("5 6 ."),
        pyuria_wbc_hpf=numbers("5 6 ."),
        platelets_10e9_l=numbers("100 99 ."),
        leukocytes_10e9_l=numbers("3.0 2.9 ."),
        temperature_c=numbers("38.0 38.1 ."),
    )

    assert {signs(codes) for codes in at_the_limit.values()} == {"- + ?"}
