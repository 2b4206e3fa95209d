"""The story that a committee is told, as data: sections in order, each with its slides."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from lupus_outcomes.errors import NotReleasedError, UsageError
from lupus_outcomes.export.deck.cohort_slides import attrition, baseline, enrolment
from lupus_outcomes.export.deck.content import Slide
from lupus_outcomes.export.deck.course_slides import (
    adverse_events,
    damage,
    flares,
    preferred_terms,
    reasons,
    retention,
)
from lupus_outcomes.export.deck.model_slides import performance, predictors, robustness
from lupus_outcomes.export.deck.parts import Maker, Sources
from lupus_outcomes.export.deck.response_slides import (
    activity,
    attainment,
    dose_bands,
    manifestations,
    obstacles,
    steroid_targets,
    time_to_response,
)


@dataclass(frozen=True, slots=True)
class Section:
    """One part of the story."""

    title: str
    makers: tuple[Maker, ...]


STORYLINE: Mapping[str, Section] = MappingProxyType(
    {
        "cohort": Section(
            "Cohort and attrition",
            (enrolment, baseline, attrition),
        ),
        "response": Section(
            "Remission and low disease activity",
            (attainment, obstacles),
        ),
        "glucocorticoids": Section("Glucocorticoids", (steroid_targets, dose_bands)),
        "retention": Section("Retention and reasons", (retention, reasons)),
        "time_to_response": Section("Time to response", (time_to_response, manifestations)),
        "activity": Section("Activity", (activity,)),
        "flares": Section("Flares and damage", (flares, damage)),
        "safety": Section("Safety", (adverse_events, preferred_terms)),
        "predictors": Section("What goes with response", (performance, predictors)),
        "robustness": Section("Robustness", (robustness,)),
    }
)


MAKERS: Mapping[str, Maker] = MappingProxyType(
    {make.__name__: make for section in STORYLINE.values() for make in section.makers}
)


def list_makers(sections: Iterable[str]) -> dict[str, str]:
    """The slides of those sections, by name, each with its title in a list."""
    return {
        make.__name__: f"{STORYLINE[name].title}: {_in_words(make)}"
        for name in sections
        for make in STORYLINE[name].makers
    }


def _in_words(make: Maker) -> str:
    return make.__name__.replace("_", " ")


def make_slide(make: Maker, ask: Sources) -> Slide | None:
    """One slide; none where there is nothing to show, or it may not be."""
    try:
        slide = make(ask)
    except NotReleasedError:
        return None
    return slide and replace(slide, name=make.__name__)


def choose_sections(names: Iterable[str]) -> tuple[str, ...]:
    """Those names in their order, all for none.

    Raises
    ------
    UsageError
        A name that no section has.
    """
    chosen = tuple(names) or tuple(STORYLINE)
    unknown = [name for name in chosen if name not in STORYLINE]
    if unknown:
        raise UsageError(
            f"There is no section {', '.join(unknown)}. Use some of: {', '.join(STORYLINE)}."
        )
    return chosen


@dataclass(frozen=True, slots=True)
class Story:
    """Slides with the title of their section, and what there is nothing to show for."""

    slides: tuple[tuple[str, Slide], ...]
    missing: tuple[str, ...]


def tell_story(ask: Sources, sections: Iterable[str]) -> Story:
    """The slides of those sections, in that order."""
    found, missing = [], []
    for section in (STORYLINE[name] for name in sections):
        for make in section.makers:
            slide = make_slide(make, ask)
            if slide is None:
                missing.append(f"{section.title}: {_in_words(make)}")
            else:
                found.append((section.title, slide))
    return Story(tuple(found), tuple(missing))
