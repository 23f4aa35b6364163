"""The text of SQL queries without a parser: strings and comments blanked out."""

from __future__ import annotations

import re

_TOKEN = re.compile(
    r"--[^\n]*"
    r"|/\*.*?(?:\*/|\Z)"
    r"|'(?:[^']|'')*(?:'|\Z)"
    r'|"(?:[^"]|"")*(?:"|\Z)',
    re.DOTALL,
)


def masked(query: str) -> str:
    """Return a query of the same length with blanks for comments and for what quotes hold.

    Line feeds stay, and so do the quotes.
    """
    return _TOKEN.sub(_blanked, query)


def _blanked(match: re.Match[str]) -> str:
    text = match[0]
    blanks = re.sub(r"[^\n]", " ", text)
    quote = text[0]
    if quote not in "'\"" or len(text) < 2:
        return blanks
    return quote + blanks[1:-1] + quote


def count_placeholders(query: str) -> int:
    """Return the number of `?` outside of strings, names in quotes and comments."""
    return masked(query).count("?")
