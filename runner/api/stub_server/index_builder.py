"""Turns workspaces into the folder that the stand-in serves: an index, and the blobs in one file.

A blob is one `Metric` or `MetricsData`, its bytes as they stand in the document. Everything is
copied, so that builds may run again while the folder is served.
"""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any
from uuid import UUID, uuid5

from resim_inspect.document import Document, DocumentError, open_document
from resim_inspect.document.enums import MetricStatus, MetricType
from resim_inspect.document.wire.records import Records, Span, read, records
from resim_inspect.document.wire.source import Source, open_source
from resim_inspect.errors import MalformedError
from resim_inspect.text import clean
from runner.api.stub_server import resources
from runner.api.stub_server.job_files import files_below, modified
from runner.api.stub_server.resources import Json
from runner.api.stub_server.server import INDEX
from runner.errors import WorkspaceError
from runner.storage.fs import disk_errors
from runner.workspace.contract import BatchConfig, ReportConfig
from runner.workspace.layout import Job, RunFolder, Workspace

BLOBS = "blobs"

JOB_FILTERS = {
    "exact": {"conflatedStatus": "conflatedStatus", "status": "jobStatus"},
    "part": {"name": "experienceName", "text": "experienceName"},
}
BATCH_FILTERS = {
    "part": {"text": "friendlyName"},
    "search": {
        "test_suite_id": "testSuiteID",
        "branch_id": "branchID",
        "system_id": "systemID",
        "build_id": "buildID",
        "status": "status",
        "test_suite_revision": "testSuiteRevision",
        "created_at": "creationTimestamp",
    },
}


@dataclass(frozen=True)
class Prepared:
    """A folder that is ready to be served, and how a build finds its way to it."""

    folder: Path
    token: str = field(repr=False)
    project_id: UUID
    batch_ids: tuple[UUID, ...]
    report_id: UUID
    jobs: int
    metrics: int
    """Of all jobs: what the official fetcher should bring."""
    data: int
    """The same, without external files, which it leaves out."""
    problems: tuple[str, ...]
    """Jobs that are served without metrics, and why: raw text."""

    def batch_config(self, url: str, *, fields: int = 4, batch: int = 0) -> BatchConfig:
        """The config for one of the batches; builds of before 2024 know three fields."""
        project = self.project_id if fields == 4 else None
        return BatchConfig(self.token, url, self.batch_ids[batch], project)

    def report_config(self, url: str) -> ReportConfig:
        """The config for the report over all batches."""
        return ReportConfig(self.token, url, self.report_id, self.project_id)


def new_token() -> str:
    """A token that nobody can guess."""
    return secrets.token_urlsafe(32)


def prepare(
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
) -> Prepared:
    """Make `folder`, which must not exist, for the server; at least one workspace is needed.

    All batches stand in the first workspace's project. `jobs` names those to serve, else all;
    a job without a readable document is served as one that failed, and so is one whose
    metrics.binproto is in `without`. `batch_metrics` are those that an earlier run of the
    batch left. `logs` lists the files of jobs by their path on this machine, which a container
    does not see. `hide_images` leaves image metrics out, on which open-core's fetchers before
    0.14.1 fail. Raises WorkspaceError and StorageError.
    """
    seen: dict[UUID, Workspace] = {}
    for workspace in workspaces:
        if workspace.batch_id in seen:
            raise WorkspaceError(
                f"{clean(str(workspace.folder))} and {clean(str(seen[workspace.batch_id].folder))}"
                " have the same batch ID.",
                "One is a copy of the other: give it other ids in workspace.json.",
            )
        seen[workspace.batch_id] = workspace
    with disk_errors(folder):
        folder.mkdir(mode=0o700, parents=True)
        with _private(folder / BLOBS) as blobs:
            index = _Index(workspaces[0], blobs, without, logs=logs, hide_images=hide_images)
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
    return Prepared(
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
    """A new file that only we may read: it holds the token, or what the token protects."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
    return os.fdopen(os.open(path, flags, 0o600), "wb")


class _Index:
    """Gathers what the server will answer, and writes the blobs."""

    def __init__(
        self,
        first: Workspace,
        file: IO[bytes],
        without: Collection[Path],
        *,
        logs: bool,
        hide_images: bool,
    ) -> None:
        self.objects: dict[str, Json] = {}
        self.lists: dict[str, Json] = {}
        self.files: list[str] = [BLOBS]
        self.blobs: list[tuple[int, int, int]] = []
        self.problems: list[str] = []
        self.metrics = self.data = 0
        self.report_id = uuid5(first.id, "/report")
        self._file = file
        self._without = without
        self._size = 0
        self._logs = logs
        self._hide_images = hide_images
        self._name = first.folder.resolve().name
        # One suite, branch and system for all: a report asks for the batches of its own.
        self._ids = {
            "projectID": str(first.project_id),
            "branchID": str(uuid5(first.id, "/branch")),
            "systemID": str(uuid5(first.id, "/system")),
        }
        self._suite = {
            "testSuiteID": str(uuid5(first.id, "/suite")),
            "metricsBuildID": str(uuid5(first.id, "/metrics-build")),
        }
        self._sweep = str(uuid5(first.id, "/sweep"))
        self._batches: list[Json] = []

    def add(self, workspace: Workspace, jobs: Sequence[Job], *, batch_metrics: bool) -> None:
        batch = f"batches/{workspace.batch_id}"
        name = resources.plain(workspace.folder.resolve().name)
        ids = {**self._ids, "buildID": str(uuid5(workspace.id, "/build"))}
        in_batch = {**ids, "batchID": str(workspace.batch_id)}
        job_rows = [self._job(batch, in_batch, workspace, job) for job in jobs]
        self._list(f"{batch}/jobs", "jobs", {}, job_rows, total=True, **JOB_FILTERS)
        own = {"projectID": ids["projectID"], "batchID": in_batch["batchID"]}
        at = f"{batch}/metrics", f"{batch}/metricsData"
        names = "batchMetrics", "batchMetricsData"
        verdict = None
        if batch_metrics and workspace.batch.metrics.is_file():
            verdict = self._document(at, names, own, workspace.batch, workspace.batch_id, "")
        for path, kind in zip(at, names, strict=True):
            if path not in self.lists:
                self._list(path, kind, own, [])
        self._list_logs(f"{batch}/logs", workspace.batch, workspace.batch_id, own, "BATCH_METRICS")
        created = min(
            (row["creationTimestamp"] for row in job_rows), default=resources.time_text(0)
        )
        while created in {row["creationTimestamp"] for row in self._batches}:
            # The oldest official report refuses batches of the same moment.
            created = resources.later(created)
        common = {**in_batch, **self._suite, "associatedSweepID": self._sweep}
        row = resources.batch_row(common, name, job_rows, verdict, created)
        self.objects[batch] = row
        self._batches.append(row)
        build = resources.build_row(ids, name, created)
        self.objects[f"builds/{ids['buildID']}"] = build

    def finish(self) -> None:
        """What speaks of all batches."""
        self._list("batches", "batches", {}, self._batches, total=True, **BATCH_FILTERS)
        common = {**self._ids, **self._suite, "reportID": str(self.report_id)}
        del common["systemID"]
        report = resources.report_row(common, resources.plain(self._name), self._batches)
        self.objects[f"reports/{self.report_id}"] = report
        self.objects[f"sweeps/{self._sweep}"] = {
            "parameterSweepID": self._sweep,
            "projectID": self._ids["projectID"],
            "associatedAccount": "local",
            "name": resources.plain(self._name),
            "status": "SUCCEEDED",
            "statusHistory": [],
            "parameters": [],
            "batches": [batch["batchID"] for batch in self._batches],
            "creationTimestamp": report["startTimestamp"],
            "lastUpdatedTimestamp": report["endTimestamp"],
            **resources.OWNER,
        }

    def _job(self, batch: str, in_batch: Json, workspace: Workspace, job: Job) -> Json:
        """Everything of a job; returns its row."""
        base = f"{batch}/jobs/{job.id}"
        own = {key: in_batch[key] for key in ("projectID", "batchID")} | {"jobID": str(job.id)}
        at = f"{base}/metrics", f"{base}/metricsData"
        verdict = None
        if job.folder.metrics not in self._without:
            names = "metrics", "metricsData"
            verdict = self._document(at, names, own, job.folder, job.id, job.name)
        for path, kind in (
            (at[0], "metrics"),
            (at[1], "metricsData"),
            (f"{base}/events", "events"),
        ):
            if path not in self.lists:
                self._list(path, kind, {}, [])
        self._list_logs(f"{base}/logs", job.folder, job.id, own, "METRICS")
        experience = str(uuid5(workspace.id, f"/experience/{job.experience_name}"))
        self._list(f"experiences/{experience}/experienceTags", "experienceTags", {}, [])
        common = {**in_batch, "jobID": str(job.id), "experienceID": experience}
        created = resources.time_text(modified(job.folder))
        row = resources.job_row(common, resources.plain(job.experience_name), verdict, created)
        self.objects[base] = row
        return row

    def _document(
        self,
        at: tuple[str, str],
        names: tuple[str, str],
        own: Json,
        run_folder: RunFolder,
        owner: UUID,
        job: str,
    ) -> MetricStatus | None:
        """The lists and blobs of one document; None where it cannot be read."""
        size, count = self._size, len(self.blobs)
        try:
            with open_document(run_folder.metrics) as document:
                source = open_source(run_folder.metrics)
                try:
                    found = records(source)
                    if source.stamp != document.stamp:
                        raise DocumentError("was rewritten while it was read", run_folder.metrics)
                    self._lists(at, names, own, document, (source, found), owner, job)
                finally:
                    source.close()
                return document.verdict
        except DocumentError as error:
            # What of it was gathered goes again: half a job would be taken for a whole one.
            self._file.seek(size)
            self._file.truncate()
            self._size = size
            del self.blobs[count:]
            for path in at:
                self.lists.pop(path, None)
            self.problems.append(f"{job or 'the batch'}: {run_folder.metrics.name} {error.problem}")
            return None

    def _lists(
        self,
        at: tuple[str, str],
        names: tuple[str, str],
        own: Json,
        document: Document,
        cut: tuple[Source, Records],
        owner: UUID,
        job: str,
    ) -> None:
        source, found = cut
        if (len(found.metrics), len(found.data)) != (len(document.metrics), len(document.data)):
            raise MalformedError("can be read in two ways", document.path)
        created = resources.time_text(_seconds(document))
        common = {**own, "fileLocation": "", "creationTimestamp": created, **resources.OWNER}
        metrics = [
            {**resources.metric_row(metric, owner), "blob": self._blob(source, span)}
            for metric, span in zip(document.metrics, found.metrics, strict=True)
            if not (self._hide_images and metric.type in {MetricType.IMAGE, MetricType.IMAGE_LIST})
        ]
        data = [
            {**resources.data_row(data, owner), "blob": self._blob(source, span)}
            for data, span in zip(document.data, found.data, strict=True)
        ]
        of = resources.plain(job)
        self._list(at[0], names[0], common, metrics, url="metricURL", of=of)
        self._list(at[1], names[1], common, data, url="metricsDataURL", of=of)
        if job:
            events = [resources.event_row(event, owner, created) for event in document.events]
            self._list(at[0].rpartition("/")[0] + "/events", "events", {}, events)
            self.metrics += len(metrics)
            self.data += sum("spare" not in row for row in data)

    def _blob(self, source: Source, span: Span) -> int:
        for piece in read(source, span):
            self._file.write(piece)
        self.blobs.append((0, self._size, span.length))
        self._size += span.length
        return len(self.blobs) - 1

    def _list(self, path: str, name: str, common: Json, found: list[Json], **more: Any) -> None:
        self.lists[path] = {"name": name, "common": common, "rows": found, **more}

    def _list_logs(
        self, path: str, run_folder: RunFolder, owner: UUID, own: Json, step: str
    ) -> None:
        found = []
        if self._logs:
            parts = [(run_folder.outputs, step)]
            if step == "METRICS":
                parts.insert(0, (run_folder.logs, "EXPERIENCE"))
            for folder, of in parts:
                for file, name in files_below(folder):
                    status = file.stat()
                    created = resources.time_text(status.st_mtime)
                    row = resources.log_row(
                        resources.plain(name), status.st_size, of, created, owner
                    )
                    self.files.append(os.fsencode(file).decode("utf-8", "surrogateescape"))
                    self.blobs.append((len(self.files) - 1, 0, status.st_size))
                    found.append({**row, "blob": len(self.blobs) - 1})
        filters = {"exact": {"type": "logType"}, "part": {"name": "fileName"}}
        self._list(path, "logs", own, found, url="logOutputLocation", total=True, **filters)


def _seconds(document: Document) -> float:
    return 0.0 if document.stamp is None else document.stamp.modified_ns / 1e9
