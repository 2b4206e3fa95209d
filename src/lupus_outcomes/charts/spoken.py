"""The finding inside a figure, where a screen reader comes upon it.

As the alternative text of Streamlit's figure it would be part of what the figure is built from, and
every filter would build the figure anew. As one of its data it changes with them, and the figure
stays.
"""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from lupus_outcomes.charts.style import Drawing

FINDING = "finding"
_MARK = {
    "mark": {"type": "text", "text": "", "aria": True},
    "transform": [{"filter": f"isValid(datum.{FINDING})"}],
    "encoding": {"description": {"field": FINDING, "type": "nominal"}},
}


def speak(spec: Mapping[str, Any]) -> dict[str, Any]:
    """The same figure with a mark that shows nothing and is called by what ``tell`` adds."""
    if "vconcat" in spec:
        first, *rest = spec["vconcat"]
        return {**spec, "vconcat": [speak(first), *rest]}
    return {**spec, "layer": [*spec["layer"], _MARK]}


def tell(drawing: Drawing) -> pd.DataFrame:
    """The data of a drawing, the first row with the sentence that says its finding."""
    return drawing.data.assign(**{FINDING: [drawing.alt, *[None] * (len(drawing.data) - 1)]})
