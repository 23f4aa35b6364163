"""Reader of a workspace's jobs: all of them at first, then only those that changed on disk."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from resim_inspect.document.enums import MetricStatus
from resim_inspect.document.reloading.signatures import Signature, document_signature, signature
from resim_inspect.job_rows import (
    Cell,
    JobRow,
    WorkspaceOutline,
    read_job,
    read_outline,
    read_run,
)
from resim_inspect.text import clean

if TYPE_CHECKING:
    from runner.workspace.layout import RunFolder

PENDING = "not fetched yet; the values are from the batch's lists"
"""Note of a job whose metrics have not been fetched."""


class JobSignature(NamedTuple):
    """State of the files that a job's row was read from."""

    metrics: Signature | None
    result: Signature | None
    listing: Signature | None
    """Signature of the batch's listing, if the job has no metrics yet."""


class JobsReader:
    """State of a workspace as read so far; for one thread at a time."""

    def __init__(self, folder: Path, *, fetched: bool = False) -> None:
        """`fetched`: the workspace is being fetched, and jobs without metrics are pending."""
        self.folder = folder
        self.fetched = fetched
        self.outline: WorkspaceOutline | None = None
        self._outline_signatures: tuple[Signature | None, ...] = ()
        self._read: dict[str, tuple[JobSignature, JobRow]] = {}
        self._listing: dict[str, Mapping[str, Any]] = {}
        self._listing_signature: Signature | None = None

    def forget(self) -> None:
        """Discard what was read, so that everything is read again."""
        self._outline_signatures = ()
        self._read.clear()

    def read_outline(self) -> bool:
        """Read which jobs there are; return False if no file of that has changed.

        True also if the files have changed and list the same jobs. Raises WorkspaceError.
        """
        from runner.workspace.layout import (
            BATCH,
            CONFIG,
            JOBS,
            LISTING,
            RunFolder,
            looks_like_workspace,
        )

        paths = (self.folder / CONFIG, self.folder / JOBS, RunFolder(self.folder / BATCH).metrics)
        signatures = tuple(map(signature, paths))
        listing_signature = signature(self.folder / LISTING)
        if listing_signature != self._listing_signature:
            self._listing = _read_listing(self.folder / LISTING)
            self._listing_signature = listing_signature
        if self.outline is not None and signatures == self._outline_signatures:
            if self.fetched or looks_like_workspace(self.folder):
                return False
            # Of a folder of metrics files, no single folder tells which files there are.
            outline = read_outline(self.folder)
            if outline.jobs == self.outline.jobs:
                return False
            self.outline = outline
        elif self.fetched and signatures[0] is None:
            self.outline = WorkspaceOutline(self.folder, (), None, {})
        else:
            self.outline = read_outline(self.folder)
        self._outline_signatures = signatures
        names = {name for name, _ in self.outline.jobs}
        self._read = {name: read for name, read in self._read.items() if name in names}
        return True

    def changed_rows(self) -> Iterator[JobRow]:
        """Read the rows of jobs that are new or have changed, one after the other."""
        for name, run_folder in self.outline.jobs if self.outline else ():
            metrics = document_signature(run_folder.metrics)
            listing = self._listing_signature if metrics is None else None
            now = JobSignature(metrics, signature(run_folder.result), listing)
            before, row = self._read.get(name, (None, None))
            if now == before:
                continue
            if row is not None and row.verdict is not None and _same_metrics(before, now):
                # Only the record of the run is new: the metrics need not be read again.
                row = row._replace(seconds=read_run(run_folder).seconds)
            else:
                row = self._row(name, run_folder, now)
            self._read[name] = (now, row)
            yield row

    def _row(self, name: str, run_folder: RunFolder, state: JobSignature) -> JobRow:
        if state.metrics is None and state.result is None:
            metrics = run_folder.metrics
            entry = self._listing.get(name)
            if entry is not None:
                return listed_row(name, metrics, entry)
            if self.fetched:
                return JobRow(name, metrics, MetricStatus.UNSET, PENDING, {}, fetched=False)
        return read_job(name, run_folder)


def _same_metrics(before: JobSignature | None, now: JobSignature) -> bool:
    return before is not None and now.metrics is not None and before.metrics == now.metrics


def listed_row(name: str, path: Path, entry: Mapping[str, Any]) -> JobRow:
    """Return the row of a job that is not on disk yet, from its entry in the batch's listing."""
    cells: dict[str, Cell] = {}
    metrics = entry.get("metrics")
    if metrics is None:
        status = _status(entry.get("status"))
        return JobRow(name, path, status, PENDING, {}, fetched=False)
    rows = [row for row in metrics if isinstance(row, dict)] if isinstance(metrics, list) else []
    # Sorted like a document's, so that no column moves when the job itself has been fetched.
    for row in sorted(rows, key=lambda row: str(row.get("name", ""))):
        value = row.get("value") if row.get("type") == "SCALAR" else None
        number: float | None = None
        # An integer of JSON may be larger than any float.
        if isinstance(value, int | float) and abs(value) <= sys.float_info.max:
            number = float(value)
        unit = row.get("unit")
        cells.setdefault(
            str(row.get("name", "")),
            Cell(_status(row.get("status")), number, unit if isinstance(unit, str) else ""),
        )
    if not cells:
        job_status = clean(str(entry.get("jobStatus", "")), 40)
        return JobRow(name, path, None, f"its status is {job_status or 'unknown'}", {})
    return JobRow(name, path, _status(entry.get("status")), PENDING, cells, fetched=False)


def _status(word: object) -> MetricStatus:
    known = MetricStatus.__members__
    return known[word] if isinstance(word, str) and word in known else MetricStatus.UNSET


def _read_listing(path: Path) -> dict[str, Mapping[str, Any]]:
    """Read the entries of a listing by job; none if it is unreadable: the jobs replace it."""
    try:
        values = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return {}
    jobs = values.get("jobs") if isinstance(values, dict) else None
    rows = jobs if isinstance(jobs, list) else []
    return {str(row.get("name", "")): row for row in rows if isinstance(row, dict)}
