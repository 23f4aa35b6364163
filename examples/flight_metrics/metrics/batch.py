"""Batch mode: what all flights together were like, and whether that is good enough."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from uuid import UUID

import numpy as np
from resim.metrics.python.metrics import ScalarMetric, SeriesMetricsData
from resim.metrics.python.metrics_utils import (
    DoubleFailureDefinition,
    HistogramBucket,
    MetricImportance,
)
from resim.metrics.python.metrics_writer import ResimMetricsWriter
from resim.metrics.python.unpack_metrics import UnpackedMetrics

from .job import FLIGHT_TIME_NAME, HEIGHT_ERROR_NAME, MEAN_ERROR_NAME
from .limits import BATCH_ERROR, BLOCK, PASSED

# What report mode looks for.
AVERAGE_NAME = "Mean deviation of all flights"
BUCKETS = 24

Jobs = Mapping[UUID, UnpackedMetrics]


def batch_metrics(jobs: Jobs, writer: ResimMetricsWriter) -> None:
    """Add the batch's metrics to the writer; raises ValueError without a flight."""
    if not jobs:
        raise ValueError("the batch has no jobs")
    add_weighted_average(jobs, writer)
    add_merged_histogram(jobs, writer)
    add_gate(jobs, writer)


def add_weighted_average(jobs: Jobs, writer: ResimMetricsWriter) -> None:
    """A scalar of the jobs, averaged: a long flight counts more than a short one."""
    values = [scalar(job, MEAN_ERROR_NAME) for job in jobs.values()]
    weights = [scalar(job, FLIGHT_TIME_NAME) for job in jobs.values()]
    average = float(np.average(values, weights=weights))
    (
        writer.add_scalar_metric(AVERAGE_NAME)
        .with_description("The flights' mean deviations, weighted by their flight times.")
        .with_value(average)
        .with_unit("m")
        .with_failure_definition(BATCH_ERROR.definition())
        .with_status(BATCH_ERROR.status(average))
        .with_importance(MetricImportance.CRITICAL_IMPORTANCE)
        .with_should_display(True)
        .with_blocking(True)
        .with_tag("RESIM_SUMMARY", "1")
    )


def add_merged_histogram(jobs: Jobs, writer: ResimMetricsWriter) -> None:
    """One series of every job, put together, as a histogram."""
    merged = np.concatenate([series(job, HEIGHT_ERROR_NAME) for job in jobs.values()])
    # Steps of 5 cm, so that the edges are numbers to read.
    width = 0.05 * int(np.floor(2 * np.abs(merged).max() / BUCKETS / 0.05) + 1)
    edges = width * (np.arange(BUCKETS + 1) - BUCKETS // 2)
    data = writer.add_series_metrics_data("Height errors").with_series(merged).with_unit("m")
    statuses = writer.add_series_metrics_data("Height error statuses").with_series(
        np.full(len(merged), PASSED, dtype=object)
    )
    (
        writer.add_histogram_metric("Height errors of all flights")
        .with_description(
            "How far above or below their plan the drones are, all samples of all flights."
        )
        .with_values_data(data)
        .with_statuses_data(statuses)
        .with_buckets([HistogramBucket(low, high) for low, high in pairwise(edges)])
        .with_lower_bound(float(edges[0]))
        .with_upper_bound(float(edges[-1]))
        .with_x_axis_name("height error [m]")
        .with_status(PASSED)
        .with_importance(MetricImportance.MEDIUM_IMPORTANCE)
        .with_should_display(True)
        .with_blocking(False)
    )


def add_gate(jobs: Jobs, writer: ResimMetricsWriter) -> None:
    """Number of blocking flights; a single one blocks the batch."""
    blocked = [
        job_id
        for job_id, job in jobs.items()
        if any(metric.status == BLOCK for metric in job.metrics)
    ]
    (
        writer.add_scalar_metric("Flights that block")
        .with_description("Flights with a metric that blocks; none may.")
        .with_value(float(len(blocked)))
        .with_unit("flights")
        .with_failure_definition(DoubleFailureDefinition(fails_above=0.0, fails_below=None))
        .with_status(BLOCK if blocked else PASSED)
        .with_importance(MetricImportance.CRITICAL_IMPORTANCE)
        .with_should_display(True)
        .with_blocking(True)
    )


def scalar(job: UnpackedMetrics, name: str) -> float:
    """The value of a scalar of a job or batch; raises LookupError without it."""
    for metric in job.metrics:
        if isinstance(metric, ScalarMetric) and metric.name == name and metric.value is not None:
            return float(metric.value)
    raise LookupError(f"the job has no scalar {name!r}; its metrics are {_names(job)}")


def series(job: UnpackedMetrics, name: str) -> np.ndarray:
    """A job's series of numbers; raises LookupError without it."""
    for data in job.metrics_data:
        if isinstance(data, SeriesMetricsData) and data.name == name:
            return np.asarray(data.series, dtype=np.float64)
    raise LookupError(f"a job has no series {name!r}, only: {_names(job)}")


def _names(job: UnpackedMetrics) -> str:
    return ", ".join(sorted(job.names))
