"""The prediction pages: a first answer at once, the complete one later, doubts before details."""

import pytest
from streamlit.testing.v1 import AppTest

from lupus_outcomes.analysis.question import Question
from lupus_outcomes.data.sample import generate_sample
from lupus_outcomes.data.write import write_dataset
from lupus_outcomes.export.model_card import model_card
from lupus_outcomes.ui import compute, prediction
from lupus_outcomes.ui.keys import StudyKey
from lupus_outcomes.ui.plain import escape
from tests.app.conftest import told, turn_to, wait_for_jobs

pytestmark = pytest.mark.slow

PERFORMANCE, EXPLANATION = "prediction/performance.py", "prediction/explanation.py"
NO_SIGNAL, TOO_FEW = "on_drug_12", "clasi50_12"
MANY_PATIENTS = prediction.FEW + 20


def said(app: AppTest) -> str:
    return " ".join(line.value for line in (*app.markdown, *app.caption))


def progress(app: AppTest) -> list[str]:
    return [bar.proto.text for bar in app.get("progress")]


def until_complete(app: AppTest, kind: str = compute.RESAMPLING) -> AppTest:
    """Wait for what is gathered and run again, as the page does by itself."""
    assert compute.jobs(kind).keys
    wait_for_jobs(kind)
    return app.run()


def ask(app: AppTest, name: str, value: str) -> AppTest:
    """Choose in a control, as its reader does."""
    return app.selectbox(key=f"view_{name}").set_value(value).run()


class TestPerformance:
    def test_a_first_answer_says_that_it_is_one(self, open_app):
        compute.jobs.clear()
        app = open_app(PERFORMANCE)

        assert not app.exception
        assert "the numbers below are a first answer" in progress(app)[0]
        assert "LLDAS at 12 months" in said(app)
        assert len(told(app)) == 1
        assert "Follows when the resampling is done." in said(turn_to(app, "By chance alone?"))

    def test_the_complete_answer_replaces_it(self, open_app):
        app = until_complete(open_app(PERFORMANCE))

        assert progress(app) == []
        turn_to(app, "By chance alone?")
        assert not app.exception
        assert "With the outcome dealt out by chance" in told(app)[0]
        assert "Follows" not in said(app)

    def test_a_reader_who_comes_later_has_it_at_once(self, open_app):
        until_complete(open_app(PERFORMANCE))
        assert progress(open_app(PERFORMANCE, group="sex")) == []

    def test_of_many_patients_the_page_comes_back_with_the_first_answer(
        self, open_app, tmp_path, monkeypatch
    ):
        monkeypatch.setattr(prediction, "PATIENCE_SECONDS", 0.0)
        sample = generate_sample(MANY_PATIENTS)
        write_dataset(tmp_path / "many", sample.about, sample.tables)

        app = open_app(PERFORMANCE, tmp_path / "many")
        assert progress(app) == [f"Fitting a first model to {MANY_PATIENTS} patients …"]
        assert told(app) == []

        until_complete(app, compute.FIRST_ANSWERS)
        assert not app.exception
        assert "the numbers below are a first answer" in progress(app)[0]
        assert len(told(app)) == 1

    def test_apparent_stands_beside_corrected(self, open_app):
        table = open_app(PERFORMANCE).dataframe[0].value
        assert list(table.columns[:4]) == ["model", "metric", "apparent", "corrected (95 % CI)"]
        assert "to" in table["corrected (95 % CI)"].iloc[0]

    def test_outcome_and_handling_are_in_the_address(self, open_app):
        app = ask(open_app(PERFORMANCE), "outcome", "doris_12")
        ask(app, "predicted_handling", "observed")
        assert "DORIS remission at 12 months" in said(app)
        assert app.query_params["outcome"] in ("doris_12", ["doris_12"])
        assert app.query_params["predicted_handling"] in ("observed", ["observed"])

    def test_too_few_is_a_sentence(self, open_app):
        app = ask(open_app(PERFORMANCE), "outcome", TOO_FEW)
        assert not app.exception
        assert any("too few for a model" in line.value for line in app.info)
        assert told(app) == []

    def test_the_card_says_the_same(self, open_app):
        app = open_app(PERFORMANCE)
        key = next(
            key for key, question in compute.jobs(compute.RESAMPLING).keys if question == Question()
        )
        assert isinstance(key, StudyKey)
        found, chosen = compute.cohort(key.cohort), compute.selection(key)
        asked = compute.posed(key, Question())
        evidence = compute.first_answer(key, Question(), False)
        released = compute.prediction_result(key, Question(), evidence, "performance")
        card = model_card(asked, evidence, found, chosen, released.stamp)
        assert released.result.finding in card
        assert any(button.label == "Model card" for button in app.get("download_button"))


class TestExplanation:
    def test_without_doubts_the_details_are_there(self, open_app):
        app = open_app(EXPLANATION)

        assert not app.exception
        assert not app.warning
        assert "most associated with" in told(app)[0]

    def test_the_complete_answer_has_odds_ratios(self, open_app):
        app = until_complete(open_app(EXPLANATION))

        assert not app.exception
        assert "mean contribution, log-odds (95 % of refits)" in app.dataframe[0].value
        assert "have limits that leave out 1" in told(turn_to(app, "Odds ratios"))[0]

    def test_doubts_come_first_and_fold_the_details(self, open_app):
        app = ask(open_app(EXPLANATION), "outcome", NO_SIGNAL)

        assert not app.exception
        assert escape("no better than chance") in app.warning[0].value
        assert told(app) == []

    def test_doubted_details_can_be_opened(self, open_app):
        app = ask(open_app(EXPLANATION), "outcome", NO_SIGNAL)
        app.session_state["prediction_details"] = True
        app.run()

        assert not app.exception
        assert app.warning
        assert len(told(app)) == 1

    def test_another_feature_is_in_the_address(self, open_app):
        app = ask(open_app(EXPLANATION, show="dependence"), "feature", "damage")
        assert told(app)[0].startswith("SLICC/ACR damage index")
        assert app.query_params["feature"] in ("damage", ["damage"])

    def test_no_word_of_cause(self, open_app):
        words = " ".join((said(open_app(EXPLANATION)), *told(open_app(EXPLANATION)))).lower()
        assert "predicts" not in words
        assert "treatment effect" not in words


class TestOnePatient:
    def test_one_patient_is_shown_when_asked_for_and_is_no_file(self, open_app):
        app = open_app(EXPLANATION, show="patient")
        app.toggle(key="view_one_patient").set_value(True).run()

        assert not app.exception
        assert "for this patient" in told(app)[0]
        assert len(app.get("download_button")) == 0
        assert "patient_shown" not in app.query_params

    def test_only_patients_of_the_question_are_offered(self, open_app):
        app = open_app(EXPLANATION, show="patient")
        app.toggle(key="view_one_patient").set_value(True).run()
        assert len(app.selectbox(key="patient_shown").options) == 217

    def test_a_form_answers_what_if(self, open_app):
        app = open_app(EXPLANATION, show="what_if")
        app.number_input(key="what_if_prednisone").set_value(5.0)
        next(b for b in app.button if b.label == "Show the model's answer").click().run()

        assert not app.exception
        assert "patients of this selection are like this one" in said(app)

    def test_it_refuses_what_no_patient_had(self, open_app):
        app = open_app(EXPLANATION, show="what_if")
        app.number_input(key="what_if_prednisone").set_value(500.0)
        next(b for b in app.button if b.label == "Show the model's answer").click().run()
        assert any("says nothing beyond them" in line.value for line in app.info)
