"""Which columns of which results may be released, and as what.

A column that is not named here is withheld, a result without an entry is not released at all: an
addition to an analysis stays inside until somebody has said what it gives away.
"""

from collections.abc import Mapping
from types import MappingProxyType

from lupus_outcomes.release.roles import (
    GROUP,
    Cover,
    Described,
    Kind,
    Partition,
    Rate,
    Risk,
    Says,
    Share,
)

MOMENTS = ("mean", "sd", "median", "q1", "q3")
LIMITS = ("ci_low", "ci_high")
GRADES = tuple(f"grade_{grade}" for grade in range(1, 6))


def _curve(*labels: str, value: str, is_falling: bool = False, median: str = "") -> Kind:
    return Kind(
        labels=(*labels, *GROUP),
        counts=("n_at_risk", "n_events"),
        required=("n_at_risk",),
        risks=(Risk("n_events", value, *LIMITS, is_falling),),
        at_risk="n_at_risk",
        day="day",
        median=median,
    )


def _adverse_events(*, covers: tuple[Cover, ...] = (), ranked_by: str = "") -> Kind:
    rates = ("event_rate_per_100py", "event_rate_ci_low", "event_rate_ci_high")
    firsts = ("eair_per_100py", "eair_ci_low", "eair_ci_high")
    return Kind(
        labels=("category", "event", *GROUP),
        counts=("n_exposed", "n_patients", "n_events"),
        required=("n_exposed", "n_patients", "n_events"),
        shares=(Share("n_patients", "n_exposed", "proportion", *LIMITS),),
        rates=(
            Rate("n_events", "person_years", *rates),
            Rate("n_patients", "first_event_person_years", *firsts),
        ),
        covers=covers,
        times=("person_years", "first_event_person_years"),
        ranked_by=ranked_by,
        says=Says("event", "n_patients", "n_exposed", "proportion", *LIMITS),
    )


def _targets() -> tuple[Share, ...]:
    return tuple(
        Share(f"n_{name}", "n", f"proportion_{name}", f"ci_low_{name}", f"ci_high_{name}")
        for name in ("le5", "le7_5", "off")
    )


KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        "enrolment": Kind(
            labels=("month", "planned"), counts=("n_cumulative",), required=("n_cumulative",)
        ),
        "centres": Kind(
            labels=("centre",),
            counts=("n_selected", "n"),
            required=("n",),
            shares=(Share("n", "n_selected", "proportion"),),
            partitions=(Partition("centre", "n", "n_selected"),),
            ranked_by="n",
            says=Says("centre", "n", "", "proportion"),
        ),
        "cohort": Kind(
            labels=("characteristic", "level"),
            counts=("n_known", "n"),
            required=("n_known", "n"),
            shares=(Share("n", "n_known", "proportion"),),
            described=(Described("n", MOMENTS, 1),),
            partitions=(Partition("level", "n", "n_known"),),
        ),
        "attrition": Kind(
            labels=("study", "step", "criterion"),
            counts=("n_remaining",),
            required=("n_remaining",),
        ),
        "attainment": Kind(
            labels=("endpoint", "timepoint_months", "handling", *GROUP, "timepoint"),
            counts=("n_due", "n", "responders"),
            required=("n_due", "n", "responders"),
            shares=(Share("responders", "n", "proportion", *LIMITS), Share("n", "n_due")),
            says=Says("endpoint", "responders", "n", "proportion", *LIMITS),
        ),
        "glucocorticoids": Kind(
            labels=("timepoint_months", "handling", *GROUP, "timepoint"),
            counts=("n_due", "n", "n_paired", "n_le5", "n_le7_5", "n_off"),
            required=("n_due", "n"),
            shares=(*_targets(), Share("n", "n_due"), Share("n_paired", "n")),
            described=(
                Described("n", MOMENTS, 1),
                Described("n_paired", ("mean_change", *LIMITS), 1),
            ),
            says=Says(
                "", "n_le5", "n", "proportion_le5", "ci_low_le5", "ci_high_le5",
                "at most 5 mg/day of prednisone",
            ),
        ),
        "change": Kind(
            labels=("measure", "timepoint_months", *GROUP, "timepoint"),
            counts=("n_due", "n", "n_paired"),
            required=("n_due", "n", "n_paired"),
            shares=(Share("n", "n_due"), Share("n_paired", "n")),
            described=(
                Described("n", (*MOMENTS, "mean_ci_low", "mean_ci_high"), 2),
                Described("n_paired", ("mean_change", *LIMITS), 2),
                Described("n_paired", ("model_change", "model_ci_low", "model_ci_high"), 2),
                Described("n_paired", ("p_value",), 3),
            ),
        ),
        "patient_reported": Kind(
            labels=("measure", "timepoint_months", *GROUP, "timepoint"),
            counts=("n_due", "n", "n_improved", "n_worsened"),
            required=("n_due", "n"),
            shares=(
                Share(
                    "n_improved", "n", "proportion_improved", "ci_low_improved", "ci_high_improved"
                ),
                Share(
                    "n_worsened", "n", "proportion_worsened", "ci_low_worsened", "ci_high_worsened"
                ),
                Share("n", "n_due"),
            ),
        ),
        "sledai_items": Kind(
            labels=(
                "item", "descriptor", "domain", "weight", "timepoint_months", *GROUP, "timepoint"
            ),
            counts=("n_seen", "n", "n_present"),
            required=("n_seen", "n", "n_present"),
            shares=(
                Share("n", "n_seen"),
                Share(
                    "n_present", "n", "proportion_present", "ci_low_present", "ci_high_present"
                ),
            ),
        ),
        "damage": Kind(
            labels=("timepoint_months", *GROUP, "timepoint"),
            counts=("n_due", "n_assessed", "n_damage_gt0", "n_paired", "n_accrual"),
            required=("n_due", "n_assessed"),
            shares=(
                Share(
                    "n_damage_gt0", "n_assessed", "proportion_damage_gt0", "ci_low_damage_gt0",
                    "ci_high_damage_gt0",
                ),
                Share(
                    "n_accrual", "n_paired", "proportion_accrual", "ci_low_accrual",
                    "ci_high_accrual",
                ),
                Share("n_assessed", "n_due"),
                Share("n_paired", "n_assessed"),
            ),
            described=(
                Described("n_assessed", ("mean",), 2),
                Described("n_paired", ("mean_change", *LIMITS), 2),
            ),
            says=Says(
                "", "n_damage_gt0", "n_assessed", "proportion_damage_gt0", "ci_low_damage_gt0",
                "ci_high_damage_gt0", "any damage",
            ),
        ),
        "retention": _curve(value="survival", is_falling=True),
        "discontinuation_curve": Kind(labels=(), counts=(), has_rows=False),
        "time_to_flare": _curve("source", "severity", value="survival", is_falling=True),
        "time_to_flare_derived": _curve("source", "severity", value="survival", is_falling=True),
        "time_to_response_curve": _curve("endpoint", "definition", "method", value="probability"),
        "manifestation_curves": _curve(
            "manifestation", "definition", "method", value="probability", median="median_months"
        ),
        "retention_milestones": Kind(
            labels=("milestone_months", "timepoint", *GROUP),
            counts=("n_at_risk", "n_stopped"),
            required=("n_at_risk", "n_stopped"),
            risks=(Risk("n_stopped", "survival", *LIMITS, True, "on_drug"),),
            at_risk="n_at_risk",
            says=Says("", "", "", "survival", *LIMITS, "still on anifrolumab"),
        ),
        "time_on_drug": Kind(
            labels=(*GROUP, "horizon_months"),
            counts=("n", "n_stopped"),
            required=("n", "n_stopped"),
            shares=(Share("n_stopped", "n"),),
            described=(
                Described("n_stopped", ("median_months", "median_low", "median_high"), 0),
                Described("n", ("mean_months", "mean_low", "mean_high"), 1),
                Described("n", ("median_follow_up_months",), 0),
            ),
            times=("person_years",),
        ),
        "discontinuation": Kind(
            labels=("reason", "stopped_for", "milestone_months", "timepoint", *GROUP),
            counts=("n_events",),
            required=("n_events",),
            risks=(Risk("n_events", "cumulative_incidence", *LIMITS),),
            partitions=(Partition("reason", "n_events"),),
            says=Says("stopped_for", "n_events", "", "cumulative_incidence", what="stopped for"),
        ),
        "time_to_response": Kind(
            labels=(
                "endpoint", "definition", "method", "milestone_months", "milestone", *GROUP
            ),
            counts=("n", "n_at_risk", "n_responded"),
            required=("n", "n_at_risk", "n_responded"),
            risks=(Risk("n_responded", "probability", *LIMITS),),
            at_risk="n_at_risk",
            says=Says("endpoint", "", "", "probability", *LIMITS),
        ),
        "time_to_flare_milestones": Kind(
            labels=("source", "severity", "milestone_months", "milestone", *GROUP),
            counts=("n_at_risk", "n_flared"),
            required=("n_at_risk", "n_flared"),
            risks=(Risk("n_flared", "survival", *LIMITS, True),),
            at_risk="n_at_risk",
            says=Says("", "", "", "survival", *LIMITS, "without a flare"),
        ),
        "time_to_response_medians": Kind(
            labels=("endpoint", "definition", "method", *GROUP),
            counts=("n", "n_responded"),
            required=("n", "n_responded"),
            shares=(Share("n_responded", "n"),),
            described=(
                Described("n_responded", ("median_months", "median_low", "median_high"), 0),
            ),
        ),
        "manifestation_medians": Kind(
            labels=(
                "manifestation", "definition", "method", *GROUP, "milestone_months", "milestone"
            ),
            counts=("n", "n_gone", "n_by_milestone"),
            required=("n", "n_gone"),
            shares=(Share("n_gone", "n"),),
            risks=(Risk("n_by_milestone", "probability", *LIMITS),),
            described=(Described("n_gone", ("median_months", "median_low", "median_high"), 0),),
            says=Says("manifestation", "", "", "probability", *LIMITS, "gone"),
        ),
        "flares": Kind(
            labels=("source", "severity", *GROUP),
            counts=("n", "n_patients", "n_flares"),
            required=("n", "n_patients", "n_flares"),
            shares=(Share("n_patients", "n"),),
            rates=(Rate("n_flares", "person_years", "rate_per_100py", *LIMITS),),
            covers=(
                Cover("severity", "any", ("mild_moderate", "severe"), "n_patients", "n_flares"),
            ),
            times=("person_years",),
        ),
        "adverse_events": _adverse_events(
            covers=tuple(
                Cover("category", "any", parts, "n_patients", "n_events")
                for parts in (("serious", "non_serious"), ("early", "late"), GRADES)
            )
        ),
        "adverse_events_soc": _adverse_events(ranked_by="n_patients"),
        "adverse_events_pt": _adverse_events(ranked_by="n_patients"),
    }
)  # fmt: skip
