"""What stood in the way: a bar a criterion, dark where it was the only reason."""

import altair as alt
import pandas as pd

from lupus_outcomes.charts.attainment import MEANING
from lupus_outcomes.charts.style import (
    MOST_DIRECT_LABELS,
    Drawing,
    Mode,
    colour,
    configure,
    table_source,
    tint,
)
from lupus_outcomes.release.disclosure import Released

ALONE, WITH_OTHERS = "the only reason", "together with others"
ROW_HEIGHT, BAR_HEIGHT = 58, 14
# Vertical places within a row, in pixels from its middle.
NAME_DY, COUNTS_DY, BAR_DY = -20, -4, 13
LIGHT_STRENGTH = 0.4


def draw_obstacles(released: Released, mode: Mode) -> Drawing | None:
    """The figure of ``estimate_obstacles`` for one time point; none where nobody missed the state.

    Up to four groups have a panel each; of more than that all patients are drawn together.
    """
    table = released.table
    missed = table[table["n_not_attained"] > 0]
    if missed.empty:
        return None
    endpoint = str(missed["endpoint"].iloc[0])
    of_all, by_level = missed[missed["group"] == "all"], missed[missed["group"] != "all"]
    levels = tuple(by_level["level"].unique())
    in_panels = 0 < len(levels) <= MOST_DIRECT_LABELS
    shown = by_level if in_panels else of_all
    order = of_all.sort_values("n_failed", ascending=False, kind="stable")["criterion"]
    data = _bars(shown.assign(panel=shown["level"] if in_panels else ""), list(order))
    panels = levels if in_panels else ("",)
    return Drawing(
        figure="obstacles",
        arguments=(endpoint, panels, len(order), mode),
        data=data,
        alt=released.result.finding,
        caption=(
            "The figure shows all patients together; the table has every group."
            if len(levels) > MOST_DIRECT_LABELS
            else ""
        ),
    )


def _bars(shown: pd.DataFrame, order: list[str]) -> pd.DataFrame:
    """Two rows a bar, its dark and its light part, with what is written above it."""
    common = pd.DataFrame(
        {
            "panel": shown["panel"],
            "criterion": shown["criterion"],
            "place": list(map(order.index, shown["criterion"])),
            "counts": [
                f"{failed} of {missed} · {100 * share:.0f} % · the only reason in {alone}"
                for failed, missed, share, alone in zip(
                    shown["n_failed"],
                    shown["n_not_attained"],
                    shown["proportion_failed"],
                    shown["n_alone"],
                    strict=True,
                )
            ],
            "n_unknown": shown["n_unknown"],
        }
    )
    with_others = shown["proportion_failed"] - shown["proportion_alone"]
    alone = common.assign(part=ALONE, share=shown["proportion_alone"], stack=0)
    rest = common.assign(part=WITH_OTHERS, share=with_others, stack=1)
    return pd.concat([alone, rest], ignore_index=True)


def build_obstacles(
    endpoint: str, panels: tuple[str, ...], n_criteria: int, mode: Mode
) -> alt.TopLevelMixin:
    """A panel for all patients or one a level, criteria in the same order in each."""
    meaning = MEANING[endpoint][0]
    shades = [colour(meaning, mode), tint(meaning, LIGHT_STRENGTH, mode)]
    views = [_panel(panel, n_criteria, shades, mode) for panel in panels]
    return configure(alt.vconcat(*views, spacing=24))


def _panel(
    panel: str, n_criteria: int, shades: list[str], mode: Mode
) -> alt.LayerChart | alt.FacetChart:
    source = alt.Chart(table_source()).transform_filter(alt.datum.panel == panel)
    y = alt.Y("place:O", axis=None, scale=alt.Scale(domain=list(range(n_criteria)), padding=0))
    words = source.transform_filter(alt.datum.part == ALONE)
    return alt.layer(
        _bar(source, y, shades),
        _line(words, y, "criterion:N", NAME_DY, mode, fontSize=13),
        _line(words, y, "counts:N", COUNTS_DY, mode, fontSize=12, opacity=0.75),
    ).properties(height=ROW_HEIGHT * n_criteria, title=panel)


def _bar(source: alt.Chart, y: alt.Y, shades: list[str]) -> alt.Chart:
    axis = alt.Axis(
        title="Share of those seen who were known to miss it",
        format="%",
        tickCount=6,
        grid=True,
        gridOpacity=0.5,
        domain=False,
        ticks=False,
        labelFlush=True,
        labelFlushOffset=-2,
        titleAnchor="start",
    )
    scale = alt.Scale(domain=[0, 1], nice=False)
    parts = alt.Scale(domain=[ALONE, WITH_OTHERS], range=shades)
    return source.mark_bar(height=BAR_HEIGHT, yOffset=BAR_DY).encode(
        x=alt.X("share:Q", stack="zero", scale=scale, axis=axis),
        y=y,
        color=alt.Color("part:N", scale=parts, legend=alt.Legend(title=None)),
        order="stack:Q",
        tooltip=[
            alt.Tooltip("criterion:N", title=" "),
            alt.Tooltip("counts:N", title="failed in"),
            alt.Tooltip("n_unknown:Q", title="unknown in, of all seen"),
        ],
    )


def _line(words: alt.Chart, y: alt.Y, text: str, dy: int, mode: Mode, **look) -> alt.Chart:
    """One line of text above the bars, from the left edge of the plot."""
    marks = words.mark_text(align="left", dy=dy, color=colour("text", mode), **look)
    return marks.encode(x=alt.value(0), y=y, text=text)
