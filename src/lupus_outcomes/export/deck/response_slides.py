"""Slides on who responds, and when."""

from lupus_outcomes.charts.attainment import MEANING
from lupus_outcomes.charts.curve_data import read_curves
from lupus_outcomes.charts.slide_content import Bars, Curves, Part
from lupus_outcomes.charts.style import Shade
from lupus_outcomes.endpoints import ENDPOINTS
from lupus_outcomes.export.deck.content import Slide
from lupus_outcomes.export.deck.parts import (
    SHARE,
    Sources,
    grid_by_timepoint,
    levels_of,
    line_over_months,
    lines_by_level,
    look_of_endpoint,
    part_with_limits,
    rows_of_groups,
    values_of,
    words_grid,
)
from lupus_outcomes.export.deck.steps import survival_slide
from lupus_outcomes.measures import MEASURES

STEROID_TARGETS = ("glucocorticoid_le5", "glucocorticoid_off")


def attainment(ask: Sources) -> Slide | None:
    """The primary endpoints over time."""
    return _attainment(ask, ask.protocol.primary)


def steroid_targets(ask: Sources) -> Slide | None:
    """How many came down to 5 mg a day, how many take none."""
    asked = [name for name in STEROID_TARGETS if name in ask.protocol.endpoints]
    return _attainment(ask, tuple(asked)) if asked else None


def _attainment(ask: Sources, endpoints: tuple[str, ...]) -> Slide | None:
    handling = ask.protocol.handling
    released = ask.result("attainment", endpoints=endpoints, handlings=(handling,))
    table = released.table[released.table["n"] > 0]
    if table.empty:
        return None
    columns = ("proportion", "ci_low", "ci_high")
    if levels_of(table):
        # A line a level: of several endpoints the first is drawn.
        first = table[(table["endpoint"] == table["endpoint"].iloc[0]) & (table["group"] != "all")]
        blocks, lines = lines_by_level(first, columns, "patients")
        caption = f"Drawn for {ENDPOINTS[first['endpoint'].iloc[0]].label}."
    else:
        by_endpoint = [(str(name), rows) for name, rows in table.groupby("endpoint", sort=False)]
        blocks = [(ENDPOINTS[name].label, rows) for name, rows in by_endpoint]
        lines = tuple(
            line_over_months(ENDPOINTS[name].label, look_of_endpoint(name), rows, columns)
            for name, rows in by_endpoint
        )
        caption = ""
    grid = grid_by_timepoint(blocks, lambda row: f"{row['responders']:,} of {row['n']:,}")
    return Slide(released, Curves(lines, SHARE), (grid,), caption=caption)


def obstacles(ask: Sources) -> Slide | None:
    """What stood in the way of low disease activity."""
    endpoint = "lldas"
    if endpoint not in ask.protocol.endpoints:
        return None
    released = ask.result("obstacles", endpoint=endpoint, months=ask.protocol.headline_months)
    table = released.table
    table = table[(table["group"] == "all") & (table["n_not_attained"] > 0)]
    if table.empty:
        return None
    table = table.sort_values("n_failed", ascending=False, kind="stable")
    alone, failed = table["proportion_alone"], table["proportion_failed"]
    meaning = MEANING[endpoint][0]
    bars = Bars(
        tuple(table["criterion"]),
        (
            Part("the only reason", Shade(meaning), values_of(alone)),
            Part("together with others", Shade(meaning, 0.4), values_of(failed - alone)),
        ),
        f"Share of the {int(table['n_not_attained'].iloc[0]):,} not in the state",
        is_stacked=True,
    )
    columns = ("criterion", "n_failed", "n_alone", "n_unknown")
    return Slide(released, bars, (words_grid(released, columns, table),))


def dose_bands(ask: Sources) -> Slide | None:
    """How the doses are spread at each time point."""
    released = ask.result("dose_bands")
    table = released.table
    table = table[(table["group"] == "all") & (table["n"] > 0)]
    if table.empty:
        return None
    bands = list(table["dose_mg_day"].unique())
    strength = [0.15 + 0.85 * place / max(len(bands) - 1, 1) for place in range(len(bands))]
    parts = tuple(
        Part(
            f"{band} mg/day" if band != "none" else band,
            Shade("steroid", by),
            values_of(table.loc[table["dose_mg_day"] == band, "proportion"]),
        )
        for band, by in zip(bands, strength, strict=True)
    )
    of_first = table[table["dose_mg_day"] == bands[0]]
    names = tuple(
        f"{month:.0f}\nN {n:,}"
        for month, n in zip(of_first["timepoint_months"], of_first["n"], strict=True)
    )
    title = "Share of those with a known dose"
    bars = Bars(names, parts, title, True, True, True, "Months since the first dose")
    return Slide(released, bars)


def time_to_response(ask: Sources) -> Slide | None:
    """How long it takes to reach the primary endpoints for the first time."""
    chosen = {
        "endpoints": ask.protocol.primary,
        "definitions": ("first",),
        "methods": ("kaplan_meier",),
    }
    released = ask.result("time_to_response_curve", **chosen)
    table = released.table
    if table.empty:
        return None
    table = table.assign(n_censored=table["n_censored"] + table["n_stopped"])
    if levels_of(table):
        table = table[(table["endpoint"] == table["endpoint"].iloc[0]) & (table["group"] != "all")]
        series, looks = "level", None
        caption = f"Drawn for {ENDPOINTS[str(table['endpoint'].iloc[0])].label}."
    else:
        series, caption = "endpoint", ""
        looks = [look_of_endpoint(str(name)) for name in table["endpoint"].unique()]
    curves = read_curves(table, series, "probability", 0.0)
    names = [ENDPOINTS[c.series].label for c in curves] if looks else [c.series for c in curves]
    medians = ask.result("time_to_response_medians", **chosen)
    title = "Share who have responded"
    return survival_slide(released, medians, curves, "responded", title, names, looks, caption)


def manifestations(ask: Sources) -> Slide | None:
    """How many are rid of each manifestation by the headline time point."""
    released = ask.result("manifestation_medians")
    table = released.table
    table = table[(table["group"] == "all") & table["probability"].notna()]
    if table.empty:
        return None
    bars = Bars(
        tuple(table["manifestation"]),
        (part_with_limits("Gone", Shade("lldas"), table, "probability"),),
        f"Share rid of it by {table['milestone'].iloc[0]}",
    )
    columns = ("manifestation", "n", "n_gone", "median_months", "median_low", "median_high")
    return Slide(released, bars, (words_grid(released, columns, table),))


def activity(ask: Sources) -> Slide | None:
    """The mean change of SLEDAI-2K from baseline."""
    measure = "sledai_2k"
    released = ask.result("change", measures=(measure,))
    table = rows_of_groups(released.table)
    table = table[table["n_paired"] > 0]
    if table.empty:
        return None
    columns = ("mean_change", "ci_low", "ci_high")
    blocks, lines = lines_by_level(table, columns, "patients")
    title = f"{MEASURES[measure].label}: mean change from baseline"
    grid = grid_by_timepoint(
        [(name, rows[rows["timepoint_months"] > 0]) for name, rows in blocks],
        lambda row: f"{row['mean_change']:+.1f} (N {row['n_paired']:,})".replace("-", "−"),
    )
    return Slide(released, Curves(lines, title, is_share=False), (grid,))
