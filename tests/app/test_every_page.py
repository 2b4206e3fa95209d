"""What holds for every page: it draws, says what is seen, and sends no patient to the browser."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tests.app.conftest import told, turn_to

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
PAGES = [p.relative_to(ROOT / "pages").as_posix() for p in sorted((ROOT / "pages").rglob("*.py"))]
# The declared exception: the page of one patient, drawn on one's own machine only.
PATIENT_PAGE = "cohort/patient.py"
# Slides have their tables as figures.
SLIDES = "share/deck.py"
# An alternative text says a finding: a sentence with a number in it.
TELLS = re.compile(r"(?=.{20}).*\d", re.S)
CANARY = b"CANARY"


def everything_sent(app: AppTest) -> bytes:
    """Every message the browser would get, charts' and tables' data included."""
    messages = []

    def walk(node) -> None:
        proto = getattr(node, "proto", None)
        if proto is not None:
            messages.append(proto.SerializeToString())
        for child in getattr(node, "children", {}).values():
            walk(child)

    walk(app._tree)
    return b"".join(messages)


def unfold(app: AppTest) -> None:
    """Open what is folded on the page, as clicks do."""
    folded = [fold.key for fold in app.expander if fold.key]
    folded += [key for menu in app.get("popover") if (key := menu.proto.popover.id.split("-")[-1])]
    for key in folded:
        app.session_state[key] = True
    app.run()
    assert {"more_filters", "definitions"} <= set(folded)


def each_view(app: AppTest) -> Iterator[AppTest]:
    """The page as it opens, then each of its other views in turn."""
    yield app
    for tab in app.tabs[1:]:
        yield turn_to(app, tab.label)


@pytest.mark.parametrize("page", PAGES)
def test_it_draws(on_the_sample, page):
    app = on_the_sample(page)
    assert len(app.title) == 1
    assert any("You are seeing" in line.value for line in app.caption)
    assert any("Synthetic data" in line.value for line in app.caption)
    for view in each_view(app):
        assert not view.exception
        for tab in view.tabs:
            is_open = tab.label == view.session_state["view_show_title"]
            drawn = tab.markdown or tab.caption or tab.toggle or tab.dataframe
            assert bool(drawn) == is_open, tab.label
        figures = told(view)
        assert all(TELLS.search(said) for said in figures), figures
        assert not figures or view.dataframe or page == SLIDES


def test_method_and_files_are_drawn_once_they_are_opened(on_the_sample):
    app = on_the_sample()
    assert not any("Counted" in line.value for line in app.markdown)
    assert not app.get("download_button")
    app.session_state["method_attainment"] = True
    app.session_state["download_attainment"] = True
    app.run()
    (method,) = (line.value for line in app.markdown if "Counted" in line.value)
    for part in ("Wilson score", "Sources", "Franklyn"):
        assert part in method
    assert any("SYNTHETIC DATA" in line.value for line in app.caption)
    snippet, link = app.code
    assert "/?view=" in link.value
    assert 'ANALYSES["attainment"](cohort, selection, endpoints=' in snippet.value
    files = [button.label for button in app.get("download_button")]
    assert files == ["Table CSV", "Table XLSX", "Figure SVG", "Figure PNG", "Stamp"]
    app.multiselect(key="view_sex").set_value(["female"]).run()
    assert len(app.get("download_button")) == len(files)


@pytest.mark.parametrize("page", [page for page in PAGES if page != PATIENT_PAGE])
def test_no_patient_is_sent(on_the_sample, page):
    for view in each_view(on_the_sample(page, group="centre")):
        unfold(view)
        sent = everything_sent(view)
        assert len(sent) > 2_000
        assert CANARY not in sent


def test_the_canary_would_be_seen(on_the_sample):
    assert CANARY in everything_sent(on_the_sample(PATIENT_PAGE))


@pytest.mark.parametrize("page", [page for page in PAGES if not page.startswith("about/")])
def test_an_empty_selection_explains_itself(on_the_sample, page):
    app = on_the_sample(page)
    app.multiselect(key="view_sex").set_value(["male"])
    app.multiselect(key="view_age").set_value(["below 30"])
    app.multiselect(key="view_manifestation").set_value(["vasculitis"])
    app.multiselect(key="view_start_year").set_value(["2023"])
    app.run()
    assert not app.exception
    assert any("No patient matches" in line.value for line in app.info)


def test_filters_survive_a_page_change(on_the_sample):
    app = on_the_sample("response/remission.py", sex="male")
    app.switch_page("pages/response/glucocorticoids.py").run()
    assert app.multiselect(key="view_sex").value == ["male"]
    assert app.query_params["sex"] in ("male", ["male"])


def test_an_address_restores_a_view(on_the_sample):
    app = on_the_sample(sex="female", group="smoking", handling="observed", doris_dose="<5")
    assert app.multiselect(key="view_sex").value == ["female"]
    assert app.selectbox(key="view_group").value == "smoking"
    assert app.selectbox(key="view_handling").value == "observed"
    seen = next(line.value for line in app.caption if "You are seeing" in line.value)
    assert "Sex" in seen
    assert "by smoking" in seen
    assert "doris" in seen


def test_what_an_address_asks_in_vain_is_said(on_the_sample):
    app = on_the_sample(centre="Atlantis", handling="guess")
    said = " ".join(warning.value for warning in app.warning)
    assert "Atlantis" in said
    assert "guess" in said


def test_the_default_view_has_a_bare_address(on_the_sample):
    assert dict(on_the_sample().query_params) == {}
