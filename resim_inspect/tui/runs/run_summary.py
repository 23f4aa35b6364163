"""A run in one line: its progress while it goes on, its outcome, or the death of its process."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from resim_inspect.document.enums import MetricStatus
from resim_inspect.text import clean, count
from resim_inspect.tui.theme import ThemeStyles
from resim_inspect.tui.widgets.progress_line import progress_bar
from resim_inspect.tui.widgets.row_list import StyledText

if TYPE_CHECKING:
    from runner.workspace.results import JobResult
    from runner.workspace.run_state import RunState


class Tally(NamedTuple):
    """Numbers of results of a run."""

    blocked: int
    warned: int
    failed: int
    """Number of runs without valid outputs, stopped ones not counted."""


def results_of(state: RunState) -> list[JobResult]:
    """Return the results of all jobs that have one."""
    return [job.result for job in state.jobs.values() if job.result is not None]


def tally(results: Sequence[JobResult]) -> Tally:
    """Count the results that need attention."""
    from runner.workspace.results import Outcome

    verdicts = Counter(r.verdict for r in results if r.outcome is Outcome.DONE)
    bad = sum(r.outcome not in {Outcome.DONE, Outcome.CANCELLED} for r in results)
    return Tally(verdicts["FAIL_BLOCK"], verdicts["FAIL_WARN"], bad)


def duration(seconds: float) -> str:
    """Return a duration in words: `8 s`, `4 min`, `2.5 h`."""
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.1f} h"


def summary_line(
    state: RunState, now: float, styles: ThemeStyles, *, short: bool = False
) -> list[StyledText]:
    """Return the line of a run at a time in seconds since 1970; `short`: for a narrow screen."""
    from runner.workspace.run_state import Life

    match state.life:
        case Life.NONE:
            return [(" no run yet", styles.quiet)]
        case Life.DIED:
            return _died(state, styles)
        case Life.ALIVE:
            return _alive(state, now, styles, short=short)
    return _finished(state, styles, short=short)


def _alive(state: RunState, now: float, styles: ThemeStyles, *, short: bool) -> list[StyledText]:
    pieces: list[StyledText] = [(" ", styles.text)]
    if not state.planned:
        note = clean(state.note, 200) or "preparing the build"
        return [*pieces, ("stopping… " if state.stopping else f"{note}…", styles.text)]
    if not short:
        pieces += progress_bar(state.done / state.todo if state.todo else 1.0, styles)
    words = ["watching"] if state.watch else []
    words.append(f"{state.done:,} of {count(state.todo, 'job')}")
    if state.stopping:
        words.append("stopping…")
    else:
        words.append(f"{len(state.running):,} running")
        left = state.seconds_left(now)
        if left is not None and left >= 1:
            words.append(f"{duration(left)} left")
    return [*pieces, (" · ".join(words), styles.text), *_attention(state, styles, short=short)]


def _attention(state: RunState, styles: ThemeStyles, *, short: bool) -> list[StyledText]:
    """Return the numbers of jobs that block, warn and failed."""
    numbers = tally(results_of(state))
    block, warn = MetricStatus.FAIL_BLOCK, MetricStatus.FAIL_WARN
    parts = (
        (numbers.failed, "E", "failed", styles.of(block)),
        (numbers.blocked, block.symbol, "blocked", styles.of(block)),
        (numbers.warned, warn.symbol, "warned", styles.of(warn)),
    )
    return [
        (f" · {symbol} {number:,}" + ("" if short else f" {word}"), style)
        for number, symbol, word, style in parts
        if number
    ]


def _finished(state: RunState, styles: ThemeStyles, *, short: bool) -> list[StyledText]:
    from runner.workspace.results import Outcome
    from runner.workspace.verdict_gate import overall_verdict
    from runner.workspace.watch_requests import WatchPhase

    if state.error:
        text = f" {'watching · ' if state.watch else ''}E " + clean(
            " ".join((state.error, state.hint)).strip(), 400
        )
        return [(text, styles.of(MetricStatus.FAIL_BLOCK))]
    results = results_of(state)
    verdict = overall_verdict(results)
    ran, took = state.done, duration(max(0.0, state.ended - state.started))
    kept_count = len(results) - ran
    stopped = sum(result.outcome is Outcome.CANCELLED for result in results)
    words = f"{count(ran - stopped, 'job')} run in {took}"
    words += f", {stopped:,} stopped" if stopped else ""
    words += f", {kept_count:,} unchanged" if kept_count > 0 else ""
    pieces: list[StyledText] = [(" ", styles.text)]
    if state.watch:
        paused = state.watch is WatchPhase.PAUSED
        pieces.append(("paused · " if paused else "watching · ", styles.accent))
    if verdict is not None:
        pieces.append((f"{verdict.symbol} {verdict.name}", styles.of(verdict)))
        pieces.append((" · ", styles.quiet))
    return [*pieces, (words, styles.text), *_attention(state, styles, short=short)]


def _died(state: RunState, styles: ThemeStyles) -> list[StyledText]:
    from runner.workspace.run_record import NO_HEARTBEAT

    owner = state.owner
    process = "" if owner is None else f" (process {owner.pid} of {clean(owner.host, 60)})"
    reason = "" if owner is None or owner.has_ended else f", {NO_HEARTBEAT}"
    text = f" E the runner{process} has died{reason}; what was finished is kept."
    return [(text, styles.of(MetricStatus.FAIL_BLOCK))]


def resume_command(state: RunState) -> str:
    """Return the command line that resumes a run; empty if it is unknown."""
    return "" if state.owner is None else state.owner.command_line
