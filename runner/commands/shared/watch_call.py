"""`--watch`: a call that is repeated whenever the content of what it depends on changes."""

from __future__ import annotations

import io
import os
import sys
import time
from argparse import Namespace
from collections.abc import Callable
from contextlib import redirect_stderr, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from resim_inspect.settings import SettingsError
from resim_inspect.terminal import write_failure
from resim_inspect.text import clean, count
from runner.commands import PROGRAM
from runner.commands.shared.reporting_args import ReportingOptions, reporting_of
from runner.commands.shared.session import (
    CallEnd,
    CallReport,
    WatchCycle,
    failed_results,
    log_path,
)
from runner.commands.shared.watched_paths import scope_of
from runner.errors import CallError, ImageError, RunnerError, WorkspaceError
from runner.execution.cancellation import Interrupted, Signals
from runner.exit_codes import ExitCode
from runner.reporting import machine
from runner.reporting.heartbeat import Heartbeat
from runner.reporting.watch_events import WatchEvents
from runner.watching.detector import ChangeDetector, Debounce
from runner.watching.file_set import Stamps, WatchScope
from runner.watching.keyboard import Keyboard, interrupt_main_thread
from runner.watching.status_line import StatusLine
from runner.workspace.process_identity import current_owner
from runner.workspace.run_record import RunRecord
from runner.workspace.watch_requests import WatchAction, WatchPhase, WatchRequests

INTERVAL = 0.25
"""Seconds between two looks at the files, if a look is quick."""
SHARE = 0.05
"""Largest share of the time that is spent on looking at files."""
KEYS = {
    "r": WatchAction.ALL,
    "f": WatchAction.FAILED,
    "p": WatchAction.PAUSE,
    "q": WatchAction.QUIT,
}
REASONS = {WatchAction.ALL: "everything again", WatchAction.FAILED: "what failed, again"}
RETRY = 2.0
"""Seconds after which a run that could not begin is tried again."""
RUNNING_HINTS = "watching · q stop"
"""Keys while a run is under way."""
NAMED = 3
"""Number of changed files that are named."""
MAX_IN_EVENT = 50


@dataclass(frozen=True)
class Repeated:
    """A command that can be repeated."""

    once: Callable[[Namespace], CallEnd]
    """Run the call once; raises RunnerError."""
    scope: Callable[[Namespace], WatchScope]
    """Build and inputs of a call; raises RunnerError."""
    record: RunRecord
    choose: Callable[[Namespace, WatchAction, CallReport | None], bool]
    """Change the arguments for `ALL` or `FAILED`; return False if nothing is to run."""


def check_watch(args: Namespace) -> None:
    """Refuse what cannot be combined with `--watch`; raises CallError."""
    if args.format == "json":
        raise CallError(
            "--format json writes one document at the end, and --watch has no end.",
            "Follow the events instead: --events FILE.",
        )
    if args.dry_run:
        raise CallError("--dry-run runs nothing that --watch could repeat.")


def watch(args: Namespace, repeated: Repeated) -> int:
    """Run a call, and again whenever its files change, until it is ended; raises RunnerError.

    Return the exit code of the last run; 130 or 143 if a signal ended it.
    """
    check_watch(args)
    options = reporting_of(args)
    if options.events not in {None, "-"}:
        # Emptied once: each run adds its events.
        machine.open_events(str(options.events), sys.stdout).close()
    with suppress(OSError):
        repeated.record.watch.unlink()
    loop = _Loop(args, repeated, options)
    with (
        Signals() as signals,
        Heartbeat(repeated.record),
        Keyboard(loop.on_key, loop.line.forget) as keyboard,
    ):
        try:
            return loop.run(keyboard)
        except Interrupted as interruption:
            return signals.code or interruption.code
        finally:
            loop.close()


@dataclass
class _Loop:
    """The state of one repeated call."""

    args: Namespace
    repeated: Repeated
    options: ReportingOptions
    detector: ChangeDetector = field(default_factory=ChangeDetector)
    debounce: Debounce = field(default_factory=Debounce)
    scope: WatchScope = field(default_factory=WatchScope)
    code: int = ExitCode.OK
    report: CallReport | None = None
    paused: bool = False
    running: bool = False
    quitting: bool = False
    seconds: float = INTERVAL
    """Seconds until the next look at the files."""
    inputs: Stamps = field(default_factory=dict)
    """Inputs at the last look at them: a look at many takes longer than one at code."""
    inputs_due: float = 0.0
    """Time of the next look at the inputs."""
    files: int = 0
    blocked: str = ""
    """Reason why the last run could not begin, such as another run in the workspace."""
    retry_at: float = 0.0
    hints: str = ""

    def __post_init__(self) -> None:
        shows = sys.stderr.isatty() and not self.options.quiet and os.environ.get("TERM") != "dumb"
        self.line = StatusLine(sys.stderr, color=self.options.color, active=shows)
        self.watch_events = WatchEvents(self.repeated.record, self.options.events)
        self.requests = WatchRequests(self.repeated.record, current_owner())

    def on_key(self, key: str) -> None:
        """Take a key at once, in the keyboard's thread: `q` stops a run that is under way."""
        if key == "q":
            self.quitting = True
            if self.running:
                interrupt_main_thread()

    def run(self, keyboard: Keyboard) -> int:
        """Run and wait by turns; return the exit code."""
        self.hints = RUNNING_HINTS if keyboard.active else ""
        self._cycle(self.args, "", first=True)
        if not self.quitting and not (keyboard.active or self.options.quiet):
            sys.stderr.write(f"Watching {count(self.files, 'file')}; Ctrl-C ends it.\n")
        while not self.quitting:
            self._show_keys(keyboard)
            action = KEYS.get(keyboard.get(self.seconds))
            for each in [*([action] if action else []), *self.requests.poll()]:
                self._act(each)
            if not (self.paused or self.quitting):
                self._look()
        return self.code

    def close(self) -> None:
        """Report the end of the watch to programs that follow the run, and clear the last line."""
        self.line.clear()
        self.watch_events(WatchPhase.NONE)

    def _act(self, action: WatchAction) -> None:
        if action is WatchAction.QUIT:
            self.quitting = True
        elif action is WatchAction.PAUSE:
            self.paused = not self.paused
            self._report_phase()
        else:
            self._again(REASONS[action], action)

    def _look(self) -> None:
        """Look at the files, and run when a change of content is complete."""
        begun = time.monotonic()
        stamps = self._stamps(begun)
        changed = self.detector.changed(stamps)
        now = time.monotonic()
        self.seconds = max(INTERVAL, (now - begun) / SHARE)
        if self.blocked and now >= self.retry_at:
            self._again("", None)
            return
        if not changed:
            self.debounce.reset()
            return
        # While files still change, marks tell it soonest.
        self.seconds, self.inputs_due = INTERVAL, now
        if self.debounce.is_complete(stamps, now):
            self._again(_named(changed), None, changed)

    def _stamps(self, now: float) -> Stamps:
        """Return the present marks of all files; those of inputs when they are due."""
        stamps = self.scope.code_stamps()
        if now >= self.inputs_due:
            begun = time.monotonic()
            self.inputs = self.scope.input_stamps()
            ended = time.monotonic()
            self.inputs_due = ended + (ended - begun) / SHARE
        self.files = len(stamps) + len(self.inputs)
        return stamps | self.inputs

    def _all_stamps(self) -> Stamps:
        self.inputs_due = 0.0
        return self._stamps(time.monotonic())

    def _again(
        self, reason: str, action: WatchAction | None, changed: list[str] | None = None
    ) -> None:
        """Read the call again, and run it."""
        args = self._read_call()
        if args is None:
            # A project file that is being edited: it is read again when it changes.
            self.detector.rebase(self._all_stamps())
            self.debounce.reset()
            return
        # All of the call is watched, also while only a part of it runs.
        scope_args = Namespace(**vars(args))
        if action is not None and not self.repeated.choose(args, action, self.report):
            self._say(f"{reason}: nothing has to run again.")
            return
        names = [log_path(Path(path)) for path in (changed or [])[:MAX_IN_EVENT]]
        text = f"changed: {reason}" if changed else reason
        partial = action is WatchAction.FAILED
        self._cycle(args, text, scope_args=scope_args, changed=names, partial=partial)

    def _read_call(self) -> Namespace | None:
        """Parse the call with the present project file; None, and a sentence, if it is wrong."""
        messages = io.StringIO()
        try:
            with redirect_stderr(messages):
                args: Namespace = self.args.again()
        except SettingsError as error:
            self._fail(str(error), error.hint)
        except SystemExit:
            # The last line of the parser; the lines before it are the usage.
            text = (messages.getvalue().splitlines() or ["the call is wrong."])[-1]
            self._fail(text.partition(" error: ")[2] or text, "")
        else:
            return args
        return None

    def _cycle(
        self,
        args: Namespace,
        reason: str,
        *,
        first: bool = False,
        scope_args: Namespace | None = None,
        changed: list[str] | None = None,
        partial: bool = False,
    ) -> None:
        self.line.clear()
        if reason:
            self._say(f"{time.strftime('%H:%M:%S')} {reason}")
        args.watch_cycle = WatchCycle(changed or [], self.hints, self.report)
        try:
            whole = scope_args or args
            self.scope = scope_of(whole, self.repeated.scope(whole))
            # Before the run: what changes while it goes on makes it stale.
            self.detector.rebase(self._all_stamps())
            self.running = True
            end = self.repeated.once(args)
            self.code, self.blocked = end.code, ""
            self.report = _merged(self.report, end.report) if partial else end.report
            if end.code in {130, 143}:
                self.quitting = True
        except RunnerError as error:
            if first and not isinstance(error, ImageError):
                raise
            if error.reason != self.blocked:
                self._fail(error.reason, error.hint)
            # The change is not forgotten: a workspace is free again when another run has ended.
            self.blocked = error.reason if isinstance(error, WorkspaceError) else ""
            self.retry_at = time.monotonic() + RETRY
            self.code = ExitCode.ERROR
        finally:
            self.running = False
            self.debounce.reset()
        self.detector.accept(self.scope.completed, self._all_stamps())
        self._report_phase()

    def _report_phase(self) -> None:
        phase = WatchPhase.PAUSED if self.paused else WatchPhase.WAITING
        self.watch_events(phase, files=self.files)

    def _show_keys(self, keyboard: Keyboard) -> None:
        """Show the state and the keys in the last line."""
        if not keyboard.listens:
            return
        state = "paused" if self.paused else f"watching {count(self.files, 'file')}"
        failed = len(failed_results(self.report, self.options.gate))
        pause = "p go on" if self.paused else "p pause"
        words = [state, "r run all", f"f run the {failed:,} failed" if failed else "", pause]
        short = ["r all", "f failed" if failed else "", pause]
        self.line.show(*(" · ".join(filter(None, [*each, "q quit"])) for each in (words, short)))

    def _say(self, text: str) -> None:
        self.line.clear()
        if not self.options.quiet:
            with suppress(OSError):
                sys.stderr.write(clean(text) + "\n")
                sys.stderr.flush()

    def _fail(self, text: str, hint: str) -> None:
        self.line.clear()
        with suppress(OSError):
            write_failure(PROGRAM, text, hint)
            sys.stderr.flush()


def _merged(earlier: CallReport | None, new: CallReport | None) -> CallReport | None:
    """Return the newest result of every job, after a call that ran some of them only."""
    if earlier is None or new is None:
        return new or earlier
    results = {result.job: result for result in (*earlier.results, *new.results)}
    last = earlier.last if new.last is None else new.last
    return replace(new, results=tuple(results.values()), last=last)


def _named(paths: list[str]) -> str:
    names = [log_path(Path(path)) for path in paths[:NAMED]]
    more = len(paths) - len(names)
    return f"{', '.join(names)}{f' and {more:,} more' if more else ''}"
