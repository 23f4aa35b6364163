"""A cut-out series through protobuf, at the depth where it stood in its file."""

from __future__ import annotations

from google.protobuf.message import DecodeError

from resim_inspect.document.enums import SeriesKind
from resim_inspect.document.wire.scan import wrap
from resim_inspect.errors import MalformedError
from resim_inspect.schema import metrics_pb2 as pb


def parse(kind: SeriesKind, payload: bytes) -> pb.Series:
    """The series as protobuf reads it. Raises MalformedError where it refuses."""
    try:
        message = pb.JobMetrics.FromString(wrap(kind, payload))
    except DecodeError as error:
        raise MalformedError(
            f"is damaged: {error}", subject=f"a series of {kind.name.lower()}"
        ) from error
    return message.metrics_data[0].series
