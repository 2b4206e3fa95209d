"""Treatment-emergent events: which are in, which categories they belong to, what stays unknown."""

import numpy as np
import pandas as pd
import pytest

from lupus_outcomes.derive.adverse_events import name_codes
from tests.drawn import draw_cohort


def events(text, **how):
    return draw_cohort(text, **how).adverse_events


def holds(text, category):
    return "".join("-?+"[code + 1] for code in events(f"anna:\n {text}").holds[category])


class TestEmergent:
    def days(self, who, *onsets, **how):
        lines = "\n".join(f" event {day} headache" for day in onsets)
        return events(f"{who}\n{lines}", **how).onset_day.tolist()

    def test_from_the_first_dose_to_28_days_after_the_stop(self):
        assert self.days("anna: stop=100/other", -1, 0, 100, 128, 129) == [0, 100, 128]

    def test_to_the_last_contact(self):
        assert self.days("anna: contact=110 stop=100/other", 109, 110, 111) == [109, 110]

    def test_to_the_data_cut(self):
        assert self.days("anna:", 299, 300, 301, cut=300) == [299, 300]

    def test_what_is_left_out_is_counted(self):
        found = events(
            "anna: stop=100/other\n event -1 headache\n event 5 headache\n event 200 headache\n"
            " event ? headache"
        )

        assert len(found.patient) == 1
        assert found.patients_before.tolist() == [0]
        assert found.patients_after.tolist() == [0]
        assert found.patients_undated.tolist() == [0]


class TestCategories:
    def test_not_serious_is_the_opposite_and_unknown_is_neither(self):
        text = "event 1 a serious\n event 2 b\n event 3 c serious=?"

        assert holds(text, "serious") == "+-?"
        assert holds(text, "non_serious") == "-+?"

    def test_admission_is_the_reason_for_being_serious(self):
        text = (
            "event 1 a serious why=hospitalisation\n event 2 b serious why=important\n"
            " event 3 c serious\n event 4 d"
        )

        assert holds(text, "hospitalisation") == "+-?-"

    @pytest.mark.parametrize(
        ("said", "sign"),
        [
            ("outcome=fatal", "+"),
            ("serious why=death outcome=?", "+"),
            ("serious grade=5", "+"),
            ("serious outcome=recovered", "-"),
            ("serious grade=3", "-"),
            ("outcome=unknown", "-"),  # not serious: not fatal
            ("serious outcome=unknown", "?"),
            ("serious", "?"),
        ],
    )
    def test_fatal(self, said, sign):
        assert holds(f"event 1 a {said}", "fatal") == sign

    @pytest.mark.parametrize(
        ("said", "sign"),
        [
            ("infection serious why=hospitalisation", "+"),
            ("infection iv_antimicrobial", "+"),
            ("infection serious outcome=fatal", "+"),
            ("infection iv_antimicrobial=no", "-"),
            ("infection", "?"),
            ("infection=no serious why=hospitalisation", "-"),
        ],
    )
    def test_serious_infection(self, said, sign):
        assert holds(f"event 1 a {said}", "serious_infection") == sign

    def test_early_includes_day_180(self):
        text = "event 0 a\n event 180 b\n event 181 c"

        assert holds(text, "early") == "++-"
        assert holds(text, "late") == "--+"

    def test_a_grade_is_one_of_five(self):
        text = "event 1 a grade=2\n event 2 b"

        assert [holds(text, f"grade_{n}") for n in range(1, 6)] == ["-?", "+?", "-?", "-?", "-?"]

    def test_what_no_event_tells_is_not_told(self):
        found = events("anna:\n event 1 a related\n event 2 b")

        assert found.tells("related")
        assert not found.tells("neoplasm")


class TestNames:
    def test_the_preferred_term_comes_before_the_reported_one(self):
        found = events("anna:\n event 1 shingles pt=Zoster\n event 2 shingles").preferred_term

        assert [found.names[code] for code in found.code] == ["Zoster", "shingles"]

    def test_capitals_make_no_other_term_and_the_usual_spelling_stands(self):
        found = name_codes(pd.Series(["cough", "Cough", "cough", None, "asthma"], dtype="string"))

        assert found.names == ("asthma", "cough")
        assert found.code.tolist() == [1, 1, 1, -1, 0]

    def test_no_event_no_name(self):
        found = name_codes(pd.Series([], dtype="string"))

        assert found.names == ()
        assert found.code.dtype == np.int64
