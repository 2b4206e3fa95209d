"""Text that comes from data, made harmless: Streamlit reads most text as Markdown."""

import re

# An address becomes a link after all escapes were taken away, unless something stands within it.
_ADDRESS = re.compile(r"(?<=http:)(?=//)|(?<=https:)(?=//)|(?<=www)(?=\.)|(?<=@)", re.IGNORECASE)
_WORD_JOINER = "\u2060"  # is not seen, and nothing is broken at it
_BEFORE_PER_CENT = re.compile(r"(?<=\d) (?=%)")
_NO_BREAK_SPACE = "\u00a0"
_MARKDOWN = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|$:~^=&@])")


def escape(text: str) -> str:
    """The text as it stands, whatever it holds: no link, image, directive or formula in it.

    A line never ends between a number and its per cent sign.
    """
    text = _BEFORE_PER_CENT.sub(_NO_BREAK_SPACE, _ADDRESS.sub(_WORD_JOINER, str(text)))
    return _MARKDOWN.sub(r"\\\1", text)
