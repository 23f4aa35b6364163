"""Audit of a build's fetching against what was served: losses, failed threads, hangs, faults."""

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
from runner.workspace.run_events import finite, text_of, whole

KINDS = {
    "metrics": "metrics",
    "metricsData": "metrics data",
    "batchMetrics": "batch metrics",
    "batchMetricsData": "batch metrics data",
}
MAX_REQUEST_RATIO = 20
"""Ratio of requests to blobs and lists from which a note is made."""
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
    "ReSim's own fetcher hangs when one of its requests fails. Raise --timeout if the build is"
    " only slow."
)
CAUSES = (
    (
        "start new thread",
        "It reached the limit of processes or memory; raise --pids or --memory-mib.",
    ),
    ("Too many open files", "Its threads opened more files than the system allows."),
)


class ThreadFailureDetector:
    """Passes a build's output on to its log, and detects tracebacks of failed threads.

    `on_failure` receives the error of the first one at once, raw: the build may hang from then.
    """

    def __init__(self, log: Sink, on_failure: Callable[[str], None]) -> None:
        self._log = log
        self._on_failure = on_failure
        self._partial_lines = [b"", b""]
        self._open = [False, False]
        self.threads = 0
        """Number of tracebacks of threads."""
        self.error = ""
        """Last line of the first traceback, raw."""

    def write(self, stream: int, data: bytes) -> None:
        """Take a chunk of stdout (1) or stderr (2)."""
        self._log.write(stream, data)
        *lines, rest = (self._partial_lines[stream - 1] + data).split(b"\n")
        self._partial_lines[stream - 1] = rest[:MAX_LINE]
        for line in lines:
            self._scan(stream - 1, line)

    def _scan(self, stream: int, line: bytes) -> None:
        # Threads that fail together write into each other's lines.
        if failed := line.count(THREAD):
            self.threads += failed
            self._open[stream] = not self.error
        elif self._open[stream] and ERROR.match(line):
            self.error = line.decode("utf-8", "replace")[:400]
            self._open[stream] = False
            self._on_failure(self.error)


@dataclass(frozen=True)
class FetchObservation:
    """Everything that is known of a run's fetching."""

    mode: Mode
    counts: dict[str, Any] | None
    index: bytes
    """Index of what was served."""
    threads: int = 0
    error: str = ""
    partial: bool = False
    """Set if the build leaves metrics out on purpose."""
    secrets: Secrets = Secrets()  # noqa: RUF009 - has no state


def with_fetch_notes(result: JobResult, observation: FetchObservation) -> JobResult:
    """Return the result with notes on its fetching, and as a failure if metrics were lost."""
    if result.outcome in {Outcome.CANCELLED, Outcome.BROKEN}:
        return result
    if observation.counts is None:
        return _noted(result, ["it is unknown how much was fetched: the API reported no counts."])
    served = _served(observation.counts)
    result = replace(result, served=served)
    notes = list(_notes(observation, served))
    if result.outcome is Outcome.TIMEOUT:
        if observation.threads:
            notes.append(f"{_threads(observation)}.")
        return _noted(_explain_hang(result, observation), notes)
    if not served["requests"]:
        return _noted(_silent(result, observation), notes)
    lost = _lost(served, observation)
    if lost and not observation.partial:
        text = f"the build's fetcher lost {lost}{_names(observation)}{_threads(observation, '; ')}."
        hint = next((hint for word, hint in CAUSES if word in observation.error), FETCHER)
        if result.outcome is Outcome.DONE:
            result = replace(
                result, outcome=Outcome.FAILED, message=text, hint=hint, problem="lost-metrics"
            )
        else:
            notes.insert(0, text)
    elif observation.threads:
        notes.append(f"{_threads(observation)}, but nothing that it requested was lost.")
    return _noted(result, notes)


def _noted(result: JobResult, notes: Sequence[str]) -> JobResult:
    return replace(result, notes=(*result.notes, *notes)) if notes else result


def _served(counts: dict[str, Any]) -> dict[str, Any]:
    """Return the counts of the result, every number checked: an image's Python wrote them."""
    lists = counts["lists"]
    kinds = {}
    for kind in KINDS:
        list_counts = lists.get(kind)
        if isinstance(list_counts, dict):
            fields = {name: _int(list_counts, name) for name in ("asked", "of", "blobs", "served")}
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
    value = whole(values.get(name))
    return value if value < 1 << 60 else 0


def _lost(served: dict[str, Any], observation: FetchObservation) -> str:
    """Return `3 of 200 metrics and 1 of 10 metrics data`; empty if nothing was lost.

    A kind of which no blob was fetched counts as not wanted, unless threads failed: some
    builds take what they need from the lists alone.
    """
    parts = []
    for kind, name in KINDS.items():
        counts = served.get(kind)
        if counts is None or not counts["asked"] or not (counts["served"] or observation.threads):
            continue
        lost = counts["blobs"] - counts["served"]
        if lost > 0:
            parts.append(f"{lost:,} of {counts['blobs']:,} {name}")
    return " and ".join(parts)


def _names(observation: FetchObservation) -> str:
    rows = (observation.counts or {}).get("lost_names")
    names = []
    for row in rows[:3] if isinstance(rows, list) else ():
        if isinstance(row, dict) and row.get("name"):
            of = f" of {clean(str(row['of']), 60)}" if row.get("of") else ""
            names.append(f'"{clean(str(row["name"]), 60)}"{of}')
    return f" (such as {', '.join(names)})" if names else ""


def _threads(observation: FetchObservation, before: str = "") -> str:
    if not observation.threads:
        return ""
    error = clean(observation.secrets.hide_text(observation.error), 160)
    return f"{before}{count(observation.threads, 'thread')} of it failed" + (
        f" ({error})" if error else ""
    )


def _notes(observation: FetchObservation, served: dict[str, Any]) -> list[str]:
    counts = observation.counts or {}
    notes = []
    if served["unknown"]:
        paths = counts.get("unknown_paths")
        first = clean(str(paths[0]), 160) if isinstance(paths, list) and paths else ""
        requests = count(served["unknown"], "request")
        notes.append(f"it made {requests} for paths that do not exist, such as {first} (404).")
    if served["unauthorized"]:
        times = count(served["unauthorized"], "time")
        notes.append(f"it was refused {times} (401): the token was missing or wrong.")
    garbage = served["refused"] - served["unauthorized"]
    if garbage > 0:
        notes.append(f"it sent {count(garbage, 'malformed request')} (4xx).")
    useful = sum(
        kind_counts["of"] + kind_counts["blobs"]
        for kind in KINDS
        if isinstance(kind_counts := served.get(kind), dict)
    )
    if served["requests"] > MAX_REQUEST_RATIO * (useful + 50):
        notes.append(
            f"it sent {served['requests']:,} requests, though {useful:,} fetch everything."
        )
    if served["evicted"]:
        notes.append(
            f"it opened too many connections at once; {served['evicted']:,} idle ones were closed."
        )
    return notes


def _silent(result: JobResult, observation: FetchObservation) -> JobResult:
    """Return the result of a build without requests: it failed early or has no such mode."""
    mode = observation.mode
    if result.outcome is Outcome.DONE:
        text = f"it sent the API no request: its metrics do not come from the {mode}."
        return _noted(result, [text])
    error_line = next((t for t in reversed(result.log_tail) if JOBS_INPUT.search(t)), "")
    if error_line:
        return replace(
            result,
            message=f"it seems to have no {mode} mode: it sent the API no request and failed"
            f" because a job's inputs are missing: {clean(error_line.strip(), 200)}"
            if "has no " not in error_line
            else f"it has no {mode} mode: {clean(error_line.strip(), 200)}",
            hint=ONLY_JOBS,
            problem=f"no-{mode}-mode",
        )
    if not result.exit_code and not result.files:
        return replace(
            result,
            message=f"it seems to have no {mode} mode: it ended with 0, sent the API no request"
            " and wrote no outputs.",
            hint=ONLY_JOBS,
            problem=f"no-{mode}-mode",
        )
    return replace(result, message=f"before its first request to the API: {result.message}")


def _explain_hang(result: JobResult, observation: FetchObservation) -> JobResult:
    counts = observation.counts or {}
    if not _int(counts, "requests"):
        text = "It sent the API no request."
        return replace(result, message=_before_last_line(result.message, text), problem="hang")
    idle = finite(counts.get("idle_seconds"), -1)
    before = f", {number(round(idle, 1))} s before" if idle >= 0 else ""
    got = ", ".join(
        f"{kind_counts['served']:,} of {kind_counts['blobs']:,} {name}"
        for kind, name in KINDS.items()
        if (kind_counts := result.served.get(kind)) and kind_counts["asked"]
    )
    last = _described(text_of(counts.get("last")), observation.index)
    text = f"Its last request was for {last}{before}"
    text += f"; it had received {got}." if got else "."
    message = _before_last_line(result.message, text)
    return replace(result, message=message, hint=DEADLOCK, problem="hang")


def _before_last_line(message: str, text: str) -> str:
    """Insert a sentence into the message of a timeout, before the build's last output."""
    head, stopped, words = message.partition(" and was stopped.")
    return f"{head}{stopped} {text}{words}"


def _described(path: str, index: bytes) -> str:
    """Describe a path of the API."""
    lists = json.loads(index)["lists"]
    if path in lists:
        of = lists[path].get("of", "")
        name = KINDS.get(lists[path]["name"], lists[path]["name"])
        return f"the list of {name}" + (f" of {clean(of, 60)}" if of else "")
    for about in lists.values():
        for row in about["rows"]:
            if path == f"blobs/{row.get('blob')}":
                of = f" of {clean(about['of'], 60)}" if about.get("of") else ""
                name = clean(str(row.get("name", "")), 60)
                return f'the {KINDS.get(about["name"], "file")} "{name}"{of}'
    return f'"{clean(path, 120)}"'
