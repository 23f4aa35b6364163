"""What a build fetched, against what there was: losses, failed threads, hangs, wrong requests."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from resim_inspect.text import clean, count, number
from runner.engines.protocol import Sink
from runner.redact import Secrets
from runner.workspace.contract import Mode
from runner.workspace.results import JobResult, Outcome

KINDS = {
    "metrics": "metrics",
    "metricsData": "metrics data",
    "batchMetrics": "batch metrics",
    "batchMetricsData": "batch metrics data",
}
FLOOD = 20
"""So many times more requests than blobs and lists are worth a word."""
MAX_LINE = 4000
THREAD = b"Exception in thread "
ERROR = re.compile(rb"^[A-Za-z_][\w.]*(Error|Exception|Exit|Timeout|Warning)\b")
JOBS_INPUT = re.compile(r"inputs/(logs|experience)\b|has no (batch|report)_metrics\b")
ONLY_JOBS = "If it has none, run its jobs alone: resim-runner run --only jobs."
FETCHER = (
    "ReSim's own fetcher prints such an error and goes on without the metric; a build that"
    " leaves metrics out on purpose runs with --partial-fetch."
)
DEADLOCK = (
    "ReSim's own fetcher waits for ever when one of its requests fails. Raise --timeout if the"
    " build is only slow."
)
CAUSES = (
    ("start new thread", "It ran into the limit of processes or memory: --pids, --memory-mib."),
    ("Too many open files", "It had too few open files for its threads."),
)


class Ear:
    """Passes on what a build says to its log, and hears the threads that fail.

    `tell` is told the first of these at once, raw: the build may be waiting for it for ever.
    """

    def __init__(self, log: Sink, tell: Callable[[str], None]) -> None:
        self._log = log
        self._tell = tell
        self._rests = [b"", b""]
        self._open = [False, False]
        self.threads = 0
        """Tracebacks of threads."""
        self.error = ""
        """What the first one said, raw."""

    def write(self, stream: int, data: bytes) -> None:
        """Take a chunk of stdout (1) or stderr (2)."""
        self._log.write(stream, data)
        *lines, rest = (self._rests[stream - 1] + data).split(b"\n")
        self._rests[stream - 1] = rest[:MAX_LINE]
        for line in lines:
            self._hear(stream - 1, line)

    def _hear(self, stream: int, line: bytes) -> None:
        # Threads that fail together write into each other's lines.
        if failed := line.count(THREAD):
            self.threads += failed
            self._open[stream] = not self.error
        elif self._open[stream] and ERROR.match(line):
            self.error = line.decode("utf-8", "replace")[:400]
            self._open[stream] = False
            self._tell(self.error)


@dataclass(frozen=True)
class Heard:
    """Everything that is known of a run's fetching."""

    mode: Mode
    counts: dict[str, Any] | None
    index: bytes
    """What was served."""
    threads: int = 0
    error: str = ""
    partial: bool = False
    """Whether the build leaves metrics out on purpose."""
    secrets: Secrets = Secrets()  # noqa: RUF009 - has no state


def told(result: JobResult, heard: Heard) -> JobResult:
    """The result with what its fetching says about it."""
    if result.outcome in {Outcome.CANCELLED, Outcome.BROKEN}:
        return result
    if heard.counts is None:
        return _noted(result, ["how much was fetched is not known: the API told no counts."])
    served = _served(heard.counts)
    result = replace(result, served=served)
    notes = list(_notes(heard, served))
    if result.outcome is Outcome.TIMEOUT:
        if heard.threads:
            notes.append(f"{_threads(heard)}.")
        return _noted(_hang(result, heard), notes)
    if not served["requests"]:
        return _noted(_silent(result, heard), notes)
    lost = _lost(served, heard)
    if lost and not heard.partial:
        text = f"the build's fetcher lost {lost}{_names(heard)}{_threads(heard, '; ')}."
        hint = next((hint for word, hint in CAUSES if word in heard.error), FETCHER)
        if result.outcome is Outcome.DONE:
            result = replace(
                result, outcome=Outcome.FAILED, message=text, hint=hint, problem="lost-metrics"
            )
        else:
            notes.insert(0, text)
    elif heard.threads:
        notes.append(f"{_threads(heard)}, though nothing of what it asked for was lost.")
    return _noted(result, notes)


def _noted(result: JobResult, notes: Sequence[str]) -> JobResult:
    return replace(result, notes=(*result.notes, *notes)) if notes else result


def _served(counts: dict[str, Any]) -> dict[str, Any]:
    """The counts that are worth keeping, every number checked: an image's Python wrote them."""
    lists = counts["lists"]
    kinds = {}
    for kind in KINDS:
        one = lists.get(kind)
        if isinstance(one, dict):
            fields = {name: _int(one, name) for name in ("asked", "of", "blobs", "served")}
            if fields["of"]:
                kinds[kind] = fields
    answers = counts.get("answers")
    refused = answers if isinstance(answers, dict) else {}
    return {
        "requests": _int(counts, "requests"),
        "unknown": _int(counts, "unknown"),
        "refused": sum(_int(refused, s) for s in refused if s.startswith("4") and s != "404"),
        "unauthorized": _int(refused, "401"),
        "evicted": _int(counts, "evicted"),
        **kinds,
    }


def _int(values: dict[str, Any], name: str) -> int:
    value = values.get(name)
    return value if isinstance(value, int) and 0 <= value < 1 << 60 else 0


def _lost(served: dict[str, Any], heard: Heard) -> str:
    """`3 of 200 metrics and 1 of 10 metrics data`; empty where nothing was lost.

    A kind of which no blob was fetched is not wanted: some builds take what they need from
    the lists alone. When threads failed it was, though.
    """
    parts = []
    for kind, name in KINDS.items():
        one = served.get(kind)
        if one is None or not one["asked"] or not (one["served"] or heard.threads):
            continue
        lost = one["blobs"] - one["served"]
        if lost > 0:
            parts.append(f"{lost:,} of {one['blobs']:,} {name}")
    return " and ".join(parts)


def _names(heard: Heard) -> str:
    rows = (heard.counts or {}).get("lost_names")
    found = []
    for row in rows[:3] if isinstance(rows, list) else ():
        if isinstance(row, dict) and row.get("name"):
            of = f" of {clean(str(row['of']), 60)}" if row.get("of") else ""
            found.append(f'"{clean(str(row["name"]), 60)}"{of}')
    return f" (such as {', '.join(found)})" if found else ""


def _threads(heard: Heard, before: str = "") -> str:
    if not heard.threads:
        return ""
    said = clean(heard.secrets.hide_text(heard.error), 160)
    return f"{before}{count(heard.threads, 'thread')} of it failed" + (f" ({said})" if said else "")


def _notes(heard: Heard, served: dict[str, Any]) -> list[str]:
    counts = heard.counts or {}
    notes = []
    if served["unknown"]:
        paths = counts.get("unknown_paths")
        first = clean(str(paths[0]), 160) if isinstance(paths, list) and paths else ""
        times = count(served["unknown"], "time")
        notes.append(f"it asked {times} for what is not there, such as {first} (404).")
    if served["unauthorized"]:
        times = count(served["unauthorized"], "time")
        notes.append(f"it was refused {times} (401): the token was missing or wrong.")
    garbage = served["refused"] - served["unauthorized"]
    if garbage > 0:
        notes.append(f"it sent {count(garbage, 'request')} that no such API understands (4xx).")
    useful = sum(
        one["of"] + one["blobs"] for kind in KINDS if isinstance(one := served.get(kind), dict)
    )
    if served["requests"] > FLOOD * (useful + 50):
        notes.append(f"it sent {served['requests']:,} requests, where {useful:,} bring everything.")
    if served["evicted"]:
        notes.append(
            f"it held too many connections at once; {served['evicted']:,} idle ones were closed."
        )
    return notes


def _silent(result: JobResult, heard: Heard) -> JobResult:
    """A build that asked the API for nothing: fine, failed before, or without this mode."""
    mode = heard.mode
    if result.outcome is Outcome.DONE:
        text = f"it asked the API for nothing: its metrics come from elsewhere than the {mode}'s."
        return _noted(result, [text])
    clue = next((t for t in reversed(result.log_tail) if JOBS_INPUT.search(t)), "")
    if clue:
        return replace(
            result,
            message=f"it has no {mode} mode, as it seems: it asked the API for nothing and failed"
            f" for want of a job's inputs: {clean(clue.strip(), 200)}"
            if "has no " not in clue
            else f"it has no {mode} mode: {clean(clue.strip(), 200)}",
            hint=ONLY_JOBS,
            problem=f"no-{mode}-mode",
        )
    if not result.exit_code and not result.files:
        return replace(
            result,
            message=f"it ended well, but asked the API for nothing and left nothing: it has no"
            f" {mode} mode, as it seems.",
            hint=ONLY_JOBS,
            problem=f"no-{mode}-mode",
        )
    return replace(result, message=f"before it asked the API for anything: {result.message}")


def _hang(result: JobResult, heard: Heard) -> JobResult:
    counts = heard.counts or {}
    if not _int(counts, "requests"):
        text = "It never asked the API for anything."
        return replace(result, message=_before_words(result.message, text), problem="hang")
    idle = counts.get("idle_seconds")
    before = f", {number(round(idle, 1))} s before" if isinstance(idle, int | float) else ""
    got = ", ".join(
        f"{one['served']:,} of {one['blobs']:,} {name}"
        for kind, name in KINDS.items()
        if (one := result.served.get(kind)) and one["asked"]
    )
    text = f"It last asked for {_what(str(counts.get('last', '')), heard.index)}{before}"
    text += f"; it had got {got}." if got else "."
    message = _before_words(result.message, text)
    return replace(result, message=message, hint=DEADLOCK, problem="hang")


def _before_words(message: str, text: str) -> str:
    """The message of a timeout with a sentence before the build's own last words."""
    head, stopped, words = message.partition(" and was stopped.")
    return f"{head}{stopped} {text}{words}"


def _what(path: str, index: bytes) -> str:
    """What a path of the API is, in words."""
    lists = json.loads(index)["lists"]
    if path in lists:
        of = lists[path].get("of", "")
        name = KINDS.get(lists[path]["name"], lists[path]["name"])
        return f"the list of {name}" + (f" of {clean(of, 60)}" if of else "")
    if path.startswith("blobs/") and path[6:].isdigit():
        wanted = int(path[6:])
        for about in lists.values():
            for row in about["rows"]:
                if row.get("blob") == wanted:
                    of = f" of {clean(about['of'], 60)}" if about.get("of") else ""
                    name = clean(str(row.get("name", "")), 60)
                    return f'the {KINDS.get(about["name"], "file")} "{name}"{of}'
    return f'"{clean(path, 120)}"'
