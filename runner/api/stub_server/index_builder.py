"""Builder of the folder that the stub server serves: an index, and all blobs in one file.

Documents are copied, so that builds may run again while the folder is served; the files of logs
are served from their own paths.
"""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO
from uuid import UUID

from resim_inspect.text import clean
from runner.api.stub_server.api_index import BLOBS, ApiIndex
from runner.api.stub_server.server import INDEX
from runner.errors import WorkspaceError
from runner.storage.fs import disk_errors
from runner.workspace.contract import BatchConfig, ReportConfig
from runner.workspace.layout import Workspace


@dataclass(frozen=True)
class ServedFolder:
    """A folder for the stub server, and the values of the configs that lead a build to it."""

    folder: Path
    token: str = field(repr=False)
    project_id: UUID
    batch_ids: tuple[UUID, ...]
    report_id: UUID
    jobs: int
    metrics: int
    """Number of metrics of all jobs, which the official fetcher should fetch."""
    data: int
    """Number of metrics data of all jobs, without external files, which it does not fetch."""
    problems: tuple[str, ...]
    """Jobs that are served without metrics, with the reason: raw text."""

    def batch_config(self, url: str, *, fields: int = 4, batch: int = 0) -> BatchConfig:
        """Config of one of the batches; builds from before 2024 expect three `fields`."""
        project = self.project_id if fields == 4 else None
        return BatchConfig(self.token, url, self.batch_ids[batch], project)

    def report_config(self, url: str) -> ReportConfig:
        """Config of the report on all batches."""
        return ReportConfig(self.token, url, self.report_id, self.project_id)


def new_token() -> str:
    """Random token for an API."""
    return secrets.token_urlsafe(32)


def build_index(
    workspaces: Sequence[Workspace],
    folder: Path,
    *,
    token: str,
    secret: str,
    jobs: Collection[str] | None = None,
    without: Collection[Path] = (),
    batch_metrics: bool = True,
    logs: bool = False,
    hide_images: bool = False,
) -> ServedFolder:
    """Create `folder`, which must not exist, from at least one workspace.

    All batches belong to the first workspace's project. `jobs` names the jobs to serve; None
    serves all. A job without a readable document, or with its metrics.binproto in `without`, is
    served as a failed one. `batch_metrics` serves the metrics of an earlier run of the batch,
    unless `without` has them.
    `logs` lists the files of jobs by their paths on this machine, which a container does not
    see. `hide_images` omits image metrics, on which open-core's fetchers before 0.14.1 fail.
    Raises WorkspaceError and StorageError.
    """
    seen: dict[UUID, Workspace] = {}
    for workspace in workspaces:
        if workspace.batch_id in seen:
            raise WorkspaceError(
                f"{clean(str(workspace.folder))} and {clean(str(seen[workspace.batch_id].folder))}"
                " have the same batch ID.",
                "One is a copy of the other: change the ids in workspace.json of the copy.",
            )
        seen[workspace.batch_id] = workspace
    with disk_errors(folder):
        folder.mkdir(mode=0o700, parents=True)
        with _private(folder / BLOBS) as blobs:
            index = ApiIndex(workspaces[0], blobs, without, logs=logs, hide_images=hide_images)
            for workspace in workspaces:
                chosen = [job for job in workspace.jobs if jobs is None or job.name in jobs]
                index.add(workspace, chosen, batch_metrics=batch_metrics)
            index.finish()
        document = {
            "format": 1,
            "token": token,
            "secret": secret,
            "project": str(workspaces[0].project_id),
            "objects": index.objects,
            "lists": index.lists,
            "files": index.files,
            "blobs": index.blobs,
        }
        with _private(folder / INDEX) as file:
            file.write(json.dumps(document, allow_nan=False).encode())
    return ServedFolder(
        folder,
        token,
        workspaces[0].project_id,
        tuple(workspace.batch_id for workspace in workspaces),
        index.report_id,
        sum(len(each["rows"]) for path, each in index.lists.items() if path.endswith("/jobs")),
        index.metrics,
        index.data,
        tuple(index.problems),
    )


def _private(path: Path) -> IO[bytes]:
    """Create a file that only the user may read: it has the token, or data behind it."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
    return os.fdopen(os.open(path, flags, 0o600), "wb")
