"""Events of a call, as values that every sink understands."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from runner.workspace.results import FORMAT, JobResult


@dataclass(frozen=True)
class Event:
    """One change. Kinds: `plan`, `warning`, `note`, `started`, `line`, `finished`, `kept`,
    `stopping`, `end`; of a fetch `plan`, `table`, `progress`, `missing`, `error`, `end`."""

    kind: str
    at: float
    """Seconds since 1970."""
    job: str = ""
    text: str = ""
    result: JobResult | None = None
    data: dict[str, Any] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """Return the values of one line of `--events`; empty ones are left out."""
        values: dict[str, Any] = {"format": FORMAT, "event": self.kind, "time": round(self.at, 3)}
        if self.job:
            values["job"] = self.job
        if self.text:
            values["text"] = self.text
        if self.result is not None:
            values["result"] = self.result.as_dict()
        return values | self.data


EventSink = Callable[[Event], None]
"""A function that receives every event; it must be safe to call from any thread."""
