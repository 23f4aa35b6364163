"""Files that `validate` is asked about: metrics files, emissions and configs, each as a task."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

from resim_inspect.document import open_document
from resim_inspect.document.discovery import (
    CONFIG_SUFFIXES,
    EMISSIONS_SUFFIX,
    config_of,
    emissions_below,
    metrics_files,
)
from resim_inspect.errors import DocumentError
from resim_inspect.files import is_folder
from resim_inspect.validation import validate
from resim_inspect.validation.formats import Result, unreadable

if TYPE_CHECKING:
    from resim_inspect.emissions.config import Config


class Task(NamedTuple):
    """Files that are validated together."""

    files: int
    run: Callable[[], Sequence[Result]]


def validation_tasks(
    paths: Sequence[Path], release: str, config: Sequence[Path], previous: Sequence[Path]
) -> list[Task]:
    """Return the tasks for these paths in their order.

    Emissions that are named in one folder are one task, and so are configs. Raises ConfigError
    for files of `config` that cannot be used.
    """
    emissions = _EmissionsTasks(config, previous)
    kinds = [_kind(path) for path in paths]
    beside: dict[tuple[str, Path], list[Path]] = {}
    for path, kind in zip(paths, kinds, strict=True):
        beside.setdefault((kind, path.parent), []).append(path)
    tasks: list[Task] = []
    for path, kind in zip(paths, kinds, strict=True):
        if kind == "folder":
            tasks += _folder_tasks(path, release, emissions)
        elif kind == "metrics":
            tasks.append(_metrics_task(path, release))
        elif files := beside.pop((kind, path.parent), None):
            of_group = emissions.of_files if kind == "emissions" else emissions.of_config
            tasks.append(of_group(files))
    return tasks


def _kind(path: Path) -> Literal["folder", "emissions", "config", "metrics"]:
    if is_folder(path):
        return "folder"
    if path.name.endswith(EMISSIONS_SUFFIX):
        return "emissions"
    return "config" if path.name.endswith(CONFIG_SUFFIXES) else "metrics"


def _metrics_task(path: Path, release: str) -> Task:
    return Task(1, lambda: [validate_file(path, release)])


def validate_file(path: Path, release: str) -> Result:
    """Validate a metrics file; an error that prevents reading it, or a part, is a finding."""
    try:
        with open_document(path) as document:
            # A figure that protobuf refuses makes the file unreadable for ReSim's tools.
            readable = not document.deep_figures
            return Result(path, readable, validate(document, edition=release))
    except DocumentError as error:
        return unreadable(path, error, release)


def _folder_tasks(path: Path, release: str, emissions: _EmissionsTasks) -> Iterator[Task]:
    config = config_of(path)
    others = [emissions.of_files(files) for files in emissions_below(path)]
    if config is not None:
        others.append(emissions.of_config([config]))
    try:
        for file in metrics_files(path):
            yield _metrics_task(file, release)
    except DocumentError as error:
        if not others:
            # Reported like a file that cannot be read: the other paths are still validated.
            result = unreadable(path, error, release)
            yield Task(1, lambda: [result])
    yield from others


class _EmissionsTasks:
    """Tasks for emissions and configs; their modules are imported when they are used."""

    def __init__(self, config: Sequence[Path], previous: Sequence[Path]) -> None:
        self._previous = previous
        self._named: Config | None = None
        self._configs: dict[tuple[Path, ...], Config | None] = {}
        if config:
            from resim_inspect.emissions.config import load_config

            self._named = load_config(config)

    def of_config(self, paths: Sequence[Path]) -> Task:
        """Return the task for config files that are merged."""
        from resim_inspect.emissions.linting import lint_config

        return Task(len(paths), partial(lint_config, paths, self._previous))

    def of_files(self, paths: Sequence[Path]) -> Task:
        """Return the task for the emissions files of one folder."""
        return Task(len(paths), lambda: self._lint(paths))

    def _lint(self, paths: Sequence[Path]) -> list[Result]:
        from resim_inspect.emissions.config import ConfigError, find_config, load_config
        from resim_inspect.emissions.linting import lint_emissions, unreadable_config

        if self._named is not None:
            return lint_emissions(paths, self._named)
        config_file = find_config(paths[0].parent)
        results: list[Result] = []
        if config_file and config_file not in self._configs:
            try:
                self._configs[config_file] = load_config(config_file)
            except ConfigError as error:
                self._configs[config_file] = None
                results = [unreadable_config(error)]
        return [*results, *lint_emissions(paths, self._configs.get(config_file))]
