"""Figures as files: drawn without a network, with the stamp at their foot."""

import socket
import struct
import xml.etree.ElementTree as ET
import zlib

import numpy as np
import pandas as pd
import pytest

from lupus_outcomes.export.figures import as_png, as_svg

pytestmark = pytest.mark.slow

SPEC = {
    "$schema": "https://vega.github.io/schema/vega-lite/v6.4.1.json",
    "mark": "bar",
    "encoding": {
        "x": {"field": "month", "type": "ordinal"},
        "y": {"field": "share", "type": "quantitative"},
    },
}
DATA = pd.DataFrame({"month": [6, 12, 24], "share": [0.3, np.nan, 0.5]})
STAMP = "nct07215754 · data cut 2026-06-30 · N 240 · all patients · dataset 1a2b3c4d"
LONG = " · ".join(
    [STAMP, "handling: nri", "lupus-outcomes 0.1.0", "2026-07-01T08:00:00Z", "0a1b2c3d4e"]
)


@pytest.fixture
def _no_network(monkeypatch):
    """A socket that nobody may open."""

    def refuse(*arguments, **options):
        raise AssertionError("a figure asked for the network")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "create_connection", refuse)


def _texts(svg: bytes) -> str:
    return " ".join("".join(element.itertext()) for element in ET.fromstring(svg).iter() if True)


def _chunks(png: bytes) -> list[tuple[bytes, bytes]]:
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    found, at = [], 8
    while at < len(png):
        (length,) = struct.unpack_from(">I", png, at)
        kind, body = png[at + 4 : at + 8], png[at + 8 : at + 8 + length]
        (checksum,) = struct.unpack_from(">I", png, at + 8 + length)
        assert checksum == zlib.crc32(kind + body)
        found.append((kind, body))
        at += 12 + length
    return found


@pytest.mark.usefixtures("_no_network")
class TestSvg:
    def test_the_stamp_is_its_last_text(self):
        shown = _texts(as_svg(SPEC, DATA, LONG))
        for part in LONG.split(" · "):
            assert part in shown

    def test_nothing_in_it_is_fetched_from_elsewhere(self):
        svg = as_svg(SPEC, DATA, LONG)
        for word in (b"href=", b"url(http", b"@import", b"<script", b"<image"):
            assert word not in svg

    def test_text_in_the_data_stays_text(self):
        data = DATA.assign(month=["<script>alert(1)</script>", "![](http://x)", "&amp;"])
        svg = as_svg(SPEC, data, "<b>stamp</b>")
        assert b"<script" not in svg
        assert "<b>stamp</b>" in _texts(svg)

    def test_the_specification_that_is_drawn_stays_as_it_is(self):
        before = repr(SPEC)
        as_svg(SPEC, DATA, STAMP)
        assert repr(SPEC) == before

    def test_a_figure_without_rows(self):
        assert STAMP.split(" · ")[0] in _texts(as_svg(SPEC, DATA.iloc[:0], STAMP))


@pytest.mark.usefixtures("_no_network")
class TestPng:
    def test_the_stamp_is_in_its_metadata(self):
        chunks = _chunks(as_png(SPEC, DATA, LONG))
        assert [kind for kind, _ in chunks][:2] == [b"IHDR", b"iTXt"]
        assert chunks[-1] == (b"IEND", b"")
        keyword, _, text = chunks[1][1].partition(b"\0\0\0\0\0")
        assert (keyword, text.decode("utf-8")) == (b"Description", LONG)

    def test_the_stamp_makes_it_taller(self):
        heights = [
            struct.unpack(">I", _chunks(as_png(SPEC, DATA, stamp))[0][1][4:8])[0]
            for stamp in (STAMP, LONG)
        ]
        assert heights[1] > heights[0]
