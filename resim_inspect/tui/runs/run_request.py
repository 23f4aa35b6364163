"""A run that the app may start: its target, its build, and the call of `resim-runner` for it."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from resim_inspect.files import is_folder
from resim_inspect.terminal import shell_line
from resim_inspect.text import clean

if TYPE_CHECKING:
    from runner.workspace.run_record import RunRecord

PROGRAM = "resim-runner"


class BuildKind(StrEnum):
    """Kind of a build; the value is the name of its flag."""

    PROJECT = "build"
    """A build of the project file."""
    IMAGE = "image"
    COMMAND = "command"


class BuildChoice(NamedTuple):
    """A build: its kind, and its name, image or command."""

    kind: BuildKind
    text: str
    flags: str = ""
    """Further flags of `resim-runner`, as they are typed in a shell."""

    def arguments(self) -> list[str]:
        """Return the arguments that choose this build; raises ValueError for unclosed quotes."""
        name = f"--{self.kind}"
        words = [f"{name}={self.text}"] if self.text.startswith("-") else [name, self.text]
        return words + shlex.split(self.flags)


@dataclass(frozen=True)
class RunTarget:
    """Jobs to run: those of a workspace, one of them, or a folder of inputs without a workspace."""

    workspace: Path | None = None
    job: str = ""
    """Name of one job of the workspace; empty for all of them, and the batch."""
    inputs: Path | None = None
    outputs: Path | None = None
    """Folder for the outputs of `inputs`."""

    @property
    def name(self) -> str:
        """Short name of what is run."""
        folder = self.workspace or self.inputs or Path()
        parts = folder.absolute().parts[-2:] if self.workspace is None else [folder.absolute().name]
        return clean(self.job or "/".join(parts), 80)

    def record(self) -> RunRecord:
        """Record of the runs of this target: in the workspace, or beside its outputs."""
        from runner.workspace.run_record import record_of_outputs, record_of_workspace

        if self.workspace is not None:
            return record_of_workspace(self.workspace)
        return record_of_outputs(self.outputs or Path("outputs"))


class Rerun(StrEnum):
    """Jobs that run although their recorded result still holds; the value is that of the flag."""

    NONE = ""
    FAILED = "failed"
    ALL = "all"

    @property
    def words(self) -> str:
        """Words for people."""
        return {"": "only what changed", "failed": "failed ones too", "all": "everything"}[self]


@dataclass(frozen=True)
class RunRequest:
    """A call of the runner."""

    target: RunTarget
    build: BuildChoice
    rerun: Rerun = Rerun.NONE
    watch: bool = False
    """True to run again whenever the build or its inputs change."""

    def arguments(self, *further: str) -> list[str]:
        """Return the arguments of `resim-runner`, and further flags.

        The build comes last: after a bare `--` all is for the build.
        """
        target = self.target
        if target.workspace is None:
            inputs, outputs = target.inputs or Path("inputs"), target.outputs or Path("outputs")
            words = [
                "job",
                "--inputs",
                str(full_path(inputs)),
                "--outputs",
                str(full_path(outputs)),
            ]
        else:
            words = ["run", str(full_path(target.workspace))]
            words += [f"--job={target.job}"] if target.job else []
            words += ["--rerun", self.rerun] if self.rerun else []
        words.append("--watch" if self.watch else "--changes")
        return [*words, *further, *self.build.arguments()]

    def command_line(self, folder: Path | None = None) -> str:
        """Return the equal command line, to be copied into a shell.

        `folder` is where it is called, if that is not the working directory.
        """
        where = "" if folder is None else str(full_path(folder))
        return shell_line([PROGRAM, *self.arguments()], where)


def full_path(path: Path) -> Path:
    """Return the absolute path without `..`; a folder before one may be a link."""
    return path.resolve() if ".." in path.parts else path.absolute()


def target_of_inputs(folder: Path) -> RunTarget:
    """Return the target of a folder of inputs: a job of a workspace if it lies in one."""
    folder = full_path(folder)
    return _job_of(folder.parent) or RunTarget(inputs=folder, outputs=folder.parent / "outputs")


def target_of_document(path: Path | None, inputs: Path | None) -> RunTarget | None:
    """Return the target that a metrics file belongs to; None if nothing can run it again."""
    outputs = None if path is None else full_path(path).parent
    if outputs is None or outputs.name != "outputs":
        return None
    job = _job_of(outputs.parent)
    if job is not None:
        return job
    if outputs.parent.name == "batch" and _is_workspace(outputs.parent.parent):
        return RunTarget(outputs.parent.parent)
    return None if inputs is None else RunTarget(inputs=inputs.absolute(), outputs=outputs)


def _job_of(folder: Path) -> RunTarget | None:
    """Return the job of a workspace that a folder is; None for other folders."""
    workspace = folder.parent.parent
    if folder.parent.name != "jobs" or not _is_workspace(workspace):
        return None
    return RunTarget(workspace, folder.name) if is_folder(folder / "inputs") else None


def _is_workspace(folder: Path) -> bool:
    from runner.workspace.layout import looks_like_workspace

    return looks_like_workspace(folder)
