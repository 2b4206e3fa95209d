"""Figures as SVG and PNG, made without a network, with the stamp at their foot."""

import copy
import struct
import zlib
from collections.abc import Hashable, Mapping
from typing import Any

import pandas as pd

PIXELS_PER_INCH = 300
FOOTER_CHARACTERS = 130
WIDTH = 720
PNG_HEADER_BYTES = 33  # the signature and the first chunk, which must stay first


def as_svg(spec: Mapping[str, Any], data: pd.DataFrame, footer: str = "") -> bytes:
    """The figure as a vector graphic; without a footer where the stamp stands beside it."""
    import vl_convert

    return vl_convert.vegalite_to_svg(_stamped(spec, data, footer)).encode("utf-8")


def as_png(spec: Mapping[str, Any], data: pd.DataFrame, footer: str) -> bytes:
    """The figure at 300 pixels per inch, the footer also in its metadata."""
    import vl_convert

    figure = vl_convert.vegalite_to_png(_stamped(spec, data, footer), ppi=PIXELS_PER_INCH)
    return figure[:PNG_HEADER_BYTES] + _text_chunk(footer) + figure[PNG_HEADER_BYTES:]


def _text_chunk(text: str) -> bytes:
    """A chunk of international text, as programs show it among the properties of a picture."""
    body = b"iTXt" + b"Description\0\0\0\0\0" + text.encode("utf-8")
    return struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))


def _stamped(spec: Mapping[str, Any], data: pd.DataFrame, footer: str) -> dict[str, Any]:
    """The specification on white with its data inside and the stamp as a title below."""
    whole = copy.deepcopy(dict(spec))
    _widen(whole)
    whole["data"] = {"values": _records(data)}
    whole["background"] = "#FFFFFF"
    whole["padding"] = 16
    stamp = {
        "text": _lines(footer),
        "orient": "bottom",
        "anchor": "start",
        "fontSize": 9,
        "fontWeight": "normal",
        "color": "#5A6672",
        "offset": 14,
    }
    return {
        "$schema": whole.pop("$schema", "https://vega.github.io/schema/vega-lite/v6.4.1.json"),
        "config": whole.pop("config", {}),
        "background": whole.pop("background"),
        "padding": whole.pop("padding"),
        "data": whole.pop("data"),
        "params": whole.pop("params", []),
        "vconcat": [whole],
        **({"title": stamp} if footer else {}),
    }


def _widen(view: dict[str, Any]) -> None:
    """On the page a view is as wide as the page; in a file it needs a width of its own."""
    for part in view.get("vconcat", []):
        _widen(part)
    if "vconcat" not in view and "hconcat" not in view:
        view.setdefault("width", WIDTH)


def _records(data: pd.DataFrame) -> list[dict[Hashable, Any]]:
    nothing: Any = None
    return data.astype(object).where(data.notna(), nothing).to_dict("records")


def _lines(footer: str) -> list[str]:
    """The footer in lines that fit the figure, broken between its parts."""
    lines, line = [], ""
    for part in footer.split(" · "):
        if line and len(line) + len(part) > FOOTER_CHARACTERS:
            lines.append(line)
            line = part
        else:
            line = f"{line} · {part}" if line else part
    return [*lines, line]
