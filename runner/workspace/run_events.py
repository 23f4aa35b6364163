"""Events of a run, as values and as the lines of `events.jsonl`."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, field
from typing import Any

from runner.workspace.results import FORMAT, JobResult, result_from_values


@dataclass(frozen=True)
class Event:
    """One change. Kinds: `begin`, `plan`, `warning`, `note`, `started`, `line`, `finished`,
    `kept`, `retry`, `stopping`, `error`, `end`; with `--watch` also `watch`, `stale`, `changed`;
    of a fetch `plan`, `table`, `progress`,
    `missing`, `error`, `end`."""

    kind: str
    at: float
    """Seconds since 1970."""
    job: str = ""
    text: str = ""
    result: JobResult | None = None
    data: dict[str, Any] = field(default_factory=dict)

    @property
    def mode(self) -> str:
        """Mode of the run that the event is about: `job`, `batch` or `report`."""
        if self.result is not None:
            return self.result.mode
        mode = self.data.get("mode")
        return mode if isinstance(mode, str) else "job"

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


def event_from_line(line: bytes) -> Event:
    """Read one line of events back; raises ValueError for anything else.

    Texts are as they are in the file: clean them before display.
    """
    try:
        values = json.loads(line)
    except RecursionError as error:
        raise ValueError("is nested too deeply") from error
    if not isinstance(values, dict) or values.pop("format", None) != FORMAT:
        raise ValueError("is not an event of this format")
    kind, at = values.pop("event", None), values.pop("time", None)
    job, text = values.pop("job", ""), values.pop("text", "")
    if not (isinstance(kind, str) and isinstance(job, str) and isinstance(text, str)):
        raise ValueError("has no kind, or texts of the wrong type")
    result = values.pop("result", None)
    return Event(
        kind,
        finite(at),
        job,
        text,
        None if result is None else result_from_values(result),
        values,
    )


def finite(value: object, default: float = 0.0) -> float:
    """Return a value of a file as a finite number; `default` for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return default
    try:
        number = float(value)
    except OverflowError:
        return default
    return number if math.isfinite(number) else default


def whole(value: object, default: int = 0) -> int:
    """Return a value of a file as a whole number of at least 0; `default` for anything else."""
    return int(finite(value, default)) if finite(value, -1) >= 0 else default


def texts(value: object) -> tuple[str, ...]:
    """Return the texts of a list of a file; other values are left out."""
    return tuple(each for each in value if isinstance(each, str)) if isinstance(value, list) else ()


def text_of(value: object) -> str:
    """Return a value of a file if it is a text; else an empty one."""
    return value if isinstance(value, str) else ""
