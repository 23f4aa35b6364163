"""Discovery of the metrics files that a path means: the same for commands, app and runner."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from resim_inspect import derived as derived_metrics
from resim_inspect.errors import THE_PATH, UnreadableError
from resim_inspect.files import is_file, is_folder
from resim_inspect.text import clean

METRICS_FILE = derived_metrics.METRICS_FILE
"""File name of a metrics build's output."""
SUFFIX = ".binproto"
EMISSIONS_SUFFIX = derived_metrics.EMISSIONS_SUFFIX
"""End of the name of every file with emissions."""
CONFIG_SUFFIXES = (".yml", ".yaml")
CONFIG_FOLDER = Path(".resim", "metrics")
"""Folder of the config of emissions in a project."""
CONFIG_NAMES = ("config.resim.yml", "config.resim.yaml", "config.yml")
"""Names of that config, the newest first; the last one in CONFIG_FOLDER only."""
EXPECTED = (
    f"is a folder without metrics files: a {METRICS_FILE} (such as outputs/{METRICS_FILE} or "
    f"jobs/NAME/outputs/{METRICS_FILE}) or another *{SUFFIX} is expected in it or below it"
)


def metrics_files(path: Path, *, derived: bool = False) -> Iterator[Path]:
    """Yield the files that a path means: itself, or the metrics files in a folder and below it.

    Those are every `metrics.binproto`, or, without any, every `*.binproto`. Folders come in
    the order of their names; hidden folders and links to folders are not entered. With `derived`,
    a folder with emissions has a metrics.binproto too, which is evaluated. A missing or unreadable
    file is reported by its reader. Raises UnreadableError for a folder without a file,
    or one that cannot be listed.
    """
    if not is_folder(path):
        yield path
        return

    refused: list[OSError] = []

    def refuse(error: OSError) -> None:
        # A folder below that cannot be listed is left out if there is anything else.
        refused.append(error)
        if error.filename == os.fspath(path):
            reason = (error.strerror or str(error)).lower()
            raise UnreadableError(f"cannot be read: {reason}", path, subject=THE_PATH) from error

    has_files = False
    others: list[Path] = []
    for folder, folders, files in os.walk(path, onerror=refuse):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        if METRICS_FILE in files or (derived and derived_metrics.has_emissions(files)):
            has_files = True
            yield Path(folder, METRICS_FILE)
        elif not has_files:
            names = sorted(n for n in files if n.endswith(SUFFIX) and not n.startswith("."))
            others += [Path(folder, name) for name in names]
    if has_files:
        return
    yield from others
    if not others and refused:
        below, reason = os.fspath(refused[0].filename), refused[0].strerror or str(refused[0])
        text = f"has no metrics file that can be read: {clean(below)}: {reason.lower()}"
        raise UnreadableError(text, path, subject=THE_PATH)
    if not others:
        raise UnreadableError(EXPECTED, path, subject=THE_PATH)


def emissions_below(folder: Path) -> Iterator[list[Path]]:
    """Yield the emissions files in a folder and below it, those of each folder together.

    Hidden folders and links to folders are not entered; what cannot be listed is left out.
    """
    for parent, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        names = sorted(name for name in files if name.endswith(EMISSIONS_SUFFIX))
        if names:
            yield [Path(parent, name) for name in names]


def config_of(folder: Path) -> Path | None:
    """Return the config of emissions in a folder or in its `.resim/metrics`; None without one."""
    for path in (
        *(folder / name for name in CONFIG_NAMES[:-1]),
        *(folder / CONFIG_FOLDER / name for name in CONFIG_NAMES),
    ):
        if is_file(path):
            return path
    return None


def inputs_beside(outputs: Path) -> Path | None:
    """Return the inputs folder that belongs to an outputs folder, if there is one."""
    whole = outputs.absolute()
    folder = whole.parent / "inputs"
    return folder if whole.name == "outputs" and is_folder(folder) else None
