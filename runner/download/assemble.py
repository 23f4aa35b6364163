"""Assembly of a `metrics.binproto` from the API's blobs and lists of a job."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

from google.protobuf.message import DecodeError

from resim_inspect.schema import metrics_pb2 as pb
from runner.api.client.client import Row, text_of

_STATUSES = {
    "PASSED": pb.PASSED_METRIC_STATUS,
    "FAIL_WARN": pb.FAIL_WARN_METRIC_STATUS,
    "FAIL_BLOCK": pb.FAIL_BLOCK_METRIC_STATUS,
    "NOT_APPLICABLE": pb.NOT_APPLICABLE_METRIC_STATUS,
    "RAW": pb.RAW_METRIC_STATUS,
}
_WORST = ("FAIL_BLOCK", "FAIL_WARN", "PASSED", "RAW", "NOT_APPLICABLE")
_TIME = re.compile(
    r"(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d:\d\d)(?:\.(\d{1,9})\d*)?(Z|z|[+-]\d\d:?\d\d)?"
)
RECONSTRUCTED = ("job id", "status")
"""Fields that no blob has, so that they are always reconstructed."""


def problem_of(content: bytes, kind: type[pb.Metric] | type[pb.MetricsData]) -> str:
    """Reason why a blob is not a message of that kind, as a predicate; empty if it is one."""
    try:
        message = kind.FromString(content)
    except DecodeError:
        return "is not a serialized message"
    if not content or not message.name:
        return "is a message without a name"
    return ""


def assemble(
    job_id: str,
    status: str,
    metrics: Sequence[bytes],
    data: Sequence[bytes],
    events: Sequence[pb.Event],
) -> bytes:
    """Serialize a file with job id, metrics, data, status and events; blobs keep their bytes.

    The id is the one in the metrics, else the API's `job_id`: the validator requires both to be
    equal. `status` is the API's status; if it is unknown, the worst one of the metrics is used.
    """
    parsed = [pb.Metric.FromString(blob) for blob in metrics]
    owners = {metric.job_id.id.data for metric in parsed if metric.HasField("job_id")}
    number = _STATUSES.get(status)
    if number is None:
        present = {metric.status for metric in parsed}
        worst = (_STATUSES[name] for name in _WORST)
        number = next((status for status in worst if status in present), pb.NO_METRIC_STATUS)
    head = pb.JobMetrics()
    head.job_id.id.data = owners.pop() if len(owners) == 1 else job_id
    tail = pb.JobMetrics(metrics_status=number, events=events)
    inner = b"".join(_field(1, blob) for blob in metrics)
    inner += pb.MetricCollection(metrics_status=number).SerializeToString()
    pieces = [head.SerializeToString(), _field(2, inner)]
    pieces += (_field(3, blob) for blob in data)
    pieces.append(tail.SerializeToString(deterministic=True))
    return b"".join(pieces)


def event_of(row: Row, metrics: Sequence[bytes]) -> pb.Event:
    """Event from its row, with references spelled like the ids of the metrics.

    The API has no importance: it becomes MEDIUM. Raises ValueError with a predicate.
    """
    event = pb.Event(
        name=text_of(row, "name"),
        description=text_of(row, "description"),
        status=_STATUSES.get(text_of(row, "status"), pb.NO_METRIC_STATUS),
        importance=pb.MEDIUM_IMPORTANCE,
        tags=[tag for tag in _list(row, "tags") if isinstance(tag, str)],
    )
    event.event_id.id.data = text_of(row, "eventID")
    absolute = text_of(row, "timestampType") == "ABSOLUTE"
    event.timestamp_type = pb.ABSOLUTE_TIMESTAMP if absolute else pb.RELATIVE_TIMESTAMP
    event.timestamp.seconds, event.timestamp.nanos = divmod(
        nanos(text_of(row, "timestamp")), 1_000_000_000
    )
    spelling = _spelling(metrics)
    for metric_id in _list(row, "metricsIDs"):
        if isinstance(metric_id, str):
            event.metrics.add().id.data = spelling.get(_normalized(metric_id), metric_id)
    return event


def external_file(row: Row) -> bytes:
    """Metrics data that refers to an external file, from its row."""
    made = pb.MetricsData(name=text_of(row, "name"), data_type=pb.EXTERNAL_FILE_DATA_TYPE)
    made.metrics_data_id.id.data = text_of(row, "dataID")
    made.external_file.path = text_of(row, "filename") or text_of(row, "name")
    return made.SerializeToString(deterministic=True)


def nanos(text: str) -> int:
    """Parse a time in ISO 8601 to nanoseconds since 1970, exactly; raises ValueError."""
    match = _TIME.fullmatch(text)
    if match is None:
        raise ValueError("has no valid time")
    day, clock, fraction, zone = match.groups()
    zone = "+00:00" if zone in {None, "Z", "z"} else zone
    moment = datetime.fromisoformat(f"{day}T{clock}{zone}")
    since = moment - datetime(1970, 1, 1, tzinfo=UTC)
    seconds = since.days * 86_400 + since.seconds
    return seconds * 1_000_000_000 + int((fraction or "").ljust(9, "0"))


def _spelling(metrics: Sequence[bytes]) -> dict[str, str]:
    ids = [pb.Metric.FromString(blob).metric_id.id.data for blob in metrics]
    return {_normalized(metric_id): metric_id for metric_id in ids}


def _normalized(text: str) -> str:
    try:
        return str(UUID(text))
    except ValueError:
        return text


def _list(row: Row, key: str) -> list[object]:
    value = row.get(key)
    return value if isinstance(value, list) else []


def _field(number: int, content: bytes) -> bytes:
    """Encode a length-delimited field."""
    head = bytearray([number << 3 | 2])
    length = len(content)
    while length > 0x7F:
        head.append(length & 0x7F | 0x80)
        length >>= 7
    head.append(length)
    return bytes(head) + content
