"""The files that a run depends on, listed again each time: code, context, settings and inputs."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from fnmatch import fnmatchcase, translate
from glob import iglob
from pathlib import Path
from typing import NamedTuple

from resim_inspect.files import is_file
from runner.engines.code_files import code_files
from runner.engines.protocol import Build
from runner.workspace.contract import INPUTS

_IGNORED = (
    *(".git", ".hg", ".svn", "__pycache__", "node_modules", ".venv", ".*_cache", "*.pyc"),
    *("*~", "*.swp", "*.swx", "*.swo", ".#*", "#*#", "4913", "*.tmp", ".DS_Store"),
)
_IGNORED_NAMES = re.compile("|".join(translate(glob) for glob in _IGNORED))
"""Names of what tools write beside the code: caches, histories, and copies of editors."""


class Stamp(NamedTuple):
    """Marks of a file that change when it is written or replaced."""

    size: int
    mtime_ns: int
    inode: int


Stamps = dict[str, Stamp]
"""Marks of files by their paths."""


class Patterns(NamedTuple):
    """Globs of files, relative to a folder; one without a slash matches names at any depth."""

    folder: Path
    globs: tuple[str, ...] = ()

    def match(self, path: Path) -> bool:
        """Return True if a pattern matches a file or folder, or a folder that it is in."""
        try:
            parts = path.relative_to(self.folder).parts
        except ValueError:
            parts = path.parts[-1:]
        for glob in (each.rstrip("/") for each in self.globs):
            if "/" not in glob:
                if any(fnmatchcase(part, glob) for part in parts):
                    return True
                continue
            anchored = glob.removeprefix("./")
            depth = anchored.count("/") + 1
            # A star stays within a name; two of them cross folders.
            ends = range(1, len(parts) + 1) if "**" in anchored else (depth,)
            if any(
                fnmatchcase("/".join(parts[:end]), anchored) for end in ends if end <= len(parts)
            ):
                return True
        return False


NOTHING = Patterns(Path())


@dataclass(frozen=True)
class WatchScope:
    """Everything that a run depends on. Nothing that a run writes is part of it."""

    files: tuple[Path, ...] = ()
    """Single files, which need not exist: the project file, env-files."""
    build: Build = field(default_factory=Build)
    """Build whose code and context are watched."""
    inputs: tuple[Path, ...] = ()
    """Folders of inputs."""
    jobs: Path | None = None
    """A folder of jobs: the `inputs` of all that are in it are watched, also of new ones."""
    written: tuple[Path, ...] = ()
    """Folders and files that runs write; one that ends in `.` is the beginning of several."""
    ignore: Patterns = NOTHING
    completed: tuple[Path, ...] = ()
    """Files that a run may complete, such as by ids: their content after a run is the baseline."""

    paths: tuple[str, ...] = ()
    """Paths and globs of further files, relative to the folder of `ignore`."""

    def code_stamps(self) -> Stamps:
        """Return the files of the build and its settings that exist now."""
        stamps: Stamps = {}
        written = tuple(str(path.absolute()) for path in self.written)
        for path in (*self.files, *self.completed, *self._code(written)):
            _add(stamps, path)
        for path in expand(self.ignore.folder, self.paths, self.ignore, self.written):
            _add(stamps, path)
        context = self.build.context
        if context is not None:
            left_out = docker_ignored(context)
            for path in files_below(context.absolute(), self.ignore, written, left_out):
                _add(stamps, path)
        return stamps

    def input_stamps(self) -> Stamps:
        """Return the inputs that exist now; there may be very many."""
        stamps: Stamps = {}
        for root in self.inputs:
            _add_inputs(stamps, str(root), frozenset())
        for job in _folders_of(self.jobs):
            _add_inputs(stamps, os.path.join(job, INPUTS.name), frozenset())  # noqa: PTH118
        return stamps

    def _code(self, written: tuple[str, ...]) -> Iterator[Path]:
        if self.build.image:
            return
        for path in code_files(self.build):
            shown = path.absolute()
            if not self.ignore.match(shown) and not _is_below(str(shown), written):
                yield path


def expand(
    folder: Path, paths: Iterable[str], ignore: Patterns, written: Iterable[Path] = ()
) -> tuple[Path, ...]:
    """Return the files that paths and globs of a folder name, sorted, without the ignored ones."""
    apart = tuple(str(path.absolute()) for path in written)
    expanded: set[Path] = set()
    for text in paths:
        for name in iglob(str(folder / text), recursive=True):  # noqa: PTH207 - as above
            expanded.update(files_below(Path(name), ignore, apart))
    return tuple(sorted(expanded))


def docker_ignored(context: Path) -> Patterns:
    """Return the patterns of a context's .dockerignore; none if it takes some files back in."""
    try:
        lines = (context / ".dockerignore").read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return NOTHING
    globs = [line.strip().strip("/") for line in lines if line.strip() and line[0] != "#"]
    if any(glob.startswith("!") for glob in globs):
        # More is watched than is sent: the image decides what is stale.
        return NOTHING
    # They begin at the context; only those with two stars in front hold at any depth.
    anchored = (
        glob.removeprefix("**/") if glob.startswith("**/") else f"./{glob.removeprefix('./')}"
        for glob in globs
    )
    return Patterns(context.absolute(), tuple(anchored))


def files_below(
    path: Path, ignore: Patterns, written: tuple[str, ...], left_out: Patterns = NOTHING
) -> Iterator[Path]:
    """Yield a file, or the files below a folder, without caches, environments and ignored ones."""
    if is_file(path):
        if not (ignore.match(path) or _is_below(str(path), written)):
            yield path
        return

    def counts(inner: Path) -> bool:
        return _counts(inner, ignore, written) and not left_out.match(inner)

    for where, folders, files in os.walk(path):
        if "pyvenv.cfg" in files:
            folders.clear()
            continue
        folder_path = Path(where)
        folders[:] = sorted(f for f in folders if counts(folder_path / f))
        yield from (folder_path / f for f in sorted(files) if counts(folder_path / f))


def _counts(path: Path, ignore: Patterns, written: tuple[str, ...]) -> bool:
    if _IGNORED_NAMES.fullmatch(path.name):
        return False
    return not (_is_below(str(path), written) or ignore.match(path))


def _is_below(path: str, folders: tuple[str, ...]) -> bool:
    return any(
        path == folder or path.startswith(folder if folder.endswith(".") else f"{folder}{os.sep}")
        for folder in folders
    )


def _add(stamps: Stamps, path: Path) -> None:
    try:
        status = path.stat()
    except OSError:
        return
    if stat.S_ISREG(status.st_mode):
        stamps[str(path)] = stamp_of(status)


def stamp_of(status: os.stat_result) -> Stamp:
    """Return the marks of a file."""
    return Stamp(status.st_size, status.st_mtime_ns, status.st_ino)


def _folders_of(folder: Path | None) -> list[str]:
    if folder is None:
        return []
    try:
        with os.scandir(folder) as entries:
            return [entry.path for entry in entries if not entry.name.startswith(".")]
    except OSError:
        return []


def _add_inputs(stamps: Stamps, folder: str, above: frozenset[tuple[int, int]]) -> None:
    """Add the files that `input_archive.walk` lists, by names alone: a look must be quick."""
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                try:
                    status = entry.stat()
                except OSError:
                    continue
                if stat.S_ISREG(status.st_mode):
                    stamps[entry.path] = stamp_of(status)
                elif stat.S_ISDIR(status.st_mode):
                    key = status.st_dev, status.st_ino
                    if key not in above:
                        _add_inputs(stamps, entry.path, above | {key})
    except OSError:
        # It is not there, or is just being written; its run says what is wrong with it.
        return
