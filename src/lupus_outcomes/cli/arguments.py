"""What can be asked for on the command line, and by which words."""

import argparse
import datetime as dt
from pathlib import Path

from lupus_outcomes import __version__
from lupus_outcomes.cli import datasets, results
from lupus_outcomes.errors import UsageError

DESCRIPTION = "The same functions as the pages, for scripts and for checking."


class _Parser(argparse.ArgumentParser):
    def error(self, message: str):
        raise UsageError(f"{message}. See {self.prog} --help.")


def make_parser() -> argparse.ArgumentParser:
    """Every command with its options."""
    parser = _Parser(prog="lupus-outcomes", description=DESCRIPTION)
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
    app.set_defaults(run=datasets.run_app)

    check = commands.add_parser("check", help="say what is wrong with a dataset")
    check.add_argument("dataset", type=Path)
    check.add_argument("--json", action="store_true", help="findings as JSON")
    check.set_defaults(run=datasets.run_check)

    convert = commands.add_parser("convert", help="make a dataset of an export")
    convert.add_argument("source", type=Path)
    convert.add_argument("dataset", type=Path)
    convert.add_argument(
        "--mapping", type=Path, help="without it a draft is written and nothing else"
    )
    convert.set_defaults(run=datasets.run_convert)

    tables = commands.add_parser("tables", help="write all result tables as CSV")
    _add_selection(tables)
    tables.add_argument(
        "--prediction",
        metavar="OUTCOME",
        help="also the tables of the models of this outcome, such as lldas_12; takes a minute",
    )
    _add_release(tables)
    tables.set_defaults(run=results.run_tables)

    workbook = commands.add_parser("workbook", help="write all result tables as one .xlsx")
    _add_selection(workbook)
    _add_release(workbook)
    workbook.set_defaults(run=results.run_workbook)

    for command, program in (("stata", "stata"), ("rscript", "r")):
        rows = commands.add_parser(
            command, help="write rows of patients, with a script that finds our numbers again"
        )
        _add_selection(rows)
        rows.set_defaults(run=results.run_rows, program=program)

    deck = commands.add_parser("deck", help="make the slides for a steering committee")
    _add_selection(deck)
    deck.add_argument("--template", type=Path, help="a .pptx whose master and layouts are used")
    _add_sections(deck)
    _add_release(deck)
    deck.set_defaults(run=results.run_deck)

    report = commands.add_parser("report", help="make the annual report, a .html or a .pdf")
    _add_selection(report)
    _add_sections(report)
    _add_release(report)
    report.set_defaults(run=results.run_report)

    again = commands.add_parser("replay", help="make the result of a stamp again, and compare")
    again.add_argument("stamp", type=Path, metavar="STAMP.json")
    again.add_argument("dataset", type=Path)
    again.set_defaults(run=results.run_replay)

    sample = commands.add_parser("sample", help="write a synthetic dataset")
    sample.add_argument("--out", type=Path, required=True)
    sample.add_argument("--patients", type=_positive, default=180)
    sample.add_argument("--seed", type=int)
    sample.add_argument("--data-cut-month", type=_positive, default=66)
    sample.set_defaults(run=datasets.run_sample)

    audit = commands.add_parser("audit", help="say whether an audit log is whole")
    audit.add_argument("log", type=Path, metavar="FILE")
    audit.set_defaults(run=datasets.run_audit)

    bench = commands.add_parser("bench", help="time the derivation, a row a size, as ratios")
    bench.add_argument("--patients", type=_positive, action="append")
    bench.set_defaults(run=datasets.run_bench)
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


def _date(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text} is no date; write it as 2026-06-30") from None


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text} is not a whole number above 0")
    return int(text)
