"""The difference between a run's metrics and those of the previous run, in one line a job."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

from resim_inspect.comparison import (
    Change,
    CompareOptions,
    Direction,
    Tolerances,
    compare_documents,
)
from resim_inspect.document import Document, parse_document
from resim_inspect.document.enums import MetricStatus
from resim_inspect.errors import InspectError
from resim_inspect.text import clean
from runner.execution.events import Event, EventSink
from runner.workspace.results import ENDINGS, JobResult, Outcome

SHOWN = 3
"""Changes of a job that are named; further ones are counted."""
MAX_FILE_SIZE = 64 << 20
"""Bytes of a file that is compared."""
SAME = "nothing changed"


@dataclass(frozen=True)
class _PreviousResult:
    """A job before its run: its document and its result, as far as there are any."""

    document: Document | None
    result: JobResult | None = None


class ResultChanges:
    """A sink of events that adds `changed` after each `finished`; used by many threads.

    `metrics_of` returns the path of the metrics of the run that an event is about.
    """

    def __init__(
        self,
        notify: EventSink,
        metrics_of: Callable[[Event], Path],
        tolerances: Tolerances | None = None,
    ) -> None:
        self._notify = notify
        self._metrics_of = metrics_of
        self._options = CompareOptions(tolerances or Tolerances(), findings=False)
        self._lock = Lock()
        self._before: dict[tuple[str, str], _PreviousResult] = {}
        self._stale: dict[tuple[str, str], JobResult] = {}

    def __call__(self, event: Event) -> None:
        """Pass an event on; read the metrics before a run, and compare after it."""
        key = event.mode, event.job
        if event.kind == "stale" and event.result is not None:
            with self._lock:
                self._stale[key] = event.result
        if event.kind == "started":
            document = _read(self._metrics_of(event))
            with self._lock:
                self._before[key] = _PreviousResult(document, self._stale.pop(key, None))
        self._notify(event)
        if event.kind == "finished" and event.result is not None:
            with self._lock:
                earlier = self._before.pop(key, None)
            text = "" if earlier is None else self._text(event, earlier)
            if text:
                data = {"mode": key[0], **({"same": True} if text == SAME else {})}
                self._notify(Event("changed", event.at, event.job, text, data=data))

    def _text(self, event: Event, before: _PreviousResult) -> str:
        earlier, result = before.result, event.result
        if result is None or result.outcome is Outcome.CANCELLED:
            return ""
        both_done = result.outcome is Outcome.DONE and (
            earlier is None or earlier.outcome is Outcome.DONE
        )
        if not both_done:
            return "" if earlier is None else _endings(earlier, result)
        after = _read(self._metrics_of(event))
        if before.document is None or after is None:
            return ""
        try:
            changes = compare_documents(before.document, after, self._options).changes
        except InspectError as error:
            return f"cannot be compared with the previous run: {clean(str(error), 120)}"
        return changes_text(changes, before.document.verdict, after.verdict)


def _read(path: Path) -> Document | None:
    """Read metrics; None without a file, or for one that cannot be compared."""
    # Read as a whole: on Windows an open file could not be replaced.
    try:
        if path.stat().st_size > MAX_FILE_SIZE:
            return None
        return parse_document(path.read_bytes())
    except (OSError, InspectError):
        return None


def _endings(before: JobResult, after: JobResult) -> str:
    """Return the change of a run's ending: `PASSED → failed`."""
    words = [_ending(result) for result in (before, after)]
    if words[0] != words[1]:
        return " → ".join(words)
    return SAME if before.message == after.message else f"{words[1]} in another way"


def _ending(result: JobResult) -> str:
    return result.verdict or "UNSET" if result.outcome is Outcome.DONE else ENDINGS[result.outcome]


def changes_text(changes: Sequence[Change], before: MetricStatus, after: MetricStatus) -> str:
    """Return the changes in one line: `Max speed 44.7 → 39.2 m/s, FAIL_BLOCK → PASSED; 2 more`."""
    different = sorted(
        (change for change in changes if change.direction is not Direction.SAME),
        key=lambda change: change.order,
    )
    if not different:
        return SAME
    parts = [change_text(change) for change in different[:SHOWN]]
    if len(different) > SHOWN:
        parts.append(f"{len(different) - SHOWN:,} more")
    if before is not after and not any(change.status_changed for change in different[:SHOWN]):
        parts.insert(0, f"{before.name} → {after.name}")
    return "; ".join(parts)


def change_text(change: Change) -> str:
    """Return one change in words: the name, the values, then the statuses if they differ."""
    is_ = "" if change.before is not None and change.after is not None else "is "
    return f"{clean(change.name, 60)} {is_}{change.words}"
