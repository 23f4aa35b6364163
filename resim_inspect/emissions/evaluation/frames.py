"""Messages between the evaluator and its child processes: JSON headers with binary buffers."""

from __future__ import annotations

import json
import struct
from collections.abc import Sequence
from typing import Any, BinaryIO, NamedTuple

_LENGTHS = struct.Struct("<II")
"""Length of the header, and number of buffers, each preceded by its length in 8 bytes."""
_LENGTH = struct.Struct("<Q")
MAX_HEADER = 1 << 28
MAX_BUFFERS = 100_000


class Frame(NamedTuple):
    """One message."""

    header: dict[str, Any]
    buffers: list[bytes]


class BrokenFrameError(Exception):
    """A message that ends early, is too large, or is not one."""


def write_frame(
    stream: BinaryIO, header: dict[str, Any], buffers: Sequence[bytes | memoryview] = ()
) -> None:
    """Write a message and flush it. Raises OSError for a closed pipe."""
    text = json.dumps(header).encode("utf-8", "surrogatepass")
    stream.write(_LENGTHS.pack(len(text), len(buffers)))
    stream.write(text)
    for buffer in buffers:
        view = memoryview(buffer).cast("B") if len(buffer) else memoryview(b"")
        stream.write(_LENGTH.pack(view.nbytes))
        stream.write(view)
    stream.flush()


def read_frame(stream: BinaryIO, most: int) -> Frame | None:
    """Read a message of at most `most` bytes in its buffers; None at the end of the stream.

    Raises BrokenFrameError.
    """
    head = stream.read(_LENGTHS.size)
    if not head:
        return None
    if len(head) < _LENGTHS.size:
        raise BrokenFrameError("The message ends within the header that gives its lengths.")
    length, count = _LENGTHS.unpack(head)
    if length > MAX_HEADER or count > MAX_BUFFERS:
        raise BrokenFrameError("The message is too large.")
    try:
        header = json.loads(_exactly(stream, length))
    except (ValueError, RecursionError) as error:
        raise BrokenFrameError("The message has a header that is not JSON.") from error
    if not isinstance(header, dict):
        raise BrokenFrameError("The message has a header that is not an object.")
    buffers = []
    for _ in range(count):
        (size,) = _LENGTH.unpack(_exactly(stream, _LENGTH.size))
        most -= size
        if most < 0:
            raise BrokenFrameError("The message is too large.")
        buffers.append(_exactly(stream, size))
    return Frame(header, buffers)


def _exactly(stream: BinaryIO, size: int) -> bytes:
    data = stream.read(size)
    if len(data) != size:
        raise BrokenFrameError("The message ends early.")
    return data
