"""Blobs of a job become the official SDK's UnpackedMetrics, past what its fetcher trips over."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from resim_inspect.text import clean
from runner.inside.errors import FetchError


def unpack(metrics: Sequence[bytes], data: Sequence[bytes], owner: str) -> Any:
    """UnpackedMetrics of serialized `Metric` and `MetricsData` messages, in their order.

    Like the official fetcher it leaves image metrics out, whose files stay with their job, and
    events, which no blob holds. Unlike it, names may be there twice, as those of events'
    metrics may. Raises FetchError; `owner` is whose blobs these are, for its text.
    """
    from resim.metrics.proto import metrics_pb2 as pb
    from resim.metrics.python.unpack_metrics import unpack_metrics

    pictures = {
        pb.MetricType.Value(name)
        for name in ("IMAGE_METRIC_TYPE", "IMAGE_LIST_METRIC_TYPE")
        if name in pb.MetricType.keys()  # noqa: SIM118 - an enum of protobuf is no mapping
    }
    metric_messages = [_parse(pb.Metric, blob, owner) for blob in metrics]
    metric_messages = [message for message in metric_messages if message.type not in pictures]
    data_messages = [_parse(pb.MetricsData, blob, owner) for blob in data]
    names = {message.name for message in (*metric_messages, *data_messages)}
    # The SDK asserts that all names differ, so each gets one of its own for the while.
    given: dict[str, str] = {}
    for kind, messages in (("metric", metric_messages), ("data", data_messages)):
        for number, message in enumerate(messages):
            given[f"{kind} {number}"] = message.name
            message.name = f"{kind} {number}"
    try:
        unpacked = unpack_metrics(metrics=metric_messages, metrics_data=data_messages, events=[])
    except Exception as error:
        raise FetchError(
            f"the metrics of {owner} cannot be unpacked: {_about(error)}.",
            "Perhaps they were written with a newer SDK than this one.",
        ) from error
    for thing in (*unpacked.metrics, *unpacked.metrics_data):
        thing.name = given[thing.name]
    unpacked.names = names
    return unpacked


def _parse(kind: Any, blob: bytes, owner: str) -> Any:
    from google.protobuf.message import DecodeError

    try:
        return kind.FromString(blob)
    except DecodeError as error:
        name = kind.DESCRIPTOR.name
        raise FetchError(
            f"{owner} has a blob of {len(blob):,} bytes that is no {name}: {clean(str(error))}."
        ) from error


def _about(error: Exception) -> str:
    text = clean(str(error), 200).rstrip(".")
    return f"{type(error).__name__}{': ' + text if text else ''}"
