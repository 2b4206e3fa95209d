"""Seconds to a first answer and to its explanation: ours, explainerdashboard and shapash.

All fit the same trees to the same patients, LLDAS at 12 months, and each answer comes from a fresh
process, to its last figure in memory: performance is what our page shows first, the classification
stats of explainerdashboard, the plot of predicted against true values of shapash; the explanation
is the importance of all features by SHAP values and the dependence of one. Twice: from the moment
libraries are imported and the question is there, as in a server that runs; and from the start of
the process, in which ours reads and derives the sample and the rivals are given features. Then in
Chromium, from the start of the process to the first figure, each rival as its users start it and
explainerdashboard twice more: with no tabs but those of both answers, and with those of the one
answer alone, an app that has not the other. What an app wants from the internet is kept from it.

Ours does more in that time: it holds out centres, where the rivals judge and explain the model by
the patients it was fitted to. Rivals are helped: one thread, SHAP values in log-odds.

The rivals, the dependency group ``rivals``, need an older numpy than ours and so their own
environment: that of the Python in LUPUS_RIVALS_PYTHON, or one made for this run. Nothing is
asserted. Imports stand where they are used: each process pays for its own, and has no others.
"""

import compileall
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

ROOT = Path(__file__).parents[2]
VARIABLE = "LUPUS_RIVALS_PYTHON"
READY = "ready:"
RUNS = 3
ANSWERS = ("performance", "explanation")
OURS = "lupus-outcomes"
PACKAGES = (
    "explainerdashboard", "shapash", "scikit-learn", "shap", "numpy", "pandas", "dash", "streamlit",
)  # fmt: skip
# A named Python's rivals are compiled by their first run, as those of an installation are.
ENVIRONMENT = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"} | {
    "OMP_NUM_THREADS": "1",
    "PYTHONWARNINGS": "ignore",
}
PATIENCE_MS = 120_000

Times = dict[tuple[str, str], float]


def main() -> None:
    """Print the versions and two tables."""
    with tempfile.TemporaryDirectory() as folder, rivals_python() as python:
        show_versions(python)
        compileall.compile_dir(ROOT / "src", quiet=1)
        inputs = Path(folder)
        write_inputs(inputs)
        asked, started, auc = time_answers(python, inputs)
        print(f"Question to the answer in memory, libraries imported, median of {RUNS}, seconds")
        show(asked)
        print(f"Process start to the answer in memory, median of {RUNS}, seconds")
        show(started)
        print("Area under the curve of each fitted model on its own patients: " + "  ".join(auc))
        print(f"Process start to the first figure in Chromium, median of {RUNS}, seconds")
        show(time_pages(python, inputs))


@contextmanager
def rivals_python() -> Iterator[str]:
    """A Python with the rivals installed: the one that is named, else one made for this run."""
    if VARIABLE in os.environ:
        yield os.environ[VARIABLE]
        return
    with tempfile.TemporaryDirectory() as folder:
        uv, python = (sys.executable, "-m", "uv"), str(Path(folder) / "bin" / "python")
        group = f"{ROOT / 'pyproject.toml'}:rivals"
        make = ("venv", "--quiet", "--clear", "--python", sys.executable, folder)
        install = ("pip", "install", "--quiet", "--compile-bytecode", "--python", python)
        for arguments in (make, (*install, "--group", group)):
            subprocess.run([*uv, *arguments], check=True)
        yield python


def show_versions(rivals: str) -> None:
    """What is compared, one line an environment."""
    code = (
        "import sys; from importlib.metadata import distributions; "
        f"found = {{d.name.lower(): d.version for d in distributions()}}; "
        f"print(*(f'{{p}} {{found[p]}}' for p in {PACKAGES!r} if p in found), sep=', ')"
    )
    for name, python in (("rivals", rivals), ("ours", sys.executable)):
        print(f"{name + ':':<8}", end="", flush=True)
        subprocess.run([python, "-c", code], check=True)


def write_inputs(folder: Path) -> None:
    """The features and answers of the default question, and how our first answer fits its trees."""
    from lupus_outcomes.analysis.predictive_models import Tuning, fit_trees

    posed, _, _ = pose_default()
    trees = fit_trees(posed.x, posed.y, Tuning().leaves, Tuning().rounds)
    (folder / "trees.json").write_text(json.dumps(trees.get_params()))
    names = [feature.id for feature in posed.features]
    np.savez(folder / "question.npz", x=posed.x, y=posed.y, names=names)


def time_answers(python: str, inputs: Path) -> tuple[Times, Times, list[str]]:
    """Medians by tool and answer, from the question and from the start of the process.

    Also the area under the curve of each tool's model.
    """
    asked: dict[tuple[str, str], list[float]] = {}
    started: dict[tuple[str, str], list[float]] = {}
    auc = {}
    for _ in range(RUNS):
        for tool in TOOLS:
            for answer in ANSWERS:
                start = time.perf_counter()
                with begun(command(python, tool, answer, inputs)) as said:
                    started.setdefault((tool, answer), []).append(time.perf_counter() - start)
                auc[tool], seconds = said.split()
                asked.setdefault((tool, answer), []).append(float(seconds))
    return medians(asked), medians(started), [f"{tool} {value}" for tool, value in auc.items()]


def time_pages(python: str, inputs: Path) -> Times:
    """Medians by tool and page, server and reader together."""
    from playwright.sync_api import sync_playwright

    from lupus_outcomes.paths import SAMPLE
    from tests.bench.pages import FIGURE
    from tests.browser.chromium import launch_options
    from tests.browser.dashboard import serve

    found: dict[tuple[str, str], list[float]] = {}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**launch_options())
        for _ in range(RUNS):
            for answer in ANSWERS:
                start = time.perf_counter()
                with serve(SAMPLE) as address:
                    wait_for(browser, f"{address}/{answer}", FIGURE)
                    found.setdefault((OURS, answer), []).append(time.perf_counter() - start)
                for name, app in APPS.items():
                    start = time.perf_counter()
                    with begun(command(python, name, answer, inputs)) as address:
                        wait_for(browser, address, app.drawn[answer], app.behind.get(answer))
                        found.setdefault((name, answer), []).append(time.perf_counter() - start)
        browser.close()
    return medians(found)


def wait_for(browser: Any, address: str, wanted: str, behind: str | None = None) -> None:
    """Until a page, opened for the first time, shows what is wanted; ``behind``: a tab to open."""
    page = browser.new_context(viewport={"width": 1440, "height": 1000}).new_page()
    page.route(lambda url: "127.0.0.1" not in url, lambda route: route.abort())
    page.goto(address)
    if behind is not None:
        page.click(behind, timeout=PATIENCE_MS)
    page.wait_for_selector(wanted, timeout=PATIENCE_MS)
    page.context.close()


def medians(found: Mapping[tuple[str, str], list[float]]) -> Times:
    """Of the runs of each tool and answer."""
    return {of: statistics.median(seconds) for of, seconds in found.items()}


def show(seconds: Times) -> None:
    """One line a tool, with its times over ours."""
    print(f"  {'':<28}" + "".join(f"{answer:>13}{'ratio':>7}" for answer in ANSWERS))
    for tool in dict.fromkeys(tool for tool, _ in seconds):
        pairs = [(seconds[tool, answer], seconds[OURS, answer]) for answer in ANSWERS]
        print(f"  {tool:<28}" + "".join(f"{it:>13.2f}{it / our:>7.2f}" for it, our in pairs))


def command(python: str, tool: str, answer: str, inputs: Path) -> list[str]:
    """How the process of a tool is begun; without the folder of this file on the rivals' path."""
    own = [sys.executable, "-m", "tests.bench.rivals"]
    return [*(own if tool == OURS else [python, "-P", __file__]), tool, answer, str(inputs)]


@contextmanager
def begun(arguments: list[str]) -> Iterator[str]:
    """What a process says when it is ready; it is ended afterwards."""
    with (
        tempfile.TemporaryFile("w+") as errors,
        subprocess.Popen(
            arguments, stdout=subprocess.PIPE, stderr=errors, text=True, env=ENVIRONMENT, cwd=ROOT
        ) as process,
    ):
        assert process.stdout is not None
        try:
            said = next((line for line in process.stdout if line.startswith(READY)), None)
            if said is None:
                errors.seek(0)
                raise SystemExit(f"{' '.join(arguments)}\n{errors.read()}")
            yield said.removeprefix(READY).strip()
        finally:
            process.kill()


def answer_ours(answer: str, _: Path) -> tuple[float, float]:
    """What the page of that name computes and draws."""
    import sklearn.ensemble
    import sklearn.linear_model  # noqa: F401

    from lupus_outcomes.analysis.all_predictions import PREDICTIONS
    from lupus_outcomes.analysis.discrimination import estimate_auc
    from lupus_outcomes.analysis.evidence import gather_first_answer
    from lupus_outcomes.analysis.resampling import load_shap
    from lupus_outcomes.release.disclosure import Released, release
    from lupus_outcomes.ui import compute

    posed, cohort, selection = pose_default()
    if answer == "explanation":
        load_shap()
    start = time.perf_counter()
    evidence = gather_first_answer(posed, explain=answer == "explanation")

    def find(name: str, **options: str) -> Released:
        made = PREDICTIONS[name](posed, evidence, cohort, selection, **options)
        return release(made, cohort, selection)

    for drawing in draw_performance(find) if answer == "performance" else draw_explanation(find):
        assert drawing is not None, f"nothing to draw for {answer}"
        compute.spec(drawing)
    seconds = time.perf_counter() - start
    together = np.zeros((1, posed.n), dtype=np.int64)
    return estimate_auc(evidence.apparent[:1], posed.y, together).value, seconds


def pose_default() -> tuple[Any, Any, Any]:
    """The default question to all patients of the sample; imports no more than a page does."""
    from lupus_outcomes.analysis.question import Question, pose_question
    from lupus_outcomes.data.read import read_dataset
    from lupus_outcomes.derive.cohort import derive_cohort
    from lupus_outcomes.derive.selection import select_patients
    from lupus_outcomes.paths import SAMPLE
    from lupus_outcomes.protocols import PROTOCOLS

    dataset = read_dataset(SAMPLE)
    cohort = derive_cohort(dataset, PROTOCOLS[dataset.study])
    selection = select_patients(cohort)
    return pose_question(cohort, selection, Question()), cohort, selection


def draw_performance(find: Callable[..., Any]) -> Iterator[Any]:
    """The figures that the page shows without resampling."""
    from lupus_outcomes.charts.prediction import draw_calibration, draw_net_benefit

    find("performance")
    yield draw_calibration(find("calibration"), "light")
    yield draw_net_benefit(find("net_benefit"), "light")


def draw_explanation(find: Callable[..., Any]) -> Iterator[Any]:
    """The figures that the page shows without resampling, the feature at first the first."""
    from lupus_outcomes.charts.dependence import draw_dependence
    from lupus_outcomes.charts.explanation import draw_predictors

    predictors = find("predictors")
    first = predictors.table["feature"].iloc[0]
    yield draw_predictors(predictors, "light")
    yield draw_dependence(find("dependence", feature=first), "light")


def fit(inputs: Path) -> tuple[Any, Any, Any, float]:
    """The same trees, features and answers as the rivals want them, and when the question came."""
    import pandas as pd
    from sklearn.ensemble import HistGradientBoostingClassifier

    with np.load(inputs / "question.npz") as question:
        x = pd.DataFrame(question["x"], columns=question["names"])
        y = pd.Series(question["y"], name="response")
    parameters = json.loads((inputs / "trees.json").read_text())
    start = time.perf_counter()
    return HistGradientBoostingClassifier(**parameters).fit(x, y), x, y, start


def fitted_auc(trees: Any, x: Any, y: Any) -> float:
    """Of a rival's model on its own patients."""
    from sklearn.metrics import roc_auc_score

    return float(roc_auc_score(y, trees.predict_proba(x)[:, 1]))


def prepare_explainerdashboard(inputs: Path) -> tuple[Any, float, float]:
    """Its explainer, the area under the curve, and the beginning."""
    import explainerdashboard  # pyright: ignore[reportMissingImports]

    trees, x, y, start = fit(inputs)
    explainer = explainerdashboard.ClassifierExplainer(trees, x, y, model_output="logodds")
    return explainer, fitted_auc(trees, x, y), start


def choose_tabs(*answers: str) -> list[Any]:
    """Its tabs with the answers, the first open at first."""
    from explainerdashboard import (  # pyright: ignore[reportMissingImports]
        dashboard_components as tabs,
    )

    of = {
        "explanation": [tabs.ImportancesComposite, tabs.ShapDependenceComposite],
        "performance": [tabs.ClassifierModelStatsComposite],
    }
    return [tab for answer in answers for tab in of[answer]]


def answer_explainerdashboard(answer: str, inputs: Path) -> tuple[float, float]:
    """The tabs as it writes them, with their figures."""
    tabs = choose_tabs(answer)
    explainer, auc, start = prepare_explainerdashboard(inputs)
    for tab in tabs:
        tab(explainer).to_html()
    return auc, time.perf_counter() - start


def build_explainerdashboard(_: str, inputs: Path) -> Any:
    """Its dashboard as documented, with all tabs, whatever is asked."""
    return build_of_tabs(None, inputs)


def build_both_answers(_: str, inputs: Path) -> Any:
    """Its dashboard of the tabs with either answer, in the order of the whole."""
    return build_of_tabs(choose_tabs("explanation", "performance"), inputs)


def build_one_answer(answer: str, inputs: Path) -> Any:
    """Its dashboard of nothing but the answer."""
    return build_of_tabs(choose_tabs(answer), inputs)


def build_of_tabs(tabs: list[Any] | None, inputs: Path) -> Any:
    """Its dashboard of some tabs, or as it is documented."""
    from explainerdashboard import ExplainerDashboard  # pyright: ignore[reportMissingImports]

    return ExplainerDashboard(prepare_explainerdashboard(inputs)[0], tabs).app.server


def prepare_shapash(inputs: Path) -> tuple[Any, str, float, float]:
    """Its explainer, a feature, the area under the curve, and the beginning."""
    from shapash import SmartExplainer  # pyright: ignore[reportMissingImports]

    trees, x, y, start = fit(inputs)
    explainer = SmartExplainer(trees)
    explainer.compile(x, y_target=y)
    return explainer, x.columns[0], fitted_auc(trees, x, y), start


def answer_shapash(answer: str, inputs: Path) -> tuple[float, float]:
    """The plots that its app shows."""
    explainer, feature, auc, start = prepare_shapash(inputs)
    if answer == "performance":
        explainer.plot.scatter_plot_prediction().to_json()
    else:
        explainer.plot.features_importance().to_json()
        explainer.plot.contribution_plot(feature).to_json()
    return auc, time.perf_counter() - start


def build_shapash(answer: str, inputs: Path) -> Any:
    """Its app, whatever is asked."""
    explainer, _, _, _ = prepare_shapash(inputs)
    explainer.init_app()
    return explainer.smartapp.server


def serve_rival(build: Callable[[str, Path], Any], answer: str, inputs: Path) -> None:
    """A rival's app, until ended."""
    from werkzeug.serving import make_server  # pyright: ignore[reportMissingImports]

    server = make_server("127.0.0.1", 0, build(answer, inputs), threaded=True)
    print(f"{READY} http://127.0.0.1:{server.port}", flush=True)
    server.serve_forever()


# Each gives the area under the curve of its model and the seconds from the question to the answer.
TOOLS: Mapping[str, Callable[[str, Path], tuple[float, float]]] = {
    OURS: answer_ours,
    "explainerdashboard": answer_explainerdashboard,
    "shapash": answer_shapash,
}

# A figure of explainerdashboard is empty until its callback has answered.
EXPLAINERDASHBOARD = {
    "performance": "[id^=precision-graph] .trace",
    "explanation": "[id^=importances-graph] .trace",
}
SHAPASH = {
    "performance": "#prediction_picking .trace",
    "explanation": "#global_feature_importance .trace",
}


class App(NamedTuple):
    """What builds a rival's app, where an answer is drawn in it, and behind which tab."""

    build: Callable[[str, Path], Any]
    drawn: Mapping[str, str]
    behind: Mapping[str, str]


BEHIND = {"performance": ".tab >> text=Classification Stats"}
APPS = {
    "explainerdashboard, its app": App(build_explainerdashboard, EXPLAINERDASHBOARD, BEHIND),
    "explainerdashboard, both": App(build_both_answers, EXPLAINERDASHBOARD, BEHIND),
    "explainerdashboard, one": App(build_one_answer, EXPLAINERDASHBOARD, {}),
    "shapash, its app": App(
        build_shapash, SHAPASH, {"performance": "text=True Values Vs Predicted Values"}
    ),
}


def run_one(tool: str, answer: str, inputs: Path) -> None:
    """What a timed process does."""
    if tool in APPS:
        serve_rival(APPS[tool].build, answer, inputs)
    else:
        auc, seconds = TOOLS[tool](answer, inputs)
        print(f"{READY} {auc:.6f} {seconds:.3f}", flush=True)


if __name__ == "__main__":
    if sys.argv[1:]:
        run_one(sys.argv[1], sys.argv[2], Path(sys.argv[3]))
    else:
        main()
