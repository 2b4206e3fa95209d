"""Commands that write results; each loads what it needs when it runs."""

import argparse
import os
from collections.abc import Iterator
from itertools import chain
from typing import TYPE_CHECKING

from lupus_outcomes.cli.progress import say
from lupus_outcomes.errors import NotReleasedError, UsageError

if TYPE_CHECKING:
    from lupus_outcomes.analysis.result import Result
    from lupus_outcomes.derive.cohort import Cohort
    from lupus_outcomes.derive.selection import Selection


def run_tables(chosen: argparse.Namespace) -> int:
    """Write every table."""
    from lupus_outcomes.analysis.all_results import estimate_all
    from lupus_outcomes.export.tables import write_tables
    from lupus_outcomes.release.disclosure import release_all

    mode = _mode(chosen)
    cohort, selection = _select(chosen)
    found = estimate_all(cohort, selection)
    if chosen.prediction:
        found = chain(found, _predict(chosen, cohort, selection))
    released = list(release_all(found, cohort, selection, mode, say))
    names = write_tables(chosen.out, released, cohort, selection)
    print(f"{len(names)} files in {chosen.out}: {', '.join(names)}")
    return 0


def run_workbook(chosen: argparse.Namespace) -> int:
    """Write every table as one workbook."""
    from lupus_outcomes.export.files import write_file
    from lupus_outcomes.export.workbook import check_name, make_workbook

    check_name(chosen.out)
    cohort, selection = _select(chosen)
    say("estimating and writing")
    write_file(chosen.out, make_workbook(cohort, selection, _mode(chosen)))
    print(f"every table of {selection.n_patients:,} patients in {chosen.out}")
    return 0


def run_rows(chosen: argparse.Namespace) -> int:
    """Write rows of patients for a statistics program."""
    from lupus_outcomes.export.bundle import make_bundle, write_bundle
    from lupus_outcomes.release.disclosure import RELEASE, read_mode

    if read_mode(os.environ) == RELEASE:
        raise NotReleasedError("Rows of single patients are not available in release mode.")
    cohort, selection = _select(chosen)
    say("rows of single patients: keep them where they may be")
    files = make_bundle(cohort, selection, chosen.program)
    write_bundle(chosen.out, files)
    print(f"{len(files)} files in {chosen.out}: {', '.join(sorted(files))}")
    return 0


def run_deck(chosen: argparse.Namespace) -> int:
    """Make the slides."""
    from lupus_outcomes.export.deck.deck import make_deck, read_template
    from lupus_outcomes.export.deck.from_cohort import compute_sources
    from lupus_outcomes.export.deck.storyline import choose_sections, tell_story
    from lupus_outcomes.export.files import write_file

    sections = choose_sections(chosen.section)
    template = read_template(chosen.template) if chosen.template else None
    cohort, selection = _select(chosen)
    say("making slides")
    sources = compute_sources(cohort, selection, chosen.prediction, _mode(chosen))
    story = tell_story(sources, sections)
    deck = make_deck(story, template)
    write_file(chosen.out, deck.content)
    print(f"{deck.n_slides} slides in {chosen.out}")
    return 0


def run_report(chosen: argparse.Namespace) -> int:
    """Make the annual report."""
    from lupus_outcomes.export.deck.from_cohort import compute_sources
    from lupus_outcomes.export.deck.storyline import choose_sections
    from lupus_outcomes.export.files import write_file
    from lupus_outcomes.export.report.contents import tell_report
    from lupus_outcomes.export.report.files import choose_maker

    sections = choose_sections(chosen.section)
    make = choose_maker(chosen.out)
    cohort, selection = _select(chosen)
    say("making the report")
    sources = compute_sources(cohort, selection, chosen.prediction, _mode(chosen))
    report = tell_report(sources, sections)
    write_file(chosen.out, make(report))
    print(f"{len(report.entries)} results in {chosen.out}")
    return 0


def run_replay(chosen: argparse.Namespace) -> int:
    """Make the result of a stamp again, and compare."""
    from lupus_outcomes.export.replay import read_stamp, replay

    stamp = read_stamp(chosen.stamp)
    say(f"making {stamp['recipe']['analysis']} again from {chosen.dataset}")
    found = replay(stamp, chosen.dataset)
    for line in found.lines:
        print(line)
    return 0 if found.is_same else 1


def _predict(
    chosen: argparse.Namespace, cohort: "Cohort", selection: "Selection"
) -> Iterator["Result"]:
    from lupus_outcomes.analysis.all_predictions import estimate_predictions
    from lupus_outcomes.analysis.question import find_outcomes

    offered = find_outcomes(cohort)
    if chosen.prediction not in offered:
        raise UsageError(f"--prediction {chosen.prediction}: use one of {', '.join(offered)}.")
    say(f"resampling models of {chosen.prediction}")
    yield from estimate_predictions(cohort, selection, chosen.prediction)


def _select(chosen: argparse.Namespace) -> tuple["Cohort", "Selection"]:
    """The cohort and the patients that the arguments ask for."""
    from lupus_outcomes.data.read import read_dataset
    from lupus_outcomes.derive.cohort import derive_cohort
    from lupus_outcomes.derive.selection import parse_filters, select_patients
    from lupus_outcomes.protocols import PROTOCOLS

    filters = parse_filters(chosen.filter)
    if chosen.study is not None and chosen.study not in PROTOCOLS:
        raise UsageError(f"There is no study {chosen.study}. Use one of: {', '.join(PROTOCOLS)}.")
    say(f"reading {chosen.dataset}")
    dataset = read_dataset(chosen.dataset)
    if chosen.data_cut and chosen.data_cut > dataset.data_cut:
        # Patients would count as due for visits that nobody can have entered yet.
        raise UsageError(
            f"--data-cut {chosen.data_cut} is after the dataset's own, {dataset.data_cut}. "
            "Choose an earlier date."
        )
    say("deriving visit states")
    cohort = derive_cohort(dataset, PROTOCOLS[chosen.study or dataset.study], chosen.data_cut)
    return cohort, select_patients(cohort, filters, chosen.group)


def _mode(chosen: argparse.Namespace) -> str:
    """What may leave the room; what the environment forbids no option allows."""
    from lupus_outcomes.release.disclosure import RELEASE, read_mode

    return RELEASE if chosen.release else read_mode(os.environ)
