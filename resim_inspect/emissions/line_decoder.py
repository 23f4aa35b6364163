"""Lines of emissions files, decoded and given to the builders of their topics."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from resim_inspect.emissions.fault_log import FaultLog
from resim_inspect.emissions.topic_builder import TopicBuilder
from resim_inspect.garbage import without_collections
from resim_inspect.text import clean

MAX_LINE = 16 << 20
"""Longest line in bytes that is decoded."""
MAX_TOPICS = 10_000
_TOP_KEYS = frozenset({"$metadata", "$data"})
_KINDS = {list: "a list", str: "a text", bool: "a boolean", type(None): "null"}


class LineDecoder:
    """Decodes blocks of whole lines into builders of topics."""

    def __init__(self) -> None:
        self.faults = FaultLog()
        self.topics: dict[str, TopicBuilder] = {}
        """Builders by topic, in the order in which the topics first appear."""

    def decode(self, data: bytes, file: int, first_line: int) -> int:
        """Decode lines that are joined by line feeds, and return their number."""
        try:
            lines = data.decode("utf-8").split("\n")
        except UnicodeDecodeError:
            lines = self._decoded_singly(data, file, first_line)
        with without_collections():
            self._decode_lines(lines, file, first_line)
            for builder in self.topics.values():
                builder.flush(file)
        return len(lines)

    def _decode_lines(self, lines: list[str], file: int, first_line: int) -> None:
        decode = json.JSONDecoder().raw_decode
        topics = self.topics
        for number, line in enumerate(lines, first_line):
            try:
                value, end = decode(line)
                metadata = value["$metadata"]
                rows = value["$data"]
                builder = topics[metadata["topic"]]
            except (ValueError, KeyError, TypeError, RecursionError):
                self._unusual(line, file, number)
                continue
            if end != len(line) or len(value) != 2 or type(rows) is not dict:
                self._unusual(line, file, number)
                continue
            builder.data.append(rows)
            builder.metadata.append(metadata)
            builder.lines.append(number)

    def is_whole(self, data: bytes) -> bool:
        """Return True if the bytes are a whole line, though no line feed follows."""
        try:
            return isinstance(json.loads(data.decode("utf-8")), dict)
        except (ValueError, RecursionError):
            return False

    def _decoded_singly(self, data: bytes, file: int, first_line: int) -> list[str]:
        lines = []
        for number, line in enumerate(data.split(b"\n"), first_line):
            try:
                lines.append(line.decode("utf-8"))
            except UnicodeDecodeError as error:
                self._report(
                    "line-encoding", file, number, "is not UTF-8", f"at byte {error.start + 1}"
                )
                # A blank line is passed over.
                lines.append("")
        return lines

    def _unusual(self, line: str, file: int, number: int) -> None:
        """Take a line that is not of the usual form: its topic is new, or it has a fault."""
        text = line.strip(" \t\r")
        if not text:
            return
        try:
            value = json.loads(text)
        except json.JSONDecodeError as error:
            location = f"at character {error.pos + 1}"
            self._report(
                "line-json", file, number, f"is not valid JSON: {_reason(error)}", location
            )
            return
        except ValueError:
            self._report("line-json", file, number, "has a number with too many digits")
            return
        except RecursionError:
            self._report("line-json", file, number, "is nested too deeply")
            return
        if not isinstance(value, dict):
            kind = _KINDS.get(type(value), "a number")
            self._report("line-object", file, number, f"is {kind}, and an object is expected")
            return
        metadata, rows = value.get("$metadata"), value.get("$data")
        for key, part in (("$metadata", metadata), ("$data", rows)):
            if key not in value:
                self._report("line-object", file, number, f"has no {key}")
                return
            if not isinstance(part, dict):
                self._report("line-object", file, number, f"has a {key} that is not an object")
                return
        self._take(value, metadata or {}, rows or {}, file, number)

    def _take(
        self,
        value: Mapping[str, Any],
        metadata: Mapping[str, Any],
        rows: Mapping[str, Any],
        file: int,
        number: int,
    ) -> None:
        topic = metadata.get("topic")
        if "topic" not in metadata:
            self._report("line-object", file, number, "has no topic in $metadata")
            return
        if not isinstance(topic, str):
            self._report("topic-name", file, number, "has a topic that is not a text")
            return
        unknown = sorted(value.keys() - _TOP_KEYS)
        if unknown:
            key = clean(unknown[0], 60)
            message = f'has the key "{key}", which the emitter never writes'
            self.faults.add("emission-key", file, number, topic, message)
        builder = self.topics.get(topic)
        if builder is None and len(self.topics) >= MAX_TOPICS:
            text = f"is left out, since the emissions have more than {MAX_TOPICS:,} topics"
            self._report("topic-count", file, number, text)
            return
        if builder is None:
            builder = self.topics[topic] = TopicBuilder(topic, self.faults)
        builder.data.append(rows)
        builder.metadata.append(metadata)
        builder.lines.append(number)

    def _report(self, kind: str, file: int, line: int, message: str, location: str = "") -> None:
        self.faults.add(kind, file, line, "", message, location)


def _reason(error: json.JSONDecodeError) -> str:
    reason = error.msg.split(":")[0]
    return reason[:1].lower() + reason[1:]
