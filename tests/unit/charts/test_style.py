"""Letters and marks of figures stand out from the page, light and dark."""

import tomllib
from pathlib import Path

import numpy as np
import pytest

from lupus_outcomes.charts import dose_bands
from lupus_outcomes.charts.catalogue import build_spec
from lupus_outcomes.charts.style import (
    COLOURS,
    GROUP_COLOURS,
    LETTERS_CONTRAST,
    MARKS_CONTRAST,
    colour,
    contrast,
    ink,
    tint,
)

MODES = ("light", "dark")
THEME = tomllib.loads((Path(__file__).parents[3] / ".streamlit" / "config.toml").read_text())[
    "theme"
]
# Grid lines and the page itself tell nothing.
NO_MARKS = {"faint", "page"}
# The least opacity of letters in any figure.
FAINTEST_LETTERS = 0.75


def marks(mode):
    return [colour(name, mode) for name in COLOURS if name not in NO_MARKS] + [*GROUP_COLOURS[mode]]


def test_contrast_is_that_of_the_guideline():
    assert contrast("#FFFFFF", "#000000") == contrast("#000000", "#FFFFFF") == 21
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.005)


@pytest.mark.parametrize("mode", MODES)
class TestOnThePage:
    def test_every_mark_stands_out(self, mode):
        faint = [c for c in marks(mode) if contrast(c, colour("page", mode)) < MARKS_CONTRAST]
        assert faint == []

    def test_letters_in_the_colour_of_a_mark_are_legible(self, mode):
        for mark in marks(mode):
            assert contrast(ink(mark, mode), colour("page", mode)) >= LETTERS_CONTRAST

    def test_a_legible_colour_stays(self, mode):
        assert ink(colour("doris", mode), mode) == colour("doris", mode)

    def test_faint_letters_are_legible(self, mode):
        faint = tint("text", FAINTEST_LETTERS, mode)
        assert contrast(faint, colour("page", mode)) >= LETTERS_CONTRAST
        assert contrast(colour("reference", mode), colour("page", mode)) >= LETTERS_CONTRAST

    def test_a_number_is_legible_on_its_dose(self, mode):
        on_pale, on_strong = dose_bands.INKS[mode]
        for rank, strength in enumerate(dose_bands.STRENGTHS):
            letters = on_strong if rank > dose_bands.LAST_PALE_BAND else on_pale
            assert contrast(letters, tint("steroid", strength, mode)) >= LETTERS_CONTRAST
        for share in np.linspace(0, 1, 101):
            palest = dose_bands.PALEST_CELL
            cell = tint("steroid", palest + (1 - palest) * share, mode)
            letters = on_strong if share > dose_bands.STRONG_CELL else on_pale
            assert contrast(letters, cell) >= LETTERS_CONTRAST

    def test_figures_and_pages_share_their_colours(self, mode):
        assert THEME[mode]["backgroundColor"] == colour("page", mode)
        assert THEME[mode]["textColor"] == colour("text", mode)

    def test_axes_are_written_in_the_colour_of_text(self, mode):
        config = build_spec("net_benefit", (mode,))["config"]
        assert (
            config["axis"]["labelColor"] == config["legend"]["titleColor"] == colour("text", mode)
        )

    def test_marks_leave_the_telling_to_the_alternative_text(self, mode):
        config = build_spec("net_benefit", (mode,))["config"]
        assert config["aria"] is config["mark"]["aria"] is False
