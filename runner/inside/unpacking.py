"""Conversion of blobs to the official SDK's UnpackedMetrics, without its fetcher's limits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from resim_inspect.text import clean
from runner.inside.errors import FetchError


def unpack(metrics: Sequence[bytes], data: Sequence[bytes], owner: str) -> Any:
    """Unpack serialized `Metric` and `MetricsData` messages, in their order, to UnpackedMetrics.

    Like the official fetcher, it omits image metrics, whose files stay with their job, and
    events, which have no blob. Unlike it, it accepts repeated names, which metrics of events
    may have. Raises FetchError, with `owner` in its text.
    """
    from resim.metrics.proto import metrics_pb2 as pb
    from resim.metrics.python.unpack_metrics import unpack_metrics

    pictures = {
        pb.MetricType.Value(name)
        for name in ("IMAGE_METRIC_TYPE", "IMAGE_LIST_METRIC_TYPE")
        if name in pb.MetricType.keys()  # noqa: SIM118 - a protobuf enum is not a mapping
    }
    metric_messages = [_parse(pb.Metric, blob, owner) for blob in metrics]
    metric_messages = [message for message in metric_messages if message.type not in pictures]
    data_messages = [_parse(pb.MetricsData, blob, owner) for blob in data]
    names = {message.name for message in (*metric_messages, *data_messages)}
    # The SDK requires unique names: each message gets a temporary one.
    files_of: dict[str, str] = {}
    for kind, messages in (("metric", metric_messages), ("data", data_messages)):
        for number, message in enumerate(messages):
            files_of[f"{kind} {number}"] = message.name
            message.name = f"{kind} {number}"
    try:
        unpacked = unpack_metrics(metrics=metric_messages, metrics_data=data_messages, events=[])
    except Exception as error:
        raise FetchError(
            f"the metrics of {owner} cannot be unpacked: {_describe(error)}.",
            "Update the SDK: a newer version may have written them.",
        ) from error
    for thing in (*unpacked.metrics, *unpacked.metrics_data):
        thing.name = files_of[thing.name]
    unpacked.names = names
    return unpacked


def _parse(kind: Any, blob: bytes, owner: str) -> Any:
    from google.protobuf.message import DecodeError

    try:
        return kind.FromString(blob)
    except DecodeError as error:
        name = kind.DESCRIPTOR.name
        raise FetchError(
            f"{owner} has a blob of {len(blob):,} bytes that is not a {name}: {clean(str(error))}."
        ) from error


def _describe(error: Exception) -> str:
    text = clean(str(error), 200).rstrip(".")
    return f"{type(error).__name__}{': ' + text if text else ''}"
