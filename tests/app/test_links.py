"""A short id reopens its view, says what has changed since, and tells nobody what is not theirs."""

import json
import shutil
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from lupus_outcomes.release.provenance import seal
from tests.app.conftest import COHORT, OpenApp, as_read

pytestmark = pytest.mark.slow
RETENTION = "treatment/retention.py"


def take_link(app: AppTest, result: str) -> str:
    """Open the menu of downloads; the id of the link that it shows."""
    app.session_state[f"download_{result}"] = True
    app.run()
    (link,) = (code.value for code in app.code if "?view=" in code.value)
    return link.rpartition("=")[2]


def said(app: AppTest) -> str:
    return "\n".join(as_read(one.value) for one in (*app.info, *app.warning))


@pytest.fixture
def links(tmp_path) -> Path:
    return tmp_path / "links"


def edited(tmp_path: Path) -> Path:
    """The cohort with one patient fewer in remission: one global assessment raised."""
    shutil.copytree(COHORT, other := tmp_path / "other")
    toml = (other / "dataset.toml").read_text().replace("2026-06-30", "2026-06-29")
    (other / "dataset.toml").write_text(toml)
    lines = (other / "visits.csv").read_text().splitlines()
    (other / "visits.csv").write_text("\n".join(lines[:-300]) + "\n")
    return other


class TestTheSameData:
    def test_page_filters_and_choices_come_back(self, open_app: OpenApp):
        first = open_app(sex="female", handling="observed", doris_dose="<5")
        asked = take_link(first, "attainment")
        app = open_app(view=asked)
        assert app.multiselect(key="view_sex").value == ["female"]
        assert app.selectbox(key="view_handling").value == "observed"
        assert app.session_state["view_doris_dose"] == "<5"
        assert f"Opened by its id {asked}" in said(app)
        assert "the data and the numbers are the same" in said(app)
        assert app.query_params["sex"] in ("female", ["female"])
        assert "view" not in app.query_params

    def test_of_another_page(self, open_app: OpenApp):
        first = open_app(RETENTION, group="sex", show="reasons")
        asked = take_link(first, "discontinuation")
        app = open_app(view=asked)
        assert app.title[0].value == first.title[0].value
        assert app.selectbox(key="view_group").value == "sex"
        assert "the numbers are the same" in said(app)

    def test_what_was_said_goes_with_the_next_choice(self, open_app: OpenApp):
        app = open_app(view=take_link(open_app(sex="female"), "attainment"))
        assert "Opened by its id" in said(app)
        app.multiselect(key="view_sex").set_value(["male"]).run()
        assert "Opened by its id" not in said(app)

    def test_the_menu_alone_keeps_one_file_a_result(self, open_app: OpenApp, links):
        app = open_app(sex="female")
        assert not links.exists()
        asked = take_link(app, "attainment")
        app.run()
        (file,) = links.iterdir()
        assert file.name == f"{asked}.json"
        assert file.stat().st_mode & 0o077 == 0


class TestOtherData:
    def test_both_numbers_are_shown(self, open_app: OpenApp, tmp_path):
        first = open_app()
        asked = take_link(first, "attainment")
        app = open_app("", edited(tmp_path), view=asked)
        (warning,) = app.warning
        then, now = as_read(warning.value).split("\n\n")[1:]
        assert then.startswith("Then: At 12 months: DORIS remission 33 % (71 of 217")
        assert now.startswith("Now: At 12 months: DORIS remission")
        assert then.removeprefix("Then: ") != now.removeprefix("Now: ")
        assert "the data have changed since" in warning.value
        assert "the numbers are not the same" in warning.value

    def test_what_cannot_be_made_again_is_said(self, open_app: OpenApp, tmp_path):
        asked = take_link(open_app(centre="Centre 01"), "attainment")
        other = edited(tmp_path)
        text = (other / "patients.csv").read_text()
        (other / "patients.csv").write_text(text.replace("Centre 01", "Centre 77"))
        app = open_app("", other, view=asked)
        assert not app.exception
        assert "Centre 01" in said(app)


class TestRefused:
    @pytest.mark.parametrize("asked", ["0123456789", "../../etc/passwd", "x", ""])
    def test_an_id_that_nobody_kept(self, open_app: OpenApp, asked):
        app = open_app(view=asked)
        assert "no link of that id" in said(app)
        assert "You are seeing" in "".join(line.value for line in app.caption)

    def test_a_file_that_was_changed(self, open_app: OpenApp, links):
        asked = take_link(open_app(), "attainment")
        file = links / f"{asked}.json"
        content = json.loads(file.read_text())
        content["stamp"]["finding"] = "everyone responds"
        file.write_text(json.dumps(content))
        app = open_app(view=asked)
        assert "was changed after it was kept" in said(app)
        assert "everyone" not in said(app)

    def test_of_another_mode(self, open_app: OpenApp, monkeypatch):
        asked = take_link(open_app(), "attainment")
        monkeypatch.setenv("LUPUS_OUTCOMES_DISCLOSURE", "release")
        app = open_app(view=asked)
        assert "in another mode" in said(app)
        assert "217" not in said(app)

    def test_of_other_centres(self, open_app: OpenApp, links):
        asked = take_link(open_app(), "attainment")
        file = links / f"{asked}.json"
        content = json.loads(file.read_text())
        content["stamp"]["recipe"]["centres"] = ["Centre 01"]
        content["stamp"]["seal"] = seal(content["stamp"])
        file.write_text(json.dumps(content))
        app = open_app(view=asked)
        assert "by a reader of other centres" in said(app)
        assert "217" not in said(app)
