"""A build's inputs in the linear output: their files, the contract, and what changes in them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from resim_inspect.commands.plain_output.input_facts import file_facts
from resim_inspect.commands.plain_output.view import find_item, list_heading
from resim_inspect.commands.plain_output.words import finding_sentences, shown_name
from resim_inspect.files import is_folder
from resim_inspect.text import clean, count, size

MAX_FILES_IN_FULL = 60
"""Files from which none is said in full at once."""
LISTED = 500
"""Lines of a list; a part of a name makes it shorter."""
MAX_FILES = 5_000
"""Files that are known by name; the rest are left out."""


class InputFile(NamedTuple):
    """State of a file, by which its changes are seen."""

    size: int
    changed: int
    """Time of the last change in ns."""


class InputsView:
    """The files of an inputs folder, or one file in its place, which are followed."""

    noun = "file"

    def __init__(self, path: Path, description: str) -> None:
        """`description`: what it is, with an article for one file."""
        self.path = path
        self._description = description
        self._is_single = not is_folder(path)
        self._files = _files_of(path)
        self._pending: dict[str, InputFile | None] = {}
        """States that were seen once: a file that is still being written changes until the next."""

    def everything(self, *, short: bool) -> Iterator[str]:
        if self._is_single:
            yield from self._about_file()
            return
        yield f"The folder is {clean(str(self.path))}: {self._description}."
        yield f"It has {count(len(self._files), 'file')}."
        yield from self.findings()
        in_full = not short and len(self._files) <= MAX_FILES_IN_FULL
        for number, name in enumerate(self._files, 1):
            if number > LISTED:
                yield f"{len(self._files) - LISTED:,} more are not listed."
                return
            if in_full:
                yield ""
            yield self._line(number, name)
            if in_full:
                yield from file_facts(self.path / name, self._files[name].size)

    def _about_file(self) -> Iterator[str]:
        shown, file = clean(str(self.path)), self._files.get("")
        if file is None:
            yield f"The file {shown} is gone."
            return
        yield f"The file is {shown}, {self._description} of {size(file.size)}."
        yield from file_facts(self.path, file.size)

    def _line(self, number: int, name: str) -> str:
        return f"File {number:,}, {self._shown(name)}, has {size(self._files[name].size)}."

    def _shown(self, name: str) -> str:
        return shown_name(name or self.path.name)

    def listed(self, query: str) -> Iterator[str]:
        wanted = query.casefold()
        names = list(self._files)
        chosen = [n for n, name in enumerate(names, 1) if wanted in self._shown(name).casefold()]
        yield list_heading(count(len(chosen), self.noun), filtered=bool(query))
        for number in chosen[:LISTED]:
            yield self._line(number, names[number - 1])
        if len(chosen) > LISTED:
            yield f"{len(chosen) - LISTED:,} more are not listed: a part of a name lists fewer."

    def shown(self, item: str) -> Iterator[str]:
        names = list(self._files)
        position = find_item(item, [self._shown(name) for name in names], self.noun)
        if isinstance(position, str):
            yield position
            return
        name = names[position]
        yield self._line(position + 1, name)
        yield from file_facts(self.path / name, self._files[name].size)

    def next_failing(self) -> Iterator[str]:
        yield "Inputs have no verdict: findings says what a build would miss in them."

    def findings(self) -> Iterator[str]:
        from runner.workspace.contract import check_inputs

        if self._is_single:
            yield "Findings are those of a folder of inputs."
            return
        findings = sorted(check_inputs(self.path), key=lambda finding: -finding.severity.rank)
        if not findings:
            yield "It has all that a build expects."
        for number, finding in enumerate(findings, 1):
            yield from finding_sentences(number, finding)

    def events(self) -> Iterator[str]:
        yield "Inputs have no events."

    def opened(self, item: str) -> Path | str:  # noqa: ARG002
        return "Inputs are not opened further; the command show says what is in a file."

    def changes(self, now: float) -> Iterator[str]:  # noqa: ARG002
        current = _files_of(self.path)
        differing: dict[str, InputFile | None] = {
            name: current.get(name)
            for name in dict.fromkeys([*self._files, *current])
            if current.get(name) != self._files.get(name)
        }
        settled = [
            name
            for name, file in differing.items()
            if name in self._pending and self._pending[name] == file
        ]
        self._pending = {n: file for n, file in differing.items() if n not in settled}
        before = self._files
        self._files = {
            name: current[name] if name in settled else before[name]
            for name in sorted({*before, *settled})
            if name in current or name not in settled
        }
        for name in settled:
            after = current.get(name)
            if after is None:
                yield f"The file {self._shown(name)} is gone."
            elif name in before:
                yield f"The file {self._shown(name)} was written; it has {size(after.size)} now."
            else:
                yield f"The file {self._shown(name)} is new, with {size(after.size)}."

    def close(self) -> None:
        """Nothing is open."""


def _files_of(path: Path) -> dict[str, InputFile]:
    """Return the files of a folder and below it by their names in it, sorted; links are left out.

    A file itself has the empty name.
    """
    if not is_folder(path):
        return {"": state} if (state := _state(path)) is not None else {}
    files: dict[str, InputFile] = {}
    for folder, folders, names in os.walk(path):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in names:
            file = Path(folder, name)
            state = None if file.is_symlink() or name.startswith(".") else _state(file)
            if state is not None:
                files[file.relative_to(path).as_posix()] = state
        if len(files) >= MAX_FILES:
            break
    return dict(sorted(files.items()))


def _state(file: Path) -> InputFile | None:
    try:
        info = file.stat()
    except OSError:
        return None
    return InputFile(info.st_size, info.st_mtime_ns)
