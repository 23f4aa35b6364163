"""Survey of a folder: its Dockerfile, its module with `job_metrics`, its inputs."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from resim_inspect.files import exists, is_file, is_folder
from resim_inspect.settings.project_model import DOCKERFILES
from runner.workspace.contract import EXPERIENCE, LOGS
from runner.workspace.layout import looks_like_workspace

MAX_DEPTH = 3
MAX_FOLDERS = 2000
MAX_SOURCE = 1 << 20
"""Bytes of a module that are searched."""
_SKIPPED = {"__pycache__", "node_modules", "tests", "test", "build", "dist", "site-packages"}
_JOB_METRICS = re.compile(
    rb"^(?:def job_metrics\(|job_metrics\s*[:=]|from [\w.]+ import [^\n#]*\bjob_metrics\b"
    rb"|from [\w.]+ import \([^)]*\bjob_metrics\b)",
    re.MULTILINE,
)


@dataclass(frozen=True)
class SurveyedBuild:
    """A build that the folder has: its name, its keys in a project file, and the reason."""

    name: str
    values: dict[str, str | dict[str, str]]
    reason: str


@dataclass(frozen=True)
class FolderSurvey:
    """Everything in a folder that a project file names, as relative paths."""

    builds: tuple[SurveyedBuild, ...] = ()
    workspace: str = ""
    inputs: str = ""


def survey(folder: Path) -> FolderSurvey:
    """Look through a folder, a few levels deep; nothing in it is run or imported."""
    folders = list(_folders(folder))
    builds = []
    dockerfile = next(
        (each / name for each in folders for name in DOCKERFILES if is_file(each / name)), None
    )
    if dockerfile is not None:
        builds.append(_image_build(folder, dockerfile))
    module = next(filter(None, map(_metrics_module, folders)), None)
    if module is not None:
        builds.append(_module_build(folder, module))
    workspace = next((each for each in folders if looks_like_workspace(each)), None)
    inputs = None
    if workspace is None:
        inputs = next((each for each in folders if _has_inputs(each)), None)
    return FolderSurvey(
        tuple(builds),
        "" if workspace is None else _relative(workspace, folder),
        "" if inputs is None else _relative(inputs, folder),
    )


def _folders(root: Path) -> Iterator[Path]:
    """Yield a folder and those below it, the nearest first; names are printable."""
    level = [root]
    seen = 0
    for _ in range(MAX_DEPTH + 1):
        below: list[Path] = []
        for folder in level:
            yield folder
            seen += 1
            if seen >= MAX_FOLDERS:
                return
            if folder == root or not looks_like_workspace(folder):
                below += _inner(folder)
        level = below


def _inner(folder: Path) -> list[Path]:
    try:
        with os.scandir(folder) as entries:
            names = sorted(e.name for e in entries if e.is_dir(follow_symlinks=False))
    except OSError:
        return []
    inner = [folder / name for name in names if name.isprintable() and name not in _SKIPPED]
    return [each for each in inner if each.name[0] != "." and not exists(each / "pyvenv.cfg")]


def _relative(path: Path, folder: Path) -> str:
    return path.relative_to(folder).as_posix()


def _has_inputs(folder: Path) -> bool:
    return is_folder(folder / EXPERIENCE.name) and is_folder(folder / LOGS.name)


def _image_build(folder: Path, dockerfile: Path) -> SurveyedBuild:
    values: dict[str, str | dict[str, str]] = {"context": _relative(dockerfile.parent, folder)}
    if dockerfile.name != DOCKERFILES[0]:
        values["dockerfile"] = _relative(dockerfile, folder)
    return SurveyedBuild("image", values, f"the image of {_relative(dockerfile, folder)}")


def _metrics_module(folder: Path) -> Path | None:
    """Return the module of a folder that has `job_metrics`; its package if that has it."""
    try:
        names = sorted(path.name for path in folder.glob("*.py") if path.name.isprintable())
    except OSError:
        return None
    for name in sorted(names, key=lambda name: name != "__init__.py"):
        path = folder / name
        try:
            with path.open("rb") as file:
                if _JOB_METRICS.search(file.read(MAX_SOURCE)):
                    return path
        except OSError:
            continue
    return None


def _module_build(folder: Path, module: Path) -> SurveyedBuild:
    parts = [] if module.name == "__init__.py" else [module.stem]
    root = module.parent
    while is_file(root / "__init__.py") and root != folder:
        parts.insert(0, root.name)
        root = root.parent
    if not parts:
        # The folder itself is the package.
        parts, root = [folder.resolve().name], folder / ".."
        path = ".."
    else:
        path = _relative(root, folder)
    name = ".".join(parts)
    env = {"PYTHONPATH": path, "RESIM_METRICS": name}
    reason = f"job_metrics of {_relative(module, folder)}, on this machine"
    return SurveyedBuild("local", {"command": "python3 -m runner.inside", "env-set": env}, reason)
