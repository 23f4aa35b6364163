"""A recording in short: its topics with types and counts, its times, and what it lacks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from resim_inspect.text import INT64_MAX, clean, count, instant, seconds, table

MAX_TOPICS = 2_000
"""Topics that are listed; the rest are counted."""
DATED_FROM = 10**17
"""Time in ns from which it counts from 1970."""


class RecordingError(Exception):
    """A recording that cannot be summarised; its text is a whole sentence."""


@dataclass(frozen=True, slots=True)
class Topic:
    """One topic of a recording."""

    name: str
    type: str = ""
    messages: int | None = None
    """None if the recording does not say it."""


@dataclass(frozen=True, slots=True)
class Recording:
    """Summary of a recording."""

    format: str
    topics: tuple[Topic, ...]
    messages: int | None = None
    start: int | None = None
    """Time of the first message in ns."""
    end: int | None = None
    """Time of the last message in ns."""
    details: tuple[str, ...] = ()
    """Further facts, each a sentence, such as what is missing."""

    @property
    def span(self) -> tuple[int, int] | None:
        """Times of the first and the last message in ns; None where no message could be read."""
        if self.start is None or self.end is None or self.messages == 0:
            return None
        return self.start, self.end


def recording_lines(recording: Recording) -> Iterator[str]:
    """Yield a summary as cleaned lines: counts, times, details, a table of the topics."""
    parts = [recording.format, count(len(recording.topics), "topic")]
    if recording.messages is not None:
        parts.append(count(recording.messages, "message"))
    yield " · ".join(parts)
    if recording.span is not None:
        start, end = recording.span
        yield f"from {time_text(start)} to {time_text(end)} ({seconds(end - start)})"
    for detail in recording.details:
        yield clean(detail, 400)
    if not recording.topics:
        return
    yield ""
    # The counts come first: a number must not be cut by a narrow pane.
    rows = [
        (
            "" if topic.messages is None else f"{topic.messages:,}",
            clean(topic.name, 200) or "(no name)",
            clean(topic.type, 100),
        )
        for topic in sorted(recording.topics, key=lambda topic: topic.name)[:MAX_TOPICS]
    ]
    yield from table([("messages", "topic", "type"), *rows], right=(0,))
    if len(recording.topics) > MAX_TOPICS:
        yield f"… {count(len(recording.topics) - MAX_TOPICS, 'more topic')}"


def time_text(ns: int) -> str:
    """Return a time of a message in ns as text: a date if it counts from 1970, else seconds."""
    if ns > INT64_MAX:
        return "after 2262-04-11"
    return instant(ns) if ns >= DATED_FROM else seconds(ns)
