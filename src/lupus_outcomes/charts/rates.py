"""Flare rates with their limits, a row a severity, year or state of the disease."""

import pandas as pd

from lupus_outcomes.charts.estimate_rows import SINGLE, lay_out, shown_groups
from lupus_outcomes.charts.style import Drawing, Mode
from lupus_outcomes.release.disclosure import Released

# An upper limit beyond this many times the largest rate would leave the others no room: it is drawn
# to there, the table has it in full.
WIDEST_LIMIT = 2.5
SOURCE_WORDS = {"recorded": "recorded by clinicians", "derived": "derived from visits"}
SEVERITY_WORDS = {"any": "any flare", "mild_moderate": "mild or moderate", "severe": "severe"}
TITLE = "Flares per 100 patient-years (95 % CI)"
CUT = "Limits that reach beyond the axis are cut; the table has them in full."
TOGETHER = "The figure shows all patients together; the table has every group."


def draw_rates(released: Released, by: str, mode: Mode) -> Drawing | None:
    """The figure of a table of flare rates; none where no time at risk was observed.

    ``by``: the column whose values are the rows: ``severity`` (of each source), ``year`` or
    ``disease_state``. With up to four groups each row has a point a level.
    """
    table = released.table
    observed = table[table["person_years"] > 0]
    if observed.empty:
        return None
    shown, series = shown_groups(observed)
    most = WIDEST_LIMIT * max(shown["rate_per_100py"].max(), 1.0)
    points = pd.DataFrame(
        {
            "name": _names(shown, by),
            "level": shown["level"],
            "estimate": shown["rate_per_100py"],
            "low": shown["ci_low"],
            "high": shown["ci_high"].clip(upper=most),
            "tip": _tips(shown),
        }
    )
    order = points["name"].map({name: place for place, name in enumerate(points["name"].unique())})
    # With levels the counts are told beside each point.
    counts = points["tip"] if series == (SINGLE,) else ""
    rows = lay_out(
        points.assign(counts=counts, order=order)
        .sort_values("order", kind="stable")
        .drop(columns="order"),
        series,
    )
    said = []
    if series == (SINGLE,) and (observed["group"] != "all").any():
        said.append(TOGETHER)
    if (shown["ci_high"] > most).any():
        said.append(CUT)
    return Drawing(
        figure=f"rates_by_{by}",
        arguments=(series, TITLE, False, "", "", "flare", mode),
        data=rows.data,
        alt=released.result.finding,
        caption=" ".join(said),
        height=rows.height,
    )


def _names(shown: pd.DataFrame, by: str) -> pd.Series:
    if by == "severity":
        return shown["source"].map(SOURCE_WORDS) + ": " + shown["severity"].map(SEVERITY_WORDS)
    return ("year " if by == "year" else "") + shown[by].astype(str)


def _tips(shown: pd.DataFrame) -> list[str]:
    """``162 flares in 77 of 180 patients, 508 patient-years``."""
    columns = ("n_flares", "n_patients", "n", "person_years")
    return [
        f"{flares:,} flares in {patients:,} of {n:,} patients, {years:,.0f} patient-years: "
        f"{rate:.1f} ({low:.1f}–{high:.1f})"
        for flares, patients, n, years, rate, low, high in zip(
            *(shown[name] for name in (*columns, "rate_per_100py", "ci_low", "ci_high")),
            strict=True,
        )
    ]
