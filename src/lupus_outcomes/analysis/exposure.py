"""How much anifrolumab was given: doses against the schedule, intervals, person-years."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lupus_outcomes.analysis.result import Result, of_whom, percent, remarks
from lupus_outcomes.derive.cohort import Cohort
from lupus_outcomes.derive.exposure import EXPOSURE_TAIL_DAYS, derive_exposure_end
from lupus_outcomes.derive.infusions import (
    INTERVAL_DAYS,
    IV,
    LONG_INTERVAL_DAYS,
    SC,
    Infusions,
    derive_infusions,
)
from lupus_outcomes.derive.retention import select_treated
from lupus_outcomes.derive.selection import Group, Selection
from lupus_outcomes.indices.infusions import MINIMUM_INTERVAL_DAYS

DAYS_PER_YEAR = 365.25
# Below this share of the doses due a patient has had clearly less than the schedule.
LOW_SHARE = 0.8
LABEL = "Saphnelo, EU summary of product characteristics"
USES = ("infusions.infusion_date", "infusions.dose_mg", "infusions.route", "treatments.stop_date")
NOT_RECORDED = "Single doses of anifrolumab are not recorded in this dataset."
EXPOSURE_SHOWN = (
    "level", "n", "n_recorded", "n_given", "n_doses_due", "relative", "median_relative",
    "q1_relative", "q3_relative",
    "n_below_80", "n_missed_doses", "n_other_dose", "n_switched", "person_years_on_drug",
    "person_years_at_risk",
)  # fmt: skip
# Intervals between two infusions in whole days: lower end included, upper not.
BANDS = (
    ("under 14 days", 0, MINIMUM_INTERVAL_DAYS, True),
    ("14 to 24 days", MINIMUM_INTERVAL_DAYS, 25, False),
    ("25 to 31 days", 25, 32, False),
    ("32 to 56 days", 32, LONG_INTERVAL_DAYS + 1, False),
    ("57 to 90 days", LONG_INTERVAL_DAYS + 1, 91, True),
    ("over 90 days", 91, np.inf, True),
)
INTERVALS_SHOWN = ("level", "interval", "is_flagged", "n_intervals", "proportion", "n_patients")


def describe_exposure(cohort: Cohort, selection: Selection) -> Result:
    """Doses given and due, missed and unusual, switches of route, and time, for each group.

    ``relative``: doses given over doses due, of those with any dose recorded; ``median_relative``
    and quartiles of the patients' own shares.
    """
    selection = select_treated(cohort, selection)
    infusions = derive_infusions(cohort.tables["infusions"], cohort.follow_up)
    at_risk = np.maximum(np.nan_to_num(derive_exposure_end(cohort.follow_up)), 0.0)
    by_patient = {
        "given": infusions.n_given,
        "expected": infusions.n_expected,
        "missed": infusions.count(infusions.n_missed),
        "other": infusions.count(infusions.is_other_dose),
        "switches": infusions.count(infusions.is_switch),
        "days_on_drug": infusions.on_drug_days,
        "days_at_risk": at_risk,
    }
    rows = [_describe(by_patient, group) for group in selection.groups]
    is_recorded = bool(len(cohort.tables["infusions"]))
    table = pd.DataFrame(rows)
    return Result(
        id="exposure",
        title="Anifrolumab given",
        finding=_finding(table.iloc[0], selection) if is_recorded else NOT_RECORDED,
        table=table if is_recorded else table.iloc[:0],
        shown=EXPOSURE_SHOWN,
        n_patients=selection.n_patients,
        denominator="patients selected with at least one dose recorded, while on the drug",
        method=(
            f"Due by schedule: a dose on day 0, then every {INTERVAL_DAYS[IV]} days into a vein "
            f"(300 mg) or every {INTERVAL_DAYS[SC]} under the skin (120 mg), each before the stop "
            "or the day last seen. Missed: whole intervals left out between two doses. Time at "
            f"risk: to {EXPOSURE_TAIL_DAYS} days after the stop, the last contact or the data cut, "
            "whichever comes first."
        ),
        sources=(LABEL,),
        uses=USES,
        notes=remarks(cohort, USES),
    )


def _describe(by_patient: Mapping[str, NDArray], group: Group) -> dict[str, Any]:
    """One row; ``by_patient``: counts and days of each patient."""
    who = group.members & (by_patient["given"] > 0)
    of = {name: values[who] for name, values in by_patient.items()}
    share = of["given"] / of["expected"]
    q1, median, q3 = np.percentile(share, [25, 50, 75]) if len(share) else [np.nan] * 3
    return {
        "group": group.group,
        "level": group.level,
        "n": int(group.members.sum()),
        "n_recorded": int(who.sum()),
        "n_given": int(of["given"].sum()),
        "n_doses_due": int(of["expected"].sum()),
        "relative": of["given"].sum() / of["expected"].sum() if len(share) else np.nan,
        "median_relative": median,
        "q1_relative": q1,
        "q3_relative": q3,
        "n_below_80": int((share < LOW_SHARE).sum()),
        "n_missed_doses": int(of["missed"].sum()),
        "n_patients_missed": int((of["missed"] > 0).sum()),
        "n_other_dose": int(of["other"].sum()),
        "n_patients_other_dose": int((of["other"] > 0).sum()),
        "n_switched": int((of["switches"] > 0).sum()),
        "person_years_on_drug": by_patient["days_on_drug"][group.members].sum() / DAYS_PER_YEAR,
        "person_years_at_risk": by_patient["days_at_risk"][group.members].sum() / DAYS_PER_YEAR,
    }


def describe_intervals(cohort: Cohort, selection: Selection) -> Result:
    """Intervals between two infusions in bands of days, those outside the label flagged."""
    selection = select_treated(cohort, selection)
    infusions = derive_infusions(cohort.tables["infusions"], cohort.follow_up)
    rows = [row for group in selection.groups for row in _count_intervals(infusions, group)]
    table = pd.DataFrame(rows)
    of_all = table[table["group"] == "all"]
    is_recorded = bool(of_all["n_intervals"].sum())
    return Result(
        id="infusion_intervals",
        title="Days between infusions",
        finding=_intervals_finding(of_all, infusions, selection) if is_recorded else NO_INTERVAL,
        table=table if is_recorded else table.iloc[:0],
        shown=INTERVALS_SHOWN,
        n_patients=selection.n_patients,
        denominator="intervals between two doses into a vein while on the drug",
        method=(
            f"Flagged: less than {MINIMUM_INTERVAL_DAYS} days, the least the label allows, and "
            f"more than {LONG_INTERVAL_DAYS} days. Doses under the skin have no such rule and are "
            "not judged."
        ),
        sources=(LABEL,),
        uses=USES[:3],
        notes=remarks(cohort, USES[:3]),
    )


NO_INTERVAL = "No interval between two infusions is recorded in this dataset."


def _count_intervals(infusions: Infusions, group: Group) -> list[dict[str, Any]]:
    counted = infusions.is_iv_interval & group.members[infusions.patient]
    days, patient = infusions.days_since_last[counted], infusions.patient[counted]
    rows = []
    for name, low, high, is_flagged in BANDS:
        inside = (days >= low) & (days < high)
        rows.append(
            {
                "group": group.group,
                "level": group.level,
                "interval": name,
                "is_flagged": "outside it" if is_flagged else "",
                "n_intervals": int(inside.sum()),
                "proportion": inside.mean() if len(days) else np.nan,
                "n_patients": len(np.unique(patient[inside])),
            }
        )
    return rows


def describe_interval_days(cohort: Cohort, selection: Selection) -> Result:
    """How many intervals between two infusions have how many days, all selected patients."""
    selection = select_treated(cohort, selection)
    infusions = derive_infusions(cohort.tables["infusions"], cohort.follow_up)
    counted = infusions.is_iv_interval & selection.members[infusions.patient]
    days, n = np.unique(infusions.days_since_last[counted], return_counts=True)
    return Result(
        id="infusion_interval_days",
        title="Days between infusions, day by day",
        finding="",
        table=pd.DataFrame({"days": days.astype(np.int64), "n_intervals": n}),
        n_patients=selection.n_patients,
        denominator="intervals between two doses into a vein while on the drug",
        method="Whole days from one infusion to the next.",
        uses=USES[:1],
    )


def _finding(row: pd.Series, selection: Selection) -> str:
    if not row["n_recorded"]:
        return f"No dose is recorded of the patients selected{of_whom(selection)}."
    without = row["n"] - row["n_recorded"]
    unrecorded = f"; {without} have no dose recorded" if without else ""
    return (
        f"{row['n_recorded']} patients{of_whom(selection)} were given {row['n_given']:,} doses, "
        f"{percent(row['relative'])} of the {row['n_doses_due']:,} due while they were on "
        f"anifrolumab{unrecorded}. Half of them had {percent(row['median_relative'])} of theirs or "
        f"more, {row['n_below_80'] or 'none'} less than {100 * LOW_SHARE:.0f} %. Left out between "
        f"two others: {row['n_missed_doses']} doses (in {row['n_patients_missed']} patients); "
        f"changed from infusions to injections: {row['n_switched']} patients; doses other than the "
        f"label's: {row['n_other_dose']}."
    )


def _intervals_finding(of_all: pd.DataFrame, infusions: Infusions, selection: Selection) -> str:
    members = selection.members[infusions.patient]
    too_soon, late = infusions.is_too_soon & members, infusions.is_late & members
    total = int(of_all["n_intervals"].sum())

    def counted(flag: NDArray[np.bool_]) -> str:
        n_patients = len(np.unique(infusions.patient[flag]))
        return f"{int(flag.sum())} (in {n_patients} patients)" if n_patients else "none"

    return (
        f"Of {total:,} intervals between infusions{of_whom(selection)}, {counted(too_soon)} lasted "
        f"less than {MINIMUM_INTERVAL_DAYS} days and {counted(late)} more than eight weeks."
    )
