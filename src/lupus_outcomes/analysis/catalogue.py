"""Every analysis by its id, so that a page and a cache can name one without holding it."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from lupus_outcomes.analysis.adverse_event_periods import estimate_by_onset
from lupus_outcomes.analysis.adverse_event_terms import describe_listing, estimate_terms
from lupus_outcomes.analysis.adverse_events import estimate_adverse_events
from lupus_outcomes.analysis.agreement import estimate_agreement
from lupus_outcomes.analysis.attainment import estimate_attainment
from lupus_outcomes.analysis.attrition import describe_attrition
from lupus_outcomes.analysis.centre_completeness import describe_centre_completeness
from lupus_outcomes.analysis.centre_funnel import estimate_centre_funnel
from lupus_outcomes.analysis.change import estimate_change
from lupus_outcomes.analysis.completeness import describe_denominators
from lupus_outcomes.analysis.damage import estimate_damage
from lupus_outcomes.analysis.dataset_report import (
    describe_blind_spots,
    describe_findings,
    describe_not_collected,
    describe_tables,
)
from lupus_outcomes.analysis.describe import describe_baseline
from lupus_outcomes.analysis.dictionary_table import describe_coverage
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
from lupus_outcomes.analysis.first_flare import (
    compare_flares,
    estimate_free_of_flares,
    estimate_time_to_flare,
)
from lupus_outcomes.analysis.flares import (
    estimate_flares,
    estimate_flares_by_state,
    estimate_flares_by_year,
)
from lupus_outcomes.analysis.glucocorticoid_paths import (
    estimate_cumulative_dose,
    estimate_dose_paths,
)
from lupus_outcomes.analysis.glucocorticoids import estimate_dose_bands, estimate_glucocorticoids
from lupus_outcomes.analysis.interim import describe_interim
from lupus_outcomes.analysis.label_frequencies import (
    estimate_label_frequencies,
    estimate_published_rates,
)
from lupus_outcomes.analysis.manifestations import (
    estimate_manifestation_curves,
    estimate_manifestation_medians,
)
from lupus_outcomes.analysis.missing import describe_missing, describe_missing_by_centre
from lupus_outcomes.analysis.obstacles import describe_undecided, estimate_obstacles
from lupus_outcomes.analysis.patient_reported import (
    describe_patient_reported_missing,
    estimate_patient_reported,
)
from lupus_outcomes.analysis.recurrent_flares import (
    estimate_flare_ratios,
    estimate_mean_flares,
    estimate_mean_flares_by,
)
from lupus_outcomes.analysis.response_methods import compare_response_methods
from lupus_outcomes.analysis.result import Result
from lupus_outcomes.analysis.retention import (
    estimate_retention,
    estimate_retention_milestones,
    estimate_time_on_drug,
)
from lupus_outcomes.analysis.retention_compared import compare_retention
from lupus_outcomes.analysis.retention_ratios import estimate_retention_ratios
from lupus_outcomes.analysis.sledai_items import describe_sledai_items
from lupus_outcomes.analysis.special_interest import (
    describe_course,
    estimate_zoster_by_vaccination,
)
from lupus_outcomes.analysis.time_to_response import (
    estimate_response_curves,
    estimate_response_medians,
    estimate_time_to_response,
)

# Each takes a cohort, a selection and, by name, the reader's choices.
ANALYSES: Mapping[str, Callable[..., Result]] = MappingProxyType(
    {
        "enrolment": describe_enrolment,
        "centres": describe_centres,
        "baseline": describe_baseline,
        "attrition": describe_attrition,
        "denominators": describe_denominators,
        "missing": describe_missing,
        "missing_by_centre": describe_missing_by_centre,
        "attainment": estimate_attainment,
        "obstacles": estimate_obstacles,
        "undecided": describe_undecided,
        "glucocorticoids": estimate_glucocorticoids,
        "dose_bands": estimate_dose_bands,
        "dose_paths": estimate_dose_paths,
        "cumulative_dose": estimate_cumulative_dose,
        "interim": describe_interim,
        "adverse_events": estimate_adverse_events,
        "adverse_event_terms": estimate_terms,
        "first_adverse_event": estimate_first_event,
        "adverse_event_listing": describe_listing,
        "adverse_events_by_onset": estimate_by_onset,
        "adverse_event_course": describe_course,
        "zoster_by_vaccination": estimate_zoster_by_vaccination,
        "label_frequencies": estimate_label_frequencies,
        "published_rates": estimate_published_rates,
        "change": estimate_change,
        "sledai_items": describe_sledai_items,
        "patient_reported": estimate_patient_reported,
        "patient_reported_missing": describe_patient_reported_missing,
        "damage": estimate_damage,
        "time_to_response": estimate_time_to_response,
        "time_to_response_curve": estimate_response_curves,
        "time_to_response_medians": estimate_response_medians,
        "response_methods": compare_response_methods,
        "manifestation_medians": estimate_manifestation_medians,
        "manifestation_curves": estimate_manifestation_curves,
        "flares": estimate_flares,
        "time_to_flare": estimate_time_to_flare,
        "time_to_flare_milestones": estimate_free_of_flares,
        "flares_mean": estimate_mean_flares,
        "flares_mean_milestones": estimate_mean_flares_by,
        "flare_rate_ratios": estimate_flare_ratios,
        "flares_by_year": estimate_flares_by_year,
        "flares_by_state": estimate_flares_by_state,
        "flare_agreement": compare_flares,
        "retention": estimate_retention,
        "retention_milestones": estimate_retention_milestones,
        "time_on_drug": estimate_time_on_drug,
        "discontinuation": estimate_discontinuation,
        "discontinuation_curve": estimate_discontinuation_curve,
        "retention_compared": compare_retention,
        "retention_hazard_ratios": estimate_retention_ratios,
        "exposure": describe_exposure,
        "infusion_intervals": describe_intervals,
        "infusion_interval_days": describe_interval_days,
        "centre_funnel": estimate_centre_funnel,
        "centre_completeness": describe_centre_completeness,
        "tables": describe_tables,
        "findings": describe_findings,
        "not_collected": describe_not_collected,
        "blind_spots": describe_blind_spots,
        "agreement": estimate_agreement,
        "dictionary": describe_coverage,
    }
)
