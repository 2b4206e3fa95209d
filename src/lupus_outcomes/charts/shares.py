"""Two shares of patients over time, told apart by dash: better and worse, damage and its gain."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import altair as alt
import pandas as pd

from lupus_outcomes.charts.over_time import (
    Look,
    count_rows,
    count_rows_of_groups,
    draw_counts,
    draw_curves,
    look_of_groups,
    place_names,
    spread,
)
from lupus_outcomes.charts.style import Drawing, Mode, colour, configure, percent_axis, table_source
from lupus_outcomes.release.disclosure import Released

MEANING = "patients"
ONE_HEIGHT, GROUP_HEIGHT = 280, 200


@dataclass(frozen=True, slots=True)
class Part:
    """One share: the name of its columns, its denominator, what it is called, its dash."""

    name: str
    of: str
    label: str
    dash: tuple[int, int]
    from_month: float = 0.0


@dataclass(frozen=True, slots=True)
class Shares:
    """The shares of one result, the strip under them, what a strip of groups counts, the axis."""

    parts: tuple[Part, ...]
    strip: tuple[tuple[str, str], ...]
    counted: tuple[str, str]
    title: str


FIGURES: Mapping[str, Shares] = MappingProxyType(
    {
        "patient_reported": Shares(
            (
                Part("improved", "n", "better", (1, 0)),
                Part("worsened", "n", "worse", (6, 3)),
            ),
            (("n_due", "due"), ("n_seen", "seen"), ("n", "both known"), ("n_no_room", "no room")),
            ("n", "both known"),
            "Share of those with both answers",
        ),
        "damage": Shares(
            (
                Part("damage_gt0", "n_assessed", "any damage", (1, 0)),
                # At baseline nobody can have gained.
                Part("accrual", "n_paired", "gained since baseline", (6, 3), 1e-9),
            ),
            (
                ("n_due", "due"),
                ("n_with_visit", "seen"),
                ("n_assessed", "known"),
                ("n_paired", "paired"),
                ("n_not_due", "not yet due"),
            ),
            ("n_assessed", "known"),
            "Share of those assessed",
        ),
    }
)


def draw_shares(released: Released, figure: str, mode: Mode) -> Drawing | None:
    """The figure of ``estimate_damage`` or, of one instrument, ``estimate_patient_reported``.

    None where nobody is in a denominator. With groups each share has a panel, each level a series.
    """
    about, table = FIGURES[figure], released.table
    groups = table[table["group"] != "all"]
    levels = tuple(groups["level"].unique())
    counted = groups if levels else table
    parts = [_points(counted, part, levels, about) for part in about.parts]
    points = pd.concat(parts, ignore_index=True)
    if not (points["timepoint_months"] > 0).any():
        return None
    points, is_legible = place_names(points, "proportion", height=1.0)
    strip = (
        count_rows_of_groups(counted, *about.counted) if levels else count_rows(table, about.strip)
    )
    return Drawing(
        figure=f"shares_{figure}",
        arguments=(figure, levels, tuple(strip["row"].unique()), is_legible, mode),
        data=pd.concat([points, strip], ignore_index=True),
        alt=released.result.finding,
    )


def _points(
    counted: pd.DataFrame, part: Part, levels: tuple[str, ...], about: Shares
) -> pd.DataFrame:
    is_told = (counted[part.of] > 0) & counted[f"proportion_{part.name}"].notna()
    shown = counted[is_told & (counted["timepoint_months"] >= part.from_month)]
    series = shown["level"] if levels else pd.Series(part.label, index=shown.index)
    order = levels or tuple(other.label for other in about.parts)
    return pd.DataFrame(
        {
            "kind": "point",
            "panel": part.label if levels else "",
            "series": series,
            "timepoint_months": shown["timepoint_months"],
            "x": spread(shown["timepoint_months"], series, order),
            "timepoint": shown["timepoint"],
            "proportion": shown[f"proportion_{part.name}"],
            "ci_low": shown[f"ci_low_{part.name}"],
            "ci_high": shown[f"ci_high_{part.name}"],
            "share": shown[f"n_{part.name}"].astype(int).astype(str)
            + " of "
            + shown[part.of].astype(str),
        }
    )


def build_shares(
    figure: str, levels: tuple[str, ...], rows: tuple[str, ...], named_directly: bool, mode: Mode
) -> alt.TopLevelMixin:
    """Both shares in one panel, or with groups a panel each; counts below."""
    about = FIGURES[figure]
    labels = tuple(part.label for part in about.parts)
    if levels:
        look = look_of_groups(levels, named_directly, mode)
        panels = [_panel(label, label, about.title, look, GROUP_HEIGHT) for label in labels]
    else:
        shades = [colour(MEANING, mode)] * len(labels)
        look = Look(labels, shades, [part.dash for part in about.parts], named_directly, mode)
        panels = [_panel("", "", about.title, look, ONE_HEIGHT)]
    return configure(alt.vconcat(*panels, draw_counts(rows, mode), spacing=8))


def _panel(
    panel: str, title: str, axis: str, look: Look, height: int
) -> alt.LayerChart | alt.FacetChart:
    source = alt.Chart(table_source()).transform_filter(alt.datum.panel == panel)
    layers = draw_curves(
        source.transform_filter("datum.kind == 'point'"),
        look,
        "proportion",
        percent_axis(axis),
        tooltip=[
            alt.Tooltip("series:N", title=" "),
            alt.Tooltip("timepoint:N", title="time point"),
            alt.Tooltip("share:N", title="patients"),
            alt.Tooltip("proportion:Q", format=".1%", title="share"),
            alt.Tooltip("ci_low:Q", format=".1%", title="95 % CI from"),
            alt.Tooltip("ci_high:Q", format=".1%", title="to"),
        ],
    )
    return alt.layer(*layers).properties(height=height, title=title[:1].upper() + title[1:])
