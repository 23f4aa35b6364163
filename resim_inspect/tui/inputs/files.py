"""Contents of an inputs folder: the tree of its files, previews, and contract findings."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from resim_inspect.files import is_file
from resim_inspect.inputs.file_kinds import IMAGES
from resim_inspect.text import clean, count, size
from resim_inspect.validation.findings import Finding

if TYPE_CHECKING:
    from resim_inspect.inputs.records.record_file import RecordFile
    from resim_inspect.inputs.records.table_page import TablePage

HEX_BYTES = 512
"""Bytes that are shown of a file that is not text."""
FIRST_ROWS = 60
"""Rows that are read before all others."""
JSON_BYTES = 2_000_000
"""Bytes of a JSON file that are read, which has to be complete to be indented."""
MAX_ENTRIES = 5_000
"""Entries of one folder that are listed."""


class FileEntry(NamedTuple):
    """A file or folder below the inputs."""

    path: Path
    depth: int
    folder: bool
    size: int
    """Size in bytes; number of entries of a folder."""
    note: str = ""
    """Reason why it cannot be read."""


class Inputs(NamedTuple):
    """Contents of an inputs folder, or one file in its place."""

    folder: Path
    """Path of the folder or of the file."""
    mode: str
    """Mode of a build with these inputs; empty for a file."""
    entries: tuple[FileEntry, ...]
    findings: tuple[Finding, ...]
    unfolded: frozenset[Path]
    """Folders whose entries are among these."""


class Preview(NamedTuple):
    """A file as lines, as an image or as rows."""

    path: Path
    title: str
    lines: tuple[str, ...]
    image: bool = False
    is_json: bool = False
    """True if the lines are indented JSON, one value or bracket each."""
    rows: tuple[RecordFile, TablePage] | None = None
    """The file as rows, in place of lines, and the first of them."""
    sentences: int = 0
    """Number of lines at the beginning that are sentences, not lines of the file or of a table."""


def read_inputs(folder: Path, opened: frozenset[Path]) -> Inputs:
    """Read the tree, with the folders in `opened` unfolded, and check the contract.

    A file in place of the folder is its only entry.
    """
    if is_file(folder):
        return Inputs(folder, "", (_named_entry(folder),), (), opened)
    from runner.workspace.contract import check_inputs, mode_of, names_in

    entries = tuple(_entries(folder, 0, opened))
    mode = str(mode_of(names_in(folder)))
    return Inputs(folder, mode, entries, tuple(check_inputs(folder)), opened)


def list_folder(folder: Path, opened: frozenset[Path]) -> tuple[FileEntry, ...]:
    """List a folder without hidden entries, with the folders in `opened` unfolded."""
    return tuple(e for e in _entries(folder, 0, opened) if not e.path.name.startswith("."))


def _entries(folder: Path, depth: int, opened: frozenset[Path]) -> list[FileEntry]:
    entries: list[FileEntry] = []
    try:
        with os.scandir(folder) as scan:
            children = sorted(scan, key=lambda e: (not e.is_dir(follow_symlinks=False), e.name))
    except OSError as error:
        return [FileEntry(folder, depth, False, 0, error.strerror or "cannot be read")]
    for child in children[:MAX_ENTRIES]:
        path = Path(child.path)
        if child.is_dir(follow_symlinks=False):
            entries.append(FileEntry(path, depth, True, _entry_count(path)))
            if path in opened and depth < 32:
                entries += _entries(path, depth + 1, opened)
        else:
            try:
                info = child.stat(follow_symlinks=False)
            except OSError as error:
                entries.append(FileEntry(path, depth, False, 0, error.strerror or "cannot be read"))
                continue
            note = "" if stat.S_ISREG(info.st_mode) else _special(info.st_mode)
            entries.append(FileEntry(path, depth, False, info.st_size, note))
    if len(children) > MAX_ENTRIES:
        rest = f"{len(children) - MAX_ENTRIES:,} more are not listed"
        entries.append(FileEntry(folder / "…", depth, False, 0, rest))
    return entries


def _named_entry(path: Path) -> FileEntry:
    """The entry of a file that was named itself: a link to it is followed."""
    try:
        return FileEntry(path, 0, False, path.stat().st_size)
    except OSError as error:
        return FileEntry(path, 0, False, 0, error.strerror or "cannot be read")


def _entry_count(folder: Path) -> int:
    try:
        with os.scandir(folder) as scan:
            return sum(1 for _ in scan)
    except OSError:
        return 0


def _special(mode: int) -> str:
    if stat.S_ISLNK(mode):
        return "a symbolic link, not followed"
    return "a pipe" if stat.S_ISFIFO(mode) else "not a regular file"


def preview(entry: FileEntry) -> Preview:
    """Read what is needed to display a file by its type; its lines are cleaned."""
    name = clean(entry.path.name, 120)
    if entry.note:
        return Preview(entry.path, name, (entry.note,), sentences=1)
    from resim_inspect.inputs.bounded_file import opened
    from resim_inspect.inputs.recording import RecordingError
    from resim_inspect.inputs.records.opening import LOOKED_AT, open_records
    from resim_inspect.inputs.records.record_file import FileChangedError
    from resim_inspect.inputs.summaries import summary_lines

    summary = summary_lines(entry.path, folder=entry.folder)
    if entry.folder:
        return _summary(entry.path, name, (count(entry.size, "entry", "entries"), *(summary or ())))
    if summary is not None:
        return _summary(entry.path, f"{name} · {size(entry.size)}", summary)
    from runner.workspace.contract import BATCH_CONFIG, MAX_CONFIG_BYTES, REPORT_CONFIG, masked

    title = f"{name} · {size(entry.size)}"
    is_json = entry.path.suffix.lower() == ".json"
    config = entry.path.name in (BATCH_CONFIG.name, REPORT_CONFIG.name)
    if entry.path.suffix.lower() in IMAGES:
        return Preview(entry.path, title, (), image=True)
    try:
        with opened(entry.path) as file:
            is_whole = is_json and 0 < file.size <= JSON_BYTES
            limit = MAX_CONFIG_BYTES if config else JSON_BYTES if is_whole else LOOKED_AT
            data = file.read_most(0, limit)
        if config:
            return Preview(entry.path, title, _lines(masked(data)), is_json=True)
        if b"\0" in data[:LOOKED_AT]:
            lines = ("not a text file; its first bytes:", *_hex(data[:HEX_BYTES]))
            return Preview(entry.path, title, lines, sentences=1)
        if is_whole:
            lines, is_json = _json(data.decode("utf-8", "replace"))
            return Preview(entry.path, title, lines, is_json=is_json, sentences=int(not is_json))
        records = open_records(entry.path)
        return Preview(entry.path, title, (), rows=(records, records.page(0, FIRST_ROWS)))
    except (RecordingError, FileChangedError) as error:
        return Preview(entry.path, title, (str(error),), sentences=1)
    except OSError as error:
        return Preview(entry.path, title, (error.strerror or "cannot be read",), sentences=1)


def _summary(path: Path, title: str, lines: tuple[str, ...]) -> Preview:
    """The preview of a recording, whose sentences end where the table of its topics begins."""
    end = lines.index("") if "" in lines else len(lines)
    return Preview(path, title, lines, sentences=end)


def _json(text: str) -> tuple[tuple[str, ...], bool]:
    """The lines of indented JSON, and True; the text with the reason and False if it is invalid."""
    try:
        return _lines(json.dumps(json.loads(text), indent=2, ensure_ascii=False)), True
    except (ValueError, RecursionError) as error:
        return (f"not valid JSON: {clean(str(error), 200)}", "", *_lines(text)), False


def _lines(text: str) -> tuple[str, ...]:
    return tuple(clean(line.replace("\t", "    "), 2000) for line in text.splitlines())


def _hex(data: bytes) -> list[str]:
    rows = []
    for start in range(0, len(data), 16):
        part = data[start : start + 16]
        words = "".join(chr(byte) if 32 <= byte < 127 else "." for byte in part)
        rows.append(f"{start:08x}  {part.hex(' '):<47}  {words}")
    return rows
