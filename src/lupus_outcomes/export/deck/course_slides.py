"""Slides on what happens on the drug: staying on it, flares, damage, adverse events."""

from lupus_outcomes.charts.curve_data import read_curves
from lupus_outcomes.charts.reasons import LOOKS, WORDS
from lupus_outcomes.charts.slide_content import Bars, Curves, Grid, Part
from lupus_outcomes.charts.style import Shade
from lupus_outcomes.export.deck.content import Slide
from lupus_outcomes.export.deck.parts import (
    MOST_BARS,
    SHARE,
    Sources,
    grid_by_timepoint,
    lines_by_level,
    part_with_limits,
    rows_of_groups,
    values_of,
    words_grid,
)
from lupus_outcomes.export.deck.steps import survival_slide

KINDS_OF_EVENT = (
    "any", "serious", "related", "led_to_stop", "hospitalisation", "serious_infection",
    "herpes_zoster", "cardiovascular", "neoplasm", "fatal",
)  # fmt: skip


def retention(ask: Sources) -> Slide | None:
    """The curve of staying on the drug, who is at risk below it."""
    released, milestones = ask.result("retention"), ask.result("retention_milestones")
    table = rows_of_groups(released.table)
    curves = read_curves(table, "level", "survival", 1.0)
    return survival_slide(milestones, released, curves, "stopped", "Share still on anifrolumab")


def reasons(ask: Sources) -> Slide | None:
    """Why they stop, with those still on the drug one whole."""
    released = ask.result("discontinuation")
    table = released.table
    table = table[(table["group"] == "all") & table["survival"].notna()]
    if table.empty:
        return None
    timepoints = tuple(f"{month:g}" for month in table["milestone_months"].unique())
    of_first = table[table["reason"] == table["reason"].iloc[0]]
    parts = [Part(WORDS["on_drug"], Shade(*LOOKS["on_drug"]), values_of(of_first["survival"]))]
    for reason in LOOKS:
        of_reason = table[table["reason"] == reason]
        if len(of_reason) and of_reason["cumulative_incidence"].max() > 0:
            shares = values_of(of_reason["cumulative_incidence"])
            parts.append(Part(WORDS[reason], Shade(*LOOKS[reason]), shares))
    bars = Bars(timepoints, tuple(parts), SHARE, True, True, True, "Months since the first dose")
    at_headline = table[table["milestone_months"] == ask.protocol.headline_months]
    shown = at_headline[at_headline["n_events"] > 0].sort_values("n_events", ascending=False)
    columns = ("stopped_for", "n_events", "cumulative_incidence", "ci_low", "ci_high")
    grids = (words_grid(released, columns, shown),) if len(shown) else ()
    caption = "Estimates with stopping for other reasons as competing events (Aalen–Johansen)."
    return Slide(released, bars, grids, caption=caption)


def flares(ask: Sources) -> Slide | None:
    """How often they flare, by who says so."""
    released = ask.result("flares")
    table = released.table[released.table["group"] == "all"]
    if table.empty:
        return None
    words = {"any": "Any flare", "mild_moderate": "Mild or moderate", "severe": "Severe"}
    strengths = {"recorded": 1.0, "derived": 0.5}
    parts = tuple(
        part_with_limits(
            f"{source} by {'clinicians' if source == 'recorded' else 'the index, from visits'}",
            Shade("flare", strengths[str(source)]),
            rows,
            "rate_per_100py",
        )
        for source, rows in table.groupby("source", sort=False)
    )
    severities = tuple(words[name] for name in table["severity"].unique())
    bars = Bars(severities, parts, "Flares per 100 patient-years", is_share=False, is_upright=True)
    columns = (
        "source",
        "severity",
        "n_flares",
        "n_patients",
        "rate_per_100py",
        "ci_low",
        "ci_high",
    )
    return Slide(released, bars, (words_grid(released, columns, table),))


def damage(ask: Sources) -> Slide | None:
    """How many have gained damage since baseline."""
    released = ask.result("damage")
    table = rows_of_groups(released.table)
    # Where a count is hidden there is no share.
    is_told = table["proportion_accrual"].notna() & (table["timepoint_months"] > 0)
    table = table[is_told].astype({"n_accrual": int, "n_paired": int})
    if table.empty:
        return None
    columns = ("proportion_accrual", "ci_low_accrual", "ci_high_accrual")
    blocks, lines = lines_by_level(table, columns, "inefficacy")
    grid = grid_by_timepoint(
        blocks,
        lambda row: f"{row['n_accrual']:,} of {row['n_paired']:,}",
    )
    return Slide(released, Curves(lines, "Share who have gained damage"), (grid,))


def adverse_events(ask: Sources) -> Slide | None:
    """How many have events of each kind, and how often."""
    released = ask.result("adverse_events")
    table = released.table[released.table["group"] == "all"]
    table = table[table["category"].isin(KINDS_OF_EVENT)]
    if table.empty:
        return None
    # Rows of the contract's table in the order a committee reads them.
    place = table["category"].map({name: at for at, name in enumerate(KINDS_OF_EVENT)})
    table = table.assign(place=place).sort_values("place")
    bars = Bars(
        tuple(table["event"]),
        (part_with_limits("Patients", Shade("patients"), table, "proportion"),),
        f"Share of {int(table['n_exposed'].iloc[0]):,} patients",
    )
    columns = (
        "event", "n_patients", "n_events", "event_rate_per_100py", "event_rate_ci_low",
        "event_rate_ci_high",
    )  # fmt: skip
    return Slide(released, bars, (words_grid(released, columns, table),))


def preferred_terms(ask: Sources) -> Slide | None:
    """The events reported in most patients."""
    released = ask.result("adverse_event_terms", by="pt")
    table = released.table
    if table.empty:
        return None
    table = table[table["group"] == "all"].nlargest(MOST_BARS, "n_patients", keep="first")
    names = tuple(str(name).partition(":")[2] for name in table["category"])
    bars = Bars(
        names,
        (part_with_limits("Patients", Shade("patients"), table, "proportion"),),
        f"Share of {int(table['n_exposed'].iloc[0]):,} patients",
    )
    columns = ("n_patients", "n_events", "n_serious", "n_led_to_stop")
    grid = words_grid(released, tuple(c for c in columns if c in table), table)
    named = Grid(
        ("preferred term", *grid.columns),
        tuple((name, *row) for name, row in zip(names, grid.rows, strict=True)),
    )
    return Slide(released, bars, (named,), caption=f"The {len(table)} reported in most patients.")
