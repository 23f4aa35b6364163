"""Paths of a call that `--watch` follows, and paths that the call itself writes."""

from __future__ import annotations

from argparse import Namespace
from dataclasses import replace
from pathlib import Path

from resim_inspect.settings.project_model import FILE_NAME
from runner.commands.shared.arguments import build_settings_of, project_of
from runner.storage.publish import LOCK
from runner.storage.staging import failed_folder
from runner.watching.file_set import NOTHING, Patterns, WatchScope, expand
from runner.workspace.layout import BATCH, CONFIG, JOBS
from runner.workspace.run_record import record_of_outputs, record_of_workspace


def ignored(args: Namespace) -> Patterns:
    """Return the patterns of `[watch] ignore` of the call's project file."""
    project = project_of(args)
    return NOTHING if project is None else Patterns(project.folder, project.watch.ignore)


def watched_code(args: Namespace) -> tuple[Path, ...]:
    """Return the files of `[watch] paths`, which belong to the code of a build of that file."""
    project = project_of(args)
    if project is None or build_settings_of(args) is None:
        return ()
    return expand(project.folder, project.watch.paths, ignored(args), written_by(args))


def written_by(args: Namespace) -> tuple[Path, ...]:
    """Return the folders and files that a call writes: they belong to no build's code."""
    paths: list[Path] = []
    workspace: Path | None = getattr(args, "workspace", None)
    if workspace is not None:
        record = record_of_workspace(workspace).path
        paths += [workspace / name for name in (JOBS, BATCH, CONFIG, LOCK)]
        paths.append(record)
    outputs: Path | None = getattr(args, "outputs", None)
    if outputs is not None:
        absolute = outputs.absolute()
        # Beside it are the folders of runs under way, whose names begin like this.
        staging = absolute.with_name(f".{absolute.name}.")
        paths += [absolute, failed_folder(absolute), record_of_outputs(outputs).path, staging]
    for name in ("log", "junit", "events"):
        value = getattr(args, name, None)
        if value not in {None, "-"}:
            paths.append(Path(value))
    return tuple(path.absolute() for path in paths)


def scope_of(args: Namespace, scope: WatchScope) -> WatchScope:
    """Return the scope of a call with its project file, env-files and patterns to ignore."""
    project = project_of(args)
    settings = build_settings_of(args)
    files = [Path.cwd() / FILE_NAME if project is None else project.path]
    files += settings.env_files if settings is not None else ()
    return replace(
        scope,
        files=(*files, *scope.files),
        paths=() if project is None or settings is None else project.watch.paths,
        written=written_by(args),
        ignore=ignored(args),
    )
