"""Signed in, or not, through ``app.py``: what each reader sees, and what is written down."""

import json
import shutil
import tomllib

import pytest
from streamlit import config
from streamlit.testing.v1 import AppTest

from lupus_outcomes.access.audit import verify_log
from lupus_outcomes.access.readers import hash_email
from lupus_outcomes.paths import APP, DATASET_VARIABLE, SAMPLE
from lupus_outcomes.ui import trail
from tests.app.conftest import COHORT, PATIENCE_SECONDS, as_read, said_of_the_address
from tests.app.test_every_page import everything_sent
from tests.sign_in import CENTRE, INVESTIGATOR, MANAGER, VIEWER, claims_of, write_sign_in

pytestmark = pytest.mark.slow

N_OWN, N_ALL = 19, 240
PATIENT, CENTRES, DATASET = "cohort/patient.py", "study/centres.py", "about/dataset.py"
DECK = "share/deck.py"


@pytest.fixture
def open_as(monkeypatch, tmp_path):
    """Open a page as someone of whom the provider says so much, where sign-in is set up."""
    for name, value in write_sign_in(tmp_path).items():
        monkeypatch.setenv(name, value)

    def open_(claims: dict, page: str = "", dataset=COHORT, **view) -> AppTest:
        monkeypatch.setenv(DATASET_VARIABLE, str(dataset))
        app = AppTest.from_file(str(APP), default_timeout=PATIENCE_SECONDS)
        app.user = claims
        for name, asked in view.items():
            app.query_params[name] = asked
        app.run()
        return app.switch_page(f"pages/{page}").run() if page else app

    return open_


@pytest.fixture
def lines(tmp_path):
    """The audit log as it is now."""

    def lines_() -> list[dict]:
        path = tmp_path / "audit.jsonl"
        if not path.exists():
            return []
        assert not verify_log(path).broken_line
        return [json.loads(line) for line in path.read_bytes().splitlines()]

    return lines_


def seen(app: AppTest) -> str:
    return next(line.value for line in app.caption if "You are seeing" in line.value)


REFUSED = {
    "nobody": {"is_logged_in": False},
    "someone else": claims_of("someone@a.example"),
    "not verified": claims_of(VIEWER, email_verified=False),
    "yesterday": claims_of(VIEWER, iat=1_700_000_000),
}


@pytest.mark.parametrize("case", REFUSED)
@pytest.mark.parametrize("page", ["", CENTRES])
def test_who_is_refused_sees_nothing_of_the_dataset(open_as, case, page):
    app = open_as(REFUSED[case], page, sex="male")
    assert [title.value for title in app.title] == ["Sign in to see this dashboard"]
    assert not app.sidebar.children
    title = tomllib.loads((COHORT / "dataset.toml").read_text())["title"]
    assert title.encode() not in everything_sent(app)
    assert b"Centre 0" not in everything_sent(app)
    assert app.button[0].label == "Sign in"


@pytest.mark.parametrize("broken", ["readers.toml", "provider.toml"])
def test_a_list_that_cannot_be_read_refuses_everyone(open_as, monkeypatch, tmp_path, broken):
    if broken == "readers.toml":
        (tmp_path / broken).write_text("[readers")
    else:
        monkeypatch.delenv("LUPUS_OUTCOMES_PROVIDER")
    app = open_as(claims_of(VIEWER))
    assert any("not set up rightly" in line.value for line in app.markdown)
    assert not app.sidebar.children
    assert not app.button


def test_a_reader_who_is_taken_off_the_list_is_out_at_the_next_click(open_as, tmp_path):
    app = open_as(claims_of(VIEWER))
    assert seen(app)
    readers = tmp_path / "readers.toml"
    readers.write_text(readers.read_text().replace(VIEWER, "other@a.example"))
    app.run()
    assert not app.sidebar.children
    assert not app.caption or "You are seeing" not in app.caption[0].value


def test_a_reader_of_one_centre_is_told_so(open_as):
    app = open_as(claims_of(VIEWER))
    assert f"{N_OWN} of {N_OWN} patients" in as_read(seen(app))
    assert f"Centre: {CENTRE} only" in as_read(seen(app))


def test_other_centres_are_nowhere(open_as):
    for page in ("", CENTRES, DATASET, DECK, "study/robustness.py", "study/interim.py"):
        app = open_as(claims_of(VIEWER), page, group="centre")
        sent = everything_sent(app)
        others = [f"Centre 0{n}".encode() for n in range(1, 10) if f"Centre 0{n}" != CENTRE]
        assert CENTRE.encode() in sent
        assert not [other for other in others if other in sent], page
        assert b"240" not in sent or page == DATASET


def test_an_address_cannot_ask_for_another_centre(open_as):
    app = open_as(claims_of(VIEWER), centre="Centre 01")
    assert f"{N_OWN} of {N_OWN} patients" in as_read(seen(app))
    assert "asks for centre = Centre 01, which is not there" in said_of_the_address(app)


def test_a_reader_of_all_centres_shares_nothing_with_one_of_some(open_as):
    whole = open_as(claims_of(MANAGER))
    own = open_as(claims_of(VIEWER))
    again = open_as(claims_of(MANAGER))
    assert f"{N_ALL} of {N_ALL}" in seen(whole)
    assert f"{N_OWN} of {N_OWN}" in seen(own)
    assert seen(again) == seen(whole)


@pytest.mark.parametrize(
    ("email", "may"), [(VIEWER, False), (INVESTIGATOR, True), (MANAGER, False)]
)
def test_single_patients_are_for_investigators(open_as, email, may):
    app = open_as(claims_of(email), PATIENT)
    assert any(box.label == "Patient" for box in app.selectbox) == may
    assert (b"H01-" in everything_sent(app)) == may
    assert any("to signed-in investigators" in line.value for line in app.info) != may


def test_an_investigator_chooses_among_patients_of_the_own_centre(open_as):
    app = open_as(claims_of(INVESTIGATOR), PATIENT)
    offered = next(box.options for box in app.selectbox if box.label == "Patient")
    assert len(offered) == N_OWN


def test_what_was_found_wrong_is_not_told_to_a_reader_of_some_centres(open_as):
    app = open_as(claims_of(VIEWER), DATASET, show="wrong")
    app.session_state["view_show_title"] = "What was wrong"
    app.run()
    assert any("to readers of all centres" in line.value for line in app.caption)
    assert not app.dataframe


def test_the_bundled_sample_stays_open(open_as):
    app = open_as({"is_logged_in": False}, dataset=SAMPLE)
    assert seen(app)
    assert not any(button.label == "Sign out" for button in app.button)


@pytest.fixture
def real(tmp_path):
    """The test cohort, calling itself real."""
    folder = tmp_path / "real"
    shutil.copytree(COHORT, folder)
    about = folder / "dataset.toml"
    about.write_text(about.read_text().replace("synthetic = true", "synthetic = false"))
    return folder


@pytest.mark.parametrize(("address", "is_shown"), [("127.0.0.1", True), ("0.0.0.0", False)])
def test_real_data_without_sign_in_are_shown_on_the_own_machine_only(
    open_app, real, address, is_shown
):
    kept = config.get_option("server.address")
    config._set_option("server.address", address, "test")
    try:
        app = open_app(dataset=real)
    finally:
        config._set_option("server.address", kept, "test")
    assert bool(app.sidebar.multiselect) == is_shown
    assert any("set up sign-in" in error.value for error in app.error) != is_shown


def test_what_is_seen_is_written_down(open_as, lines):
    app = open_as(claims_of(INVESTIGATOR), sex="male")
    app.run()
    app.switch_page("pages/response/flares.py").run()
    found = lines()
    assert [line["event"] for line in found] == ["sign-in", "view", "view"]
    assert [line["page"] for line in found] == ["", "Remission", "Flares"]
    assert {line["reader"] for line in found} == {hash_email(INVESTIGATOR)}
    assert {line["role"] for line in found} == {"investigator"}
    assert found[1]["filters"] == ["sex"]
    assert "male" not in json.dumps(found)
    assert "a.example" not in json.dumps(found)


def test_who_was_refused_is_written_down_once(open_as, lines):
    open_as(claims_of("someone@a.example")).run()
    (line,) = lines()
    assert (line["event"], line["role"]) == ("refused", "none")
    assert line["reader"] == hash_email("someone@a.example")


def test_a_file_is_made_after_it_was_written_down(open_as, lines, monkeypatch):
    made = download_of(open_as, monkeypatch)
    assert made() == b"content"
    (line,) = (line for line in lines() if line["event"] == "download")
    assert line["result"] == "result_ab12.csv"
    assert line["reader"] == hash_email(VIEWER)
    assert line["page"] == "Remission"


def test_a_file_that_cannot_be_written_down_is_not_made(open_as, monkeypatch, tmp_path):
    made = download_of(open_as, monkeypatch)
    (tmp_path / "audit.jsonl").unlink()
    (tmp_path / "audit.jsonl").mkdir()
    with pytest.raises(Exception, match="audit log"):
        made()


def download_of(open_as, monkeypatch):
    """The making of a file as the page of a viewer hands it to Streamlit."""
    app = open_as(claims_of(VIEWER))
    state = {"trail_reading": app.session_state["trail_reading"]}
    monkeypatch.setattr(trail.st, "session_state", state)
    return trail.logged(lambda: b"content", "result_ab12.csv")


def test_without_an_audit_log_there_are_no_downloads(open_as, tmp_path):
    (tmp_path / "audit.jsonl").mkdir()
    app = open_as(claims_of(VIEWER))
    assert any("no downloads" in error.value for error in app.error)
    assert seen(app)
    app.session_state["download_attainment"] = True
    app.run()
    assert not app.get("download_button")
    assert any("audit log cannot be written" in line.value for line in app.caption)
