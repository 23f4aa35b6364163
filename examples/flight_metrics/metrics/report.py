"""Report mode: how the flights went from batch to batch."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

import numpy as np
from numpy.typing import ArrayLike
from resim.metrics.python.metrics_utils import MetricImportance, Timestamp
from resim.metrics.python.metrics_writer import ResimMetricsWriter
from resim.metrics.python.unpack_metrics import UnpackedMetrics

from .batch import AVERAGE_NAME, scalar
from .limits import BATCH_ERROR, worst


class Batch(Protocol):
    """Part of a report's batch that this build uses."""

    @property
    def id(self) -> UUID:
        """The batch's id."""

    @property
    def created(self) -> datetime:
        """Time of its creation."""

    @property
    def metrics(self) -> UnpackedMetrics:
        """The batch's own metrics."""


class Report(Protocol):
    """Part of a report that this build uses."""

    @property
    def project_id(self) -> UUID:
        """The project of all of its batches."""

    @property
    def batches(self) -> Sequence[Batch]:
        """The oldest first."""


def report_metrics(report: Report, writer: ResimMetricsWriter) -> None:
    """A bar for the mean deviation of each batch that has one; ValueError if none has."""
    batches = [batch for batch in report.batches if AVERAGE_NAME in batch.metrics.names]
    if not batches:
        raise ValueError(f"no batch of the report has {AVERAGE_NAME!r}")
    averages = [scalar(batch.metrics, AVERAGE_NAME) for batch in batches]
    statuses = BATCH_ERROR.statuses(averages)
    ids = writer.add_series_metrics_data("Batches")
    ids.with_series(np.array([batch.id for batch in batches], dtype=object))

    def by_batch(name: str, values: ArrayLike) -> Any:
        data = writer.add_series_metrics_data(name).with_series(np.asarray(values))
        return data.with_index_data(ids)

    times = [Timestamp(secs=int(batch.created.timestamp()), nanos=0) for batch in batches]
    (
        writer.add_batchwise_bar_chart_metric("Mean deviation, batch by batch")
        .with_description("The mean deviation of all flights of a batch, weighted.")
        .append_category_data(
            "mean deviation",
            by_batch("Started", times),
            by_batch("Averages", averages).with_unit("m"),
            by_batch("Average statuses", statuses),
        )
        .with_project_id(report.project_id)
        .with_colors(["#2b6cb0"])
        .with_x_axis_name("batch")
        .with_y_axis_name("deviation [m]")
        .with_status(worst(statuses))
        .with_importance(MetricImportance.HIGH_IMPORTANCE)
        .with_should_display(True)
        .with_blocking(False)
    )
