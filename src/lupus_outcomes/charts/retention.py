"""Staying on anifrolumab: the curve, why it falls, and who stops sooner."""

from collections.abc import Hashable, Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd

from lupus_outcomes.analysis.inference import p_in_words
from lupus_outcomes.charts.curves import CurveStyle, draw_curves_with_risk
from lupus_outcomes.charts.forest import ForestStyle, draw_forest
from lupus_outcomes.charts.style import Drawing, Mode
from lupus_outcomes.release.disclosure import Released

RETENTION = CurveStyle(
    estimate="survival",
    is_falling=True,
    meaning="retention",
    y_title="Share still on anifrolumab",
    event="stopped",
)
RATIO = ForestStyle("Hazard ratio of stopping", "stopped", "stays longer", "stops sooner")

NO_RATIO = {"estimate": np.nan, "ci_low": np.nan, "ci_high": np.nan}


def draw_retention(released: Released, benchmarks: pd.DataFrame, mode: Mode) -> Drawing | None:
    """The figure of ``estimate_retention``, with published results set beside it."""
    return draw_curves_with_risk(released, RETENTION, mode, benchmarks=benchmarks)


def draw_ratios(released: Released, mode: Mode) -> Drawing | None:
    """The figure of ``estimate_retention_ratios``.

    First what patients have or have not, a row each; then what has more levels, its name with the
    reference above them.
    """
    blocks = [list(_rows(part)) for _, part in _by_characteristic(released.table)]
    rows = [row for block in sorted(blocks, key=lambda block: len(block) > 1) for row in block]
    caption = "One characteristic at a time, unadjusted: a difference between patients, not an "
    return draw_forest(
        released, pd.DataFrame(rows), RATIO, mode, caption=f"{caption}effect of the drug in them."
    )


def _by_characteristic(table: pd.DataFrame) -> Iterator[tuple[Any, pd.DataFrame]]:
    yield from table.groupby("characteristic_id", sort=False)


def _rows(part: pd.DataFrame) -> Iterator[dict[str, Any]]:
    rows = part.to_dict("records")
    reference = next((row["level"] for row in rows if row["is_reference"]), "")
    others = [row for row in rows if not row["is_reference"]]
    name = rows[0]["characteristic"]
    if reference and len(others) == 1:
        level = others[0]["level"]
        yield _row(others[0], name if level == "yes" else f"{name}: {level}, not {reference}")
        return
    yield NO_RATIO | {
        "label": f"{name} (reference: {reference})" if reference else name,
        "is_heading": True,
        "counts": "",
        "text": p_in_words(rows[0]["p_difference"]) if reference else "",
    }
    for row in others:
        yield _row(row, row["level"])


def _row(row: Mapping[Hashable, Any], label: str) -> dict[str, Any]:
    has_ratio = not np.isnan(row["hazard_ratio"])
    return {
        "label": label,
        "is_heading": False,
        "counts": f"{row['n_stopped']} of {row['n']}",
        "text": (
            f"{row['hazard_ratio']:.2f} ({row['ci_low']:.2f} to {row['ci_high']:.2f})"
            if has_ratio
            else row["why_not"]
        ),
        "estimate": row["hazard_ratio"],
        "ci_low": row["ci_low"],
        "ci_high": row["ci_high"],
    }
