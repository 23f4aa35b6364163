"""Rows and objects of ReSim's API for a workspace, with every field that a client requires.

One object satisfies the official clients from 0.0.19 to 1.6.0: it has the fields that any of
them requires, and of each enumeration only values that all of them know.
"""

from __future__ import annotations

import math
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from resim_inspect.document.enums import (
    DataType,
    MetricStatus,
    MetricType,
    TimestampType,
    worst_status,
)
from resim_inspect.document.model import Event, Metric, MetricsData, ScalarValues
from resim_inspect.document.references import data_ids

Json = dict[str, Any]

OWNER = {"userID": "local", "orgID": "local"}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_KNOWN = ("PASSED", "FAIL_WARN", "FAIL_BLOCK", "NOT_APPLICABLE", "RAW")
# The word for the rest differs: PASSED for a job, COMPLETE for a batch.
_CONFLATED = {"FAIL_BLOCK": "BLOCKER", "FAIL_WARN": "WARNING"}
_LOG_TYPES = {".mcap": "MCAP_LOG", ".mp4": "MP4_LOG", ".binproto": "METRICS_OUTPUT_LOG"}


def status_name(status: MetricStatus | None) -> str:
    """Status in the API's spelling; an unknown one is NO_STATUS_REPORTED."""
    name = "" if status is None else status.name
    return name if name in _KNOWN else "NO_STATUS_REPORTED"


def plain(text: str) -> str:
    """Name from disk without lone surrogates, which some clients cannot handle."""
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def time_text(seconds: float) -> str:
    """Seconds since 1970 as ISO 8601 in UTC with milliseconds."""
    return _formatted_time(round(seconds * 1000) * 1_000_000, "milliseconds")


def later(text: str) -> str:
    """Time one millisecond after a result of `time_text`."""
    return time_text(datetime.fromisoformat(text).timestamp() + 0.001)


def nanos_text(nanos: int) -> str:
    """Nanoseconds since 1970 as ISO 8601 in UTC, with as many digits as they need."""
    text = _formatted_time(nanos, "microseconds")
    rest = nanos % 1000
    return f"{text[:-1]}{rest:03}Z" if rest else text


def _formatted_time(nanos: int, digits: str) -> str:
    try:
        moment = _EPOCH + timedelta(microseconds=nanos // 1000)
    except OverflowError:
        # ISO 8601 has no years after 9999, and clients could not parse them.
        moment = datetime.max.replace(tzinfo=UTC) if nanos > 0 else datetime.min.replace(tzinfo=UTC)
    return moment.replace(tzinfo=None).isoformat(timespec=digits) + "Z"


def uuid_text(text: str, fallback: UUID) -> str:
    """Id in a form that clients parse; `fallback` for a text that is not a UUID."""
    try:
        return str(UUID(text))
    except ValueError:
        return str(fallback)


def metric_row(metric: Metric, owner: UUID) -> Json:
    """Row of a metric; `owner` is the id of the job or batch."""
    row: Json = {
        "metricID": uuid_text(metric.id, uuid5(owner, f"metric/{metric.position}")),
        "name": metric.name,
        "status": status_name(metric.status),
        "type": "SCALAR" if metric.type is MetricType.SCALAR else "COMPOSITE",
        "eventMetric": bool(metric.event_metric),
        "dataIDs": [
            uuid_text(data_id, uuid5(owner, data_id)) for data_id in data_ids(metric.values)
        ],
    }
    if isinstance(metric.values, ScalarValues):
        # JSON has no NaN: such a value is omitted, like an unset one.
        if metric.values.value is not None and math.isfinite(metric.values.value):
            row["value"] = metric.values.value
        row["unit"] = metric.values.unit or ""
    return row


def data_row(data: MetricsData, owner: UUID) -> Json:
    """Row of a metrics data; external files, which official clients do not fetch, are spare."""
    external = data.type is DataType.EXTERNAL_FILE
    row: Json = {
        "dataID": uuid_text(data.id, uuid5(owner, f"data/{data.position}")),
        "name": data.name,
        "metricsDataType": "EXTERNAL_FILE" if external else "STANDARD",
        "filename": data.external_path or "",
    }
    if external:
        row["spare"] = 1
    return row


def event_row(event: Event, owner: UUID, created: str) -> Json:
    """Row of an event; a relative time counts from 1970."""
    absolute = event.timestamp_type is TimestampType.ABSOLUTE
    return {
        "eventID": uuid_text(event.id, uuid5(owner, f"event/{event.position}")),
        "name": event.name,
        "description": event.description,
        "creationTimestamp": created,
        "timestampType": "ABSOLUTE" if absolute else "RELATIVE",
        "timestamp": nanos_text(event.timestamp),
        "tags": list(event.tags),
        "status": status_name(event.status),
        "metricsIDs": [uuid_text(metric, uuid5(owner, metric)) for metric in event.metrics],
    }


def log_row(path: str, size: int, step: str, created: str, owner: UUID) -> Json:
    """Row of a file; `path` is relative to the logs or to the outputs of a job or batch."""
    suffix = "." + path.rpartition(".")[2]
    return {
        "logID": str(uuid5(owner, f"log/{step}/{path}")),
        "fileName": path.rpartition("/")[2],
        "filePath": path,
        "fileSize": size,
        "checksum": "",
        "creationTimestamp": created,
        "location": "",
        "executionStep": step,
        "logType": _LOG_TYPES.get(suffix, "OTHER_LOG"),
        "spare": 1,
        **OWNER,
    }


def job_row(common: Json, name: str, verdict: MetricStatus | None, created: str) -> Json:
    """Row of a job, which failed if it has no verdict; `common` has its ids and parameters."""
    status = status_name(verdict)
    failed = verdict is None
    return {
        **common,
        "experienceName": name,
        "conflatedStatus": "ERROR" if failed else _CONFLATED.get(status, "PASSED"),
        "jobStatus": "ERROR" if failed else "SUCCEEDED",
        "jobMetricsStatus": status,
        "description": "",
        "statusHistory": [],
        "creationTimestamp": created,
        "lastUpdatedTimestamp": created,
        "lastRunTimestamp": created,
        "outputLocation": "",
        "runCounter": 1,
        **OWNER,
    }


def batch_row(
    common: Json, name: str, jobs: list[Json], own: MetricStatus | None, created: str
) -> Json:
    """Row of a batch, which failed if all its jobs did; `common` has its ids and parameters.

    `own` is the verdict of its batch metrics, None if it has none.
    """
    verdicts = Counter(job["jobMetricsStatus"] for job in jobs)
    errors = sum(job["jobStatus"] == "ERROR" for job in jobs)
    worst = worst_status(
        MetricStatus.__members__.get(name, MetricStatus.UNSET) for name in verdicts
    )
    overall = worst_status(status for status in (worst, own) if status is not None)
    failed = bool(jobs) and errors == len(jobs)
    conflated = _CONFLATED.get(status_name(overall), "COMPLETE")
    return {
        **common,
        "associatedAccount": "local",
        "friendlyName": name,
        "description": "",
        "status": "ERROR" if failed else "SUCCEEDED",
        "statusHistory": [],
        "conflatedStatus": "ERROR" if failed else conflated,
        "jobsMetricsStatus": status_name(worst),
        "batchMetricsStatus": status_name(own),
        "overallMetricsStatus": status_name(overall),
        "jobMetricsStatusCounts": {
            "passed": verdicts["PASSED"],
            "failWarn": verdicts["FAIL_WARN"],
            "failBlock": verdicts["FAIL_BLOCK"],
            "notApplicable": verdicts["NOT_APPLICABLE"],
            "raw": verdicts["RAW"],
            "noStatusReported": verdicts["NO_STATUS_REPORTED"],
        },
        "jobStatusCounts": {
            **dict.fromkeys(("submitted", "running", "cancelled"), 0),
            **dict.fromkeys(("metricsQueued", "metricsRunning"), 0),
            "succeeded": len(jobs) - errors,
            "error": errors,
        },
        "totalJobs": len(jobs),
        "adhocTestSuite": False,
        "batchType": "NORMAL",
        "poolLabels": [],
        "creationTimestamp": created,
        "lastUpdatedTimestamp": created,
        **OWNER,
    }


def report_row(common: Json, name: str, batches: list[Json]) -> Json:
    """Row of a report whose time span covers these batches."""
    times = [batch["creationTimestamp"] for batch in batches]
    first, last = min(times), max(times)
    return {
        **common,
        "associatedAccount": "local",
        "name": name,
        "metricsSetName": "",
        "respectRevisionBoundary": False,
        "outputLocation": "",
        "status": "RUNNING",
        "statusHistory": [],
        "metricsStatus": "NO_STATUS_REPORTED",
        "startTimestamp": first,
        "endTimestamp": last,
        "creationTimestamp": last,
        "lastUpdatedTimestamp": last,
        **OWNER,
    }
