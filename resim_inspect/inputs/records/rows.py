"""Records as rows of cells: parsed, and what does not parse with the reason."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping
from typing import NamedTuple

from resim_inspect.inputs.records.record_format import RecordFormat, RecordKind
from resim_inspect.text import count

MAX_COLUMNS = 10_000
"""Columns of a table; a row in full has all of its cells."""
VALUE = "value"
"""Name of the column of JSON that is not an object."""


class ParsedRecord(NamedTuple):
    """Cells of a record with their names, whole; `names` is empty where their order tells."""

    cells: tuple[str, ...]
    names: tuple[str, ...] = ()
    problem: str = ""
    """Sentence that says what is wrong with the record; empty if nothing is."""
    raw: bool = False
    """True if the only cell is the record as it is, since it could not be parsed."""


def parse_record(data: bytes, format_: RecordFormat) -> ParsedRecord:
    """Parse the bytes of one record; what is wrong with it is in the answer."""
    text = data.decode("utf-8", "replace").removesuffix("\n").removesuffix("\r")
    if format_.kind is RecordKind.CSV:
        return _csv_record(text, format_)
    return _json_record(text) if format_.kind is RecordKind.JSON else ParsedRecord((text,))


def _csv_record(text: str, format_: RecordFormat) -> ParsedRecord:
    problem = ""
    try:
        try:
            rows = list(csv.reader([text], delimiter=format_.delimiter, strict=True))
        except csv.Error as error:
            problem = f"The quotation marks of this row are not valid CSV: {error}."
            rows = list(csv.reader([text], delimiter=format_.delimiter))
    except csv.Error as error:
        return ParsedRecord((text,), problem=f"This row is not valid CSV: {error}.", raw=True)
    cells = tuple(rows[0]) if rows else ()
    expected = len(format_.header or ())
    if cells and expected and len(cells) != expected and not problem:
        has = count(len(cells), "cell")
        problem = f"This row has {has}; the header has {count(expected, 'name')}."
    return ParsedRecord(cells, problem=problem)


def _json_record(text: str) -> ParsedRecord:
    if not text.strip():
        return ParsedRecord(())
    try:
        value = json.loads(text)
        if isinstance(value, Mapping):
            return ParsedRecord(tuple(map(_json_text, value.values())), tuple(value))
        return ParsedRecord((_json_text(value),), (VALUE,))
    except RecursionError:
        return ParsedRecord((text,), problem="This row is nested too deeply.", raw=True)
    except ValueError as error:
        return ParsedRecord((text,), problem=f"This row is not valid JSON: {error}.", raw=True)


def _json_text(value: object) -> str:
    """Return a text as it is, any other value as compact JSON."""
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False, separators=(", ", ": "))
