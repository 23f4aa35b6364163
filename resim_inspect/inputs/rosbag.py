"""Summaries of bags of ROS: rosbag2 by its metadata.yaml, ROS 1 by the index at the file's end."""

from __future__ import annotations

import struct
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from resim_inspect.inputs.bounded_file import opened
from resim_inspect.inputs.recording import Recording, RecordingError, Topic
from resim_inspect.text import clean, count, size

METADATA = "metadata.yaml"
INFORMATION = "rosbag2_bagfile_information"
MAX_METADATA = 1 << 20
"""Bytes of a metadata.yaml that are read."""
BAG_MAGIC = b"#ROSBAG V2.0\n"
MAX_INDEX = 32 << 20
"""Bytes of the index of a ROS 1 bag that are read."""
_BAG_HEADER, _CHUNK_INFO, _CONNECTION = 3, 6, 7


def read_metadata(path: Path) -> Recording | None:
    """Summarise a rosbag2 by its metadata.yaml; None for another file of that name.

    Raises RecordingError and OSError.
    """
    with opened(path) as file:
        data = file.read_all(0, min(file.size, MAX_METADATA + 1))
    if INFORMATION.encode() not in data:
        return None
    if len(data) > MAX_METADATA:
        raise RecordingError(
            f"The metadata is larger than {size(MAX_METADATA)}, the limit for reading it."
        )
    import yaml

    try:
        content = yaml.safe_load(data)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise RecordingError("The metadata is not valid YAML.") from error
    information = content.get(INFORMATION) if isinstance(content, Mapping) else None
    if not isinstance(information, Mapping):
        raise RecordingError(f"The metadata has no {INFORMATION}.")
    return _of_information(information)


def _of_information(information: Mapping[Any, Any]) -> Recording:
    listed = information.get("topics_with_message_count")
    topics = []
    for entry in listed if isinstance(listed, list) else []:
        metadata = entry.get("topic_metadata") if isinstance(entry, Mapping) else None
        if isinstance(metadata, Mapping):
            name, type_ = metadata.get("name"), metadata.get("type")
            topics.append(Topic(_text(name), _text(type_), _whole(entry.get("message_count"))))
    start = _nested(information, "starting_time", "nanoseconds_since_epoch")
    duration = _nested(information, "duration", "nanoseconds")
    storage = _text(information.get("storage_identifier")) or "unknown storage"
    files = information.get("relative_file_paths")
    details = []
    if isinstance(files, list):
        details.append(f"{count(len(files), 'file')}: {', '.join(map(_text, files[:5]))}")
    return Recording(
        f"rosbag2 ({clean(storage, 40)})",
        tuple(topics),
        _whole(information.get("message_count")),
        start,
        None if start is None or duration is None else start + duration,
        tuple(details),
    )


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _whole(value: object) -> int | None:
    # A number that 64 bits cannot hold is neither a count nor a time.
    is_whole = isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**63
    return value if is_whole and isinstance(value, int) else None


def _nested(information: Mapping[Any, Any], outer: str, inner: str) -> int | None:
    value = information.get(outer)
    return _whole(value.get(inner)) if isinstance(value, Mapping) else None


def read_bag(path: Path) -> Recording:
    """Summarise a ROS 1 bag by its index, without its chunks; raises RecordingError and OSError."""
    with opened(path) as file:
        if file.read(0, len(BAG_MAGIC)) != BAG_MAGIC:
            raise RecordingError("The file is not a ROS bag of version 2.0.")
        head = file.read(len(BAG_MAGIC), 4096)
        first = next(_bag_records(head, whole=False), None)
        if first is None or _number(first[0], "op") != _BAG_HEADER:
            raise RecordingError("The header is damaged.")
        position = _number(first[0], "index_pos")
        if not 0 < position <= file.size:
            raise RecordingError("The file has no index: `rosbag reindex` writes one.")
        length = file.size - position
        if length > MAX_INDEX:
            raise RecordingError(f"The index has {size(length)}, which is too much to read.")
        data = file.read_all(position, length)
    return _of_index(data, _number(first[0], "conn_count"), _number(first[0], "chunk_count"))


def _of_index(data: bytes, connections: int, chunks: int) -> Recording:
    """Summarise an index, which has a record for each connection and chunk of the header."""
    names: dict[int, tuple[str, str]] = {}
    counts: Counter[int] = Counter()
    times: list[int] = []
    for header, body in _bag_records(data):
        operation = _number(header, "op")
        if operation == _CONNECTION:
            topic = header.get("topic", b"").decode("utf-8", "replace")
            fields = _fields(body)
            names[_number(header, "conn")] = (
                topic,
                fields.get("type", b"").decode("utf-8", "replace"),
            )
        elif operation == _CHUNK_INFO:
            times += [_moment(header, "start_time"), _moment(header, "end_time")]
            for at in range(0, len(body) - 7, 8):
                connection, number = struct.unpack_from("<II", body, at)
                counts[connection] += number
    if len(names) < connections or len(times) < 2 * chunks:
        raise RecordingError("The index is incomplete: the file is cut off.")
    messages: dict[tuple[str, str], int] = {}
    for connection in {*names, *counts}:
        key = names.get(connection, (f"(connection {connection})", ""))
        messages[key] = messages.get(key, 0) + counts[connection]
    topics = tuple(Topic(name, type_, number) for (name, type_), number in messages.items())
    known = [time for time in times if time]
    start, end = (min(known), max(known)) if known else (None, None)
    total = sum(counts.values())
    return Recording("ROS 1 bag", topics, total, start, end, (f"{count(chunks, 'chunk')}.",))


def _bag_records(data: bytes, *, whole: bool = True) -> Iterator[tuple[dict[str, bytes], bytes]]:
    """Yield the header fields and the data of records; `whole`: a cut one raises RecordingError."""
    at = 0
    while at + 4 <= len(data):
        (length,) = struct.unpack_from("<I", data, at)
        header_end = at + 4 + length
        if header_end + 4 > len(data):
            raise RecordingError("The index is damaged.")
        header = _fields(data[at + 4 : header_end])
        (size_of_data,) = struct.unpack_from("<I", data, header_end)
        end = header_end + 4 + size_of_data
        if whole and end > len(data):
            raise RecordingError("The index is damaged.")
        yield header, data[header_end + 4 : end]
        at = end


def _fields(data: bytes) -> dict[str, bytes]:
    fields: dict[str, bytes] = {}
    at = 0
    while at + 4 <= len(data):
        (length,) = struct.unpack_from("<I", data, at)
        name, _, value = data[at + 4 : at + 4 + length].partition(b"=")
        fields[name.decode("utf-8", "replace")] = value
        at += 4 + length
    return fields


def _number(header: Mapping[str, bytes], name: str) -> int:
    return int.from_bytes(header.get(name, b"")[:8], "little")


def _moment(header: Mapping[str, bytes], name: str) -> int:
    """Return a time of ROS, seconds and ns of 4 bytes each, in ns; 0 if it is missing."""
    value = header.get(name, b"")
    if len(value) != 8:
        return 0
    whole, rest = struct.unpack("<II", value)
    return int(whole) * 10**9 + int(rest)
