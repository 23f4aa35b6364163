"""How a fetch stands, from what it told: a value that each event makes anew, and what it says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from resim_inspect.text import clean, count, size

SILENT = 3.0
"""Seconds without a sign of life that are worth a word."""


class Lost(NamedTuple):
    """Something that did not come: raw texts."""

    job: str
    what: str
    why: str


@dataclass(frozen=True)
class Fetch:
    """How far a fetch is, or how it ended."""

    running: bool = True
    listed: bool = False
    """Whether the table stands: names, statuses and values of all jobs."""
    jobs: int | None = None
    """How many there are; None before the batch's list came."""
    done: int = 0
    kept: int = 0
    bytes: int = 0
    lost: tuple[Lost, ...] = ()
    notes: tuple[str, ...] = ()
    stopped: bool = False
    """Whether it ended because somebody wished so."""
    problem: str = ""
    hint: str = ""
    kind: str = ""
    """What kind of problem: the name of the runner's error."""

    @property
    def wants_token(self) -> bool:
        """Whether another token would help."""
        return self.kind in {"NoTokenError", "TokenError"}

    def after(self, event: Mapping[str, Any]) -> Fetch:
        """How it stands after an event; one of an unknown kind changes nothing."""
        match event.get("event"):
            case "plan":
                jobs, kept = _int(event, "jobs"), _int(event, "kept")
                return replace(self, jobs=jobs, kept=kept, done=kept)
            case "table":
                return replace(self, listed=True)
            case "progress":
                return replace(self, done=_int(event, "done"), bytes=_int(event, "bytes"))
            case "missing":
                one = Lost(_text(event, "job"), _text(event, "what"), _text(event, "text"))
                return replace(self, lost=(*self.lost, one))
            case "end":
                notes = event.get("notes")
                return replace(
                    self,
                    running=False,
                    done=self.jobs or 0,
                    bytes=_int(event, "bytes"),
                    notes=tuple(map(str, notes)) if isinstance(notes, list) else (),
                )
            case "error":
                return replace(
                    self,
                    running=False,
                    problem=_text(event, "text"),
                    hint=_text(event, "hint"),
                    kind=_text(event, "kind"),
                )
            case "over":
                if self.stopped:
                    return replace(self, running=False)
                words = _text(event, "text")
                text = f"the fetch ended all at once{f': {words}' if words else '.'}"
                return replace(self, running=False, problem=text, hint="F5 goes on with it.")
        return self

    def stop(self) -> Fetch:
        """Somebody wishes it to end."""
        return replace(self, stopped=True) if self.running else self

    def said(self, seconds: float) -> str:
        """It in one line; `seconds`: since the last event."""
        silent = f" · no answer for {seconds:.0f} s" if seconds >= SILENT else ""
        if self.running:
            if self.stopped:
                return "stopping…"
            if self.jobs is None:
                return f"asking for the batch's jobs…{silent}"
            if not self.listed:
                return f"{count(self.jobs, 'job')}, asking for their metrics…{silent}"
            return f"{self._jobs()} · {size(self.bytes)}{silent}"
        if self.problem:
            return f"not fetched: {clean(self.problem, 200)}"
        if self.stopped:
            return f"stopped: {self._jobs()}; what came is kept"
        if self.jobs is None or not self.jobs:
            return "no jobs"
        here = f"{count(self.jobs, 'job')} here, {size(self.bytes)} fetched"
        return f"{here} · {clean(self.notes[0], 120)}" if self.notes else here

    def _jobs(self) -> str:
        return f"{self.done:,} of {count(self.jobs or 0, 'job')} here"

    @property
    def losses(self) -> str:
        """What did not come, in few words: the last of it by name."""
        if not self.lost:
            return ""
        one = self.lost[-1]
        more = f" and {len(self.lost) - 1:,} more" if len(self.lost) > 1 else ""
        return f"missing: {clean(one.job, 40)}: {clean(one.what, 60)}{more}"


def _int(event: Mapping[str, Any], key: str) -> int:
    value = event.get(key)
    return value if isinstance(value, int) else 0


def _text(event: Mapping[str, Any], key: str) -> str:
    value = event.get(key)
    return value if isinstance(value, str) else ""
