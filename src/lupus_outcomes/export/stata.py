"""Data for Stata: labels, words of codes, why a value is missing, and a do-file that checks us."""

import tempfile
from collections.abc import Hashable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from lupus_outcomes.export.analysis_data import AnalysisData
from lupus_outcomes.export.headline import CHANGED, Headline
from lupus_outcomes.export.variables import MISSING_WORDS, Variable

STATA_15 = 15
DO_FILE = Path(__file__).with_name("reproduce.do")
INTERVALS = {"wilson": "wilson", "clopper_pearson": "exact"}


def stata_files(data: AnalysisData, headline: Headline, title: str) -> dict[str, bytes]:
    """The two data files and the do-file, by name."""
    return {
        "patients.dta": write_dta(data.patients, f"{title}: patients"),
        "timepoints.dta": write_dta(data.timepoints, f"{title}: patients by time points"),
        "reproduce.do": do_file(data, headline).encode(),
    }


def write_dta(variables: Sequence[Variable], title: str) -> bytes:
    """A data file of Stata 14 or newer; every missing value says why it is missing."""
    import pyreadstat

    missing = {v.name: sorted(set(v.missing.tolist()) - {""}) for v in variables}
    labels = {
        v.name: {**v.codes, **{letter: MISSING_WORDS[letter] for letter in missing[v.name]}}
        for v in variables
    }
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "data.dta"
        frame: Any = as_stata_frame(variables)
        pyreadstat.write_dta(
            frame,
            path,
            file_label=title[:80],
            column_labels={v.name: v.label for v in variables},
            version=STATA_15,
            variable_value_labels={name: words for name, words in labels.items() if words},
            missing_user_values={name: letters for name, letters in missing.items() if letters},
        )
        return path.read_bytes()


def as_stata_frame(variables: Sequence[Variable]) -> pd.DataFrame:
    """Numbers, and a letter where one is missing."""
    return pd.DataFrame({v.name: _cells(v) for v in variables})


def _cells(variable: Variable) -> pd.Series:
    values = variable.values.tolist()
    is_whole = all(value % 1 == 0 for value in values if value == value)
    cells = [
        letter or (int(value) if is_whole else value)
        for value, letter in zip(values, variable.missing.tolist(), strict=True)
    ]
    # The writer takes a column for text when its first hundred cells are letters, or categories.
    categories = sorted(set(cells), key=lambda cell: isinstance(cell, str))
    return pd.Series(pd.Categorical(cells, pd.Index(categories, dtype=object)))


def do_file(data: AnalysisData, headline: Headline) -> str:
    """The programs that check, then a line for each number that they check."""
    programs = DO_FILE.read_text("utf-8").replace("INTERVAL", INTERVALS[headline.interval])
    parts = [
        programs,
        'use "patients.dta", clear',
        *_sums(data.patients),
        "",
        "* Retention: stset, sts and, by group, stcox",
        "keep if treated == 1",
        # Stata leaves out whoever is followed for no time at all; days are whole numbers.
        "generate double clock = cond(days_on_drug > 0, days_on_drug, 0.5)",
        "stset clock, failure(stopped == 1)",
        *_retention(headline.retention),
        *_hazard_ratios(headline.hazard_ratios),
        "",
        'use "timepoints.dta", clear',
        *_sums(data.timepoints),
        *_group_beside_time_points(data.group),
        "",
        "* Attainment",
        *_attainment(headline.attainment),
        "",
        "* Change from baseline: paired, and by the mixed model",
        *_change(headline.change),
        "",
        'display as result "Every number was found again."',
    ]
    return "\n".join(parts) + "\n"


def _sums(variables: Sequence[Variable]) -> Iterator[str]:
    yield f"assert _N == {len(variables[0].values)}"
    for v in variables:
        known = v.values[~np.isnan(v.values)]
        yield f"holds {v.name} {len(known)} {_exact(known.sum())}"


def _group_beside_time_points(group: str) -> Iterator[str]:
    if group:
        yield f'merge m:1 patient using "patients.dta", keepusing({group}) assert(match) nogenerate'


Row = Mapping[Hashable, Any]


def _rows(row: Row) -> str:
    """Which rows a number is about, as a condition."""
    return f"{row['variable']} == {row['code']}" if row["variable"] else "1"


def _attainment(table: pd.DataFrame) -> Iterator[str]:
    for row in table.to_dict("records"):
        yield (
            f'attained {row["outcome"]} "timepoint == {row["timepoint"]} & {_rows(row)}" '
            f"{row['n']} {row['responders']} {_exact(row['ci_low'])} {_exact(row['ci_high'])}"
        )


def _retention(table: pd.DataFrame) -> Iterator[str]:
    for row in table.to_dict("records"):
        numbers = " ".join(_exact(row[name]) for name in ("day", "survival", "ci_low", "ci_high"))
        yield f'still_on "{_rows(row)}" {numbers}'


def _hazard_ratios(table: pd.DataFrame) -> Iterator[str]:
    ratios = table.to_dict("records")
    if not ratios:
        return
    variable, reference = ratios[0]["variable"], ratios[0]["reference_code"]
    levels = ", ".join(map(str, [reference, *(row["code"] for row in ratios)]))
    yield (
        f"stcox ib{reference}.{variable} if inlist({variable}, {levels}), efron nrtolerance(1e-12)"
    )
    for row in ratios:
        yield f"near _b[{row['code']}.{variable}] {_exact(np.log(row['hazard_ratio']))} 1e-6"


def _change(table: pd.DataFrame) -> Iterator[str]:
    for _, block in table.groupby(["variable", "code"], sort=False):
        changes = block.to_dict("records")
        for row in changes:
            yield (
                f'changed {row["outcome"]} "{_rows(row)}" {row["timepoint"]} {row["n_paired"]} '
                f"{_exact(row['mean_change'])} {_exact(row['ci_low'])} {_exact(row['ci_high'])}"
            )
        fitted = [row for row in changes if row["model_change"] == row["model_change"]]
        if fitted:
            rows = _rows(fitted[0])
            yield f"mixed {CHANGED} i.timepoint if seen == 1 & {rows} || patient:, reml"
        for row in fitted:
            yield f"near _b[{row['timepoint']}.timepoint] {_exact(row['model_change'])} 1e-4"


def _exact(value: float) -> str:
    """All digits; a dot, Stata's missing, where there is no number."""
    return "." if value != value else f"{value:.17g}"
