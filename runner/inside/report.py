"""Input of report mode: the report's batches with their metrics, and their jobs on request."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from resim_inspect.text import clean
from runner.api.client.client import Row, text_of
from runner.api.client.retry import RetryPolicy
from runner.inside.errors import FetchError
from runner.inside.fetching import Jobs, fetcher, listed_id
from runner.workspace.contract import ReportConfig


@dataclass(frozen=True)
class Batch:
    """A batch of the report."""

    id: UUID
    name: str
    created: datetime
    metrics: Any
    """Metrics of the batch itself: the SDK's UnpackedMetrics."""
    row: Row
    """Row of the batch in the API's list."""
    _config: ReportConfig = field(repr=False)
    _retry: RetryPolicy | None = field(default=None, repr=False)

    def jobs(self) -> Jobs:
        """Fetch the metrics of the batch's jobs; raises FetchError."""
        with fetcher(self._config, self._retry) as source:
            return source.jobs(self.id)


@dataclass(frozen=True)
class Report:
    """A report: its batches, the oldest first."""

    id: UUID
    project_id: UUID
    name: str
    row: Row
    """The report as the API describes it."""
    batches: tuple[Batch, ...]


def fetch_report(config: ReportConfig, retry: RetryPolicy | None = None) -> Report:
    """Fetch a report and the metrics of its batches; raises FetchError."""
    with fetcher(config, retry) as source:
        row = source.client.report(config.report_id)
        batches = [
            Batch(
                listed_id(batch, "batch"),
                text_of(batch, "friendlyName"),
                _time(batch, "creationTimestamp", "a batch in the API's list"),
                source.batch(listed_id(batch, "batch")),
                batch,
                config,
                retry,
            )
            for batch in source.client.batches(search_for(row))
        ]
    batches.sort(key=lambda batch: batch.created)
    return Report(config.report_id, config.project_id, text_of(row, "name"), row, tuple(batches))


def search_for(report: Row) -> str:
    """Search query for the batches of a report: its suite, branch and time span."""
    parts = [
        f'test_suite_id = "{_plain(report, "testSuiteID")}"',
        f'branch_id = "{_plain(report, "branchID")}"',
        f'created_at > "{_time(report, "startTimestamp")}"',
        f'created_at < "{_time(report, "endTimestamp")}"',
    ]
    if report.get("respectRevisionBoundary") is True:
        revision = report.get("testSuiteRevision")
        if not isinstance(revision, int):
            raise FetchError("the API's report does not name the revision of its test suite.")
        parts.append(f"test_suite_revision = {revision}")
    return " AND ".join(parts)


def _plain(row: Row, key: str) -> str:
    """Id from a row, checked, so that it cannot end its quotation marks."""
    text = text_of(row, key)
    try:
        return str(UUID(text))
    except ValueError:
        raise FetchError(
            f'the API\'s report has the {key} "{clean(text, 60)}", which is not a valid UUID.'
        ) from None


def _time(row: Row, key: str, thing: str = "the API's report") -> datetime:
    text = text_of(row, key)
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        raise FetchError(
            f'{thing} has the {key} "{clean(text, 60)}", which is not a valid time.'
        ) from None
    return time if time.tzinfo else time.replace(tzinfo=UTC)
