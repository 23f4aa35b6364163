"""Builder of documents: for tests, samples and documents that are put together from parts.

    build = DocumentBuilder()
    clock = build.times("clock", [0.0, 0.1, 0.2])
    speed = build.doubles("speed", [1.0, 2.0, 3.0], unit="m/s", index=clock)
    build.double_over_time("Speed", [(speed, build.statuses("ok", speed))])
    document = build.document()

Ids are derived from the names, so equal calls give equal bytes.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from resim_inspect.building.data_builder import DataRef, set_time, status_number
from resim_inspect.building.metric_builder import MetricBuilder, importance_number
from resim_inspect.document.document import Document
from resim_inspect.document.enums import MetricStatus, worst_status
from resim_inspect.document.opening import parse_document
from resim_inspect.files import write_whole
from resim_inspect.schema import metrics_pb2 as pb

__all__ = ["DataRef", "DocumentBuilder"]


class DocumentBuilder(MetricBuilder):
    """Collects data, metrics and events; `message`, `bytes` and `document` give the result."""

    def __init__(self, seed: str = "document", *, status: str | None = None) -> None:
        """`status` is the job's; by default the worst of the metrics."""
        super().__init__(seed)
        self._status = status

    def event(
        self,
        name: str,
        at: float | int,
        metrics: Sequence[pb.Metric] = (),
        *,
        status: str = "PASSED",
        importance: str = "MEDIUM",
        description: str = "",
        absolute: bool = False,
        tags: Sequence[str] = (),
    ) -> pb.Event:
        """An event at a time: `at` in seconds as float, or in nanoseconds as int."""
        event = self._message.events.add(name=name, description=description)
        event.event_id.id.data = self._id("event", name)
        event.status = status_number(status)
        event.importance = importance_number(importance)
        set_time(event.timestamp, at)
        event.timestamp_type = pb.ABSOLUTE_TIMESTAMP if absolute else pb.RELATIVE_TIMESTAMP
        event.tags.extend(tags)
        for metric in metrics:
            event.metrics.add().CopyFrom(metric.metric_id)
        return event

    def message(self) -> pb.JobMetrics:
        """The document as a protobuf message: a copy."""
        message = pb.JobMetrics()
        message.CopyFrom(self._message)
        metrics = message.job_level_metrics
        if self._status is not None:
            message.metrics_status = status_number(self._status)
        else:
            statuses = {MetricStatus(metric.status) for metric in metrics.metrics}
            worst = worst_status(statuses)
            message.metrics_status = int(worst or MetricStatus.PASSED)  # type: ignore[assignment]
        metrics.metrics_status = message.metrics_status
        return message

    def bytes(self) -> bytes:
        """The serialized document; equal calls give equal bytes."""
        return self.message().SerializeToString(deterministic=True)

    def write(self, path: Path) -> Path:
        """Write the document to a file, whole, and create its folder; raises OSError."""
        write_whole(path, self.bytes(), durable=False)
        return path

    def document(self, path: Path | None = None) -> Document:
        """The document, opened; external files are looked up beside `path`."""
        return parse_document(self.bytes(), path=path)
