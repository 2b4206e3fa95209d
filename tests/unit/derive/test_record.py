"""What the visits give before any state is judged: comparators, totals, doses."""

import numpy as np
import pytest

from lupus_outcomes.derive.courses import read_courses
from lupus_outcomes.derive.record import derive_prednisone, read_record
from lupus_outcomes.indices.sledai import DESCRIPTOR_IDS
from tests.drawn import draw_dataset


def record_of(text, patients=None, **assume):
    tables = draw_dataset(text, **assume).tables
    n_patients = len(tables["patients"])
    return read_record(tables, read_courses(tables, ()), assume, patients or range(n_patients))


class TestPreviousAssessment:
    def test_is_the_visit_before(self):
        record = record_of("""
            anna:
              0
              90
              180
            bea:
              0
              90
        """)

        assert record.previous.tolist() == [-1, 0, 1, -1, 3]

    def test_is_never_a_visit_without_activity(self):
        record = record_of("""
            anna:
              0
              60   phone
              80   phone ga=1 dose=5     # seen, but no descriptor assessed
              90
              100  phone rash=no         # one descriptor is an assessment
              110  phone sledai_2k=4     # so is a recorded total
              120
        """)

        assert record.previous.tolist() == [-1, 0, 0, 0, 3, 4, 5]

    def test_is_none_after_nothing_but_phone_visits(self):
        assert record_of("anna:\n 0 phone\n 90 phone\n 180").previous.tolist() == [-1, -1, -1]


class TestRecordedTotals:
    @pytest.mark.parametrize(
        ("visit", "total", "clinical"),
        [
            ("phone sledai_2k=6", (6, 6), (2, 6)),
            ("phone clinical_sledai=2", (2, 6), (2, 2)),
            ("phone sledai_2k=6 clinical_sledai=2", (6, 6), (2, 2)),
            ("phone sledai_2k=2", (2, 2), (0, 2)),
            ("phone", (0, 105), (0, 101)),
            ("rash sledai_2k=20 clinical_sledai=20", (2, 2), (2, 2)),  # descriptors count
            ("rash=? sledai_2k=20", (0, 2), (0, 2)),
        ],
    )
    def test_bounds(self, visit, total, clinical):
        record = record_of(f"anna:\n 0 {visit}")

        assert (record.sledai_2k.low[0], record.sledai_2k.high[0]) == total
        assert (record.clinical_sledai.low[0], record.clinical_sledai.high[0]) == clinical

    def test_descriptors_heavier_than_the_total_are_absent(self):
        items = record_of("anna:\n 0 phone sledai_2k=2").items[:, 0]
        absent = [name for name, code in zip(DESCRIPTOR_IDS, items, strict=True) if code == -1]

        assert len(absent) == 14  # all that weigh 4 or 8
        assert {"seizure", "arthritis", "proteinuria"} <= set(absent)
        assert "rash" not in absent

    def test_serology_is_the_difference_of_the_totals(self):
        record = record_of("""
            both:
              0 phone sledai_2k=6 clinical_sledai=2
            none:
              0 phone sledai_2k=2 clinical_sledai=2
            one:
              0 phone sledai_2k=4 clinical_sledai=2
        """)

        assert record.item("low_complement").tolist() == [1, -1, 0]
        assert record.item("anti_dsdna").tolist() == [1, -1, 0]


class TestPrednisone:
    DOSES = """
        anna:
          0    dose=? glucocorticoid_drug=methylprednisolone glucocorticoid_mg_day=4
          30   dose=7 glucocorticoid_drug=methylprednisolone glucocorticoid_mg_day=4
          60   dose=? glucocorticoid_drug=dexamethasone glucocorticoid_mg_day=0.75
          90   dose=? glucocorticoid_drug=hydrocortisone
          120  dose=? glucocorticoid_mg_day=4
          150  dose=?
    """

    def test_is_converted_only_where_it_is_empty(self):
        found = record_of(self.DOSES).prednisone_mg_day

        np.testing.assert_array_equal(found, [5, 7, 5, np.nan, np.nan, np.nan])

    def test_the_visits_stay_as_they_were(self):
        visits = draw_dataset(self.DOSES).tables["visits"]
        before = visits.copy(deep=True)
        derive_prednisone(visits)

        assert visits.equals(before)


def test_an_assumption_fills_only_what_is_unknown():
    record = record_of(
        "anna:\n 0 treatment_stable=?\n 90 treatment_stable=no", treatment_stable=True
    )

    assert record.condition("treatment_stable").tolist() == [1, -1]


def test_a_block_of_patients_has_its_own_rows():
    text = "a:\n 0\n 90\nb: weight_kg=50\n -5 rash\n 60\nc:\n 0"
    record = record_of(text, patients=range(1, 2))

    assert record.patient.tolist() == [1, 1]
    assert record.day.tolist() == [-5, 60]
    assert record.baseline.tolist() == [0, 0]
    assert record.previous.tolist() == [-1, 0]
    assert record.weight_kg.tolist() == [50, 50]
