"""The house's rules that a linter has no word for."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

from lupus_outcomes import endpoints, protocols
from lupus_outcomes.dictionary import columns_with_role
from lupus_outcomes.indices.sledai import DESCRIPTOR_IDS

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src" / "lupus_outcomes"
PAGES = sorted((ROOT / "pages").rglob("*.py"))
MODULES = sorted(SOURCE.rglob("*.py"))
APP = (ROOT / "app.py").read_text()

FORBIDDEN_CALLS = (
    "unsafe_allow_html",
    "st.html(",
    "eval(",
    "exec(",
    "pickle",
    "joblib",
    "components.v1",
)


def page_id(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("page", PAGES, ids=page_id)
class TestPages:
    def test_lies_in_a_section_folder(self, page):
        # A page directly in pages/ is run without app.py by a cold server that gets a deep link.
        assert len(page.relative_to(ROOT / "pages").parts) == 2

    def test_is_listed_in_the_frame(self, page):
        assert f'"{page.relative_to(ROOT / "pages").as_posix()}"' in APP

    def test_goes_through_the_door(self, page):
        assert re.search(r"^study = session\.study\(\)$", page.read_text(), re.MULTILINE)

    def test_imports_nothing_below_the_line(self, page):
        allowed = (
            "streamlit",
            "lupus_outcomes.ui",
            "lupus_outcomes.charts",
            "lupus_outcomes.protocols",
        )
        for module in imported(page):
            assert module.startswith(allowed), f"{page.name} imports {module}"

    def test_is_short_and_defines_nothing(self, page):
        tree = ast.parse(page.read_text())
        assert not any(isinstance(node, ast.FunctionDef | ast.ClassDef) for node in ast.walk(tree))
        assert len(page.read_text().splitlines()) <= 60

    def test_says_its_question(self, page):
        assert ast.get_docstring(ast.parse(page.read_text()))


def imported(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return found


def test_every_listed_page_exists():
    listed = re.findall(r'"([a-z_]+/[a-z_]+\.py)"', APP)
    assert sorted(listed) == [page.relative_to(ROOT / "pages").as_posix() for page in PAGES]


def test_the_frame_stays_a_frame():
    contents = re.search(r"^CONTENTS = \{\n.*?^\}\n", APP, re.M | re.S)
    assert contents
    assert len(APP.splitlines()) - len(contents[0].splitlines()) <= 40


@pytest.mark.parametrize("path", [*MODULES, *PAGES, ROOT / "app.py"], ids=page_id)
def test_no_forbidden_call(path):
    text = path.read_text()
    assert not [call for call in FORBIDDEN_CALLS if call in text]


def test_only_compute_caches():
    caching = [
        page_id(p) for p in MODULES if re.search(r"st\.cache_(data|resource)", p.read_text())
    ]
    assert caching == ["src/lupus_outcomes/ui/compute.py"]


def test_no_cache_key_hides_an_argument():
    # Streamlit leaves an argument that begins with an underscore out of the key.
    tree = ast.parse((SOURCE / "ui" / "compute.py").read_text())
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
    cached = [f for f in functions if any("cache_" in ast.dump(d) for d in f.decorator_list)]
    assert cached
    assert not [a.arg for f in cached for a in f.args.args if a.arg.startswith("_")]


def test_no_module_of_leftovers():
    leftovers = {"utils", "helpers", "common", "services", "core", "manager"}
    assert not [page_id(p) for p in MODULES if p.stem in leftovers or leftovers & set(p.parts)]


def test_the_dictionary_has_the_descriptors_of_the_index():
    assert columns_with_role("visits", "sledai_descriptor") == DESCRIPTOR_IDS


def test_protocols_name_endpoints_that_exist():
    for protocol in protocols.PROTOCOLS.values():
        assert set(protocol.endpoints) <= set(endpoints.ENDPOINTS)


def test_heavy_imports_are_not_on_the_path_to_the_first_page():
    heavy = (
        "shap",
        "sklearn",
        "statsmodels",
        "lifelines",
        "scipy.optimize",
        "scipy.stats",
        "matplotlib",
        "vl_convert",
    )
    asked = (
        "import lupus_outcomes.ui.session, lupus_outcomes.ui.show, lupus_outcomes.charts.catalogue"
    )
    code = f"import sys; {asked}; print([m for m in {heavy!r} if m in sys.modules])"
    answer = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert answer.stdout.strip() == "[]"


def test_shap_comes_without_plots_for_all_who_ask_at_once():
    code = (
        "import sys; from concurrent.futures import ThreadPoolExecutor; "
        "from lupus_outcomes.analysis.resampling import load_shap; "
        "pool = ThreadPoolExecutor(4); asked = [pool.submit(load_shap) for _ in range(4)]; "
        "print({one.result().__name__ for one in asked}, 'matplotlib' in sys.modules); "
        "import matplotlib; print(matplotlib.__name__)"
    )
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert answer.stdout == "{'shap'} False\nmatplotlib\n", answer.stderr


def test_no_address_in_the_lock():
    assert "://" not in (ROOT / "requirements.lock").read_text()
