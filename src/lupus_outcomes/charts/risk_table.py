"""Who is at risk, who has had the event and who was censored, under the months of a curve."""

import altair as alt

from lupus_outcomes.charts.style import (
    ROW_NAME_SHARE,
    Mode,
    colour,
    months_axis,
    table_source,
)

ROW_PIXELS, INDENT_PIXELS = 18, 8
NARROW = "width < 560"


def draw_risk_table(n_rows: int, mode: Mode) -> alt.LayerChart | alt.FacetChart:
    """The rows of ``count_risk``: numbers under the months, the names of the rows at the left."""
    x = months_axis()
    x["axis"] = alt.Axis(title=x["axis"].title, labels=False, ticks=False, domain=False, grid=False)
    source = alt.Chart(table_source()).transform_filter("datum.kind == 'risk'")
    y = alt.Y("place:O", axis=None, scale=alt.Scale(domain=list(range(n_rows)), padding=0.5))
    opacity = alt.ExprRef(f"datum.yields && {NARROW} ? 0 : 1")
    numbers = (
        source.transform_filter("isValid(datum.count)")
        .mark_text(fontSize=12, color=colour("text", mode), opacity=opacity)
        .encode(x=alt.X("x:Q", **x), y=y, text=alt.Text("count:Q", format=",d"))
    )
    names = (
        source.transform_aggregate(groupby=["place", "row", "indent"])
        .mark_text(
            align="left",
            fontSize=11,
            color=colour("text", mode),
            opacity=alt.ExprRef("datum.indent ? 0.75 : 1"),
            dx=alt.ExprRef(f"{NARROW} ? 0 : {INDENT_PIXELS} * datum.indent"),
            limit=alt.ExprRef(f"{ROW_NAME_SHARE} * width - 6"),
        )
        .encode(x=alt.value(0), y=y, text="row:N")
    )
    return alt.layer(numbers, names).properties(height=ROW_PIXELS * n_rows)
