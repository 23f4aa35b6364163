"""Lines of keys and values in a TOML text, which `tomllib` does not report."""

from __future__ import annotations

import re
from bisect import bisect_right

from resim_inspect.settings.faults import Key

_BLANKS = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_BARE = re.compile(r"[A-Za-z0-9_-]+")
_STRING = re.compile(
    r'"""(?:[^\\]|\\.)*?"{3,5}'
    r"|'''.*?'{3,5}"
    r'|"(?:[^"\\\n]|\\.)*"'
    r"|'[^'\n]*'",
    re.DOTALL,
)
_SCALAR = re.compile(r"[^,\[\]{}#\n]*")


def key_lines(text: str) -> dict[Key, int]:
    """Return the line of every key and array item of a text that `tomllib` has accepted.

    Lines count from 1. A table has the line of its header, or of its first key.
    """
    return _Scanner(text).scan()


class _Scanner:
    """A position in the text. It recognizes keys and skips values, and checks nothing."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._breaks = [match.start() for match in re.finditer("\n", text)]
        self._lines: dict[Key, int] = {}

    def scan(self) -> dict[Key, int]:
        """Read the whole text."""
        table: Key = ()
        counts: dict[Key, int] = {}
        self._skip_blanks()
        while self._at < len(self._text):
            if self._text.startswith("[", self._at):
                double = self._text.startswith("[[", self._at)
                self._at += 2 if double else 1
                table = self._key()
                if double:
                    counts[table] = counts.get(table, -1) + 1
                    table = (*table, counts[table])
                    self._record(table)
                self._at = self._text.index("]", self._at) + (2 if double else 1)
            else:
                self._pair(table)
            self._skip_blanks()
        return self._lines

    def _skip_blanks(self) -> None:
        match = _BLANKS.match(self._text, self._at)
        self._at = match.end() if match else self._at

    def _record(self, key: Key) -> None:
        self._lines.setdefault(key, bisect_right(self._breaks, self._at - 1) + 1)

    def _key(self, table: Key = ()) -> Key:
        """Read a dotted key, and record it and the tables that it names."""
        key = table
        while True:
            self._skip_blanks()
            key = (*key, self._word())
            self._record(key)
            self._skip_blanks()
            if not self._text.startswith(".", self._at):
                return key
            self._at += 1

    def _word(self) -> str:
        match = _BARE.match(self._text, self._at)
        if match:
            self._at = match.end()
            return match[0]
        string = _STRING.match(self._text, self._at)
        if string is None:
            raise ValueError(f"a key was expected at character {self._at} and not found")
        self._at = string.end()
        if "\\" not in string[0] or string[0].startswith("'"):
            return string[0][1:-1]
        from tomllib import loads

        return str(loads(f"key = {string[0]}")["key"])

    def _pair(self, table: Key) -> None:
        key = self._key(table)
        self._at = self._text.index("=", self._at) + 1
        self._skip_blanks()
        self._value(key)

    def _value(self, key: Key) -> None:
        start = self._text[self._at : self._at + 1]
        if start in {'"', "'"}:
            string = _STRING.match(self._text, self._at)
            self._at = string.end() if string else self._at + 1
        elif start == "[":
            self._items(key, "]")
        elif start == "{":
            self._items(key, "}")
        else:
            scalar = _SCALAR.match(self._text, self._at)
            self._at = scalar.end() if scalar else self._at + 1

    def _items(self, key: Key, end: str) -> None:
        """Skip an array or an inline table, and record what is in it."""
        self._at += 1
        position = 0
        while True:
            self._skip_blanks()
            if self._text.startswith(end, self._at) or self._at >= len(self._text):
                self._at += 1
                return
            if end == "}":
                self._pair(key)
            else:
                self._record((*key, position))
                self._value((*key, position))
                position += 1
            self._skip_blanks()
            if self._text.startswith(",", self._at):
                self._at += 1
