"""What a report tells: the sections of the deck's story, each with its results and figures."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from lupus_outcomes.analysis.benchmarks import find_benchmarks
from lupus_outcomes.analysis.robustness import HEADLINES
from lupus_outcomes.charts.adverse_events import draw_incidence, draw_terms
from lupus_outcomes.charts.attainment import draw_attainment
from lupus_outcomes.charts.change import draw_change
from lupus_outcomes.charts.completeness import draw_denominators
from lupus_outcomes.charts.dose_bands import draw_dose_bands
from lupus_outcomes.charts.eligibility import draw_attrition
from lupus_outcomes.charts.enrolment import draw_centres, draw_enrolment
from lupus_outcomes.charts.explanation import draw_predictors
from lupus_outcomes.charts.manifestations import draw_manifestations
from lupus_outcomes.charts.obstacles import draw_obstacles
from lupus_outcomes.charts.prediction import draw_calibration
from lupus_outcomes.charts.rates import draw_rates
from lupus_outcomes.charts.reasons import draw_reasons
from lupus_outcomes.charts.retention import draw_retention
from lupus_outcomes.charts.robustness import draw_robustness
from lupus_outcomes.charts.shares import draw_shares
from lupus_outcomes.charts.style import Drawing, Mode
from lupus_outcomes.charts.time_to_response import draw_time_to_response
from lupus_outcomes.endpoints import ENDPOINTS
from lupus_outcomes.errors import NotReleasedError
from lupus_outcomes.export.deck.parts import Sources
from lupus_outcomes.export.deck.response_slides import STEROID_TARGETS
from lupus_outcomes.export.deck.storyline import STORYLINE
from lupus_outcomes.protocol import Protocol
from lupus_outcomes.release.disclosure import Released

PAPER: Mode = "light"


@dataclass(frozen=True)
class Entry:
    """One result of a report, with its figure where it has one.

    ``about``: what tells it from another result of the same title.
    """

    released: Released
    drawing: Drawing | None = None
    about: str = ""

    @property
    def heading(self) -> str:
        """The title, and what it is about."""
        title = self.released.result.title
        return f"{title}: {self.about}" if self.about else title


@dataclass(frozen=True)
class Chapter:
    """One section of a report; ``name``: its id in the storyline."""

    name: str
    title: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True)
class Report:
    """What is told of a study, and what there is nothing to tell about.

    ``overview``: the result whose stamp says of whom, from what and when.
    """

    protocol: Protocol
    overview: Released
    chapters: tuple[Chapter, ...]
    missing: tuple[str, ...]

    @property
    def entries(self) -> tuple[Entry, ...]:
        """Those of all chapters, in order."""
        return tuple(entry for chapter in self.chapters for entry in chapter.entries)


Maker = Callable[[Sources], Iterable[Entry]]


def enrolment(ask: Sources) -> Iterable[Entry]:
    released = ask.result("enrolment")
    yield Entry(released, draw_enrolment(released, PAPER))


def centres(ask: Sources) -> Iterable[Entry]:
    released = ask.result("centres")
    yield Entry(released, draw_centres(released, PAPER))


def baseline(ask: Sources) -> Iterable[Entry]:
    yield Entry(ask.result("baseline"))


def attrition(ask: Sources) -> Iterable[Entry]:
    released = ask.result("attrition")
    yield Entry(released, draw_attrition(released, PAPER))


def attainment(ask: Sources) -> Iterable[Entry]:
    return _attainment(ask, ask.protocol.primary)


def steroid_targets(ask: Sources) -> Iterable[Entry]:
    return _attainment(ask, tuple(e for e in STEROID_TARGETS if e in ask.protocol.endpoints))


def _attainment(ask: Sources, endpoints: tuple[str, ...]) -> Iterable[Entry]:
    if endpoints:
        handlings = (ask.protocol.handling,)
        released = ask.result("attainment", endpoints=endpoints, handlings=handlings)
        labels = ", ".join(ENDPOINTS[name].label for name in endpoints)
        yield Entry(released, draw_attainment(released, find_benchmarks(()), PAPER), labels)


def denominators(ask: Sources) -> Iterable[Entry]:
    released = ask.result("denominators", endpoint=ask.protocol.primary[0])
    yield Entry(released, draw_denominators(released, PAPER))


def obstacles(ask: Sources) -> Iterable[Entry]:
    endpoint = "lldas"
    if endpoint in ask.protocol.endpoints:
        months = ask.protocol.headline_months
        released = ask.result("obstacles", endpoint=endpoint, months=months)
        yield Entry(released, draw_obstacles(released, PAPER))


def dose_bands(ask: Sources) -> Iterable[Entry]:
    released = ask.result("dose_bands")
    yield Entry(released, draw_dose_bands(released, PAPER))


def retention(ask: Sources) -> Iterable[Entry]:
    curve = ask.result("retention")
    drawing = draw_retention(curve, find_benchmarks(()), PAPER)
    yield Entry(ask.result("retention_milestones"), drawing)


def reasons(ask: Sources) -> Iterable[Entry]:
    released, daily = ask.result("discontinuation"), ask.result("discontinuation_curve")
    yield Entry(released, draw_reasons(released, daily, PAPER))


def time_to_response(ask: Sources) -> Iterable[Entry]:
    chosen = {
        "endpoints": ask.protocol.primary,
        "definitions": ("first",),
        "methods": ("kaplan_meier",),
    }
    curves = ask.result("time_to_response_curve", **chosen)
    drawing = draw_time_to_response(curves, PAPER)
    yield Entry(ask.result("time_to_response", **chosen), drawing)
    yield Entry(ask.result("time_to_response_medians", **chosen))


def manifestations(ask: Sources) -> Iterable[Entry]:
    curves = ask.result("manifestation_curves")
    drawing = draw_manifestations(curves, PAPER)
    yield Entry(ask.result("manifestation_medians"), drawing)


def activity(ask: Sources) -> Iterable[Entry]:
    released = ask.result("change", measures=("sledai_2k",))
    yield Entry(released, draw_change(released, "change", PAPER))


def flares(ask: Sources) -> Iterable[Entry]:
    released = ask.result("flares")
    yield Entry(released, draw_rates(released, "severity", PAPER))


def damage(ask: Sources) -> Iterable[Entry]:
    released = ask.result("damage")
    yield Entry(released, draw_shares(released, "damage", PAPER))


def adverse_events(ask: Sources) -> Iterable[Entry]:
    for family, words in (("overall", "all"), ("special", "of special interest")):
        released = ask.result("adverse_events", families=(family,))
        yield Entry(released, draw_incidence(released, "share", PAPER), words)


def preferred_terms(ask: Sources) -> Iterable[Entry]:
    released = ask.result("adverse_event_terms", by="pt")
    yield Entry(released, draw_terms(released, PAPER))


def performance(ask: Sources) -> Iterable[Entry]:
    released, calibration = ask.prediction("performance"), ask.prediction("calibration")
    if released is not None and calibration is not None:
        yield Entry(released)
        yield Entry(calibration, draw_calibration(calibration, PAPER))


def predictors(ask: Sources) -> Iterable[Entry]:
    released = ask.prediction("predictors")
    if released is not None:
        yield Entry(released, draw_predictors(released, PAPER))


def robustness(ask: Sources) -> Iterable[Entry]:
    """A figure for each headline number that the study and the dataset can tell."""
    told = set(ask.robustness().table["headline"])
    for name, headline in HEADLINES.items():
        if headline.label in told:
            released = ask.robustness(name)
            yield Entry(released, draw_robustness(released, PAPER), headline.label)


# The deck's sections, by the same names and in the same order.
MAKERS: Mapping[str, tuple[Maker, ...]] = MappingProxyType(
    {
        "cohort": (enrolment, centres, baseline, attrition),
        "response": (attainment, denominators, obstacles),
        "glucocorticoids": (steroid_targets, dose_bands),
        "retention": (retention, reasons),
        "time_to_response": (time_to_response, manifestations),
        "activity": (activity,),
        "flares": (flares, damage),
        "safety": (adverse_events, preferred_terms),
        "predictors": (performance, predictors),
        "robustness": (robustness,),
    }
)


def _find_entries(make: Maker, ask: Sources) -> list[Entry]:
    """Those that have something to tell, and may."""
    try:
        return [entry for entry in make(ask) if not entry.released.table.empty]
    except NotReleasedError:
        return []


def tell_report(ask: Sources, sections: Iterable[str]) -> Report:
    """The results of those sections, in that order."""
    chapters, missing = [], []
    for name in sections:
        title, entries = STORYLINE[name].title, []
        for make in MAKERS[name]:
            found = _find_entries(make, ask)
            entries += found
            if not found:
                missing.append(f"{title}: {make.__name__.replace('_', ' ')}")
        if entries:
            chapters.append(Chapter(name, title, tuple(entries)))
    return Report(ask.protocol, ask.result("attrition"), tuple(chapters), tuple(missing))
