"""Files for Stata as they are read again, and the do-file's numbers found in their rows."""

import io
import math
import re
import shlex
from collections import Counter
from functools import cache

import numpy as np
import pandas as pd
import pyreadstat
import pytest
from scipy import stats

from lupus_outcomes.export.analysis_data import derive_analysis_data
from lupus_outcomes.export.bundle import make_bundle, write_bundle
from lupus_outcomes.export.stata import write_dta
from lupus_outcomes.export.variables import LONGEST_LABEL, LONGEST_NAME, MISSING_WORDS
from lupus_outcomes.export.variables import number as a_number
from tests.analysis_data_cases import as_cells, count_differences, drawn_selection

pytestmark = pytest.mark.slow

SEEDS = range(5)
GROUPED = 1
FILES = ("patients", "timepoints")


@cache
def drawn(seed):
    """Our variables of one drawn cohort, by table."""
    data = derive_analysis_data(*drawn_selection(seed))
    return {"patients": data.patients, "timepoints": data.timepoints}


@pytest.mark.parametrize("seed", SEEDS)
def test_read_again_there_is_no_difference(seed):
    for name, variables in drawn(seed).items():
        assert count_differences(variables, name) == 0


@pytest.mark.parametrize("seed", SEEDS)
class TestRows:
    def test_every_missing_value_says_why(self, seed):
        for variable in (v for variables in drawn(seed).values() for v in variables):
            is_missing = np.isnan(variable.values)
            assert ((variable.missing != "") == is_missing).all(), variable.name
            assert set(variable.missing) <= {"", *MISSING_WORDS}

    def test_names_and_labels_are_what_stata_takes(self, seed):
        for variables in drawn(seed).values():
            assert len({v.name for v in variables}) == len(variables)
            for v in variables:
                assert re.fullmatch(r"[a-z][a-z0-9_]*", v.name)
                assert len(v.name) <= LONGEST_NAME
                assert 0 < len(v.label) <= LONGEST_LABEL

    def test_nobody_stands_alone(self, seed):
        told = {v.name: v for v in drawn(seed)["patients"]}
        known = zip(*(as_cells(told[name]) for name in ("centre", "sex", "age")), strict=True)
        assert min(Counter(known).values()) >= 5

    def test_rows_are_numbered_anew(self, seed):
        told = {v.name: v.values for v in drawn(seed)["patients"]}
        assert told["patient"].tolist() == list(range(1, len(told["patient"]) + 1))
        # By what is told anyway, so the order says nothing of the registry's own.
        assert (np.diff(told["days_on_drug"]) >= 0).all()


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """What is written of one drawn cohort, grouped."""
    folder = tmp_path_factory.mktemp("stata")
    write_bundle(folder, make_bundle(*drawn_selection(GROUPED), "stata"))
    return folder


def test_no_identifier_and_no_date_leaves(folder):
    cohort, _ = drawn_selection(GROUPED)
    whole = b"".join(file.read_bytes() for file in folder.iterdir())
    for identifier in cohort.patients["patient_id"]:
        assert identifier.encode() not in whole
    for name in FILES:
        frame, meta = pyreadstat.read_dta(folder / f"{name}.dta")
        assert not any("date" in column or "year" in column for column in frame.columns)
        assert "string" not in meta.readstat_variable_types.values()


@pytest.fixture(scope="module")
def lines(folder):
    """The rows that the do-file reads, and its lines that check a number."""
    text = (folder / "reproduce.do").read_text("ascii")
    patients, timepoints = (pyreadstat.read_dta(folder / f"{name}.dta")[0] for name in FILES)
    by = re.search(r"keepusing\((\w+)\)", text)
    assert by
    timepoints = timepoints.merge(patients[["patient", by[1]]], on="patient")
    checks = text[text.index('use "patients.dta", clear') :].splitlines()
    return patients, timepoints, [shlex.split(line) for line in checks if line]


class TestDoFile:
    """Each line of the do-file that checks a number, checked in Python from the rows it reads."""

    def of(self, lines, command):
        found = [line[1:] for line in lines[2] if line[0] == command]
        assert found, command
        return found

    def test_counts_and_sums(self, lines):
        patients, timepoints, every = lines
        at = next(i for i, line in enumerate(every) if line[:2] == ["use", "timepoints.dta,"])
        for frame, part in ((patients, every[:at]), (timepoints, every[at:])):
            assert ["assert", "_N", "==", str(len(frame))] in part
            for _, name, n, total in (line for line in part if line[0] == "holds"):
                known = frame[name].dropna()
                assert len(known) == int(n), name
                assert known.sum() == pytest.approx(float(total), rel=1e-9), name

    def test_attainment(self, lines):
        who = cache(lambda rows: chosen(lines[1], rows))
        for outcome, rows, n, responders, low, high in self.of(lines, "attained"):
            values = who(rows)[outcome].dropna()
            assert (len(values), values.sum()) == (int(n), int(responders)), (outcome, rows)
            assert (float(low), float(high)) == pytest.approx(
                wilson(int(responders), int(n)), abs=1e-9
            )

    def test_retention(self, lines):
        for rows, day, share, low, high in self.of(lines, "still_on"):
            who = chosen(lines[0][lines[0]["treated"] == 1], rows)
            found = kaplan_meier(who["days_on_drug"], who["stopped"] == 1, float(day))
            assert found == pytest.approx([number(share), number(low), number(high)], nan_ok=True)

    def test_change(self, lines):
        for measure, rows, timepoint, n, change, low, high in self.of(lines, "changed"):
            who = chosen(lines[1], rows).query("seen == 1").set_index("patient")
            now = who.loc[who["timepoint"] == int(timepoint), measure]
            paired = (now - who.loc[who["timepoint"] == 0, measure]).dropna()
            assert len(paired) == int(n)
            half = stats.t.ppf(0.975, len(paired) - 1) * paired.std() / math.sqrt(len(paired))
            mean = paired.mean()
            assert [float(change), float(low), float(high)] == pytest.approx(
                [mean, mean - half, mean + half]
            )

    def test_the_models_are_fitted_where_they_are_asked_about(self, lines):
        every = [line[0] for line in lines[2]]
        assert "mixed" in every
        near = [i for i, command in enumerate(every) if command == "near"]
        assert all(every[i - 1] in ("near", "mixed", "stcox") for i in near)


def chosen(frame, rows):
    return frame.query(rows.removesuffix(" & 1")) if rows != "1" else frame


def number(text):
    return math.nan if text == "." else float(text)


def wilson(x, n):
    """The score interval by its formula."""
    z = stats.norm.ppf(0.975)
    middle = (x + z * z / 2) / (n + z * z)
    half = z * math.sqrt(x * (n - x) / n + z * z / 4) / (n + z * z)
    return middle - half, middle + half


def kaplan_meier(days, stopped, at):
    """Share and log(-log) limits on a day, by the textbook."""
    share, variance = 1.0, 0.0
    for day in sorted(set(days[stopped & (days <= at)])):
        n, events = (days >= day).sum(), (stopped & (days == day)).sum()
        share *= 1 - events / n
        variance += events / (n * (n - events)) if n > events else math.inf
    if share in (0, 1):
        return [share, math.nan, math.nan]
    width = stats.norm.ppf(0.975) * math.sqrt(variance) / abs(math.log(share))
    return [share, share ** math.exp(width), share ** math.exp(-width)]


def test_a_variable_known_only_far_down_stays_a_number():
    # The writer judges a column by its first hundred cells.
    values = np.full(400, np.nan)
    values[300:] = np.arange(100) / 4
    content = write_dta([a_number("late", "known late", values)], "title")
    frame = pd.read_stata(io.BytesIO(content), convert_missing=False)
    assert frame["late"].tolist()[300:] == values[300:].tolist()
    assert frame["late"].isna().sum() == 300
