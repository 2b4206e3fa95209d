"""Mutations of bytes: tables that are not what they seem, and of what a dataset says of itself."""

import gzip
from collections.abc import Iterator

from tests.unit.data.checks.mutation import REFUSED, REPORTED, UNREADABLE, Mutation, source
from tests.unit.data.checks.mutations_of_files import in_bytes


def damage() -> Iterator[Mutation]:
    """Files that are not what they seem."""
    half = len(source()["visits.csv"]) // 2
    garbled = "Zürich".encode().decode("cp1252").encode()
    fourth = b"\nH01-0004"
    for title, change, words in (
        ("empty", lambda c: b"", "is empty"),
        ("blank", lambda c: b"\n \n", "is empty"),
        ("binary", lambda c: bytes(range(256)) * 20, "visits.csv"),
        ("a workbook", lambda c: b"PK\x03\x04" + c, "workbook"),
        ("compressed", gzip.compress, "compressed"),
        ("with NUL bytes", lambda c: c[:half] + b"\0\0\0" + c[half:], "control characters"),
        ("in half of UTF-16", lambda c: c.decode().encode("utf-16")[:-1], "utf-16"),
        ("decoded twice", lambda c: c.replace(b"none", garbled, 1), "garbled"),
        (
            "with an open quotation",
            lambda c: c.replace(fourth, b'\n"H01-0004', 1),
            "quotation mark",
        ),
        ("with a row too long", lambda c: c.replace(fourth, b"\n,H01-0004", 1), "fields where"),
        ("with a comment", lambda c: c.replace(b"\n", b"\n# exported today\n", 1), "fields where"),
        ("twice in one file", lambda c: c + c.replace(b",", b";"), "fields where"),
        ("HTML of a sign-in page", lambda c: b"<html><body>Sign in</body></html>\n", "no_header"),
        ("a pointer of Git LFS", lambda c: b"version https://git-lfs\noid sha256:0\n", "no_header"),
    ):
        expect = REFUSED if words == "no_header" else UNREADABLE
        yield Mutation(
            f"visits.csv {title}", in_bytes("visits.csv", change), expect, words, "visits"
        )


def about() -> Iterator[Mutation]:
    """What the dataset says of itself."""
    for title, old, new, expect, rule, key in (
        ("without a title", b"title = ", b"name = ", REFUSED, "about", "title"),
        ("of another study", b"nct07215754", b"nct00000000", REFUSED, "about", "study"),
        ("with another data cut", b"2026-06-30", b'"30.06.2026"', REFUSED, "about", "data_cut"),
        (
            "with a late data cut",
            b"2026-06-30",
            b"2062-06-30",
            REPORTED,
            "late_data_cut",
            "data_cut",
        ),
        (
            "with a mistyped key",
            b"synthetic = ",
            b"syntetic = ",
            REPORTED,
            "unknown_key",
            "syntetic",
        ),
        ("perhaps synthetic", b"= true", b'= "perhaps"', REFUSED, "about", "synthetic"),
    ):
        change = in_bytes("dataset.toml", lambda c, old=old, new=new: c.replace(old, new))
        yield Mutation(f"dataset.toml {title}", change, expect, rule, "dataset.toml", key)
    for title, more, expect, rule, key in (
        ("assuming a rash", b"rash = false", REFUSED, "about", "assume.rash"),
        ("assuming what was collected", b"treatment_stable = true", REPORTED, "assumption_ignored",
         "assume.treatment_stable"),
    ):  # fmt: skip
        change = in_bytes("dataset.toml", lambda c, more=more: c + b"[assume]\n" + more + b"\n")
        yield Mutation(f"dataset.toml {title}", change, expect, rule, "dataset.toml", key)
    change = in_bytes("dataset.toml", lambda c: c + b"[[[")
    yield Mutation("dataset.toml not TOML", change, UNREADABLE, "Correct that line", "dataset.toml")
    change = in_bytes("dataset.toml", lambda c: c.replace(b"2026-06-30", b"2024-06-30"))
    yield Mutation(
        "dataset.toml with an early data cut",
        change,
        REFUSED,
        "after_data_cut",
        "visits",
        "visit_date",
    )


def of_bytes() -> Iterator[Mutation]:
    """All of them."""
    yield from damage()
    yield from about()
