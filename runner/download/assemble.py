"""A `metrics.binproto` out of what the API serves of a job: parts as they are, the rest remade."""

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
"""What no part holds, so that it is always made anew."""


def problem_of(content: bytes, kind: type[pb.Metric] | type[pb.MetricsData]) -> str:
    """Why a blob is no such message; empty where it is one."""
    try:
        message = kind.FromString(content)
    except DecodeError:
        return "is no serialized message"
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
    """The file: job id, metrics, data, status, events; every part keeps its bytes.

    The id is the one that the metrics name, else the API's `job_id`: the validator wants both
    to agree. `status` is the API's word; where that says nothing, the worst of the metrics'.
    """
    parsed = [pb.Metric.FromString(one) for one in metrics]
    owners = {one.job_id.id.data for one in parsed if one.HasField("job_id")}
    number = _STATUSES.get(status)
    if number is None:
        found = {one.status for one in parsed}
        worst = (_STATUSES[name] for name in _WORST)
        number = next((one for one in worst if one in found), pb.NO_METRIC_STATUS)
    head = pb.JobMetrics()
    head.job_id.id.data = owners.pop() if len(owners) == 1 else job_id
    tail = pb.JobMetrics(metrics_status=number, events=events)
    inner = b"".join(_field(1, one) for one in metrics)
    inner += pb.MetricCollection(metrics_status=number).SerializeToString()
    pieces = [head.SerializeToString(), _field(2, inner)]
    pieces += (_field(3, one) for one in data)
    pieces.append(tail.SerializeToString(deterministic=True))
    return b"".join(pieces)


def event_of(row: Row, metrics: Sequence[bytes]) -> pb.Event:
    """An event out of its row; its references are spelt as the metrics spell their ids.

    The API serves no importance: it becomes MEDIUM. Raises ValueError with a reason.
    """
    event = pb.Event(
        name=text_of(row, "name"),
        description=text_of(row, "description"),
        status=_STATUSES.get(text_of(row, "status"), pb.NO_METRIC_STATUS),
        importance=pb.MEDIUM_IMPORTANCE,
        tags=[one for one in _list(row, "tags") if isinstance(one, str)],
    )
    event.event_id.id.data = text_of(row, "eventID")
    absolute = text_of(row, "timestampType") == "ABSOLUTE"
    event.timestamp_type = pb.ABSOLUTE_TIMESTAMP if absolute else pb.RELATIVE_TIMESTAMP
    event.timestamp.seconds, event.timestamp.nanos = divmod(
        nanos(text_of(row, "timestamp")), 1_000_000_000
    )
    spelt = _spelling(metrics)
    for one in _list(row, "metricsIDs"):
        if isinstance(one, str):
            event.metrics.add().id.data = spelt.get(_same(one), one)
    return event


def external_file(row: Row) -> bytes:
    """A metrics data that names a file, out of its row: the file itself is fetched on request."""
    made = pb.MetricsData(name=text_of(row, "name"), data_type=pb.EXTERNAL_FILE_DATA_TYPE)
    made.metrics_data_id.id.data = text_of(row, "dataID")
    made.external_file.path = text_of(row, "filename") or text_of(row, "name")
    return made.SerializeToString(deterministic=True)


def nanos(text: str) -> int:
    """Nanoseconds since 1970 of a moment in ISO 8601, to the last digit; raises ValueError."""
    found = _TIME.fullmatch(text)
    if found is None:
        raise ValueError("has no time that can be read")
    day, clock, fraction, zone = found.groups()
    zone = "+00:00" if zone in {None, "Z", "z"} else zone
    moment = datetime.fromisoformat(f"{day}T{clock}{zone}")
    since = moment - datetime(1970, 1, 1, tzinfo=UTC)
    seconds = since.days * 86_400 + since.seconds
    return seconds * 1_000_000_000 + int((fraction or "").ljust(9, "0"))


def _spelling(metrics: Sequence[bytes]) -> dict[str, str]:
    ids = [pb.Metric.FromString(one).metric_id.id.data for one in metrics]
    return {_same(one): one for one in ids}


def _same(text: str) -> str:
    try:
        return str(UUID(text))
    except ValueError:
        return text


def _list(row: Row, key: str) -> list[object]:
    value = row.get(key)
    return value if isinstance(value, list) else []


def _field(number: int, content: bytes) -> bytes:
    """A length-delimited field."""
    head = bytearray([number << 3 | 2])
    length = len(content)
    while length > 0x7F:
        head.append(length & 0x7F | 0x80)
        length >>= 7
    head.append(length)
    return bytes(head) + content
