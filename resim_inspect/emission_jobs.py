"""The jobs with emissions that a path means: one outputs folder, or those of a workspace."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from resim_inspect.document.discovery import EMISSIONS_SUFFIX, emissions_below
from resim_inspect.emissions.evaluation.errors import EvaluationError
from resim_inspect.emissions.evaluation.folders import identity_of
from resim_inspect.emissions.evaluation.topic_tables import JobEmissions, JobIdentity
from resim_inspect.emissions.reader import emissions_files, read_emissions
from resim_inspect.errors import missing
from resim_inspect.files import exists, is_file, is_folder
from resim_inspect.text import clean

_SERVER_STATUS = {"PASSED": "PASSED", "FAIL_WARN": "WARNING", "FAIL_BLOCK": "BLOCKER"}
"""Status of a job in the table `metadata`, by its verdict."""


class JobFolder(NamedTuple):
    """A job with emissions that have not been read."""

    name: str
    identity: JobIdentity
    files: tuple[Path, ...]
    folder: Path
    media_prefix: str

    def read(self) -> JobEmissions:
        """Read the emissions; raises UnreadableError."""
        emissions = read_emissions(list(self.files))
        return JobEmissions(self.identity, emissions, self.folder, self.media_prefix)


class EmissionJobs(NamedTuple):
    """The jobs of a path."""

    folder: Path
    """Folder of the document of all of them: of the outputs, or of the batch."""
    jobs: tuple[JobFolder, ...]
    is_batch: bool
    """True for a workspace or a folder of several jobs."""


def find_jobs(path: Path) -> EmissionJobs:
    """Find the jobs of an emissions file, an outputs folder, a workspace or a folder of jobs.

    Raises EvaluationError for a path that has no emissions, and UnreadableError.
    """
    if not exists(path):
        raise missing(path)
    if not is_folder(path):
        if not path.name.endswith(EMISSIONS_SUFFIX):
            raise EvaluationError(
                f"{clean(str(path))} is not an emissions file (*{EMISSIONS_SUFFIX})."
            )
        return EmissionJobs(path.parent, (_single(path.parent, (path,)),), False)
    for folder in (path, path / "outputs"):
        files = tuple(emissions_files(folder)) if is_folder(folder) else ()
        if files:
            return EmissionJobs(folder, (_single(folder, files),), False)
    from runner.workspace.layout import looks_like_workspace

    jobs = tuple(_workspace_jobs(path) if looks_like_workspace(path) else _loose_jobs(path))
    if not jobs:
        raise EvaluationError(
            f"{clean(str(path))} has no emissions: a *{EMISSIONS_SUFFIX} is expected in it, in its "
            "outputs/, or in jobs/NAME/outputs/."
        )
    return EmissionJobs(path, jobs, True)


def _single(folder: Path, files: tuple[Path, ...]) -> JobFolder:
    identity = identity_of(folder)
    return JobFolder(identity.experience_name, identity, files, folder, "")


def _workspace_jobs(path: Path) -> Iterator[JobFolder]:
    from runner.workspace.errors import RunnerError
    from runner.workspace.layout import open_workspace

    try:
        workspace = open_workspace(path)
    except RunnerError as error:
        raise EvaluationError(str(error)) from error
    build = workspace.info.build.name or "local"
    for job in workspace.jobs:
        outputs = job.folder.outputs
        files = tuple(emissions_files(outputs)) if is_folder(outputs) else ()
        if not files:
            continue
        result = job.folder.readable_result()
        verdict = result.verdict if result is not None else None
        identity = JobIdentity(
            str(job.id),
            str(workspace.batch_id),
            str(workspace.project_id),
            job.experience_name,
            build,
            status=_SERVER_STATUS.get(verdict or ""),
            created_ns=round(result.started * 1e9)
            if result is not None and result.started
            else None,
        )
        yield JobFolder(clean(job.name), identity, files, outputs, _prefix(path, outputs))


def _loose_jobs(path: Path) -> Iterator[JobFolder]:
    shared = identity_of(path)
    for files in emissions_below(path):
        if all(map(is_file, files)):
            own = files[0].parent
            identity = identity_of(own)
            identity = JobIdentity(
                identity.job_id, shared.batch_id, shared.project_id, identity.experience_name
            )
            yield JobFolder(
                identity.experience_name, identity, tuple(files), own, _prefix(path, own)
            )


def _prefix(path: Path, folder: Path) -> str:
    return folder.relative_to(path).as_posix() + "/"
