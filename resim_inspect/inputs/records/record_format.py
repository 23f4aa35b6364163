"""Format of the records of a file: found by its name and its first bytes, which are bounded."""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum
from io import StringIO
from itertools import islice

SNIFFED = 1 << 16
"""Bytes that decide about the format."""
SAMPLED = 20
"""Rows that decide about the delimiter."""
DELIMITERS = ",;\t|"
"""Characters that may separate cells, the most usual one first."""
MAX_NUMBER = 64
"""Characters of a number."""
BOM = b"\xef\xbb\xbf"
_NUMBER = re.compile(r"[+-]?(\d[\d ]*\.?\d*|\.\d+)([eE][+-]?\d+)?|[+-]?(nan|inf)", re.IGNORECASE)


class RecordKind(Enum):
    """Kind of the records of a file."""

    CSV = "csv"
    JSON = "json"
    TEXT = "text"


KINDS = {
    ".csv": RecordKind.CSV,
    ".tsv": RecordKind.CSV,
    ".jsonl": RecordKind.JSON,
    ".ndjson": RecordKind.JSON,
}
"""Kinds by the suffix of a file in lower case; all others are text."""


@dataclass(frozen=True, slots=True)
class RecordFormat:
    """Kind of the records in a file, where the first begins, and how cells are told apart."""

    kind: RecordKind
    start: int = 0
    """Offset of the first record: 3 behind a byte order mark."""
    delimiter: str = ""
    """Character between cells of CSV."""
    header: tuple[str, ...] | None = None
    """Names of the columns, if the first record has them."""


def is_number(text: str) -> bool:
    """Return True for the text of a number."""
    return len(text) <= MAX_NUMBER and _NUMBER.fullmatch(text.strip()) is not None


def sniff(head: bytes, suffix: str) -> RecordFormat:
    """Find the format by the first bytes of a file and the suffix of its name; see `named`."""
    kind = KINDS.get(suffix.lower(), RecordKind.TEXT)
    start = len(BOM) if head.startswith(BOM) else 0
    if kind is not RecordKind.CSV:
        return RecordFormat(kind, start)
    return RecordFormat(kind, start, _delimiter(head[start:SNIFFED].decode("utf-8", "replace")))


def named(format_: RecordFormat, first: Sequence[str]) -> RecordFormat:
    """Return the format with names of columns if the cells of the first record are names.

    Names are texts: a file that begins with a row with numbers has none.
    """
    if not any(cell.strip() for cell in first) or any(map(is_number, first)):
        return format_
    return replace(format_, header=tuple(first))


def _delimiter(text: str) -> str:
    """Return the delimiter by which most of the first rows have as many cells as the header."""

    def score(delimiter: str) -> tuple[int, int]:
        widths = [len(row) for row in _rows(text, delimiter, SAMPLED) if row]
        if not widths or widths[0] < 2:
            return 0, 0
        return sum(width == widths[0] for width in widths), widths[0]

    return max(DELIMITERS, key=score)


def _rows(text: str, delimiter: str, most: int) -> Sequence[list[str]]:
    """Return the first rows; none if the text is not CSV."""
    try:
        return list(islice(csv.reader(StringIO(text), delimiter=delimiter), most))
    except csv.Error:
        return ()
