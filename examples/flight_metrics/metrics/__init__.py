"""A metrics build for drone flights: one function a mode, found by their names."""

from __future__ import annotations

from .batch import batch_metrics
from .job import job_metrics
from .report import report_metrics

__all__ = ["batch_metrics", "job_metrics", "report_metrics"]
