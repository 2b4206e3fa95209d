"""A result made again from its stamp: are the numbers still the same?"""

import datetime as dt
import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from lupus_outcomes import __version__
from lupus_outcomes.analysis.all_predictions import PREDICTIONS
from lupus_outcomes.analysis.catalogue import ANALYSES
from lupus_outcomes.analysis.evidence import Evidence, gather_evidence, gather_first_answer
from lupus_outcomes.analysis.interim import name_interim
from lupus_outcomes.analysis.question import OUTCOMES, Question, pose_question
from lupus_outcomes.analysis.result import Result
from lupus_outcomes.analysis.robustness import estimate_robustness
from lupus_outcomes.data.read import Dataset, read_dataset
from lupus_outcomes.derive.cohort import Cohort, derive_cohort
from lupus_outcomes.derive.interim import derive_interim
from lupus_outcomes.derive.scope import keep_centres
from lupus_outcomes.derive.selection import Filters, Selection, normalise_filters, select_patients
from lupus_outcomes.derive.visits import Definitions
from lupus_outcomes.errors import LupusOutcomesError, UnreadableError, UsageError
from lupus_outcomes.protocols import PROTOCOLS
from lupus_outcomes.release.disclosure import Released, release
from lupus_outcomes.release.provenance import SEAL, method_packages, seal

ROBUSTNESS, MODEL = "robustness", "prediction:"
ID_SHOWN = 8
NOT_HAD = "The stamp asks for what this version does not have."
# What a stamp that was forged and sealed anew, or is of another version, may fail with.
MISFITS = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError, RecursionError)


@dataclass(frozen=True, slots=True)
class Replay:
    """What came of it. ``lines``: what to tell, the verdict first."""

    is_same: bool
    lines: tuple[str, ...]


def view_in_words(recipe: Mapping[str, Any]) -> dict[str, str]:
    """The choices of a recipe as a page and a file show them, by names in the singular."""
    said = {}
    if "question" in recipe:
        question = Question(**recipe["question"])
        said = {"outcome": OUTCOMES[question.outcome].label, "handling": question.handling}
    for name, value in recipe["options"].items():
        if value not in (None, ""):
            singular = re.sub("s$", "", re.sub("ies$", "y", name))
            said[singular] = ", ".join(map(str, value)) if _is_several(value) else str(value)
    return said


def _is_several(value: object) -> bool:
    return isinstance(value, (list, tuple))


def model_recipe(
    name: str, options: Mapping[str, Any], question: Question, evidence: Evidence
) -> dict[str, Any]:
    """How a result of a model is made again: of the first answer, or after the resampling."""
    return {
        "analysis": f"{MODEL}{name}",
        "options": dict(options),
        "question": asdict(question),
        "is_complete": evidence.is_complete,
    }


def read_stamp(path: Path) -> dict[str, Any]:
    """A stamp from its file.

    Raises
    ------
    UnreadableError
        It cannot be read, or it is no stamp.
    UsageError
        It was changed after it was made, or its result cannot be made again.
    """
    try:
        content = json.loads(path.read_bytes(), object_pairs_hook=_each_once)
        is_whole = isinstance(content, dict) and content.get(SEAL) == seal(content)
    except OSError as problem:
        raise UnreadableError(f"{path}: {problem.strerror}. Give a .stamp.json file.") from None
    except (ValueError, RecursionError):
        content, is_whole = None, False
    if not isinstance(content, dict) or SEAL not in content:
        raise UnreadableError(f"{path.name} is no stamp. Give the .stamp.json of a result.")
    if not is_whole:
        raise UsageError(
            f"{path.name} was changed after it was made: its seal does not fit. Get it anew."
        )
    if "recipe" not in content:
        raise UsageError(NOT_HAD)
    if not content["recipe"]:
        raise UsageError(f"{path.name}: its result is made by lupus-outcomes tables. Run that.")
    return content


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object whose names differ: of two alike, a reader may see the one and a program the other.

    Raises
    ------
    ValueError
        A name occurs more than once.
    """
    content = dict(pairs)
    if len(content) < len(pairs):
        raise ValueError
    return content


def replay(stamp: Mapping[str, Any], path: Path) -> Replay:
    """Make the result of a stamp again from a dataset, and compare.

    Raises
    ------
    LupusOutcomesError
        The dataset cannot be read, or the stamp asks for what there is not.
    """
    dataset = read_dataset(path)
    try:
        return _compare(stamp, dataset, path.name)
    except MISFITS:
        raise UsageError(NOT_HAD) from None


def _compare(stamp: Mapping[str, Any], dataset: Dataset, name: str) -> Replay:
    changed = (*_data(stamp, dataset), *_versions(stamp))
    try:
        made = _make_again(stamp, dataset)
    except LupusOutcomesError as problem:
        return Replay(False, (f"it cannot be made from {name}: {problem}", *changed))
    now = json.loads(made.stamp_as_json())
    has_same_numbers = now["table_sha256"] == stamp["table_sha256"]
    # Of other data, or by another version, other words may be true of the same numbers.
    otherwise = [] if changed else _said_otherwise(stamp, now)
    is_same = has_same_numbers and not otherwise
    verdict = "the same" if is_same else "NOT the same"
    lines = [
        f"{verdict}: {made.result.id}, {len(made.table)} rows, N {made.result.n_patients:,}, "
        f"stamp {stamp['id']}"
    ]
    if not is_same:
        lines += [f"then: {stamp['finding']}", f"now:  {made.result.finding}"]
    if has_same_numbers and otherwise:
        lines.append(f"equal numbers, but the stamp says otherwise of: {', '.join(otherwise)}")
    return Replay(is_same, (*lines, *changed))


def _said_otherwise(stamp: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    """What a stamp says that is not said again; when it was made is its own to say."""
    names = sorted({*stamp, *now} - {SEAL, "made_at"})
    return [name for name in names if stamp.get(name) != now.get(name)]


def _data(stamp: Mapping[str, Any], dataset: Dataset) -> list[str]:
    then, now = stamp["dataset_sha256"], dataset.fingerprint
    if then == now:
        return []
    return [f"other data: the stamp's dataset is {then[:ID_SHOWN]}, this one {now[:ID_SHOWN]}"]


def _versions(stamp: Mapping[str, Any]) -> list[str]:
    then = {"version": stamp["product_version"], **stamp["packages"]}
    now = {"version": __version__, **method_packages()}
    return [
        f"other {name}: then {then.get(name, 'none')}, now {now.get(name, 'none')}"
        for name in sorted({*then, *now})
        if then.get(name) != now.get(name)
    ]


def _make_again(stamp: Mapping[str, Any], dataset: Dataset) -> Released:
    recipe = stamp["recipe"]
    centres = recipe.get("centres")
    dataset = keep_centres(dataset, None if centres is None else tuple(centres))
    cut = dt.date.fromisoformat(stamp["data_cut"])
    definitions = read_definitions(recipe["definitions"])
    protocol = PROTOCOLS[stamp["study"]]
    if recipe.get("interim"):
        frozen = derive_interim(derive_cohort(dataset, protocol, definitions=definitions))
        if frozen is None:
            raise UsageError("its interim analysis has not been reached. Give the whole dataset.")
        cohort, selection = frozen.cohort, frozen.selection
    else:
        cohort = derive_cohort(dataset, protocol, cut, definitions)
        selection = select_patients(cohort, read_filters(stamp), recipe["group"])
    made = _estimate(recipe, cohort, selection)
    if recipe.get("interim"):
        made = name_interim(made, cohort)
    view = view_in_words(recipe)
    return release(made, cohort, selection, view, recipe, mode=stamp["disclosure"])


def read_options(recipe: Mapping[str, Any]) -> dict[str, Any]:
    """The options of an analysis from a recipe that was written as JSON, which has no tuples."""
    return {
        name: tuple(value) if _is_several(value) else value
        for name, value in recipe["options"].items()
    }


def read_filters(stamp: Mapping[str, Any]) -> Filters:
    """The filters of a stamp, from their canonical text."""
    levels = {name: tuple(chosen) for name, chosen in json.loads(stamp["filters"]).items()}
    return normalise_filters(levels)


def _estimate(recipe: Mapping[str, Any], cohort: Cohort, selection: Selection) -> Result:
    options = read_options(recipe)
    analysis: str = recipe["analysis"]
    if analysis == ROBUSTNESS:
        return estimate_robustness(cohort, selection, **options)
    if not analysis.startswith(MODEL):
        return ANALYSES[analysis](cohort, selection, **options)
    posed = pose_question(cohort, selection, Question(**recipe["question"]))
    if posed.too_small:
        raise UsageError(posed.too_small)
    evidence = gather_evidence(posed) if recipe["is_complete"] else gather_first_answer(posed)
    name = analysis.removeprefix(MODEL)
    return PREDICTIONS[name](posed, evidence, cohort, selection, **options)


def read_definitions(readings: Mapping[str, Mapping[str, Any]]) -> Definitions:
    """The definitions with those readings that a stamp names, the others at their default."""
    default = Definitions()
    return replace(
        default,
        **{
            index: replace(getattr(default, index), **dict(options))
            for index, options in readings.items()
        },
    )
