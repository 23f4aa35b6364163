"""Index of the stub API's answers, collected from workspaces.

A blob is one `Metric` or `MetricsData`, with its bytes as they are in the document.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import IO, Any
from uuid import UUID, uuid5

from resim_inspect.document import Document, DocumentError, open_document
from resim_inspect.document.enums import MetricStatus, MetricType
from resim_inspect.document.wire.records import Records, Span, read, records
from resim_inspect.document.wire.source import Source, open_source
from resim_inspect.errors import MalformedError
from resim_inspect.files import is_file
from runner.api.stub_server import resources
from runner.api.stub_server.project_index import BATCH_FILTERS, ProjectIndex
from runner.api.stub_server.resources import Json
from runner.workspace.layout import Job, RunFolder, Workspace

BLOBS = "blobs"
JOB_IDS = "projectID", "branchID", "systemID", "buildID", "batchID"
JOB_FILTERS: dict[str, Any] = {
    "any": {"experienceTagIDs": "tagIDs"},
    "exact": {"conflatedStatus": "conflatedStatus", "status": "jobStatus"},
    "part": {"name": "experienceName", "text": "experienceName"},
}
EVENT_FILTERS: dict[str, Any] = {"any": {"eventTags": "tags"}}


class ApiIndex:
    """Collector of the answers of the API; it writes the blobs as it goes."""

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
        self._project = ProjectIndex(first, self.objects, self._list)
        self._batches: list[Json] = []

    def add(self, workspace: Workspace, jobs: Sequence[Job], *, batch_metrics: bool) -> None:
        """Add a batch with its jobs and, on request, its own metrics."""
        batch = f"batches/{workspace.batch_id}"
        name = resources.plain(workspace.info.name or workspace.folder.resolve().name)
        ids = self._project.batch_ids(workspace)
        ids["parameters"] = dict(workspace.info.parameters)
        in_batch = {**ids, "batchID": str(workspace.batch_id)}
        job_rows = [self._job(batch, in_batch, job) for job in jobs]
        self._list(f"{batch}/jobs", "jobs", {}, job_rows, total=True, **JOB_FILTERS)
        own = {"projectID": ids["projectID"], "batchID": in_batch["batchID"]}
        at = f"{batch}/metrics", f"{batch}/metricsData"
        names = "batchMetrics", "batchMetricsData"
        verdict = None
        written = workspace.batch.metrics
        if batch_metrics and written not in self._without and is_file(written):
            verdict = self._document(at, names, own, workspace.batch, workspace.batch_id, "")
        for path, kind in zip(at, names, strict=True):
            if path not in self.lists:
                self._list(path, kind, own, [])
        self._list_logs(f"{batch}/logs", workspace.batch, workspace.batch_id, own, "BATCH_METRICS")
        created = min(
            (row["creationTimestamp"] for row in job_rows), default=resources.time_text(0)
        )
        while created in {row["creationTimestamp"] for row in self._batches}:
            # The oldest official report refuses batches with equal timestamps.
            created = resources.later(created)
        row = resources.batch_row(in_batch, name, job_rows, verdict, created)
        self.objects[batch] = row
        self._batches.append(row)
        self._project.add_batch(row)

    def finish(self) -> None:
        """Add the lists and objects that cover all batches."""
        self._list("batches", "batches", {}, self._batches, total=True, **BATCH_FILTERS)
        common = {**self._project.report_ids, "reportID": str(self.report_id)}
        report = resources.report_row(common, resources.plain(self._name), self._batches)
        self.objects[f"reports/{self.report_id}"] = report
        self._list("reports", "reports", {}, [report], total=True)
        self._project.finish(report["startTimestamp"], report["endTimestamp"])

    def _job(self, batch: str, in_batch: Json, job: Job) -> Json:
        """Add a job with its lists, and return its row for the list of jobs."""
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
        created = resources.time_text(_modified(job.folder))
        about, tags = self._project.job(job, in_batch, created)
        common = {key: in_batch[key] for key in JOB_IDS} | {"jobID": str(job.id), **about}
        row = resources.job_row(common, resources.plain(job.experience_name), verdict, created)
        self.objects[base] = row
        return {**row, "tagIDs": tags} if tags else row

    def _document(
        self,
        at: tuple[str, str],
        names: tuple[str, str],
        own: Json,
        run_folder: RunFolder,
        owner: UUID,
        job: str,
    ) -> MetricStatus | None:
        """Add the lists and blobs of one document and return its verdict; None if unreadable."""
        size, count = self._size, len(self.blobs)
        try:
            with open_document(run_folder.metrics) as document:
                source = open_source(run_folder.metrics)
                try:
                    spans = records(source)
                    if source.stamp != document.stamp:
                        raise DocumentError("was rewritten while it was read", run_folder.metrics)
                    self._lists(at, names, own, document, (source, spans), owner, job)
                finally:
                    source.close()
                return document.verdict
        except DocumentError as error:
            # Half a job would be taken for a complete one: remove what was added.
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
        source, spans = cut
        if (len(spans.metrics), len(spans.data)) != (len(document.metrics), len(document.data)):
            raise MalformedError("can be read in two ways", document.path)
        created = resources.time_text(_seconds(document))
        common = {**own, "fileLocation": "", "creationTimestamp": created, **resources.OWNER}
        metrics = [
            {**resources.metric_row(metric, owner), "blob": self._blob(source, span)}
            for metric, span in zip(document.metrics, spans.metrics, strict=True)
            if not (self._hide_images and metric.type in {MetricType.IMAGE, MetricType.IMAGE_LIST})
        ]
        data = [
            {**resources.data_row(data, owner), "blob": self._blob(source, span)}
            for data, span in zip(document.data, spans.data, strict=True)
        ]
        job_name = resources.plain(job)
        self._list(at[0], names[0], common, metrics, url="metricURL", of=job_name)
        self._list(at[1], names[1], common, data, url="metricsDataURL", of=job_name)
        if job:
            events = [resources.event_row(event, owner, created) for event in document.events]
            self._list(at[0].rpartition("/")[0] + "/events", "events", {}, events, **EVENT_FILTERS)
            self.metrics += len(metrics)
            self.data += sum("spare" not in row for row in data)

    def _blob(self, source: Source, span: Span) -> int:
        for piece in read(source, span):
            self._file.write(piece)
        self.blobs.append((0, self._size, span.length))
        self._size += span.length
        return len(self.blobs) - 1

    def _list(self, path: str, name: str, common: Json, rows: list[Json], **more: Any) -> None:
        self.lists[path] = {"name": name, "common": common, "rows": rows, **more}

    def _list_logs(
        self, path: str, run_folder: RunFolder, owner: UUID, own: Json, step: str
    ) -> None:
        rows = []
        if self._logs:
            parts = [(run_folder.outputs, step)]
            if step == "METRICS":
                parts.insert(0, (run_folder.logs, "EXPERIENCE"))
            for folder, step_name in parts:
                for file, name in _files_below(folder):
                    status = file.stat()
                    created = resources.time_text(status.st_mtime)
                    row = resources.log_row(
                        resources.plain(name), status.st_size, step_name, created, owner
                    )
                    self.files.append(os.fsencode(file).decode("utf-8", "surrogateescape"))
                    self.blobs.append((len(self.files) - 1, 0, status.st_size))
                    rows.append({**row, "blob": len(self.blobs) - 1})
        filters = {"exact": {"type": "logType"}, "part": {"name": "fileName"}}
        self._list(path, "logs", own, rows, url="logOutputLocation", total=True, **filters)


def _seconds(document: Document) -> float:
    return 0.0 if document.stamp is None else document.stamp.modified_ns / 1e9


def _files_below(folder: Path) -> Iterator[tuple[Path, str]]:
    """Yield (absolute path, relative name) of regular files below a folder, without links."""
    root = folder.resolve()
    for where, folders, names in os.walk(root):
        folders.sort()
        for name in sorted(names):
            file = Path(where, name)
            if is_file(file) and not file.is_symlink():
                yield file, file.relative_to(root).as_posix()


def _modified(run_folder: RunFolder) -> float:
    """Modification time of a job's metrics, else of its folder, in seconds since 1970; else 0."""
    for path in (run_folder.metrics, run_folder.path):
        try:
            return path.stat().st_mtime
        except OSError:
            continue
    return 0.0
