"""Assembly of a `metrics.binproto` from the API's blobs and lists of a job."""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from unicodedata import normalize

from google.protobuf.message import DecodeError

from resim_inspect.building.data_builder import status_number
from resim_inspect.document.enums import MetricStatus, worst_status
from resim_inspect.schema import metrics_pb2 as pb
from resim_inspect.text import clean
from runner.api.client.client import Row, standard_id, text_of
from runner.workspace.results import status_named

_TIME = re.compile(
    r"(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d:\d\d)(?:\.(\d{1,9})\d*)?(Z|z|[+-]\d\d:?\d\d)?"
)
RECONSTRUCTED = ("job id", "status")
"""Fields that no blob has, so that they are always reconstructed."""


class _AnyId(Container[str]):
    def __contains__(self, _: object) -> bool:
        return True


ANY_ID = _AnyId()
"""Ids of rows that are not known yet: every id may be among them."""


def problem_of(
    content: bytes,
    row: Row,
    kind: type[pb.Metric] | type[pb.MetricsData],
    listed: Container[str] = (),
) -> str:
    """Reason why a blob is not the message that a row describes; a predicate, or empty.

    `listed` has the ids of all rows in their standard spelling.
    """
    try:
        message = kind.FromString(content)
    except DecodeError:
        return "is not a serialized message"
    if not content or not message.name:
        return "is a message without a name"
    if isinstance(message, pb.Metric):
        known, wanted = message.metric_id.id.data, text_of(row, "metricID")
    else:
        known, wanted = message.metrics_data_id.id.data, text_of(row, "dataID")
    name = text_of(row, "name")
    if name and normalize("NFC", name) != normalize("NFC", message.name):
        return f'is "{clean(message.name, 80)}"'
    # Nothing promises that the API lists a message's own id, so another one alone proves nothing.
    identity = standard_id(known)
    if identity and identity != standard_id(wanted) and identity in listed:
        return f"is that of another row ({identity})"
    return ""


def assemble(
    job_id: str,
    status: str,
    metrics: Sequence[bytes],
    data: Iterable[bytes],
    events: Sequence[pb.Event],
) -> Iterator[bytes]:
    """Serialize a file in pieces: job id, metrics, data, status, events; blobs keep their bytes.

    The id is the one in the metrics, else the API's `job_id`: the validator requires both to be
    equal. `status` is the API's status; if it is unknown, the worst one of the metrics is used.
    """
    parsed = [pb.Metric.FromString(blob) for blob in metrics]
    owners = {metric.job_id.id.data for metric in parsed if metric.HasField("job_id")}
    number = _status_number(status)
    if number == pb.NO_METRIC_STATUS:
        worst = worst_status(MetricStatus(metric.status) for metric in parsed)
        number = pb.NO_METRIC_STATUS if worst is None else _status_number(worst.name)
    head = pb.JobMetrics()
    head.job_id.id.data = owners.pop() if len(owners) == 1 else job_id
    tail = pb.JobMetrics(metrics_status=number, events=events)
    inner = b"".join(_field(1, blob) for blob in metrics)
    inner += pb.MetricCollection(metrics_status=number).SerializeToString()
    yield head.SerializeToString()
    yield _field(2, inner)
    for blob in data:
        yield _field(3, blob)
    yield tail.SerializeToString(deterministic=True)


def event_of(row: Row, spelling: Mapping[str, str], hide: Callable[[str], str]) -> pb.Event:
    """Event from its row, with `spelling` of the metrics' ids, and its texts passed to `hide`.

    The API has no importance: it becomes MEDIUM. Raises ValueError with a predicate.
    """
    event = pb.Event(
        name=hide(text_of(row, "name")),
        description=hide(text_of(row, "description")),
        status=_status_number(text_of(row, "status")),
        importance=pb.MEDIUM_IMPORTANCE,
        tags=[hide(tag) for tag in _list(row, "tags") if isinstance(tag, str)],
    )
    event.event_id.id.data = hide(text_of(row, "eventID"))
    absolute = text_of(row, "timestampType") == "ABSOLUTE"
    event.timestamp_type = pb.ABSOLUTE_TIMESTAMP if absolute else pb.RELATIVE_TIMESTAMP
    event.timestamp.seconds, event.timestamp.nanos = divmod(
        nanos(text_of(row, "timestamp")), 1_000_000_000
    )
    for metric_id in _list(row, "metricsIDs"):
        if isinstance(metric_id, str):
            event.metrics.add().id.data = spelling.get(_normalized(metric_id), hide(metric_id))
    return event


def external_file(row: Row, path: str, hide: Callable[[str], str]) -> bytes:
    """Metrics data that refers to the external file at `path`, from its row."""
    made = pb.MetricsData(name=hide(text_of(row, "name")), data_type=pb.EXTERNAL_FILE_DATA_TYPE)
    made.metrics_data_id.id.data = hide(text_of(row, "dataID"))
    made.external_file.path = path
    return made.SerializeToString(deterministic=True)


def nanos(text: str) -> int:
    """Parse a time in ISO 8601 to nanoseconds since 1970, exactly; raises ValueError."""
    match = _TIME.fullmatch(text)
    if match is None:
        raise ValueError("has no valid time")
    day, clock, fraction, zone = match.groups()
    zone = "+00:00" if zone in {None, "Z", "z"} else zone
    try:
        moment = datetime.fromisoformat(f"{day}T{clock}{zone}")
    except ValueError as error:
        raise ValueError("has no valid time") from error
    since = moment - datetime(1970, 1, 1, tzinfo=UTC)
    seconds = since.days * 86_400 + since.seconds
    return seconds * 1_000_000_000 + int((fraction or "").ljust(9, "0"))


def id_spelling(metrics: Sequence[bytes], listed: Sequence[str] = ()) -> dict[str, str]:
    """Ids of metrics as the metrics spell them, by their standard spelling.

    `listed` has the ids of the metrics' rows, which may be others: events refer to those.
    """
    ids = [pb.Metric.FromString(blob).metric_id.id.data for blob in metrics]
    spelling = {_normalized(row_id): own for row_id, own in zip(listed, ids, strict=False)}
    return spelling | {_normalized(metric_id): metric_id for metric_id in ids}


def _normalized(text: str) -> str:
    return standard_id(text) or text


def _status_number(name: str) -> pb.MetricStatus:
    """Return the status of a name as the schema has it; NO_METRIC_STATUS for another text."""
    status = status_named(name)
    return pb.NO_METRIC_STATUS if status is MetricStatus.UNSET else status_number(status.name)


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
