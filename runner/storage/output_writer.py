"""Writer of a build's untrusted outputs: regular files with plain names, within limits.

An entry that is refused is left out and reported; the others are kept. Links that stay inside of
the outputs become files with the same content.
"""

from __future__ import annotations

import os
import shutil
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from resim_inspect.text import clean, size
from runner.errors import OutputsError
from runner.storage.fs import disk_errors
from runner.workspace.contract import METRICS, OUTPUTS

MIB = 1 << 20
CHUNK = 1 << 20
MAX_DEPTH = 32
MAX_NAME = 255
MAX_LINKS = 40
"""Links on the way of one link, after which it counts as circular."""
PRINTABLE = "Use printable characters in the names of outputs."
COPY = "Let the build write a copy instead."


@dataclass(frozen=True)
class Caps:
    """Limits on a build's outputs, in bytes and in files; folders count as files."""

    total: int = 2048 * MIB
    metrics: int = 512 * MIB
    files: int = 10_000


@dataclass(frozen=True)
class Taken:
    """Summary of copied outputs: number of files, bytes, and the first names, sorted."""

    files: int = 0
    size: int = 0
    names: tuple[str, ...] = ()
    refused: str = ""
    """One sentence on what was left out; empty if nothing was."""
    hint: str = ""


class RefusedEntryError(OutputsError):
    """One entry is refused; the others are not concerned."""


class LimitError(OutputsError):
    """The outputs exceed a limit, and the rest is not read."""


class OutputWriter:
    """Writer into the folder `into`, which it creates and which must not exist before.

    `roots` are the absolute paths of the outputs as the build sees them.
    """

    def __init__(self, into: Path, caps: Caps, roots: tuple[str, ...] = (str(OUTPUTS),)) -> None:
        self._into = into
        self._caps = caps
        self._roots = roots
        self._entries = 0
        self._files: dict[str, int] = {}
        self._links: dict[str, str] = {}
        self._size = 0
        self._refused: list[OutputsError] = []
        with disk_errors(into):
            into.mkdir(mode=0o700)

    def folder(self, name: str) -> bool:
        """Create a folder by its name relative to the outputs; return False if it is refused."""
        with self._skipping():
            path = self._into / self._new_entry(name)
            with disk_errors(path):
                path.mkdir(parents=True, exist_ok=True)
            return True
        return False

    def file(self, name: str, length: int, source: IO[bytes]) -> None:
        """Copy a regular file of `length` bytes; raises LimitError."""
        self._check_size(name, length)
        with self._skipping():
            self._copy(name, self._new_entry(name), length, source)

    def same_file(self, name: str, other: str) -> None:
        """Write another name of a file that was copied before: a hard link."""
        with self._skipping():
            relative = self._new_entry(name)
            if other not in self._files:
                kind = f'a hard link to "{_shown(other)}", which is not one of the outputs'
                raise RefusedEntryError(f'the output "{_shown(name)}" is {kind}.', COPY)
            self._copy_of(other, name, relative)

    def link(self, name: str, target: str) -> None:
        """Note a symbolic link, which `done` replaces by what it leads to."""
        with self._skipping():
            self._links[self._new_entry(name).as_posix()] = target

    def refuse(self, name: str, fault: str) -> None:
        """Leave out an entry that is not taken; `fault` is the predicate of the message."""
        with self._skipping():
            raise RefusedEntryError(
                f'the output "{_shown(name)}" {fault}; only regular files are taken.', COPY
            )

    def restart(self, reason: OutputsError) -> None:
        """Drop everything that was copied, because of an exceeded limit."""
        with disk_errors(self._into):
            shutil.rmtree(self._into)
            self._into.mkdir(mode=0o700)
        self._entries, self._size = 0, 0
        self._files, self._links = {}, {}
        self._refused = [reason]

    def done(self) -> Taken:
        """Resolve the links, set permissions by the umask, return a summary; raises LimitError."""
        links, real = dict(self._links), dict(self._files)
        for name in links:
            with self._skipping():
                self._replace_link(name, real)
        mask = os.umask(0)
        os.umask(mask)
        self._into.chmod(0o777 & ~mask)
        names = tuple(sorted(self._files)[:20])
        return Taken(len(self._files), self._size, names, *self._summary())

    def _summary(self) -> tuple[str, str]:
        if not self._refused:
            return "", ""
        first, more = self._refused[0], len(self._refused) - 1
        text = first.reason
        if more:
            text = f"{text.rstrip('.')}; {more:,} more {'is' if more == 1 else 'are'} left out."
        return text, first.hint

    @contextmanager
    def _skipping(self) -> Iterator[None]:
        """Note the refusal of one entry, and go on with the others."""
        try:
            yield
        except RefusedEntryError as error:
            self._refused.append(error)

    def _replace_link(self, name: str, real: dict[str, int]) -> None:
        """Copy what a link leads to: a file, or the files of a folder. `real` are all files."""
        destination = self._destination(name)
        if destination in real:
            self._copy_of(destination, name, Path(name))
            return
        inside = f"{destination}/"
        if not (self._into / destination).is_dir():
            raise RefusedEntryError(f"{self._about(name)}, which is not one of the outputs.", COPY)
        if f"{name}/".startswith(inside) or not destination:
            raise RefusedEntryError(f"{self._about(name)}, which contains it.", COPY)
        with disk_errors(self._into / name):
            (self._into / name).mkdir(parents=True, exist_ok=True)
        names = [each for each in real if each.startswith(inside)]
        names += [each for each in self._links if each.startswith(inside)]
        for each in names:
            origin = each if each in real else self._destination(each)
            # A link to a folder inside of a linked folder would make copies of copies.
            if origin not in real:
                raise RefusedEntryError(f"{self._about(name)}, which has links to folders.", COPY)
            copy = f"{name}/{each.removeprefix(inside)}"
            self._copy_of(origin, copy, self._new_entry(copy))

    def _about(self, link: str) -> str:
        return f'the output "{_shown(link)}" is a link to "{_shown(self._links[link])}"'

    def _destination(self, link: str) -> str:
        """Name of what a link leads to in the end; raises RefusedEntryError if it leaves."""
        parts = link.split("/")[:-1]
        pending = self._parts(link, self._links[link], parts)
        followed = 0
        while pending:
            part = pending.pop()
            if part == "..":
                if not parts:
                    raise RefusedEntryError(f"{self._about(link)}, which leaves the outputs.", COPY)
                parts.pop()
                continue
            parts.append(part)
            inner = self._links.get("/".join(parts))
            if inner is not None:
                followed += 1
                if followed > MAX_LINKS:
                    raise RefusedEntryError(f"{self._about(link)}, which is circular.", COPY)
                parts.pop()
                pending += self._parts(link, inner, parts)
        return "/".join(parts)

    def _parts(self, link: str, target: str, parts: list[str]) -> list[str]:
        """Parts of a link's target, last first; an absolute one starts at the outputs again."""
        if target.startswith("/"):
            root = next((r for r in self._roots if f"{target}/".startswith(f"{r}/")), None)
            if root is None:
                raise RefusedEntryError(f"{self._about(link)}, which leaves the outputs.", COPY)
            target = target.removeprefix(root)
            parts.clear()
        return [part for part in reversed(target.split("/")) if part not in {"", "."}]

    def _copy_of(self, other: str, name: str, relative: Path) -> None:
        self._check_size(name, self._files[other])
        path = self._into / other
        with disk_errors(path), path.open("rb") as source:
            self._copy(name, relative, self._files[other], source)

    def _copy(self, name: str, relative: Path, length: int, source: IO[bytes]) -> None:
        path = self._into / relative
        with disk_errors(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0)
            try:
                descriptor = os.open(path, flags, 0o666)
            except FileExistsError:
                raise RefusedEntryError(f'the outputs contain "{_shown(name)}" twice.') from None
            with open(descriptor, "wb") as target:  # noqa: PTH123 - a descriptor
                left = length
                while left:
                    chunk = source.read(min(CHUNK, left))
                    if not chunk:
                        message = f'the output "{_shown(name)}" ended before its stated size.'
                        raise OutputsError(message)
                    target.write(chunk)
                    left -= len(chunk)
        self._size += length
        self._files[relative.as_posix()] = length

    def _new_entry(self, name: str) -> Path:
        """Count an entry and check its name; raises RefusedEntryError and LimitError."""
        self._entries += 1
        if self._entries > self._caps.files:
            raise LimitError(
                f"the outputs contain more than {self._caps.files:,} files.",
                "Pack them into fewer, or raise --max-files.",
            )
        parts = name.split("/")
        if name.startswith("/") or any(part in {"", ".", ".."} for part in parts):
            raise RefusedEntryError(
                f'the output "{_shown(name)}" is outside of the outputs folder.'
            )
        _check_characters(name)
        if len(parts) > MAX_DEPTH:
            raise RefusedEntryError(
                f'the output "{_shown(name)}" is nested too deeply: it is in more than'
                f" {MAX_DEPTH} folders.",
                "Let the build write to fewer levels of folders.",
            )
        if any(len(part.encode()) > MAX_NAME for part in parts):
            raise RefusedEntryError(
                f'the output name "{_shown(name)}" is longer than {MAX_NAME} bytes.',
                "Let the build write a shorter name.",
            )
        return Path(*parts)

    def _check_size(self, name: str, length: int) -> None:
        if name == METRICS.name and length > self._caps.metrics:
            raise LimitError(
                f"metrics.binproto has {size(length)}, and the limit is"
                f" {size(self._caps.metrics)}.",
                "Raise --max-metrics-mib if this size is intended.",
            )
        if self._size + length > self._caps.total:
            raise LimitError(
                f'with "{_shown(name)}" ({size(length)}) the outputs have more than'
                f" {size(self._caps.total)}.",
                "Raise --max-outputs-mib if this size is intended.",
            )


def _check_characters(name: str) -> None:
    """Refuse names that other systems or terminals misread; raises RefusedEntryError."""
    start = f'the output name "{_shown(name)}"'
    if "\\" in name:
        raise RefusedEntryError(
            f"{start} has a backslash, which separates folders on Windows.",
            "Use / for folders, and no backslash in names.",
        )
    for char in name:
        if char.isprintable():
            continue
        if unicodedata.category(char) == "Cs":
            raise RefusedEntryError(f"{start} is not valid UTF-8.", "Encode file names in UTF-8.")
        what = unicodedata.name(char, "").lower() or "a control character"
        raise RefusedEntryError(f"{start} has the character U+{ord(char):04X}, {what}.", PRINTABLE)


def _shown(name: str) -> str:
    return clean(name, 100)
