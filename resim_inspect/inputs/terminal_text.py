"""Lines of text that programs have written for a terminal."""

from __future__ import annotations

import re

from resim_inspect.text import clean

SEQUENCE = re.compile(
    r"\x1b(?:"
    r"\[[0-?]*[ -/]*[@-~]"  # colours, movements of the cursor
    r"|\][^\x07\x1b\n]*(?:\x07|\x1b\\)"  # titles, links
    r"|[PX^_][^\x1b\n]*\x1b\\"  # strings for devices
    r"|[ -/]*[0-OQ-WYZ\\`-~]"
    r")"
)
"""A control sequence of a terminal."""


def displayed_line(text: str) -> str:
    """Return a line without control sequences, cleaned, with blanks for tabs.

    Of a progress bar, which returns to the start of its line, only the last state is left.
    """
    if text.isascii() and text.isprintable():
        return text
    text = text.rstrip("\r").rpartition("\r")[2]
    if "\x1b" in text:
        text = SEQUENCE.sub("", text)
    return clean(text.expandtabs(8))
