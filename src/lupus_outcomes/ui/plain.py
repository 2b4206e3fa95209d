"""Text that comes from data, made harmless: Streamlit reads most text as Markdown."""

import re

# An address becomes a link after all escapes were taken away, unless something stands within it.
_ADDRESS = re.compile(r"(?<=http:)(?=//)|(?<=https:)(?=//)|(?<=www)(?=\.)|(?<=@)", re.IGNORECASE)
_WORD_JOINER = "\u2060"  # is not seen, and nothing is broken at it
_MARKDOWN = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|$:~^=&@])")


def escape(text: str) -> str:
    """The text as it stands, whatever it holds: no link, image, directive or formula in it."""
    return _MARKDOWN.sub(r"\\\1", _ADDRESS.sub(_WORD_JOINER, str(text)))
