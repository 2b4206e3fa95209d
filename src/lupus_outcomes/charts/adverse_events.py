"""Figures of adverse events: incidence, terms with differences, rates by onset, the label."""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

import numpy as np
import pandas as pd

from lupus_outcomes.charts.curves import CurveStyle, draw_curves_with_risk
from lupus_outcomes.charts.estimate_rows import SINGLE, lay_out, shown_groups
from lupus_outcomes.charts.style import MOST_DIRECT_LABELS, Drawing, Mode
from lupus_outcomes.release.disclosure import Released

MEANING = "adverse_event"
MOST_TERMS = 15
ALL_TOGETHER = "The figure shows all patients together; the table has every group."
RIGHT = "Right: difference of the shares with its 95 % CI."
COUNTED = "Counts: {} in patient-years."
SHARE_TITLE = "Share of patients exposed (95 % CI)"
COUNTED_BY = {"share": "", "event_rate": "events", "eair": "patients with a first event"}
# Measure: columns of the estimate and its limits, title of the axis, whether it is a share.
MEASURES: Mapping[str, tuple[tuple[str, str, str], str, bool]] = MappingProxyType(
    {
        "share": (("proportion", "ci_low", "ci_high"), SHARE_TITLE, True),
        "event_rate": (
            ("event_rate_per_100py", "event_rate_ci_low", "event_rate_ci_high"),
            "Events per 100 patient-years (95 % CI)",
            False,
        ),
        "eair": (
            ("eair_per_100py", "eair_ci_low", "eair_ci_high"),
            "Patients with a first event per 100 patient-years (95 % CI)",
            False,
        ),
    }
)


def draw_incidence(released: Released, measure: str, mode: Mode) -> Drawing | None:
    """The figure of ``estimate_adverse_events``: a row a category; none where nobody is exposed."""
    table = released.table[released.table.get("n_exposed", pd.Series(dtype=int)) > 0]
    if table.empty:
        return None
    columns, title, is_share = MEASURES[measure]
    shown, series = shown_groups(table)
    counts = _counts_of_share(shown) if is_share else _counts_of_rate(shown, measure)
    points = _points(shown, columns, is_share).assign(counts=counts.to_numpy())
    return _rows(
        released,
        points,
        series,
        title,
        is_share,
        mode,
        caption=_caption(table, COUNTED_BY[measure]),
    )


def _counts_of_share(shown: pd.DataFrame) -> pd.Series:
    """``39 of 180 patients · 50 events``; of several groups only the shares."""
    pairs = zip(shown["n_patients"], shown["n_exposed"], shown["n_events"], strict=True)
    patients = [(f"{n:,} of {of:,}", _events(events)) for n, of, events in pairs]
    alone = [f"{of_all} patients · {events}" for of_all, events in patients]
    return _joined(shown, alone, [of_all for of_all, _ in patients])


def _counts_of_rate(shown: pd.DataFrame, measure: str) -> pd.Series:
    is_first = measure == "eair"
    years = shown["first_event_person_years" if is_first else "person_years"]
    counted = shown["n_patients" if is_first else "n_events"]
    pairs = list(zip(counted, years, strict=True))
    unit = _patients if is_first else _events
    alone = [f"{unit(n)} in {time:,.0f} patient-years" for n, time in pairs]
    return _joined(shown, alone, [f"{n:,} in {time:,.0f}" for n, time in pairs])


def _joined(shown: pd.DataFrame, alone: list[str], in_groups: list[str]) -> pd.Series:
    """One line a name: the counts of its one row, or of its groups after each other."""
    if (shown["group"] == "all").all():
        return pd.Series(alone, index=shown.index)
    said = shown["level"] + pd.Series([f" {words}" for words in in_groups], index=shown.index)
    return said.groupby(shown["event"], sort=False).transform(" · ".join)


def _patients(n: int) -> str:
    return "1 patient" if n == 1 else f"{n:,} patients"


def _events(n: int) -> str:
    return "1 event" if n == 1 else f"{n:,} events"


def _points(shown: pd.DataFrame, columns: tuple[str, str, str], is_share: bool) -> pd.DataFrame:
    estimate, low, high = (shown[column] for column in columns)
    return pd.DataFrame(
        {
            "name": shown["event"],
            "level": shown["level"],
            "estimate": estimate,
            "low": low,
            "high": high,
            "tip": _tips(shown, estimate, low, high, is_share),
        }
    )


def _tips(
    shown: pd.DataFrame, estimate: pd.Series, low: pd.Series, high: pd.Series, is_share: bool
) -> list[str]:
    scale, unit = (100, " %") if is_share else (1, " per 100 patient-years")
    whom = ("" if level == SINGLE else f"{level}: " for level in shown["level"])
    return [
        f"{who}{scale * at:.1f}{unit} (95 % CI {scale * a:.1f}–{scale * b:.1f}), N = {n}"
        for who, at, a, b, n in zip(whom, estimate, low, high, _behind(shown), strict=True)
    ]


def _behind(shown: pd.DataFrame) -> pd.Series:
    return shown["n_exposed" if "n_exposed" in shown else "n_at_risk"]


def _rows(
    released: Released,
    points: pd.DataFrame,
    series: tuple[str, ...],
    title: str,
    is_share: bool,
    mode: Mode,
    *,
    figure: str = "incidence",
    difference: str = "",
    reference: str = "",
    caption: str = "",
) -> Drawing:
    rows = lay_out(points, series)
    return Drawing(
        figure=figure,
        arguments=(series, title, is_share, difference, reference, MEANING, mode),
        data=rows.data,
        alt=released.result.finding or released.result.title,
        caption=caption,
        height=rows.height,
    )


def _caption(table: pd.DataFrame, counted: str = "") -> str:
    """What the figure leaves out, or what its short counts of groups are."""
    n_levels = table.loc[table["group"] != "all", "level"].nunique()
    if n_levels > MOST_DIRECT_LABELS:
        return ALL_TOGETHER
    return COUNTED.format(counted) if n_levels and counted else ""


def draw_terms(released: Released, mode: Mode) -> Drawing | None:
    """The dot plot of ``estimate_terms``: shares left, with a grouping their difference right."""
    table = released.table
    if table.empty:
        return None
    names = table["event"].drop_duplicates()
    top = table[table["event"].isin(names.head(MOST_TERMS))]
    shown, series = shown_groups(top)
    points = _points(shown, MEASURES["share"][0], True)
    points = points.assign(counts=_counts_of_share(shown).to_numpy())
    has_difference = shown["risk_difference"].notna().any()
    if has_difference:
        points = points.assign(
            difference=shown["risk_difference"],
            difference_low=shown["rd_ci_low"],
            difference_high=shown["rd_ci_high"],
        )
    cut = f"The {MOST_TERMS} most frequent of {len(names)}; the table has all."
    return _rows(
        released,
        points,
        series,
        "Share of patients (95 % CI)" if has_difference else SHARE_TITLE,
        True,
        mode,
        figure="terms",
        difference=f"{series[0]} less {series[1]}" if has_difference else "",
        caption=" ".join([RIGHT] * bool(has_difference) + [cut] * (len(names) > MOST_TERMS)),
    )


def draw_by_onset(released: Released, mode: Mode) -> Drawing | None:
    """The figure of ``estimate_by_onset``: a row a period, the rate within it."""
    table = released.table
    if table.empty:
        return None
    shown, series = shown_groups(table.rename(columns={"period": "event"}))
    columns, title, _ = MEASURES["event_rate"]
    order = pd.Categorical(shown["event"], shown["event"].unique())
    shown = shown.iloc[np.argsort(order.codes, kind="stable")]
    counts = _counts_of_rate(shown, "event_rate")
    points = _points(shown, columns, False).assign(counts=counts.to_numpy())
    return _rows(
        released,
        points,
        series,
        title,
        False,
        mode,
        figure="onset",
        caption=_caption(table, "events"),
    )


def draw_label(released: Released, mode: Mode) -> Drawing | None:
    """The figure of ``estimate_label_frequencies``: ours with limits, the label's as grey marks."""
    table = released.table
    if table.empty:
        return None
    points = _points(table, MEASURES["share"][0], True).assign(
        counts=[
            f"{n} of {of}: {ours} · label {label}"
            for n, of, ours, label in zip(
                table["n_patients"], table["n_exposed"], table["frequency"],
                _label_words(table), strict=True,
            )
        ],
        reference=table["label_proportion"],
        published=_label_words(table).map("label {}".format),
    )  # fmt: skip
    return _rows(
        released,
        points,
        (SINGLE,),
        "Share of patients in the first 52 weeks (95 % CI)",
        True,
        mode,
        figure="label",
        reference="label",
        caption="Grey marks: the label, from trials of 52 weeks. A landmark, not a comparison.",
    )


def draw_vaccination(released: Released, mode: Mode) -> Drawing | None:
    """The figure of ``estimate_zoster_by_vaccination``: a row a status."""
    table = released.table
    if table.empty:
        return None
    columns, title, _ = MEASURES["eair"]
    rows = table.assign(event=table["level"], level=SINGLE, group=SINGLE)
    points = _points(rows, columns, False).assign(counts=_counts_of_rate(rows, "eair"))
    return _rows(released, points, (SINGLE,), title, False, mode, figure="vaccination")


def _label_words(table: pd.DataFrame) -> pd.Series:
    share = table["label_proportion"].map(lambda p: "" if pd.isna(p) else f", {100 * p:g} %")
    return table["label_frequency"] + share


def draw_published(released: Released, mode: Mode) -> Drawing | None:
    """The figure of ``estimate_published_rates``: our EAIR, that of the trials as grey marks."""
    table = released.table
    if table.empty:
        return None
    columns, title, _ = MEASURES["eair"]
    first = table.drop_duplicates("category")
    trials = table["published_eair"].map("{:g}".format).groupby(table["category"]).agg(", ".join)
    counts = [
        f"{_patients(n)} · in trials {trials[category]}"
        for n, category in zip(first["n_patients"], first["category"], strict=True)
    ]
    points = _points(first, columns, False).assign(counts=counts)
    marks = pd.DataFrame(
        {
            "name": table["event"],
            "level": SINGLE,
            "counts": "",
            "reference": table["published_eair"],
            "published": [
                f"{row['published_as']}: {row['published_eair']:g} per 100 patient-years (placebo "
                f"{row['placebo_eair']:g}); {row['source']}"
                for row in table.to_dict("records")
            ],
        }
    )
    return _rows(
        released,
        pd.concat([points, marks], ignore_index=True),
        (SINGLE,),
        title,
        False,
        mode,
        figure="published",
        reference="published",
        caption="Grey marks: anifrolumab in the trials. Other patients and other definitions: "
        "landmarks, not a comparison.",
    )


FIRST_EVENT = CurveStyle(
    estimate="probability",
    is_falling=False,
    meaning=MEANING,
    y_title="Share of patients with a first event on anifrolumab",
    event="with event",
    has_median=False,
)


def draw_first_event(released: Released, mode: Mode) -> Drawing | None:
    """The curve of ``estimate_first_event``: who left without an event stands as censored."""
    table = released.table
    if table.empty:
        return None
    left = table.assign(n_censored=table["n_censored"] + table["n_ended"])
    shown = replace(released, result=replace(released.result, table=left))
    words = "Censored: no longer followed, or exposure over after a stop or by death."
    return draw_curves_with_risk(shown, FIRST_EVENT, mode, caption=words)
