"""Commands about datasets and the dashboard; each loads what it needs when it runs."""

import argparse
import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict
from typing import TYPE_CHECKING

from lupus_outcomes.cli.progress import say
from lupus_outcomes.errors import UnreadableError
from lupus_outcomes.paths import SAMPLE

if TYPE_CHECKING:
    from lupus_outcomes.data.findings import Finding
    from lupus_outcomes.data.read import Examination


def run_app(chosen: argparse.Namespace) -> int:
    """Serve the dashboard."""
    from lupus_outcomes.launch import launch

    dataset = chosen.dataset or SAMPLE
    return launch(dataset, chosen.port, chosen.address, chosen.rows, chosen.release)


def run_check(chosen: argparse.Namespace) -> int:
    """Say what is wrong with a dataset."""
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


def run_convert(chosen: argparse.Namespace) -> int:
    """Make a dataset of an export, or draft how."""
    from lupus_outcomes.data.conversion.convert import convert

    report = convert(chosen.source, chosen.dataset, chosen.mapping)
    for note in report.notes:
        print(note)
    for finding in report.findings:
        print(_in_line(finding))
    return 0


def run_sample(chosen: argparse.Namespace) -> int:
    """Write a synthetic dataset."""
    from lupus_outcomes.data.sample import DEFAULT_SEED, generate_sample
    from lupus_outcomes.data.write import write_dataset

    seed = DEFAULT_SEED if chosen.seed is None else chosen.seed
    say(f"generating {chosen.patients:,} synthetic patients, seed {seed}")
    sample = generate_sample(chosen.patients, seed, chosen.data_cut_month)
    write_dataset(chosen.out, sample.about, sample.tables)
    print(f"{chosen.patients:,} synthetic patients in {chosen.out}")
    return 0


def run_audit(chosen: argparse.Namespace) -> int:
    """Say whether an audit log is whole."""
    from lupus_outcomes.access.audit import verify_log

    found = verify_log(chosen.log)
    if found.broken_line:
        print(f"line {found.broken_line} of {found.n_lines:,} does not follow the one before it")
        return 1
    print(f"{found.n_lines:,} lines, none changed; the last has the hash {found.last_hash}")
    return 0


def run_bench(chosen: argparse.Namespace) -> int:
    """Time the derivation."""
    from lupus_outcomes.bench import SIZES, run_bench

    run_bench(chosen.patients or SIZES)
    return 0
