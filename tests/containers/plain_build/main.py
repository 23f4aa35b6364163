"""A metrics build with nothing but the official SDK, the way its documents show one."""

from __future__ import annotations

import json
import sys
import uuid
from pathlib import Path
from typing import Any

import numpy as np
from resim.metrics.fetch_job_metrics import fetch_job_metrics_by_batch
from resim.metrics.proto.validate_metrics_proto import validate_job_metrics
from resim.metrics.python.metrics import SeriesMetricsData
from resim.metrics.python.metrics_utils import MetricImportance, MetricStatus, Timestamp
from resim.metrics.python.metrics_writer import ResimMetricsWriter

INPUTS = Path("/tmp/resim/inputs")
CONFIG = INPUTS / "batch_metrics_config.json"
OUTPUT = Path("/tmp/resim/outputs/metrics.binproto")


def run_job(writer: Any) -> None:
    lines = (INPUTS / "logs" / "flight.csv").read_text().splitlines()[1:]
    rows = [line.split(",") for line in lines]
    heights = np.array([float(row[3]) for row in rows])
    times = [Timestamp(secs=int(float(row[0])), nanos=0) for row in rows]
    clock = writer.add_series_metrics_data("times").with_series(np.array(times))
    data = writer.add_series_metrics_data("heights").with_series(heights)
    data.with_unit("m").with_index_data(clock)
    add_scalar(writer, "highest", float(heights.max()))


def run_batch(writer: Any, config: dict[str, str]) -> None:
    jobs = fetch_job_metrics_by_batch(
        token=config["authToken"],
        api_url=config["apiURL"],
        project_id=config["projectID"],
        batch_id=config["batchID"],
    )
    highest = [m.value for job in jobs.values() for m in job.metrics if m.name == "highest"]
    samples = sum(
        len(data.series)
        for job in jobs.values()
        for data in job.metrics_data
        if isinstance(data, SeriesMetricsData) and data.name == "heights"
    )
    add_scalar(writer, "jobs", float(len(jobs)))
    add_scalar(writer, "highest of all", max(highest))
    add_scalar(writer, "samples", float(samples))


def add_scalar(writer: Any, name: str, value: float) -> None:
    metric = writer.add_scalar_metric(name).with_value(value).with_unit("m")
    metric.with_description(name).with_status(MetricStatus.PASSED_METRIC_STATUS)
    metric.with_importance(MetricImportance.MEDIUM_IMPORTANCE)
    metric.with_should_display(True).with_blocking(False)


def main() -> int:
    writer = ResimMetricsWriter(uuid.uuid4())
    if CONFIG.is_file():
        run_batch(writer, json.loads(CONFIG.read_text()))
    else:
        run_job(writer)
    message = writer.write().metrics_msg
    validate_job_metrics(message)
    OUTPUT.write_bytes(message.SerializeToString())
    return 0


if __name__ == "__main__":
    sys.exit(main())
