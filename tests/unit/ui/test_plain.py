"""Text from data is text, whatever it holds."""

import re

import pytest

from lupus_outcomes.ui.plain import escape
from tests.markup import PAYLOADS

# What the browser's library makes a link of after all escapes were taken away.
BECOMES_A_LINK = re.compile(r"https?://|www\.|[-.\w+]@[-\w]", re.IGNORECASE)


def as_shown(escaped: str) -> str:
    return re.sub(r"\\(.)", r"\1", escaped)


@pytest.mark.parametrize(
    "text",
    [*PAYLOADS, "see HTTPS://leak.example", "www.leak.example", "a.b+c@leak.example", "@", "http:"],
)
def test_no_address_becomes_a_link_and_no_letter_is_lost(text):
    shown = as_shown(escape(text))
    assert not BECOMES_A_LINK.search(shown)
    assert shown.replace("\u2060", "").replace("\u00a0%", " %") == text


def test_other_text_is_as_it_was():
    assert escape("Centre 01, 1 200: a_b") == r"Centre 01, 1 200\: a\_b"


def test_no_line_ends_before_a_per_cent_sign():
    assert escape("(12 %; 95 % of all %)") == "\\(12\u00a0%; 95\u00a0% of all %\\)"
