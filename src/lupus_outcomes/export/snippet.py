"""A result as the lines of Python that make it again, from the recipe in its stamp."""

import json
from collections.abc import Iterator, Mapping
from pprint import pformat
from typing import Any

from lupus_outcomes.export.replay import MODEL, ROBUSTNESS
from lupus_outcomes.release.disclosure import CLOSED, Released

# Where the reader's dataset lies is the reader's to say.
PLACEHOLDER = "DATASET"
LINE = 96


def as_snippet(released: Released) -> str:
    """Python that reads the dataset, makes the result again and compares its hash; empty without.

    A result that only ``lupus-outcomes tables`` makes has no recipe.
    """
    stamp = released.stamp_as_dict()
    recipe = stamp["recipe"]
    if not recipe:
        return ""
    imports = ["pathlib: Path"]
    lines = [*_cohort(stamp, imports), *_selection(stamp, imports), *_result(recipe, imports)]
    lines += ["print(result.finding)", "print(result.table)"]
    if stamp["disclosure"] == CLOSED:
        imports.append("lupus_outcomes.release.provenance: hash_table")
        lines.append(f'assert hash_table(result.table) == "{stamp["table_sha256"]}"')
    if recipe.get("is_complete"):
        # The resampling starts worker processes, and each reads the script anew.
        body = "\n".join(lines).replace("\n", "\n    ")
        lines = ['if __name__ == "__main__":', f"    {body}"]
    return "\n".join([*_import_lines(imports), "", *lines])


def _import_lines(imports: list[str]) -> Iterator[str]:
    names: dict[str, set[str]] = {}
    for entry in imports:
        module, name = entry.split(": ")
        names.setdefault(module, set()).add(name)
    for module in sorted(names, key=lambda module: (module.startswith("lupus_outcomes"), module)):
        yield f"from {module} import {', '.join(sorted(names[module]))}"


def _cohort(stamp: Mapping[str, Any], imports: list[str]) -> Iterator[str]:
    recipe = stamp["recipe"]
    imports += [
        "lupus_outcomes.data.read: read_dataset",
        "lupus_outcomes.derive.cohort: derive_cohort",
        "lupus_outcomes.protocols: PROTOCOLS",
    ]
    yield f"# The dataset whose SHA-256 begins with {stamp['dataset_sha256'][:8]}."
    yield f'dataset = read_dataset(Path("{PLACEHOLDER}"))'
    yield f'study = PROTOCOLS["{stamp["study"]}"]'
    definitions = ""
    if recipe["definitions"]:
        imports.append("lupus_outcomes.export.replay: read_definitions")
        yield f"definitions = read_definitions({_literal(recipe['definitions'])})"
        definitions = ", definitions=definitions"
    if recipe.get("interim"):
        imports.append("lupus_outcomes.derive.interim: derive_interim")
        yield f"interim = derive_interim(derive_cohort(dataset, study{definitions}))"
        yield "cohort = interim.cohort"
    else:
        imports.append("datetime: date")
        cut = stamp["data_cut"].replace("-0", "-").replace("-", ", ")
        yield f"cohort = derive_cohort(dataset, study, date({cut}){definitions})"


def _selection(stamp: Mapping[str, Any], imports: list[str]) -> Iterator[str]:
    if stamp["recipe"].get("interim"):
        yield "selection = interim.selection"
        return
    imports.append("lupus_outcomes.derive.selection: select_patients")
    filters = {name: tuple(levels) for name, levels in json.loads(stamp["filters"]).items()}
    group = stamp["recipe"]["group"]
    arguments = ["cohort"]
    if filters:
        yield f"filters = {_literal(tuple(filters.items()))}"
        arguments.append("filters")
    if group:
        arguments.append(f"group={group!r}")
    yield f"selection = select_patients({', '.join(arguments)})"


def _result(recipe: Mapping[str, Any], imports: list[str]) -> Iterator[str]:
    analysis = recipe["analysis"]
    options = "".join(f", {name}={_literal(v)}" for name, v in recipe["options"].items())
    if analysis == ROBUSTNESS:
        imports.append("lupus_outcomes.analysis.robustness: estimate_robustness")
        yield f"result = estimate_robustness(cohort, selection{options})"
    elif analysis.startswith(MODEL):
        yield from _model(recipe, options, imports)
    else:
        imports.append("lupus_outcomes.analysis.catalogue: ANALYSES")
        yield f'result = ANALYSES["{analysis}"](cohort, selection{options})'


def _model(recipe: Mapping[str, Any], options: str, imports: list[str]) -> Iterator[str]:
    gather = "gather_evidence" if recipe["is_complete"] else "gather_first_answer"
    imports += [
        "lupus_outcomes.analysis.all_predictions: PREDICTIONS",
        f"lupus_outcomes.analysis.evidence: {gather}",
        "lupus_outcomes.analysis.question: Question",
        "lupus_outcomes.analysis.question: pose_question",
    ]
    asked = ", ".join(f"{name}={value!r}" for name, value in recipe["question"].items())
    name = recipe["analysis"].removeprefix(MODEL)
    yield f"posed = pose_question(cohort, selection, Question({asked}))"
    yield f"evidence = {gather}(posed)"
    yield f'result = PREDICTIONS["{name}"](posed, evidence, cohort, selection{options})'


def _literal(value: Any) -> str:
    """Plain values as Python, a list as the tuple that it was."""
    return pformat(tuple(value) if isinstance(value, list) else value, width=LINE)
