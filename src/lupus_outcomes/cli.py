"""The command line: the same functions as the pages, for scripts and for checking."""

import argparse
import datetime as dt
import json
import os
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from lupus_outcomes import __version__
from lupus_outcomes.errors import (
    LupusOutcomesError,
    NotReleasedError,
    UnreadableError,
    UsageError,
)
from lupus_outcomes.paths import SAMPLE

if TYPE_CHECKING:
    from lupus_outcomes.analysis.result import Result
    from lupus_outcomes.data.findings import Finding
    from lupus_outcomes.data.read import Examination
    from lupus_outcomes.derive.cohort import Cohort
    from lupus_outcomes.derive.selection import Selection


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit status. A user's mistake is one line, no traceback."""
    try:
        chosen = _parser().parse_args(arguments)
        status = chosen.run(chosen)
        if sys.stdout:
            sys.stdout.flush()  # here, where a full disk or a reader who has gone can be told
    except LupusOutcomesError as mistake:
        print(f"lupus-outcomes: {' '.join(str(mistake).split())}", file=sys.stderr)
        return mistake.exit_status
    except KeyboardInterrupt:
        return 130
    except OSError as problem:
        return _output_failed(problem)
    return status


def _output_failed(problem: OSError) -> int:
    """The output cannot be written: say so, but not to a reader who has gone."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    if not isinstance(problem, BrokenPipeError):
        print(f"lupus-outcomes: {problem.strerror}. Free some space.", file=sys.stderr)
    return 1


class _Parser(argparse.ArgumentParser):
    def error(self, message: str):
        raise UsageError(f"{message}. See {self.prog} --help.")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="lupus-outcomes", description=__doc__)
    parser.add_argument("--version", action="version", version=f"lupus-outcomes {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, parser_class=_Parser)

    app = commands.add_parser("app", help="open the dashboard; the bundled sample without DATASET")
    app.add_argument("dataset", nargs="?", type=Path)
    app.add_argument("--port", type=int, default=8501)
    app.add_argument(
        "--rows", action="store_true", help="offer rows of single patients for download"
    )
    app.add_argument(
        "--address", default="127.0.0.1", help="where to listen; real data need sign-in elsewhere"
    )
    _add_release(app)
    app.set_defaults(run=_run_app)

    check = commands.add_parser("check", help="say what is wrong with a dataset")
    check.add_argument("dataset", type=Path)
    check.add_argument("--json", action="store_true", help="findings as JSON")
    check.set_defaults(run=_run_check)

    convert = commands.add_parser("convert", help="make a dataset of an export")
    convert.add_argument("source", type=Path)
    convert.add_argument("dataset", type=Path)
    convert.add_argument(
        "--mapping", type=Path, help="without it a draft is written and nothing else"
    )
    convert.set_defaults(run=_run_convert)

    tables = commands.add_parser("tables", help="write all result tables as CSV")
    _add_selection(tables)
    tables.add_argument(
        "--prediction",
        metavar="OUTCOME",
        help="also the tables of the models of this outcome, such as lldas_12; takes a minute",
    )
    _add_release(tables)
    tables.set_defaults(run=_run_tables)

    workbook = commands.add_parser("workbook", help="write all result tables as one .xlsx")
    _add_selection(workbook)
    _add_release(workbook)
    workbook.set_defaults(run=_run_workbook)

    for command, program in (("stata", "stata"), ("rscript", "r")):
        rows = commands.add_parser(
            command, help="write rows of patients, with a script that finds our numbers again"
        )
        _add_selection(rows)
        rows.set_defaults(run=_run_rows, program=program)

    deck = commands.add_parser("deck", help="make the slides for a steering committee")
    _add_selection(deck)
    deck.add_argument("--template", type=Path, help="a .pptx whose master and layouts are used")
    _add_sections(deck)
    _add_release(deck)
    deck.set_defaults(run=_run_deck)

    report = commands.add_parser("report", help="make the annual report, a .html or a .pdf")
    _add_selection(report)
    _add_sections(report)
    _add_release(report)
    report.set_defaults(run=_run_report)

    again = commands.add_parser("replay", help="make the result of a stamp again, and compare")
    again.add_argument("stamp", type=Path, metavar="STAMP.json")
    again.add_argument("dataset", type=Path)
    again.set_defaults(run=_run_replay)

    sample = commands.add_parser("sample", help="write a synthetic dataset")
    sample.add_argument("--out", type=Path, required=True)
    sample.add_argument("--patients", type=_positive, default=180)
    sample.add_argument("--seed", type=int)
    sample.add_argument("--data-cut-month", type=_positive, default=66)
    sample.set_defaults(run=_run_sample)

    audit = commands.add_parser("audit", help="say whether an audit log is whole")
    audit.add_argument("log", type=Path, metavar="FILE")
    audit.set_defaults(run=_run_audit)

    bench = commands.add_parser("bench", help="time the derivation, a row a size, as ratios")
    bench.add_argument("--patients", type=_positive, action="append")
    bench.set_defaults(run=_run_bench)
    return parser


def _add_selection(parser: argparse.ArgumentParser) -> None:
    """What says of whom results are, and where they go."""
    parser.add_argument("dataset", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--study", help="analyse as this study instead of the dataset's own")
    parser.add_argument("--data-cut", type=_date, metavar="DATE", help="nothing after it counts")
    parser.add_argument("--filter", action="append", default=[], metavar="COLUMN=VALUE")
    parser.add_argument("--group", metavar="COLUMN")


def _add_sections(parser: argparse.ArgumentParser) -> None:
    """What is told of them."""
    parser.add_argument(
        "--section", action="append", default=[], metavar="NAME", help="repeat it; all without"
    )
    parser.add_argument(
        "--prediction", metavar="OUTCOME", help="resample the model of this outcome; takes a minute"
    )


def _add_release(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--release",
        action="store_true",
        help="for passing on: counts from 1 to 7 hidden, others rounded to 5, no filters",
    )


def _mode(chosen: argparse.Namespace) -> str:
    """What may leave the room; what the environment forbids no option allows."""
    from lupus_outcomes.release.disclosure import RELEASE, read_mode

    return RELEASE if chosen.release else read_mode(os.environ)


def _date(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text} is no date; write it as 2026-06-30") from None


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text} is not a whole number above 0")
    return int(text)


def _run_app(chosen: argparse.Namespace) -> int:
    from lupus_outcomes.launch import launch

    dataset = chosen.dataset or SAMPLE
    return launch(dataset, chosen.port, chosen.address, chosen.rows, chosen.release)


def _run_check(chosen: argparse.Namespace) -> int:
    from lupus_outcomes.data.read import examine_dataset

    try:
        examination = examine_dataset(chosen.dataset)
    except UnreadableError as problem:
        if chosen.json:
            _print_json([_unreadable(str(problem))], ())
        raise
    if chosen.json:
        _print_json(examination.findings, examination.notes)
    else:
        _print_findings(examination)
    return 0 if examination.is_usable else 1


def _unreadable(message: str) -> "Finding":
    from lupus_outcomes.data.findings import find_whole

    problem, _, way_out = message.rpartition(". ")
    return find_whole("error", "unreadable", "", "", problem or message, way_out)


def _print_json(findings: Iterable["Finding"], notes: Iterable[str]) -> None:
    whole = {"findings": [asdict(finding) for finding in findings], "notes": list(notes)}
    print(json.dumps(whole, indent=1, ensure_ascii=False))


def _print_findings(examination: "Examination") -> None:
    from lupus_outcomes.data.findings import SEVERITIES

    for note in examination.notes:
        print(f"read      {note}")
    for finding in examination.findings:
        print(_in_line(finding))
    counts = Counter(finding.severity for finding in examination.findings)
    print(", ".join(f"{counts[s]} {s.replace('_', ' ')}" for s in SEVERITIES))
    print("usable" if examination.is_usable else "refused: mend the errors first")


def _in_line(finding: "Finding") -> str:
    return f"{finding.severity.replace('_', ' '):<9} {finding.line} ({finding.rule})"


def _run_convert(chosen: argparse.Namespace) -> int:
    from lupus_outcomes.data.conversion.convert import convert

    report = convert(chosen.source, chosen.dataset, chosen.mapping)
    for note in report.notes:
        print(note)
    for finding in report.findings:
        print(_in_line(finding))
    return 0


def _select(chosen: argparse.Namespace) -> tuple["Cohort", "Selection"]:
    """The cohort and the patients that the arguments ask for."""
    from lupus_outcomes.data.read import read_dataset
    from lupus_outcomes.derive.cohort import derive_cohort
    from lupus_outcomes.derive.selection import parse_filters, select_patients
    from lupus_outcomes.protocols import PROTOCOLS

    filters = parse_filters(chosen.filter)
    if chosen.study is not None and chosen.study not in PROTOCOLS:
        raise UsageError(f"There is no study {chosen.study}. Use one of: {', '.join(PROTOCOLS)}.")
    _say(f"reading {chosen.dataset}")
    dataset = read_dataset(chosen.dataset)
    if chosen.data_cut and chosen.data_cut > dataset.data_cut:
        # Patients would count as due for visits that nobody can have entered yet.
        raise UsageError(
            f"--data-cut {chosen.data_cut} is after the dataset's own, {dataset.data_cut}. "
            "Choose an earlier date."
        )
    _say("deriving visit states")
    cohort = derive_cohort(dataset, PROTOCOLS[chosen.study or dataset.study], chosen.data_cut)
    return cohort, select_patients(cohort, filters, chosen.group)


def _run_tables(chosen: argparse.Namespace) -> int:
    from lupus_outcomes.analysis.all_results import estimate_all
    from lupus_outcomes.export.tables import write_tables
    from lupus_outcomes.release.disclosure import release_all

    mode = _mode(chosen)
    cohort, selection = _select(chosen)
    found = estimate_all(cohort, selection)
    if chosen.prediction:
        found = chain(found, _predict(chosen, cohort, selection))
    released = list(release_all(found, cohort, selection, mode, _say))
    names = write_tables(chosen.out, released, cohort, selection)
    print(f"{len(names)} files in {chosen.out}: {', '.join(names)}")
    return 0


def _run_workbook(chosen: argparse.Namespace) -> int:
    from lupus_outcomes.export.workbook import check_name, make_workbook, write_workbook

    check_name(chosen.out)
    cohort, selection = _select(chosen)
    _say("estimating and writing")
    write_workbook(chosen.out, make_workbook(cohort, selection, _mode(chosen)))
    print(f"every table of {selection.n_patients:,} patients in {chosen.out}")
    return 0


def _run_rows(chosen: argparse.Namespace) -> int:
    from lupus_outcomes.export.bundle import make_bundle, write_bundle
    from lupus_outcomes.release.disclosure import RELEASE, read_mode

    if read_mode(os.environ) == RELEASE:
        raise NotReleasedError("Rows of single patients are not available in release mode.")
    cohort, selection = _select(chosen)
    _say("rows of single patients: keep them where they may be")
    files = make_bundle(cohort, selection, chosen.program)
    write_bundle(chosen.out, files)
    print(f"{len(files)} files in {chosen.out}: {', '.join(sorted(files))}")
    return 0


def _run_deck(chosen: argparse.Namespace) -> int:
    from lupus_outcomes.export.deck.deck import make_deck, read_template, write_deck
    from lupus_outcomes.export.deck.from_cohort import compute_sources
    from lupus_outcomes.export.deck.storyline import choose_sections, tell_story

    sections = choose_sections(chosen.section)
    template = read_template(chosen.template) if chosen.template else None
    cohort, selection = _select(chosen)
    _say("making slides")
    sources = compute_sources(cohort, selection, chosen.prediction, _mode(chosen))
    story = tell_story(sources, sections)
    deck = make_deck(story, template)
    write_deck(chosen.out, deck)
    print(f"{deck.n_slides} slides in {chosen.out}")
    return 0


def _run_report(chosen: argparse.Namespace) -> int:
    from lupus_outcomes.export.deck.from_cohort import compute_sources
    from lupus_outcomes.export.deck.storyline import choose_sections
    from lupus_outcomes.export.report.contents import tell_report
    from lupus_outcomes.export.report.files import choose_maker, write_report

    sections = choose_sections(chosen.section)
    make = choose_maker(chosen.out)
    cohort, selection = _select(chosen)
    _say("making the report")
    sources = compute_sources(cohort, selection, chosen.prediction, _mode(chosen))
    report = tell_report(sources, sections)
    write_report(chosen.out, make(report))
    print(f"{len(report.entries)} results in {chosen.out}")
    return 0


def _run_replay(chosen: argparse.Namespace) -> int:
    from lupus_outcomes.export.replay import read_stamp, replay

    stamp = read_stamp(chosen.stamp)
    _say(f"making {stamp['recipe']['analysis']} again from {chosen.dataset}")
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
    _say(f"resampling models of {chosen.prediction}")
    yield from estimate_predictions(cohort, selection, chosen.prediction)


def _run_sample(chosen: argparse.Namespace) -> int:
    from lupus_outcomes.data.sample import DEFAULT_SEED, generate_sample
    from lupus_outcomes.data.write import write_dataset

    seed = DEFAULT_SEED if chosen.seed is None else chosen.seed
    _say(f"generating {chosen.patients:,} synthetic patients, seed {seed}")
    sample = generate_sample(chosen.patients, seed, chosen.data_cut_month)
    write_dataset(chosen.out, sample.about, sample.tables)
    print(f"{chosen.patients:,} synthetic patients in {chosen.out}")
    return 0


def _run_audit(chosen: argparse.Namespace) -> int:
    from lupus_outcomes.access.audit import verify_log

    found = verify_log(chosen.log)
    if found.broken_line:
        print(f"line {found.broken_line} of {found.n_lines:,} does not follow the one before it")
        return 1
    print(f"{found.n_lines:,} lines, none changed; the last has the hash {found.last_hash}")
    return 0


def _run_bench(chosen: argparse.Namespace) -> int:
    from lupus_outcomes.bench import SIZES, run_bench

    run_bench(chosen.patients or SIZES)
    return 0


def _say(progress: str) -> None:
    """Progress of long work goes to standard error, so that output can be piped."""
    print(f"· {progress}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
