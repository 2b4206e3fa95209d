"""Contradictions within one visit, and leaps between the visits of a patient."""

import numpy as np
import pandas as pd
import pytest

from lupus_outcomes.data.checks.course import SPIKES, Spike, find_spikes
from tests.unit.data.drawn import find, read

MANY = "patient_id centre index_date last_contact_date\n" + "\n".join(
    f"P{i} West 2024-01-10 2026-06-20" for i in range(1, 9)
)


def _visits(column: str, *rows: str) -> dict[str, str]:
    """A visit a row, each of another patient."""
    lines = [f"P{i} 2024-01-10 {row}" for i, row in enumerate(rows, start=1)]
    return {"patients": MANY, "visits": "\n".join([f"patient_id visit_date {column}", *lines])}


def _course(column: str, *values: str) -> dict[str, str]:
    """The visits of one patient, a quarter apart."""
    dates = pd.date_range("2024-01-10", periods=len(values), freq="91D").strftime("%Y-%m-%d")
    lines = [f"P1 {date} {value}" for date, value in zip(dates, values, strict=True)]
    return {
        "visits": "\n".join([f"patient_id visit_date {column}", *lines, "P2 2024-03-05 ."]),
    }


class TestOneVisit:
    def test_more_swollen_than_tender_is_kept(self, tmp_path):
        drawn = _visits("swollen_joints_28 tender_joints_28", "5 4", "4 4", "5 .", "0 0")
        assert find(tmp_path, "more_swollen_than_tender", **drawn) == [
            ("query", "visits", "swollen_joints_28", (2,))
        ]
        assert read(tmp_path, **drawn).tables["visits"]["swollen_joints_28"].iloc[0] == 5

    def test_totals_that_the_descriptors_cannot_give(self, tmp_path):
        from lupus_outcomes.indices.sledai import DESCRIPTOR_IDS

        others = [name for name in DESCRIPTOR_IDS if name not in ("rash", "anti_dsdna")]
        header = f"sledai_2k clinical_sledai rash anti_dsdna {' '.join(others)}"
        rest = " ".join(["no"] * len(others))
        drawn = _visits(
            header,
            f"4 2 yes yes {rest}",
            f"6 2 yes yes {rest}",
            f"4 4 yes yes {rest}",
            f"2 2 .   yes {rest}",  # the known sum is 2, and 0 of what is clinical
            f"6 . .   yes {rest}",  # 6 is more than 2 and the 2 of an unknown rash
            f"0 . yes .   {rest}",  # 0 is less than what is known
            f".  . yes yes {rest}",
        )
        assert find(tmp_path, "total_differs", **drawn) == [
            ("query", "visits", "sledai_2k", (3, 6, 7)),
            ("query", "visits", "clinical_sledai", (4,)),
        ]

    def test_two_totals_that_serology_cannot_explain(self, tmp_path):
        drawn = _visits(
            "sledai_2k clinical_sledai", "8 4", "8 6", "8 8", "8 2", "8 5", "4 8", "8 ."
        )
        assert find(tmp_path, "totals_disagree", **drawn) == [
            ("query", "visits", "clinical_sledai", (5, 6, 7))
        ]

    @pytest.mark.parametrize(
        ("descriptor", "column", "meets", "does_not"),
        [
            ("thrombocytopenia", "platelets_10e9_l", "99", "100"),
            ("leukopenia", "leukocytes_10e9_l", "2.9", "3"),
            ("proteinuria", "proteinuria_mg_24h", "501", "500"),
            ("arthritis", "swollen_joints_28", "2", "1"),
            ("rash", "rash_extent", "localised", "none"),
        ],
    )
    def test_a_descriptor_marked_absent_against_a_measurement(
        self, tmp_path, descriptor, column, meets, does_not
    ):
        drawn = _visits(
            f"{descriptor} {column}",
            f"no {meets}", f"no {does_not}", f"yes {meets}", f". {meets}", "no .",
        )  # fmt: skip
        assert find(tmp_path, "contradicts_descriptor", **drawn) == [
            ("query", "visits", column, (2,))
        ]

    def test_a_rash_of_no_extent(self, tmp_path):
        drawn = _visits("rash rash_extent", "yes none", "no none", "yes generalised")
        assert find(tmp_path, "contradicts_descriptor", **drawn) == [
            ("query", "visits", "rash_extent", (2,))
        ]

    def test_a_dose_that_is_not_its_equivalent(self, tmp_path):
        drawn = _visits(
            "prednisone_mg_day glucocorticoid_drug glucocorticoid_mg_day",
            "5 methylprednisolone 4", "4 methylprednisolone 4", "8 methylprednisolone 4",
            ". methylprednisolone 4", "5 . 4", "5 methylprednisolone .",
        )  # fmt: skip
        assert find(tmp_path, "dose_differs", **drawn) == [
            ("query", "visits", "prednisone_mg_day", (4,))
        ]


class TestCourse:
    def test_damage_that_falls_is_kept(self, tmp_path):
        drawn = _course("slicc_damage_index", "1", "2", ".", "1", "2")
        assert find(tmp_path, "damage_falls", **drawn) == [
            ("query", "visits", "slicc_damage_index", (5,))
        ]

    def test_damage_that_leaps(self, tmp_path):
        drawn = _course("slicc_damage_index", "1", ".", "4", "8", "9")
        assert find(tmp_path, "damage_leaps", **drawn) == [
            ("query", "visits", "slicc_damage_index", (5,))
        ]

    def test_fifty_for_five_is_queried_and_not_corrected(self, tmp_path):
        drawn = _course("prednisone_mg_day", "7.5", "5", "50", "5", "2.5")
        assert find(tmp_path, "jump", **drawn) == [("query", "visits", "prednisone_mg_day", (4,))]
        doses = read(tmp_path, **drawn).tables["visits"]["prednisone_mg_day"]
        assert doses.tolist()[:5] == [7.5, 5, 50, 5, 2.5]

    @pytest.mark.parametrize(
        "doses",
        ["5 5 40 20 10", "1.25 12.5 1.25", "0 50 25 10", "40 20 7.5 5", "5 . 20 . 5", "0 0 5 0"],
    )
    def test_a_flare_and_its_taper_are_no_slip(self, tmp_path, doses):
        assert find(tmp_path, "jump", **_course("prednisone_mg_day", *doses.split())) == []

    @pytest.mark.parametrize(
        ("column", "usual", "slip"),
        [
            ("platelets_10e9_l", "230", "23000"),
            ("leukocytes_10e9_l", "6", "60"),
            ("haemoglobin_g_dl", "12.5", "125"),
            ("haemoglobin_g_dl", "12.5", "1.25"),
            ("proteinuria_mg_24h", "400", "4"),
            ("eq5d_vas", "80", "8"),
            ("facit_fatigue", "40", "4"),
            ("prednisone_mg_day", "10", "100"),
            ("prednisone_mg_day", "20", "2"),
        ],
    )
    def test_one_value_in_another_unit(self, tmp_path, column, usual, slip):
        drawn = _course(column, usual, usual, slip, usual)
        assert ("query", "visits", column, (4,)) in find(tmp_path, "jump", **drawn)

    def test_spikes_up_and_down_alone_and_at_the_ends(self):
        patient = pd.Series(list("AAAABBCDD"))
        values = pd.Series([10, 10, 100, 10, 100, 1, 100, 10, 0.5])
        spike = Spike(ratio=5, at_an_end=20)
        found = find_spikes(patient, values, spike)
        # A: the third; B and D: a leap between two visits, either may be wrong; C: nobody knows.
        assert np.flatnonzero(found).tolist() == [2, 4, 5, 7, 8]

    def test_every_watched_column_is_in_the_dictionary(self):
        from lupus_outcomes.dictionary import TABLES

        assert set(SPIKES) <= set(TABLES["visits"].columns)
