"""Progress of a fetch as an immutable value, advanced by the events of the child process."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from resim_inspect.text import clean, count, size
from resim_inspect.tui.key_hints import key_of

SILENCE_THRESHOLD = 3.0
"""Seconds without an event after which the progress line says so."""


class MissingItem(NamedTuple):
    """Something that could not be fetched; the texts are as received, and not cleaned."""

    job: str
    item: str
    reason: str


@dataclass(frozen=True)
class Fetch:
    """Progress of a fetch, or its outcome."""

    running: bool = True
    listed: bool = False
    """True once the names, statuses and values of all jobs are known."""
    jobs: int | None = None
    """Number of jobs in the batch; None until its list has been received."""
    done: int = 0
    """Number of jobs on disk."""
    kept: int = 0
    """Number of jobs that were on disk before the fetch."""
    bytes: int = 0
    missing: tuple[MissingItem, ...] = ()
    notes: tuple[str, ...] = ()
    stopped: bool = False
    """True if the user stopped it."""
    problem: str = ""
    hint: str = ""
    kind: str = ""
    """Name of the runner's exception behind the problem."""

    @property
    def wants_token(self) -> bool:
        """True if another token may solve the problem."""
        return self.kind in {"NoTokenError", "TokenError"}

    def after(self, event: Mapping[str, Any]) -> Fetch:
        """Return the state after an event; an unknown kind of event changes nothing."""
        match event.get("event"):
            case "plan":
                jobs, kept_count = _int(event, "jobs"), _int(event, "kept")
                return replace(self, jobs=jobs, kept=kept_count, done=kept_count)
            case "table":
                return replace(self, listed=True)
            case "progress":
                return replace(self, done=_int(event, "done"), bytes=_int(event, "bytes"))
            case "missing":
                item = MissingItem(_text(event, "job"), _text(event, "what"), _text(event, "text"))
                return replace(self, missing=(*self.missing, item))
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
                words = _text(event, "text").removesuffix(".")
                text = f"the fetch ended unexpectedly{f': {words}' if words else ''}."
                hint = f"{key_of('fetch.fetch')} resumes it."
                return replace(self, running=False, problem=text, hint=hint)
        return self

    def stop(self) -> Fetch:
        """Return the state after the user asked it to stop."""
        return replace(self, stopped=True) if self.running else self

    def summary(self, seconds: float) -> str:
        """One line on the progress; `seconds`: time since the last event."""
        silent = f" · no answer for {seconds:.0f} s" if seconds >= SILENCE_THRESHOLD else ""
        if self.running:
            if self.stopped:
                return "stopping…"
            if self.jobs is None:
                return f"requesting the list of jobs…{silent}"
            if not self.listed:
                return f"{count(self.jobs, 'job')}, requesting their metrics…{silent}"
            return f"{self._jobs()} · {size(self.bytes)}{silent}"
        if self.problem:
            return f"fetch failed: {clean(self.problem, 200)}"
        if self.stopped:
            return f"stopped: {self._jobs()}, which are kept"
        if not self.jobs:
            return "no jobs"
        fetched = f"{count(self.jobs, 'job')} fetched · {size(self.bytes)}"
        return f"{fetched} · {clean(self.notes[0], 120)}" if self.notes else fetched

    def _jobs(self) -> str:
        return f"{self.done:,} of {count(self.jobs or 0, 'job')} fetched"

    @property
    def missing_summary(self) -> str:
        """The last missing item by name, and the number of the others."""
        if not self.missing:
            return ""
        last = self.missing[-1]
        more = f" and {len(self.missing) - 1:,} more" if len(self.missing) > 1 else ""
        return f"missing: {clean(last.job, 40)}: {clean(last.item, 60)}{more}"


def _int(event: Mapping[str, Any], key: str) -> int:
    value = event.get(key)
    return value if isinstance(value, int) else 0


def _text(event: Mapping[str, Any], key: str) -> str:
    value = event.get(key)
    return value if isinstance(value, str) else ""
