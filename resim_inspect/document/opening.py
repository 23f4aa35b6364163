"""Opening of documents from a path or from bytes."""

from __future__ import annotations

from pathlib import Path

from google.protobuf.message import DecodeError

from resim_inspect.derived import UNOBSERVED, Control, derived_document
from resim_inspect.document.data_messages import DataMessages
from resim_inspect.document.document import CACHE_BYTES, Document
from resim_inspect.document.wire.scan import THRESHOLD, Scan, scan
from resim_inspect.document.wire.slices import Slices
from resim_inspect.document.wire.source import BytesSource, Source, open_source
from resim_inspect.errors import (
    DocumentError,
    EmptyFileError,
    MalformedError,
    TruncatedError,
)
from resim_inspect.schema import metrics_pb2 as pb


def open_document(
    path: str | Path,
    *,
    cache_bytes: int = CACHE_BYTES,
    threshold: int = THRESHOLD,
    control: Control = UNOBSERVED,
) -> Document:
    """Open a metrics.binproto of any name and size.

    `cache_bytes` caps the decoded series that are kept; metrics data of fewer than
    `threshold` bytes are parsed at once. Where the program evaluates emissions, those of a folder
    without a metrics.binproto are opened by its path, and `control` follows and ends the
    evaluation. Raises a DocumentError:
    UnreadableError, EmptyFileError, TruncatedError, MalformedError, ChangedError or
    TooLargeError.
    """
    path = Path(path)
    derived = derived_document(path, control)
    if derived is not None:
        return _open(BytesSource(derived), path, cache_bytes, threshold)
    source = open_source(path)
    try:
        return _open(source, path, cache_bytes, threshold)
    except BaseException as error:
        source.close()
        if isinstance(error, DocumentError):
            error.path = path
        raise


def parse_document(
    data: bytes, *, path: Path | None = None, threshold: int = THRESHOLD
) -> Document:
    """Parse a document from bytes; external files are looked up beside `path`. Raises as above."""
    return _open(BytesSource(data), path, CACHE_BYTES, threshold)


def _open(source: Source, path: Path | None, cache_bytes: int, threshold: int) -> Document:
    if source.size == 0:
        raise EmptyFileError("is empty", path, 0)
    try:
        split = scan(source, threshold)
        source.verify()
    except TruncatedError as error:
        foreign = _foreign(source)
        if foreign is None:
            raise
        raise MalformedError(foreign, path, 0) from error
    try:
        message, slices, data = _parsed(split)
    except DecodeError as error:
        shallow = _without_deep_figures(split)
        if shallow is None:
            raise _malformed(source, split, path) from error
        split = shallow
        try:
            message, slices, data = _parsed(split)
        except DecodeError:
            raise _malformed(source, split, path) from error
    if not data and not message.ListFields():
        raise MalformedError(_foreign(source) or "has no field of a metrics file", path, 0)
    return Document(source, split, message, slices, data, path, cache_bytes)


def _parsed(split: Scan) -> tuple[pb.JobMetrics, Slices, DataMessages]:
    """The index message without its metrics data, its slices, and the metrics data.

    Every byte is parsed here, so that DecodeError is raised now and never later.
    """
    message = pb.JobMetrics()
    slices = Slices(split.index_message, boundaries=split.boundaries)
    counts: list[tuple[int, int]] = []
    for number, piece in enumerate(slices):
        if slices.metrics_only(number):
            message.MergeFromString(piece)
            continue
        # Its memory is that of the part before: most of the cost of a message is new memory.
        part = pb.JobMetrics.FromString(piece)
        if part.metrics_data:
            counts.append((number, len(part.metrics_data)))
            part.ClearField("metrics_data")
        message.MergeFrom(part)
    return message, slices, DataMessages(slices, counts)


def _without_deep_figures(split: Scan) -> Scan | None:
    """The index message without figures that are nested too deeply; None if there are none."""
    from resim_inspect.document.wire.deep_figures import without_deep_figures

    try:
        parsed = without_deep_figures(split.index_message)
    except DocumentError:
        # Another fault comes first: it is the one to report.
        return None
    if parsed is None:
        return None
    offsets = {position: split.file_offset(at) for position, at in parsed.offsets.items()}
    return split._replace(index_message=parsed.data, boundaries=None, deep_figures=offsets)


def _malformed(source: Source, split: Scan, path: Path | None) -> DocumentError:
    from resim_inspect.document.wire.diagnosis import diagnose

    foreign = _foreign(source)
    if foreign is not None:
        return MalformedError(foreign, path, 0)
    fault = diagnose(split.index_message, pb.JobMetrics.DESCRIPTOR)
    if fault is None:
        return MalformedError("is not valid: protobuf cannot parse it", path)
    offset = split.file_offset(fault.offset)
    return MalformedError(f"is damaged at byte {offset:,}: {fault.reason}", path, offset)


def _foreign(source: Source) -> str | None:
    """Problem of a file whose first bytes are not those of a metrics file, or None."""
    from resim_inspect.document.wire.foreign import HEAD, foreign_kind

    kind = foreign_kind(source.read(0, HEAD))
    return None if kind is None else f"is not a metrics file: it is {kind}"
