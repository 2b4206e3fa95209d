"""Every result of a study, in the order of the pages: what ``lupus-outcomes tables`` writes."""

from collections.abc import Iterator

from lupus_outcomes.analysis.adverse_event_periods import estimate_by_onset
from lupus_outcomes.analysis.adverse_event_terms import (
    NAMED_BY,
    describe_listing,
    estimate_terms,
)
from lupus_outcomes.analysis.adverse_events import estimate_adverse_events
from lupus_outcomes.analysis.attainment import estimate_attainment
from lupus_outcomes.analysis.attrition import describe_attrition
from lupus_outcomes.analysis.centre_completeness import describe_centre_completeness
from lupus_outcomes.analysis.centre_funnel import estimate_centre_funnel
from lupus_outcomes.analysis.change import estimate_change
from lupus_outcomes.analysis.completeness import describe_denominators
from lupus_outcomes.analysis.damage import estimate_damage
from lupus_outcomes.analysis.describe import describe_baseline
from lupus_outcomes.analysis.discontinuation import (
    estimate_discontinuation,
    estimate_discontinuation_curve,
)
from lupus_outcomes.analysis.enrolment import describe_centres, describe_enrolment
from lupus_outcomes.analysis.exposure import (
    describe_exposure,
    describe_interval_days,
    describe_intervals,
)
from lupus_outcomes.analysis.first_adverse_event import estimate_first_event
from lupus_outcomes.analysis.first_flare import compare_flares, estimate_time_to_flare
from lupus_outcomes.analysis.flares import (
    available,
    estimate_flares,
    estimate_flares_by_state,
    estimate_flares_by_year,
)
from lupus_outcomes.analysis.glucocorticoid_paths import (
    estimate_cumulative_dose,
    estimate_dose_paths,
)
from lupus_outcomes.analysis.glucocorticoids import estimate_dose_bands, estimate_glucocorticoids
from lupus_outcomes.analysis.interim import describe_interim, estimate_interim
from lupus_outcomes.analysis.label_frequencies import (
    estimate_label_frequencies,
    estimate_published_rates,
)
from lupus_outcomes.analysis.manifestations import (
    estimate_manifestation_curves,
    estimate_manifestation_medians,
)
from lupus_outcomes.analysis.missing import describe_missing, describe_missing_by_centre
from lupus_outcomes.analysis.obstacles import PARTS, estimate_obstacles
from lupus_outcomes.analysis.patient_reported import (
    describe_patient_reported_missing,
    estimate_patient_reported,
)
from lupus_outcomes.analysis.recurrent_flares import estimate_flare_ratios, estimate_mean_flares
from lupus_outcomes.analysis.result import Result
from lupus_outcomes.analysis.retention import (
    estimate_retention,
    estimate_retention_milestones,
    estimate_time_on_drug,
)
from lupus_outcomes.analysis.retention_compared import (
    compare_retention,
)
from lupus_outcomes.analysis.retention_ratios import estimate_retention_ratios
from lupus_outcomes.analysis.robustness import estimate_robustness
from lupus_outcomes.analysis.sledai_items import describe_sledai_items
from lupus_outcomes.analysis.special_interest import (
    SPECIAL,
    describe_course,
    estimate_zoster_by_vaccination,
)
from lupus_outcomes.analysis.time_to_response import estimate_responses
from lupus_outcomes.derive.cohort import Cohort
from lupus_outcomes.derive.selection import Selection


def estimate_all(cohort: Cohort, selection: Selection) -> Iterator[Result]:
    """Results one by one, so that progress can be told."""
    yield describe_enrolment(cohort, selection)
    yield describe_centres(cohort, selection)
    yield describe_baseline(cohort, selection)
    yield describe_attrition(cohort, selection)
    yield describe_missing(cohort, selection)
    yield describe_missing_by_centre(cohort, selection)
    yield estimate_attainment(cohort, selection)
    for endpoint in PARTS:
        if endpoint in cohort.outcomes:
            yield describe_denominators(cohort, selection, endpoint)
            yield estimate_obstacles(cohort, selection, endpoint)
    yield estimate_glucocorticoids(cohort, selection)
    yield estimate_dose_bands(cohort, selection)
    yield estimate_dose_paths(cohort, selection)
    yield estimate_cumulative_dose(cohort, selection)
    yield estimate_change(cohort, selection)
    yield describe_sledai_items(cohort, selection)
    yield describe_patient_reported_missing(cohort, selection)
    yield estimate_patient_reported(cohort, selection)
    yield estimate_damage(cohort, selection)
    yield from _responses(cohort, selection)
    yield from _flares(cohort, selection)
    yield from _treatment(cohort, selection)
    yield from _safety(cohort, selection)
    yield describe_interim(cohort, selection)
    yield from estimate_interim(cohort)
    yield estimate_robustness(cohort, selection)
    yield from _centres(cohort, selection)


def _centres(cohort: Cohort, selection: Selection) -> Iterator[Result]:
    """The first endpoint of the study at its headline time point, by the protocol's handling."""
    protocol = cohort.protocol
    if not protocol.endpoints:
        return
    endpoint, months = protocol.endpoints[0], protocol.headline_months
    yield estimate_centre_funnel(cohort, selection, endpoint, months, protocol.handling)
    if endpoint in cohort.outcomes:
        yield describe_centre_completeness(cohort, selection, endpoint, months)


def _safety(cohort: Cohort, selection: Selection) -> Iterator[Result]:
    yield estimate_adverse_events(cohort, selection)
    for by in NAMED_BY:
        yield estimate_terms(cohort, selection, by)
    yield describe_listing(cohort, selection)
    for category in ("any", "serious"):
        yield estimate_by_onset(cohort, selection, category)
        yield estimate_first_event(cohort, selection, category)
    for category in SPECIAL:
        yield describe_course(cohort, selection, category)
    yield estimate_zoster_by_vaccination(cohort, selection)
    yield estimate_label_frequencies(cohort, selection)
    yield estimate_published_rates(cohort, selection)


def _responses(cohort: Cohort, selection: Selection) -> Iterator[Result]:
    yield from estimate_responses(cohort, selection)
    yield estimate_manifestation_medians(cohort, selection)
    yield estimate_manifestation_curves(cohort, selection)


def _flares(cohort: Cohort, selection: Selection) -> Iterator[Result]:
    yield estimate_flares(cohort, selection)
    for source in available(cohort):
        yield estimate_time_to_flare(cohort, selection, source)
    yield estimate_mean_flares(cohort, selection)
    yield estimate_flare_ratios(cohort, selection)
    yield estimate_flares_by_year(cohort, selection)
    yield estimate_flares_by_state(cohort, selection)
    yield compare_flares(cohort, selection)


def _treatment(cohort: Cohort, selection: Selection) -> Iterator[Result]:
    yield estimate_retention(cohort, selection)
    yield estimate_retention_milestones(cohort, selection)
    yield estimate_time_on_drug(cohort, selection)
    yield estimate_discontinuation(cohort, selection)
    yield estimate_discontinuation_curve(cohort, selection)
    if selection.group_label:
        yield compare_retention(cohort, selection)
    yield estimate_retention_ratios(cohort, selection)
    yield describe_exposure(cohort, selection)
    yield describe_intervals(cohort, selection)
    yield describe_interval_days(cohort, selection)
