"""The dashboard run without a browser, always through ``app.py``."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from streamlit.testing.v1 import AppTest

from lupus_outcomes.analysis import evidence
from lupus_outcomes.charts.spoken import FINDING
from lupus_outcomes.export.links import LINKS_VARIABLE
from lupus_outcomes.paths import APP, DATASET_VARIABLE, OFFERED, SAMPLE, UPLOAD_VARIABLE
from lupus_outcomes.ui import compute

ROOT = Path(__file__).parents[2]
COHORT = ROOT / "tests" / "data" / "inputs" / "cohort" / "dataset"
PATIENCE_SECONDS = 60
# Other tests keep the cores busy meanwhile, and work in the background gives way.
JOB_PATIENCE_SECONDS = 600

OpenApp = Callable[..., AppTest]


def turn_to(app: AppTest, title: str) -> AppTest:
    """Open another view of the page, as a click on its tab does."""
    assert title in [tab.label for tab in app.tabs]
    app.session_state["view_show_title"] = title
    return app.run()


def wait_for_jobs(kind: str) -> None:
    """Until nothing of that kind is gathered in the background any more."""
    jobs = compute.jobs(kind)
    for key in jobs.keys:
        job = jobs.look(key)
        assert job is None or job.finished.wait(JOB_PATIENCE_SECONDS)


def as_read(text: str) -> str:
    """Text without what keeps Markdown out of it, and lines from ending within it."""
    return text.replace("\\", "").replace("\u00a0", " ")


def said_of_the_address(app: AppTest) -> str:
    """What a page says that its address asked for in vain."""
    return as_read(" ".join(line.value for line in app.warning))


def told(app: AppTest) -> list[str]:
    """What each figure of a page tells a screen reader, beside its name."""
    return [_told(figure.proto) for figure in app.get("vega_lite_chart")]


def _told(figure: Any) -> str:
    assert figure.alt
    assert '"aria": true' in figure.spec
    with pa.ipc.open_stream(figure.data.data) as stream:
        sentence, *rest = stream.read_all()[FINDING].to_pylist()
    assert not any(rest)
    return sentence


@pytest.fixture(autouse=True)
def brief_resampling(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is gathered in the background is complete, with fewer repeats of everything."""
    monkeypatch.setattr(
        evidence, "FULL", evidence.Effort(repeats=1, folds=10, refits=3, shuffles=2)
    )


@pytest.fixture(autouse=True)
def _no_incident(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """An error on a page is caught and shown as an incident: a test must not pass over it."""
    yield
    said = [record.getMessage() for record in caplog.get_records("call")]
    assert not [line for line in said if line.startswith("Incident")]


@pytest.fixture(scope="session", autouse=True)
def _no_job_outlives_the_tests() -> Iterator[None]:
    yield
    wait_for_jobs(compute.RESAMPLING)


@pytest.fixture
def open_app(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> OpenApp:
    """Open a page as its address would: ``open_app("response/remission.py", show="missed")``."""

    monkeypatch.setenv(LINKS_VARIABLE, str(tmp_path / "links"))

    def open_(page: str = "", dataset: Path = COHORT, **view: str | list[str]) -> AppTest:
        monkeypatch.setenv(DATASET_VARIABLE, str(dataset))
        monkeypatch.setenv(UPLOAD_VARIABLE, OFFERED)
        app = AppTest.from_file(str(APP), default_timeout=PATIENCE_SECONDS)
        for name, asked in view.items():
            app.query_params[name] = asked
        app.run()
        if page:
            # The first page has taken what it does not know out of the address.
            for name, asked in view.items():
                app.query_params[name] = asked
            app.switch_page(f"pages/{page}").run()
        return app

    return open_


@pytest.fixture
def on_the_sample(open_app: OpenApp) -> OpenApp:
    """As ``open_app``, on the bundled synthetic cohort."""
    return lambda page="", **view: open_app(page, SAMPLE, **view)
