"""Time to response and flares: pages say what was found, and an address reopens a view."""

import pytest

from lupus_outcomes.analysis.flares import estimate_flares, estimate_flares_by_state
from lupus_outcomes.analysis.manifestations import estimate_manifestation_medians
from lupus_outcomes.analysis.response_methods import compare_response_methods
from lupus_outcomes.analysis.time_to_response import estimate_time_to_response
from lupus_outcomes.derive.selection import select_patients
from lupus_outcomes.ui.plain import escape
from tests.app.conftest import told, turn_to
from tests.reference_cohort import reference_cohort

pytestmark = pytest.mark.slow

RESPONSE, FLARES = "response/time_to_response.py", "response/flares.py"


def said(app):
    return [line.value for line in app.markdown]


class TestTimeToResponse:
    def test_each_question_is_answered(self, open_app):
        cohort = reference_cohort()
        selection = select_patients(cohort)
        chosen = ("doris", "lldas"), ("first",), ("kaplan_meier",)
        response = estimate_time_to_response(cohort, selection, *chosen).finding
        gone = estimate_manifestation_medians(cohort, selection).finding

        methods = compare_response_methods(cohort, selection).finding

        assert "DORIS remission 49 % (95 % CI 42–56" in response
        for view, found in (("endpoints", response), ("manifestations", gone)):
            app = open_app(RESPONSE, show=view)
            assert told(app) == [found]
            assert escape(found) in said(app)
        assert escape(methods) in said(open_app(RESPONSE, show="methods"))

    def test_the_table_has_the_milestones(self, open_app):
        table = open_app(RESPONSE).dataframe[0].value
        doris = table[table["endpoint"] == "DORIS remission"].set_index("by")

        assert doris.loc["12 months", "share (95 % CI)"] == "49 % (42 to 56)"
        assert doris.loc["12 months", "N"] == 240

    def test_endpoint_definition_and_method_change_what_is_said(self, open_app):
        app = open_app(RESPONSE)
        app.multiselect(key="view_response_to").set_value(["clasi50"])
        app.selectbox(key="view_response").set_value("sustained_2")
        app.selectbox(key="view_method").set_value("aalen_johansen").run()

        assert told(app)[0].startswith("By 12 months for two visits in a row: CLASI-50")
        assert "Aalen–Johansen, stopping anifrolumab first competes." in told(app)[0]
        assert app.query_params["method"] == "aalen_johansen"

    def test_no_endpoint_chosen_is_a_quiet_sentence(self, open_app):
        app = open_app(RESPONSE)
        app.multiselect(key="view_response_to").set_value([]).run()

        assert not app.exception
        assert any("No endpoint is chosen" in line for line in said(app))


class TestFlares:
    def test_each_question_is_answered(self, open_app):
        app, cohort = open_app(FLARES), reference_cohort()
        selection = select_patients(cohort)
        rates = estimate_flares(cohort, selection).finding

        assert not app.exception
        assert "32.0 per 100 patient-years (177 flares in 106 patients" in rates
        assert told(app) == [rates]
        assert escape(rates) in said(app)
        by_state = estimate_flares_by_state(cohort, selection).finding
        assert escape(by_state) in said(turn_to(app, "By state of the disease"))

    def test_source_and_severity_change_what_follows(self, open_app):
        app = open_app(FLARES, show="first")
        app.selectbox(key="view_flare_source").set_value("derived").run()
        app.selectbox(key="view_flare_severity").set_value("severe").run()

        assert "free of any severe flare derived from visits" in told(app)[0]
        assert app.query_params["flare_source"] == "derived"

    def test_ratios_of_groups_have_their_limits(self, open_app):
        app = open_app(FLARES, show="ratios", group="smoking", flare_source="derived")
        ratios = app.dataframe[0].value

        assert "1.00" in ratios["rate ratio (95 % CI)"].tolist()

    def test_severities_are_in_words(self, open_app):
        assert "mild or moderate" in open_app(FLARES).dataframe[0].value["severity"].tolist()
