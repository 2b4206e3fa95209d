"""What a dataset says about itself: ``dataset.toml``, or the sheet of that name in a workbook."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from lupus_outcomes.data.conversion.cell_kinds import as_iso_dates
from lupus_outcomes.data.findings import Finding, find_whole
from lupus_outcomes.dictionary import ASSUMABLE_COLUMNS, ASSUMABLE_FACTS
from lupus_outcomes.protocols import PROTOCOLS

ABOUT_FILE = "dataset.toml"
BOOLEANS = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}
FLAGS = ("synthetic", "dates_shifted")
KNOWN_KEYS = ("title", "study", "data_cut", *FLAGS, "assume")
ASSUMABLE = (*ASSUMABLE_COLUMNS, *ASSUMABLE_FACTS)
# Stands in for a data cut that cannot be read, so that everything else is still checked.
NO_CUT = pd.Timestamp("2199-12-31")


@dataclass(frozen=True, slots=True)
class About:
    """``assumed``: declared values of columns that are never collected."""

    title: str
    study: str
    data_cut: pd.Timestamp
    is_synthetic: bool
    dates_are_shifted: bool
    assumed: Mapping[str, bool]


def read_about(given: Mapping[str, Any]) -> tuple[About, tuple[Finding, ...]]:
    """What the dataset says of itself, and what is wrong with that."""
    title, study = _as_text(given.get("title")), _as_text(given.get("study"))
    cut = as_iso_dates(pd.Series([_as_text(given.get("data_cut"))], dtype=object)).iloc[0]
    findings = []
    if not title:
        findings.append(_refuse("title", "the title is missing", "Name the dataset."))
    if study not in PROTOCOLS:
        findings.append(_refuse("study", "no such study", f"Write one of {', '.join(PROTOCOLS)}."))
    if pd.isna(cut):
        message = "the data cut is missing or no date"
        findings.append(_refuse("data_cut", message, "Write it as 2026-06-30."))
    flags = {key: as_boolean(given.get(key, False)) for key in FLAGS}
    findings += [
        _refuse(key, "neither true nor false", "Write true or false.")
        for key, flag in flags.items()
        if flag is None
    ]
    assumed, wrong = _read_assumptions(given.get("assume", {}))
    findings += [*wrong, *_unknown_keys(given)]
    about = About(
        title=title,
        study=study,
        data_cut=NO_CUT if pd.isna(cut) else pd.Timestamp(cut),
        is_synthetic=bool(flags["synthetic"]),
        dates_are_shifted=bool(flags["dates_shifted"]),
        assumed=assumed,
    )
    return about, tuple(findings)


def as_boolean(value: object) -> bool | None:
    """True, false or neither, from a word or a boolean."""
    return BOOLEANS.get(_as_text(value).casefold())


def _as_text(value: object) -> str:
    return "" if value is None or isinstance(value, (dict, list)) else str(value).strip()


def _read_assumptions(given: object) -> tuple[dict[str, bool], list[Finding]]:
    if not isinstance(given, Mapping):
        return {}, [_refuse("assume", "not a section", "Write [assume] on a line of its own.")]
    assumed, findings = {}, []
    for key, value in given.items():
        flag = as_boolean(value)
        if key not in ASSUMABLE:
            way_out = f"Allowed: {', '.join(ASSUMABLE)}."
            findings.append(_refuse(f"assume.{key}", "this cannot be assumed", way_out))
        elif flag is None:
            message = "neither true nor false"
            findings.append(_refuse(f"assume.{key}", message, "Write true or false."))
        else:
            assumed[key] = flag
    return assumed, findings


def _unknown_keys(given: Mapping[str, Any]) -> list[Finding]:
    way_out = f"It is ignored. Known: {', '.join(KNOWN_KEYS)}."
    return [
        find_whole("query", "unknown_key", ABOUT_FILE, str(key), "no such key", way_out)
        for key in given
        if key not in KNOWN_KEYS
    ]


def _refuse(key: str, message: str, way_out: str) -> Finding:
    return find_whole("error", "about", ABOUT_FILE, key, message, way_out)
