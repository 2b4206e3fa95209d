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
from lupus_outcomes.analysis.question import Question, pose_question
from lupus_outcomes.analysis.result import Result
from lupus_outcomes.analysis.robustness import estimate_robustness
from lupus_outcomes.data.read import Dataset, read_dataset
from lupus_outcomes.derive.cohort import Cohort, derive_cohort
from lupus_outcomes.derive.interim import derive_interim
from lupus_outcomes.derive.scope import keep_centres
from lupus_outcomes.derive.selection import Selection, normalise_filters, select_patients
from lupus_outcomes.derive.visits import Definitions
from lupus_outcomes.errors import LupusOutcomesError, UnreadableError, UsageError
from lupus_outcomes.protocols import PROTOCOLS
from lupus_outcomes.release.disclosure import release
from lupus_outcomes.release.provenance import SEAL, hash_table, seal

ROBUSTNESS, MODEL = "robustness", "prediction:"
ID_SHOWN = 8


@dataclass(frozen=True, slots=True)
class Replay:
    """What came of it. ``lines``: what to tell, the verdict first."""

    is_same: bool
    lines: tuple[str, ...]


def options_in_words(options: Mapping[str, Any]) -> dict[str, str]:
    """Options of an analysis as the stamp says them."""
    return {
        name: ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)
        for name, value in options.items()
    }


def view_in_words(options: Mapping[str, Any]) -> dict[str, str]:
    """The same by names in the singular, as a page and a file show them."""
    words = options_in_words(options)
    return {re.sub("s$", "", re.sub("ies$", "y", name)): said for name, said in words.items()}


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
        content = json.loads(path.read_bytes())
    except OSError as problem:
        raise UnreadableError(f"{path}: {problem.strerror}. Give a .stamp.json file.") from None
    except ValueError:
        content = None
    if not isinstance(content, dict) or SEAL not in content:
        raise UnreadableError(f"{path.name} is no stamp. Give the .stamp.json of a result.")
    if content[SEAL] != seal(content):
        raise UsageError(
            f"{path.name} was changed after it was made: its seal does not fit. Get it anew."
        )
    if not content["recipe"]:
        raise UsageError(f"{path.name}: its result is made by lupus-outcomes tables. Run that.")
    return content


def replay(stamp: Mapping[str, Any], path: Path) -> Replay:
    """Make the result of a stamp again from a dataset, and compare.

    Raises
    ------
    LupusOutcomesError
        The dataset cannot be read.
    """
    dataset = read_dataset(path)
    try:
        result = _make_again(stamp, dataset)
    except LupusOutcomesError as problem:
        why = f"it cannot be made from {path.name}: {problem}"
        return Replay(False, (why, *_data(stamp, dataset)))
    except (KeyError, TypeError, ValueError):
        # Of another version, or forged and sealed anew.
        raise UsageError("The stamp asks for what this version does not have.") from None
    is_same = hash_table(result.table) == stamp["table_sha256"]
    verdict = "the same" if is_same else "NOT the same"
    lines = [
        f"{verdict}: {result.id}, {len(result.table)} rows, N {result.n_patients:,}, "
        f"stamp {stamp['id']}"
    ]
    if not is_same:
        lines += [f"then: {stamp['finding']}", f"now:  {result.finding}"]
    return Replay(is_same, (*lines, *_data(stamp, dataset), *_versions(stamp)))


def _data(stamp: Mapping[str, Any], dataset: Dataset) -> list[str]:
    then, now = stamp["dataset_sha256"], dataset.fingerprint
    if then == now:
        return []
    return [f"other data: the stamp's dataset is {then[:ID_SHOWN]}, this one {now[:ID_SHOWN]}"]


def _versions(stamp: Mapping[str, Any]) -> list[str]:
    then = stamp["product_version"]
    return [] if then == __version__ else [f"other version: then {then}, now {__version__}"]


def _make_again(stamp: Mapping[str, Any], dataset: Dataset) -> Result:
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
        filters = {name: tuple(levels) for name, levels in json.loads(stamp["filters"]).items()}
        selection = select_patients(cohort, normalise_filters(filters), recipe["group"])
    made = _estimate(recipe, cohort, selection)
    return release(made, cohort, selection, mode=stamp["disclosure"]).result


def _estimate(recipe: Mapping[str, Any], cohort: Cohort, selection: Selection) -> Result:
    options: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in recipe["options"].items()
    }
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
