"""Reports for programs: a JSON line per event, one JSON document, a JUnit file."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TextIO
from xml.sax.saxutils import escape, quoteattr

from resim_inspect.document.approximate import APPROXIMATE_NOTE
from resim_inspect.text import clean
from runner.execution.events import Event
from runner.redact import Secrets
from runner.storage.fs import disk_errors, write_atomic
from runner.workspace.results import FORMAT, JobResult, Outcome, result_from_values
from runner.workspace.verdict_gate import VerdictGate, overall_verdict


class JsonLines:
    """Writes one JSON object a line for each event; the output of builds is in their logs only."""

    def __init__(self, stream: TextIO, secrets: Secrets) -> None:
        self._stream = stream
        self._secrets = secrets

    def __call__(self, event: Event) -> None:
        """Write an event."""
        if event.kind == "line":
            return
        self._stream.write(json.dumps(self._secrets.hide_values(event.as_dict())) + "\n")
        self._stream.flush()


def open_events(target: str, stdout: TextIO, *, appends: bool = False) -> TextIO:
    """Open the stream of `--events FILE|-`; raises StorageError."""
    if target == "-":
        return stdout
    path = Path(target)
    with disk_errors(path):
        return path.open("a" if appends else "w", encoding="utf-8")


def document(
    command: str,
    about: dict[str, Any],
    results: Sequence[JobResult],
    kept_jobs: set[str],
    code: int,
    last: JobResult | None = None,
    last_kept: bool = False,
) -> dict[str, Any]:
    """Return the call as JSON values; `last` is the batch or the report, under its mode's name."""
    overall = overall_verdict([*results, *([last] if last else [])])
    final = {last.mode: {**last.as_dict(), "kept": last_kept}} if last else {}
    verdicts = Counter(r.verdict for r in results if r.outcome is Outcome.DONE and r.verdict)
    return {
        "format": FORMAT,
        "command": command,
        **about,
        "exit_code": code,
        "verdict": overall.name if overall else None,
        "verdicts": dict(sorted(verdicts.items())),
        "outcomes": dict(sorted(Counter(r.outcome.value for r in results).items())),
        "jobs": [{**r.as_dict(), "kept": r.job in kept_jobs} for r in results],
        **final,
    }


def dump(values: dict[str, Any], secrets: Secrets) -> str:
    """Return JSON text with every secret redacted and everything but ASCII escaped."""
    return json.dumps(secrets.hide_values(values), indent=1) + "\n"


def write_junit(
    path: Path, title: str, results: Sequence[JobResult], gate: VerdictGate, secrets: Secrets
) -> None:
    """Write the JUnit file of a call; raises StorageError."""
    if secrets:
        title = secrets.hide_text(title)
        results = [result_from_values(secrets.hide_values(each.as_dict())) for each in results]
    write_atomic(path, junit(title, results, gate).encode())


def junit(title: str, results: Sequence[JobResult], gate: VerdictGate) -> str:
    """Return the text of a JUnit file: a test case per job, and one for the batch or report.

    A verdict that the gate does not accept is a failure, a broken run an error, a stopped
    one skipped.
    """
    failures = sum(r.outcome is Outcome.DONE and gate.fails(r) for r in results)
    skipped = sum(r.outcome is Outcome.CANCELLED for r in results)
    errors = sum(r.outcome is not Outcome.DONE for r in results) - skipped
    seconds = sum(r.seconds for r in results)
    counts = (
        f'tests="{len(results)}" failures="{failures}" errors="{errors}" skipped="{skipped}"'
        f' time="{seconds:.3f}"'
    )
    cases = "".join(_case(title, result, gate) for result in results)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f"<testsuites {counts}>\n"
        f"<testsuite name={_attribute(title)} {counts}>\n{cases}</testsuite>\n</testsuites>\n"
    )


def _case(title: str, result: JobResult, gate: VerdictGate) -> str:
    if result.mode != "job":
        # A name that no job can have: the name of a folder has no slash.
        title = f"{title}/{result.mode}"
    head = (
        f"<testcase classname={_attribute(title)} name={_attribute(result.job)}"
        f' time="{result.seconds:.3f}">'
    )
    body = ""
    if result.approximate:
        note = _attribute(APPROXIMATE_NOTE)
        head += f'<properties><property name="approximate" value={note}/></properties>'
    if result.outcome is Outcome.CANCELLED:
        body = f"<skipped message={_attribute(result.message)}/>"
    elif result.outcome is not Outcome.DONE:
        text = "\n".join((result.message, result.hint, *result.notes, *result.findings))
        kind = result.outcome.value
        body = f'<error type="{kind}" message={_attribute(result.message)}>{_text(text)}</error>'
    elif gate.fails(result):
        verdict = result.verdict or ""
        failing = [f for f in result.failing if f.status == verdict]
        text = "\n".join(f"{f.name}: {f.headline}" for f in failing)
        message = f"{verdict}: {', '.join(f.name for f in failing[:5])}"
        body = (
            f"<failure type={_attribute(verdict)} message={_attribute(message)}>"
            f"{_text(text)}</failure>"
        )
    if result.log_tail:
        tail = "\n".join(result.log_tail)
        body += f"<system-out>{_text(tail)}</system-out>"
    return f"{head}{body}</testcase>\n"


def _attribute(text: str) -> str:
    return quoteattr(clean(text, 500))


def _text(text: str) -> str:
    return escape(clean(text, 20_000, lines=True))
