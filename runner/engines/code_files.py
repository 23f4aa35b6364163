"""Files of the code that a command of this machine runs."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

from resim_inspect.files import is_file, is_folder
from runner.engines.protocol import Build

MAX_MODULES = 2000


def code_files(build: Build) -> list[Path]:
    """Return the files of a command's code, each once.

    They are the files that the command names, the Python modules beside those and beside a
    module of `-m`, those on the build's own PYTHONPATH, and the build's `code`.
    """
    folder = build.working_folder
    files = chain(_named(build, folder), _python_path(build, folder), build.code)
    return list(dict.fromkeys(files))


def _named(build: Build, folder: Path) -> Iterator[Path]:
    before = ""
    for word in build.command[1:]:
        named = folder / word
        if before == "-m" and _is_module(folder, word):
            yield from _modules(folder)
        elif is_file(named):
            # Without a folder, the path is as in the command: cache keys depend on its spelling.
            yield Path(word) if build.folder is None else named
            if named.suffix == ".py":
                yield from _modules(named.resolve().parent)
        before = word


def _is_module(folder: Path, name: str) -> bool:
    path = folder.joinpath(*name.split("."))
    return is_file(path.with_name(f"{path.name}.py")) or is_folder(path)


def _python_path(build: Build, folder: Path) -> Iterator[Path]:
    """Modules on the PYTHONPATH that the build was given, without installed packages."""
    entries = dict(build.env).get("PYTHONPATH", "").split(os.pathsep)
    for entry in filter(None, entries):
        path = (folder / entry).resolve()
        if is_folder(path) and not path.is_relative_to(sys.prefix):
            yield from _modules(path)


def _modules(folder: Path) -> list[Path]:
    modules: list[Path] = []
    for where, folders, files in os.walk(folder):
        folders[:] = sorted(f for f in folders if not f.startswith(".") and f != "__pycache__")
        if "pyvenv.cfg" in files:
            folders.clear()
            continue
        modules += [Path(where, file) for file in sorted(files) if file.endswith(".py")]
        if len(modules) > MAX_MODULES:
            break
    return modules[:MAX_MODULES]
