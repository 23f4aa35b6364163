"""The values of one metric in all jobs of a workspace, as bars below the drawing of a scalar."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from resim_inspect.charts.build.over_time import threshold_lines
from resim_inspect.charts.model.drawing import Bars, BarSeries, Drawing
from resim_inspect.document.enums import MetricStatus
from resim_inspect.document.model import FailureDefinition, Metric, ScalarValues
from resim_inspect.text import clean

CURRENT_MARK = "▸ "
"""Mark of the job that the document belongs to."""


@dataclass(frozen=True, slots=True)
class JobValue:
    """The value of a metric in one job."""

    job: str
    value: float | None
    """None if the metric has no value there."""
    status: MetricStatus


@dataclass(frozen=True, slots=True)
class JobValues:
    """The values of a metric in the jobs that have it."""

    current: str
    """Name of the job that the document belongs to."""
    values: tuple[JobValue, ...]


def with_job_values(drawing: Drawing, metric: Metric, jobs: JobValues) -> Drawing:
    """The drawing of a scalar with a bar for each job; unchanged for fewer than two jobs."""
    values = metric.values
    if not isinstance(values, ScalarValues) or len(jobs.values) < 2:
        return drawing
    unit = clean(values.unit or "", 24)
    series = BarSeries(
        clean(metric.name, 80),
        np.array([np.nan if job.value is None else job.value for job in jobs.values]),
        np.array([int(job.status) for job in jobs.values], np.int32),
        unit=unit,
        has_value=np.array([job.value is not None for job in jobs.values]),
    )
    bars = Bars(
        _names(jobs.values, jobs.current),
        (series,),
        x_title="job",
        y_title=f"[{unit}]" if unit else "",
        reference_lines=tuple(
            threshold_lines(values.failure_definition or FailureDefinition(), unit)
        ),
        category_noun=("job", "jobs"),
    )
    caption = f"{len(jobs.values):,} jobs of the workspace"
    return replace(drawing, panels=(*drawing.panels, bars), caption=caption)


def _names(values: Sequence[JobValue], current: str) -> tuple[str, ...]:
    return tuple(
        (CURRENT_MARK if job.job == current else "") + clean(job.job, 80) for job in values
    )
