"""A file of the inputs as facts, one a line: topics of a recording, rows, lines of text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from resim_inspect.commands.plain_output.words import joined, whole_sentence
from resim_inspect.inputs.recording import Recording, RecordingError, time_text
from resim_inspect.inputs.summaries import read_recording
from resim_inspect.text import clean, count
from resim_inspect.tui.inputs.files import FileEntry, preview

if TYPE_CHECKING:
    from resim_inspect.inputs.records.record_file import RecordFile
    from resim_inspect.inputs.records.table_page import TablePage

ROWS = 5
"""Rows of a table that are said."""
LINES = 20
"""Lines of a text that are said."""
TOPICS = 200
COLUMNS = 50
"""Cells of a row that are said."""


def file_facts(path: Path, bytes_: int) -> Iterator[str]:
    """Yield what is in a file, its beginning if it is long; `bytes_` is its size."""
    try:
        recording = read_recording(path, folder=False)
    except (RecordingError, OSError) as error:
        yield whole_sentence(str(error))
        return
    if recording is not None:
        yield from _recording_facts(recording)
        return
    shown = preview(FileEntry(path, 0, False, bytes_))
    if shown.image:
        yield "It is an image, which cannot be read out."
    elif shown.rows is not None:
        yield from _row_facts(*shown.rows)
    else:
        yield from (whole_sentence(line) for line in shown.lines[: shown.sentences] if line)
        lines = [line for line in shown.lines[shown.sentences :] if line.strip()]
        yield from _line_facts(lines, len(lines), exact=True)


def _recording_facts(recording: Recording) -> Iterator[str]:
    parts = [count(len(recording.topics), "topic")]
    if recording.messages is not None:
        parts.append(count(recording.messages, "message"))
    yield f"It is a recording, {recording.format}, with {joined(parts)}."
    if recording.span is not None:
        start, end = recording.span
        yield f"Its first message is at {time_text(start)}."
        yield f"Its last message is at {time_text(end)}."
    for detail in recording.details:
        yield whole_sentence(detail, 400)
    topics = sorted(recording.topics, key=lambda topic: topic.name)
    for topic in topics[:TOPICS]:
        name = clean(topic.name, 200) or "(no name)"
        kind = f" of type {clean(topic.type, 100)}" if topic.type else ""
        number = "" if topic.messages is None else f" has {count(topic.messages, 'message')}"
        yield f"Topic {name}{kind}{number or ' is in it'}."
    if len(topics) > TOPICS:
        yield f"There are {count(len(topics) - TOPICS, 'more topic')}."


def _row_facts(records: RecordFile, page: TablePage) -> Iterator[str]:
    if records.is_text:
        lines = [clean(row.cells[0]) if row.cells else "" for row in page.rows]
        yield from _line_facts(lines, records.rows, exact=records.is_complete)
        return
    least = "" if records.is_complete else "at least "
    yield f"It has {least}{count(records.rows, 'row')} and {count(len(page.names), 'column')}."
    if page.names:
        more = len(page.names) - COLUMNS
        names = [*islice(page.names, COLUMNS), *([f"{more:,} more"] if more > 0 else [])]
        yield f"Its columns are {joined(names)}."
    for number, row in enumerate(page.rows[:ROWS], page.first + 1):
        if row.problem:
            yield f"Row {number:,} cannot be read: {whole_sentence(row.problem)}"
            continue
        cells = [
            f"{name} {clean(cell).strip()}"
            for name, cell in islice(zip(page.names, row.cells, strict=False), COLUMNS)
            if cell.strip()
        ]
        yield f"Row {number:,}: {', '.join(cells) or 'empty'}."


def _line_facts(lines: Sequence[str], number: int, *, exact: bool) -> Iterator[str]:
    """Yield the first lines of a text that has `number` of them, or more if that is not exact."""
    if not number:
        return
    yield f"It has {'' if exact else 'at least '}{count(number, 'line')}:"
    yield from lines[:LINES]
    if number > LINES:
        yield f"That was the beginning, {count(min(LINES, len(lines)), 'line')} of it."
