"""Text that comes from data, made harmless: Streamlit reads most text as Markdown."""

import re

_MARKDOWN = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|$:~^=&@])")


def escape(text: str) -> str:
    """The text as it stands, whatever it holds: no link, image, directive or formula in it."""
    return _MARKDOWN.sub(r"\\\1", str(text))
