"""What "Reproduce this" says makes the same numbers: run as it stands, by a Python of its own."""

import json
import subprocess
import sys
from dataclasses import replace

import pytest

from lupus_outcomes.analysis.catalogue import ANALYSES
from lupus_outcomes.derive.cohort import derive_cohort
from lupus_outcomes.derive.interim import derive_interim
from lupus_outcomes.derive.selection import select_patients
from lupus_outcomes.derive.visits import Definitions
from lupus_outcomes.export.snippet import PLACEHOLDER, as_snippet
from lupus_outcomes.release.disclosure import release
from tests.reference_cohort import FOLDER, reference_cohort

pytestmark = pytest.mark.slow

OTHER = replace(Definitions(), lldas=replace(Definitions().lldas, new_activity="clinical_only"))


def made(name, cohort=None, selection=None, interim=False, **options):
    cohort = cohort or reference_cohort()
    selection = selection or select_patients(cohort)
    recipe = {"analysis": name, "options": options, "interim": interim}
    result = ANALYSES[name](cohort, selection, **options)
    return release(result, cohort, selection, {}, recipe)


def samples():
    cohort = reference_cohort()
    filters = (("centre", ("Centre 01", "Centre 02")), ("sex", ("female",)))
    yield made("attainment", endpoints=("doris", "lldas"), handlings=("observed",))
    yield made("obstacles", selection=select_patients(cohort, filters), endpoint="lldas", months=12)
    yield made("change", selection=select_patients(cohort, filters, "age"), measures=("sledai_2k",))
    other = derive_cohort(cohort.dataset, cohort.protocol, definitions=OTHER)
    yield made("attainment", cohort=other)
    frozen = derive_interim(cohort)
    assert frozen is not None
    yield made("baseline", frozen.cohort, frozen.selection, interim=True)


def run(script, folder):
    (folder / "script.py").write_text(script)
    if not (folder / PLACEHOLDER).exists():
        (folder / PLACEHOLDER).symlink_to(FOLDER / "dataset")
    return subprocess.run([sys.executable, "script.py"], cwd=folder, capture_output=True, text=True)


def test_each_makes_its_result_again(tmp_path):
    # One process for all: starting a Python takes longer than most of them.
    released = list(samples())
    scripts = [as_snippet(one) for one in released]
    whole = f"import json\nfor script in {json.dumps(scripts)}:\n    exec(script, {{}})\n"
    done = run(whole, tmp_path)
    assert done.returncode == 0, done.stderr
    for one in released:
        assert one.result.finding in done.stdout


def test_other_numbers_stop_it(tmp_path, monkeypatch):
    (tmp_path / PLACEHOLDER).symlink_to(FOLDER / "dataset")
    monkeypatch.chdir(tmp_path)
    one = made("retention_milestones", selection=select_patients(reference_cohort(), (), "sex"))
    script = as_snippet(one)
    assert ", group='sex')" in script
    with pytest.raises(AssertionError):
        exec(script.replace(", group='sex')", ")"), {})


def test_robustness_is_asked_for_by_its_own_name():
    one = made("baseline")
    recipe = {**one.stamp.recipe, "analysis": "robustness", "options": {"headline": "lldas_12"}}
    script = as_snippet(replace(one, stamp=replace(one.stamp, recipe=recipe)))
    compile(script, "script", "exec")
    assert "result = estimate_robustness(cohort, selection, headline='lldas_12')" in script


def test_a_level_is_a_text_and_nothing_else():
    cohort = reference_cohort()
    one = made("baseline")
    hostile = json.dumps({"centre": ['")); __import__("os").system("true") #\n']})
    script = as_snippet(replace(one, stamp=replace(one.stamp, filters=hostile)))
    compiled = compile(script, "script", "exec")
    assert "system" not in compiled.co_names
    assert cohort.n_patients == 240


def test_the_resampling_is_behind_the_guard_that_its_workers_need():
    one = made("baseline")
    question = {"outcome": "lldas_12", "handling": "nri"}
    recipe = {**one.stamp.recipe, "analysis": "prediction:predictors", "question": question}
    recipe["is_complete"] = True
    script = as_snippet(replace(one, stamp=replace(one.stamp, recipe=recipe)))
    compile(script, "script", "exec")
    head, _, body = script.partition('if __name__ == "__main__":\n')
    assert "gather_evidence" in body
    assert 'PREDICTIONS["predictors"](posed, evidence, cohort, selection)' in body
    assert all(line.startswith("    ") for line in body.splitlines())
    assert all(line.startswith("from ") for line in head.split("\n") if line)


def test_what_only_the_command_line_makes_has_none():
    cohort = reference_cohort()
    selection = select_patients(cohort)
    one = release(ANALYSES["baseline"](cohort, selection), cohort, selection)
    assert as_snippet(one) == ""
