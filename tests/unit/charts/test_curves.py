"""Curves of the time to an event: what is in their data, where they end, what is said of them."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from lupus_outcomes.charts.catalogue import build_spec
from lupus_outcomes.charts.curves import CurveStyle, draw_curves_with_risk
from lupus_outcomes.protocol import DAYS_PER_MONTH
from tests.unit.charts.curve_tables import released_table, table_of_curve

pytestmark = pytest.mark.slow

STYLE = CurveStyle("survival", True, "retention", "Share still on it", "stopped")
# Twenty patients: a stop every 100 days, the even ones censored instead.
DAYS, EVENTS = np.arange(1, 21) * 100, np.arange(1, 21) % 2 == 1


def draw(*tables, style=STYLE, mode="light", **options):
    return draw_curves_with_risk(released_table(*tables), style, mode, **options)


def rows(drawing, kind):
    return drawing.data[drawing.data["kind"] == kind]


def risk(drawing, name):
    return rows(drawing, "risk").query("row == @name")["count"].dropna().tolist()


class TestOneCurve:
    def test_it_begins_at_one_and_ends_where_fewer_than_ten_remain(self):
        steps = rows(draw(table_of_curve(DAYS, EVENTS)), "step")

        assert steps["day"].tolist() == [0, *range(100, 1101, 100)]
        assert steps["estimate"].iloc[0] == 1
        assert steps["estimate"].iloc[1] == pytest.approx(19 / 20)
        assert steps["n_at_risk"].iloc[-1] == 10

    def test_the_caption_says_that_it_ends(self):
        whole = draw(table_of_curve([400] * 10, [False] * 10))

        assert "fewer than 10 remain at risk" in draw(table_of_curve(DAYS, EVENTS)).caption
        assert "fewer than 10" not in whole.caption

    def test_an_incidence_begins_at_zero(self):
        table = table_of_curve(DAYS, EVENTS).assign(
            probability=lambda t: 1 - t["survival"],
        )
        style = replace(STYLE, estimate="probability", is_falling=False)

        steps = rows(draw(table, style=style), "step")

        assert steps["estimate"].iloc[0] == 0
        assert steps["estimate"].iloc[1] == pytest.approx(1 / 20)

    def test_the_three_counts_under_each_month_add_up_to_the_patients(self):
        drawing = draw(table_of_curve(DAYS, EVENTS))

        assert risk(drawing, "at risk") == [20, 19, 17, 13, 10, 6, 2]
        assert risk(drawing, "stopped") == [0, 1, 2, 4, 5, 7, 9]
        assert risk(drawing, "censored") == [0, 0, 1, 3, 5, 7, 9]

    def test_who_leaves_on_the_day_of_a_milestone_is_still_at_risk_on_it(self):
        day = round(48 * DAYS_PER_MONTH)
        drawing = draw(table_of_curve([day] * 12, [True] * 12))

        assert day == 48 * DAYS_PER_MONTH
        assert risk(drawing, "at risk") == [12, 12, 12, 12, 12, 12, 0]
        assert risk(drawing, "stopped")[-2:] == [0, 12]

    def test_fixed_times_are_those_that_the_drawn_curve_reaches(self):
        points = rows(draw(table_of_curve(DAYS, EVENTS)), "point")

        assert points["timepoint_months"].tolist() == [6, 12, 24, 36]
        assert points["n_at_risk"].tolist() == [19, 17, 13, 10]
        assert points["estimate"].tolist()[:2] == pytest.approx([19 / 20, 19 / 20 * 17 / 18])

    def test_the_median_is_where_half_have_stopped(self):
        passing = draw(table_of_curve([100] * 4 + [200] * 4 + [900] * 8, [True] * 8 + [False] * 8))
        never = draw(table_of_curve([900] * 20, [False] * 20))
        crossing = draw(table_of_curve([100] * 12 + [900] * 8, [True] * 12 + [False] * 8))

        assert rows(never, "median").empty
        assert rows(crossing, "median")["x"].tolist() == [100 / DAYS_PER_MONTH]
        # Exactly one half from day 200: the curve is cut there, so nothing lies beyond.
        assert rows(passing, "median")["x"].tolist() == [200 / DAYS_PER_MONTH]
        assert "half" in crossing.caption
        assert "half" not in never.caption

    def test_before_the_first_event_the_band_has_no_width(self):
        steps = rows(draw(table_of_curve([50, *DAYS], [False, *EVENTS])), "step")

        assert (steps["ci_low"].iloc[:2] == 1).all()
        assert steps["ci_low"].iloc[2] < steps["estimate"].iloc[2] < steps["ci_high"].iloc[2]

    def test_with_too_few_patients_there_is_no_figure(self):
        assert draw(table_of_curve(DAYS[:9], EVENTS[:9])) is None

    def test_years_of_single_days_carry_no_ticks(self):
        days = np.arange(400) + 1
        drawing = draw(table_of_curve(days, days % 2 == 0))

        assert not rows(drawing, "step")["has_censored"].any()
        assert "Ticks" not in drawing.caption


class TestGroups:
    def tables(self):
        return (
            table_of_curve(DAYS, EVENTS),
            table_of_curve(DAYS, EVENTS, "female"),
            table_of_curve(DAYS + 30, ~EVENTS, "male"),
            table_of_curve(DAYS[:5], EVENTS[:5], "unknown"),
        )

    def test_levels_stand_instead_of_all_patients(self):
        drawing = draw(*self.tables())

        assert set(rows(drawing, "step")["series"]) == {"female", "male"}
        assert [look[0] for look in drawing.arguments[0]] == ["female", "male", "unknown"]

    def test_a_level_that_is_too_small_is_said(self):
        assert "Fewer than 10 patients, so no curve: unknown." in draw(*self.tables()).caption

    def test_each_count_has_a_block_of_levels(self):
        table = rows(draw(*self.tables()), "risk").drop_duplicates("place")

        assert table["row"].tolist() == [
            name
            for count in ("at risk", "stopped", "censored")
            for name in (count, "female", "male", "unknown")
        ]
        at_risk = rows(draw(*self.tables()), "risk").query("place == 3")
        assert at_risk["count"].tolist() == [5, 4, 2, 0, 0, 0, 0]

    def test_of_many_levels_only_those_at_risk_are_counted(self):
        tables = [table_of_curve(DAYS, EVENTS, f"Centre {i}") for i in range(6)]
        drawing = draw(*tables)

        assert set(rows(drawing, "risk")["row"]) == {"at risk", *(f"Centre {i}" for i in range(6))}
        assert "Band" not in drawing.caption

    def test_series_other_than_levels_have_colours_with_a_meaning(self):
        table = pd.concat(
            [table_of_curve(DAYS, EVENTS).assign(endpoint=e) for e in ("doris", "lldas")]
        )
        looks = (("doris", "doris", (1, 0)), ("lldas", "lldas", (6, 3)))
        drawing = draw(table, style=replace(STYLE, series="endpoint", looks=looks))

        assert drawing.arguments[0] == looks
        assert "#1B4F8A" in str(build_spec(drawing.figure, drawing.arguments))


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_every_spec_is_without_data_and_whole(mode):
    published = pd.DataFrame(
        {"timepoint_months": [6], "proportion": [0.9], "study": ["LOOPS"], "words": ["n = 45"]}
    )
    drawing = draw(table_of_curve(DAYS, EVENTS), benchmarks=published, mode=mode)
    spec = build_spec(drawing.figure, drawing.arguments)

    assert len(spec["vconcat"]) == 2
    assert "datasets" not in spec
    assert rows(drawing, "benchmark")["share"].tolist() == ["n = 45"]
    assert drawing.alt == "The finding."
