"""Contents of an inputs folder: the tree of its files, previews, and contract findings."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path
from typing import BinaryIO, NamedTuple

from resim_inspect.text import clean, count, size
from resim_inspect.validation.findings import Finding

PREVIEW_BYTES = 262_144
"""Bytes of a file that are read for its preview."""
END_BYTES = 131_072
"""Bytes of its end that are read of a longer text."""
JSON_BYTES = 2_000_000
"""Bytes of a JSON file that are read, which has to be complete to be indented."""
MAX_ENTRIES = 5_000
"""Entries of one folder that are listed."""
IMAGES = {".png", ".jpg", ".jpeg", ".gif", ".bmp", ".webp"}


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
    """Contents of an inputs folder."""

    folder: Path
    mode: str
    entries: tuple[FileEntry, ...]
    findings: tuple[Finding, ...]


class Preview(NamedTuple):
    """The first part of a file, as lines."""

    path: Path
    title: str
    lines: tuple[str, ...]
    image: bool = False
    is_json: bool = False
    """True if the lines are indented JSON, one value or bracket each."""


def read_inputs(folder: Path, opened: frozenset[Path]) -> Inputs:
    """Read the tree, with the folders in `opened` unfolded, and check the contract."""
    from runner.workspace.contract import check_inputs, mode_of, names_in

    entries = tuple(_entries(folder, 0, opened))
    return Inputs(folder, str(mode_of(names_in(folder))), entries, tuple(check_inputs(folder)))


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
    """Read the beginning of a file for display by its type; all text is cleaned."""
    name = clean(entry.path.name, 120)
    if entry.note:
        return Preview(entry.path, name, (entry.note,))
    from resim_inspect.inputs.summaries import summary_lines

    summary = summary_lines(entry.path, folder=entry.folder)
    if entry.folder:
        lines = summary or ()
        return Preview(entry.path, name, (count(entry.size, "entry", "entries"), *lines))
    if summary is not None:
        return Preview(entry.path, f"{name} · {size(entry.size)}", summary)
    from runner.workspace.contract import BATCH_CONFIG, MAX_CONFIG_BYTES, REPORT_CONFIG, masked

    title = f"{name} · {size(entry.size)}"
    is_json = entry.path.suffix.lower() == ".json"
    config = entry.path.name in (BATCH_CONFIG.name, REPORT_CONFIG.name)
    if entry.path.suffix.lower() in IMAGES:
        return Preview(entry.path, title, (), image=True)
    try:
        with entry.path.open("rb") as file:
            limit = JSON_BYTES if is_json and entry.size <= JSON_BYTES else PREVIEW_BYTES
            data = file.read(MAX_CONFIG_BYTES if config else limit)
            is_cut = not config and len(data) == limit
            if is_cut:
                # Its last line is cut, unless it is the only one.
                data = data[: data.rfind(b"\n") + 1] or data
            end, left_out = _end(file, len(data)) if is_cut else (b"", 0)
    except OSError as error:
        return Preview(entry.path, title, (error.strerror or "cannot be read",))
    if config:
        return Preview(entry.path, title, _lines(masked(data)), is_json=True)
    complete = len(data) == entry.size
    if is_json and complete and data and b"\0" not in data[:4096]:
        lines, is_json = _json(data.decode("utf-8", "replace"))
        return Preview(entry.path, title, lines, is_json=is_json)
    return Preview(entry.path, title, _text(entry.path, data, end, left_out))


def _end(file: BinaryIO, start: int) -> tuple[bytes, int]:
    """Read the last whole lines of a file after an offset; and the number of bytes between."""
    end = file.seek(0, os.SEEK_END)
    first = max(start, end - END_BYTES)
    file.seek(first)
    data = file.read(END_BYTES)
    # The first line is cut, unless nothing lies between.
    skipped = data.find(b"\n") + 1 if first > start else 0
    return data[skipped:], first + skipped - start


def _json(text: str) -> tuple[tuple[str, ...], bool]:
    """The lines of indented JSON, and True; the text with the reason and False if it is invalid."""
    try:
        return _lines(json.dumps(json.loads(text), indent=2, ensure_ascii=False)), True
    except (ValueError, RecursionError) as error:
        return (f"not valid JSON: {clean(str(error), 200)}", "", *_lines(text)), False


def _text(path: Path, data: bytes, end: bytes, left_out: int) -> tuple[str, ...]:
    if not data:
        return ("the file is empty",)
    if b"\0" in data[:4096]:
        return ("not a text file; its first bytes:", *_hex(data[:512]))
    gap = f"… {size(left_out)} are left out here" if left_out else ""
    if not gap:
        data, end = data + end, b""
    text, last = data.decode("utf-8", "replace"), end.decode("utf-8", "replace")
    if path.suffix.lower() in (".csv", ".tsv"):
        from resim_inspect.inputs.csv_table import CsvError, csv_lines

        try:
            return tuple(csv_lines(text, last, gap))
        except CsvError as error:
            return (f"not valid CSV: {clean(str(error), 200)}", "", *_lines(text))
    between = ("", gap, "") if gap else ()
    return (*_lines(text), *between, *_lines(last))


def _lines(text: str) -> tuple[str, ...]:
    return tuple(clean(line.replace("\t", "    "), 2000) for line in text.splitlines())


def _hex(data: bytes) -> list[str]:
    rows = []
    for start in range(0, len(data), 16):
        part = data[start : start + 16]
        words = "".join(chr(byte) if 32 <= byte < 127 else "." for byte in part)
        rows.append(f"{start:08x}  {part.hex(' '):<47}  {words}")
    return rows
