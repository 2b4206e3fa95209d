"""Slides on what goes with response, and on how firm the headline numbers are."""

from lupus_outcomes.charts.slide_content import Bars, Part
from lupus_outcomes.charts.style import Shade
from lupus_outcomes.export.deck.content import Slide, as_grid
from lupus_outcomes.export.deck.parts import (
    MOST_BARS,
    SHARE,
    Sources,
    part_with_limits,
    values_of,
    words_grid,
)
from lupus_outcomes.export.words import readable

MEASURES_OF_A_MODEL = ("auc", "scaled_brier", "calibration_slope")


def performance(ask: Sources) -> Slide | None:
    """How good the model is, before what it rests on."""
    released = ask.prediction("performance")
    if released is None:
        return None
    table = released.table
    table = table[(table["metric"] == "auc") & (table["model"] != "prevalence")]
    part = part_with_limits("Patients of centres not seen", Shade("model"), table, "corrected")
    on_own = Part("Patients it was fitted to", Shade("model", 0.35), values_of(table["apparent"]))
    models = tuple(str(words).capitalize() for words in readable(table, ("model",))["model"])
    bars = Bars(
        models, (part, on_own), "Area under the curve; 0.5 is chance", is_share=False,
        is_upright=True,
    )  # fmt: skip
    columns = ("model", "metric", "apparent", "corrected", "ci_low", "ci_high")
    shown = released.table[
        released.table["metric"].isin(MEASURES_OF_A_MODEL)
        & (released.table["model"] != "prevalence")
    ]
    return Slide(released, bars, (words_grid(released, columns, shown),))


def predictors(ask: Sources) -> Slide | None:
    """What goes with response, most first."""
    released = ask.prediction("predictors")
    if released is None:
        return None
    table = released.table.head(MOST_BARS)
    part = Part(
        "Mean contribution",
        Shade("model"),
        values_of(table["mean_abs_shap"]),
        values_of(table["mean_abs_low"]),
        values_of(table["mean_abs_high"]),
    )
    bars = Bars(tuple(table["label"]), (part,), "Mean contribution, log-odds", is_share=False)
    columns = ("feature", "label", "rank", "rank_low", "rank_high", "direction")
    caption = "Associated with response, not its cause."
    return Slide(released, bars, (words_grid(released, columns, table),), caption=caption)


def robustness(ask: Sources) -> Slide | None:
    """Each headline number under every reasonable choice."""
    released = ask.robustness()
    table = released.table.dropna(subset=["estimate"])
    if table.empty:
        return None
    of_headline = table.groupby("headline", sort=False)
    primary = table[table["choice"] == "primary"].set_index("headline")["estimate"]
    names = tuple(str(name) for name in of_headline.groups if name in primary.index)
    lowest, highest = of_headline["estimate"].min(), of_headline["estimate"].max()
    part = Part(
        "Primary analysis",
        Shade("retention"),
        tuple(float(primary[name]) for name in names),
        tuple(float(lowest[name]) for name in names),
        tuple(float(highest[name]) for name in names),
    )
    counts = of_headline.size()
    grid = as_grid(
        ("headline", "primary", "lowest", "highest", "choices"),
        [
            (
                name,
                *(f"{100 * of[name]:.0f} %" for of in (primary, lowest, highest)),
                int(counts[name]),
            )
            for name in names
        ],
    )
    caption = "The bar is the primary analysis, the line the lowest and highest of all choices."
    return Slide(released, Bars(names, (part,), SHARE), (grid,), caption=caption)
