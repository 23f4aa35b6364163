"""Summary of an MCAP file from the summary section at its end; without one, a bounded scan."""

from __future__ import annotations

import struct
from collections import Counter
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from resim_inspect.inputs.bounded_file import BoundedFile, opened
from resim_inspect.inputs.recording import Recording, RecordingError, Topic
from resim_inspect.text import count, size

if TYPE_CHECKING:
    from mcap.records import Channel, McapRecord

MAGIC = b"\x89MCAP0\r\n"
FOOTER = 1 + 8 + 8 + 8 + 4
MAX_SUMMARY = 64 << 20
"""Bytes of a summary section that are read."""
MAX_RECORDS = 200_000
"""Records whose heads a scan reads."""
MAX_RECORD = 1 << 20
"""Bytes of a channel or an index that a scan reads."""
_FOOTER, _CHANNEL, _MESSAGE, _CHUNK, _INDEX, _DATA_END = 0x02, 0x04, 0x05, 0x06, 0x07, 0x0F
NO_LIBRARY = "MCAP files are summarised with the extra “mcap”: pip install 'resim-inspect[mcap]'."


def read_mcap(path: Path) -> Recording:
    """Summarise an MCAP file; raises RecordingError and OSError."""
    if find_spec("mcap") is None:
        raise RecordingError(NO_LIBRARY)
    with opened(path) as file:
        if file.read(0, len(MAGIC)) != MAGIC:
            raise RecordingError("The file is not an MCAP file: it does not begin like one.")
        start = _summary_start(file)
        if start is None:
            return _scan(file, "It has no end: it is cut off, or still being written.")
        if start == 0:
            return _scan(file, "It was written without a summary.")
        end = file.size - len(MAGIC) - FOOTER
        if not len(MAGIC) <= start <= end:
            return _scan(file, "The summary begins outside the file.")
        if end - start > MAX_SUMMARY:
            raise RecordingError(f"The summary has {size(end - start)}, which is too much to read.")
        try:
            return _recording(_records(file.read_all(start, file.size - start)))
        except RecordingError as error:
            return _scan(file, str(error))


def _summary_start(file: BoundedFile) -> int | None:
    """Return the offset of the summary, 0 without one, None for a file without its end."""
    if file.size < 2 * len(MAGIC) + FOOTER:
        return None
    tail = file.read(file.size - FOOTER - len(MAGIC), FOOTER + len(MAGIC))
    if len(tail) != FOOTER + len(MAGIC) or tail[FOOTER:] != MAGIC or tail[0] != _FOOTER:
        return None
    return int(struct.unpack_from("<Q", tail, 9)[0])


def _records(data: bytes) -> list[McapRecord]:
    """Parse the records of a summary section; raises RecordingError for a broken one."""
    from mcap.exceptions import McapError
    from mcap.stream_reader import StreamReader

    try:
        return list(StreamReader(BytesIO(data), skip_magic=True).records)
    except (
        McapError,
        ValueError,
        LookupError,
        ArithmeticError,
        MemoryError,
        struct.error,
    ) as error:
        raise RecordingError("The summary is damaged.") from error


def _recording(records: list[McapRecord]) -> Recording:
    from mcap.records import Channel, ChunkIndex, Schema, Statistics

    schemas = {record.id: record.name for record in records if isinstance(record, Schema)}
    channels = [record for record in records if isinstance(record, Channel)]
    statistics = next((record for record in records if isinstance(record, Statistics)), None)
    chunks = [record for record in records if isinstance(record, ChunkIndex)]
    details = []
    if chunks:
        kinds = sorted({chunk.compression or "no compression" for chunk in chunks})
        details.append(f"{count(len(chunks), 'chunk')} with {', '.join(kinds)}.")
    counts = None if statistics is None else statistics.channel_message_counts
    if statistics is None:
        details.append("The summary has no statistics: messages are not counted.")
    elif statistics.attachment_count:
        details.append(f"{count(statistics.attachment_count, 'attachment')}.")
    start = end = None
    if statistics is not None and statistics.message_count:
        start, end = statistics.message_start_time, statistics.message_end_time
    elif chunks:
        start = min(chunk.message_start_time for chunk in chunks)
        end = max(chunk.message_end_time for chunk in chunks)
    return Recording(
        "MCAP",
        _topics(channels, schemas, counts),
        None if statistics is None else statistics.message_count,
        start,
        end,
        tuple(details),
    )


def _topics(
    channels: list[Channel], schemas: dict[int, str], counts: dict[int, int] | None
) -> tuple[Topic, ...]:
    """Return the topics; several channels of one topic and type are one."""
    counts_of: dict[tuple[str, str], int] = {}
    for channel in {channel.id: channel for channel in channels}.values():
        key = channel.topic, schemas.get(channel.schema_id, "") or channel.message_encoding
        counts_of[key] = counts_of.get(key, 0) + (
            0 if counts is None else counts.get(channel.id, 0)
        )
    return tuple(
        Topic(name, type_, None if counts is None else messages)
        for (name, type_), messages in counts_of.items()
    )


def _scan(file: BoundedFile, reason: str) -> Recording:
    """Walk the heads of the first records, without what chunks hold: counts, times, channels."""
    counts: Counter[int] = Counter()
    names: dict[int, str] = {}
    times: list[int] = []
    offset, records, chunks = len(MAGIC), 0, 0
    while records < MAX_RECORDS:
        head = file.read(offset, 9 + 16)
        if len(head) < 9:
            break
        opcode, length = struct.unpack_from("<BQ", head)
        if opcode in (_FOOTER, _DATA_END) or offset + 9 + length > file.size:
            break
        if opcode == _CHUNK and length >= 16:
            chunks += 1
            times += struct.unpack_from("<QQ", head, 9)
            times = [min(times), max(times)]
        elif opcode == _MESSAGE and length >= 22:
            counts[struct.unpack_from("<H", head, 9)[0]] += 1
            moment = struct.unpack_from("<Q", head, 9 + 6)[0]
            times = [min([moment, *times]), max([moment, *times])]
        elif opcode == _INDEX and length >= 6:
            channel, entries = struct.unpack_from("<HI", head, 9)
            counts[channel] += entries // 16
        elif opcode == _CHANNEL and length <= MAX_RECORD:
            channel, topic = _channel(file.read(offset + 9, length))
            names[channel] = topic
        offset, records = offset + 9 + length, records + 1
    read = f"Read: {count(records, 'record')}, {size(offset)} of {size(file.size)}."
    details = [reason, read]
    if any(channel not in names for channel in counts):
        details.append("Names of topics within compressed chunks are not read.")
    topics = (Topic(names.get(c) or f"(channel {c})", "", counts[c]) for c in {*names, *counts})
    start, end = times if times else (None, None)
    return Recording("MCAP", tuple(topics), sum(counts.values()), start, end, tuple(details))


def _channel(data: bytes) -> tuple[int, str]:
    """Return the number and the topic of a channel record; a broken one has no topic."""
    if len(data) < 8:
        return -1, ""
    channel, _, length = struct.unpack_from("<HHI", data)
    return channel, data[8 : 8 + length].decode("utf-8", "replace")
