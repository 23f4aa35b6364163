"""Jobs of Slurm for one script, kept at a number: sbatch, squeue and scancel as programs.

A thread asks Slurm, since a controller that is busy or gone lets its programs wait.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections import Counter
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from threading import Event, Lock, Thread

from resim_inspect.text import clean, count
from runner.errors import ExecutorError

INTERVAL = 1.0
"""Seconds between the first looks at the Slurm jobs; they grow while nothing changes."""
MAX_INTERVAL = 5.0
RETRY_INTERVAL = 10.0
"""Seconds after which something is tried again that Slurm refused or did not answer."""
CALL_TIMEOUT = 60.0
"""Seconds after which a program of Slurm counts as hanging."""
CANCEL_TIMEOUT = 20.0
"""The same for the cancellation at the end of a run."""
MAX_FAILED_STARTS = 3
"""Number of Slurm jobs in succession that may end before their worker is connected."""
PROGRAMS = ("sbatch", "squeue", "scancel")
INSTALL = "Start the run on a machine that submits to the cluster."
PENDING = frozenset({"PENDING", "CONFIGURING", "REQUEUED", "REQUEUE_HOLD", "SPECIAL_EXIT"})
RUNNING = frozenset({"RUNNING", "SUSPENDED", "STOPPED", "RESIZING", "SIGNALING"})


class SlurmCallError(Exception):
    """A program of Slurm that failed; `str(error)` is its reason in one line."""


@dataclass(frozen=True)
class SlurmState:
    """The Slurm jobs of a run at the last look."""

    pending: Mapping[str, int]
    """Number of jobs that wait for their start, by Slurm's reason."""
    running: int
    problem: str = ""
    """Reason why Slurm gave no answer, or did not take a job; empty if all is well."""

    def waiting(self) -> str:
        """Description of what a run waits for: `2 jobs pending: Resources`."""
        total = sum(self.pending.values())
        if total:
            reasons = ", ".join(sorted(reason for reason in self.pending if reason != "None"))
            return f"{count(total, 'job')} pending{': ' if reasons else ''}{reasons}"
        if self.running:
            return "its job runs, and the worker is starting"
        return self.problem


def missing_programs() -> list[str]:
    """Return the programs of Slurm that this machine lacks."""
    return [name for name in PROGRAMS if shutil.which(name) is None]


class SlurmJobs:
    """Keeps a number of Slurm jobs of one script alive, until it is closed.

    `name` is the name of the jobs, and no other job of the cluster may have it: they are found and
    cancelled by it, also those whose submission was interrupted.
    """

    def __init__(self, name: str, script: str, interval: float = INTERVAL) -> None:
        self._name = name
        self._script = script
        self._interval = interval
        self._lock = Lock()
        self._wake = Event()
        self._closed = Event()
        self._wanted = 0
        self._live: set[str] = set()
        self._has_submitted = False
        """True as soon as sbatch was called, whatever became of it."""
        self._submitting = Lock()
        self._connected: set[str] = set()
        """Jobs whose worker was connected at some time."""
        self._present: frozenset[str] = frozenset()
        """Jobs whose worker was connected at the last call of `want`."""
        self._has_lost = False
        """True if a worker was lost since the last look, which comes at once then."""
        self._failed_starts = 0
        self._state = SlurmState({}, 0)
        self._error: ExecutorError | None = None
        self._thread: Thread | None = None

    def want(self, number: int, connected: Iterable[str]) -> SlurmState:
        """Set how many jobs are to be alive; return what is known of them.

        `connected` are the ids of the jobs whose worker is connected. Raises ExecutorError if
        Slurm refuses the jobs, or lets their workers end before they are connected.
        """
        present = frozenset(connected)
        with self._lock:
            if self._error is not None:
                raise self._error
            lost, self._present = self._present - present, present
            self._connected |= present
            self._has_lost |= bool(lost)
            changed, self._wanted = self._wanted != number or bool(lost), number
            if number and self._thread is None:
                self._thread = Thread(target=self._follow, name="Slurm", daemon=True)
                self._thread.start()
            elif changed:
                self._wake.set()
            return self._state

    def close(self) -> str:
        """Cancel all jobs; return the reason why that was impossible, empty if it was done."""
        self._closed.set()
        self._wake.set()
        # A submission under way is cancelled with the others, unless Slurm is hanging.
        finished = self._submitting.acquire(timeout=CANCEL_TIMEOUT)
        try:
            if not self._has_submitted:
                return ""
            call_slurm(["scancel", f"--name={self._name}"], timeout=CANCEL_TIMEOUT)
        except SlurmCallError as error:
            return str(error)
        finally:
            if finished:
                self._submitting.release()
        return ""

    def _follow(self) -> None:
        pause, before = self._interval, self._state
        while not self._closed.is_set():
            self._wake.clear()
            try:
                self._look()
                self._correct()
                self._set_problem("")
                pause = min(MAX_INTERVAL, 1.25 * pause)
            except SlurmCallError as error:
                self._set_problem(str(error))
                pause = RETRY_INTERVAL
            except ExecutorError as error:
                with self._lock:
                    self._error = error
                return
            if self._state != before and not self._state.problem:
                pause = self._interval
            before = self._state
            self._wake.wait(pause)
            if self._has_lost:
                # Slurm may need a moment to notice it as well.
                self._has_lost, pause = False, self._interval

    def _look(self) -> None:
        """Ask for the jobs; raises SlurmCallError, and ExecutorError after failed starts."""
        if not self._has_submitted:
            return
        lines = call_slurm(
            ["squeue", "--noheader", f"--name={self._name}", "--format=%i|%T|%r"]
        ).splitlines()
        pending: Counter[str] = Counter()
        running, live = 0, set()
        for line in lines:
            number, state, reason = [*line.strip().split("|", 2), "", ""][:3]
            if state in PENDING:
                pending[clean(reason, 40)] += 1
            elif state in RUNNING:
                running += 1
            else:
                continue
            live.add(number)
        with self._lock:
            for number in sorted(self._live - live, key=lambda each: (len(each), each)):
                self._failed_starts = 0 if number in self._connected else self._failed_starts + 1
            self._live = live
            self._state = SlurmState(pending, running, self._state.problem)
            wanted = self._wanted
        if wanted and self._failed_starts >= MAX_FAILED_STARTS:
            raise ExecutorError(
                f"{self._failed_starts} jobs of Slurm in succession ended before their worker was"
                " connected.",
                "Read their logs for the reason.",
            )

    def _correct(self) -> None:
        """Submit the jobs that are missing, or cancel those that nothing waits for any more."""
        with self._lock:
            missing, pending = self._wanted - len(self._live), bool(self._state.pending)
            wanted = self._wanted
        for _ in range(missing):
            with self._submitting:
                if self._closed.is_set():
                    return
                self._submit()
        if not wanted and pending:
            call_slurm(["scancel", f"--name={self._name}", "--state=PENDING"])

    def _submit(self) -> None:
        is_first, self._has_submitted = not self._has_submitted, True
        try:
            answer = call_slurm(["sbatch", "--parsable", f"--job-name={self._name}"], self._script)
        except SlurmCallError as error:
            if not is_first:
                # Workers may be at work, and a controller that restarts refuses for a while.
                raise
            raise ExecutorError(
                f"Slurm accepts no job ({error}).",
                "The settings of the jobs are those of [slurm] in resim.toml.",
            ) from error
        # Plugins of a cluster may print lines before it, and its name stands behind the number.
        numbers = re.findall(r"^(\d+)(?:;.*)?$", answer, re.MULTILINE)
        if not numbers:
            raise ExecutorError(f'sbatch printed no job number: "{clean(answer.strip(), 120)}".')
        with self._lock:
            self._live.add(numbers[-1])

    def _set_problem(self, reason: str) -> None:
        with self._lock:
            self._state = replace(self._state, problem=reason)


def call_slurm(words: list[str], stdin: str = "", timeout: float = CALL_TIMEOUT) -> str:
    """Call a program of Slurm and return its output; raises SlurmCallError."""
    # Variables such as SQUEUE_STATES would hide jobs, and SCANCEL_INTERACTIVE would ask.
    env = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("SQUEUE_", "SCANCEL_", "SINFO_"))
    }
    try:
        done = subprocess.run(
            words,
            input=stdin,
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
            env=env,
            timeout=timeout,
            # A Ctrl-C must not end it half-way.
            start_new_session=True,
        )
    except subprocess.TimeoutExpired as error:
        text = f"{words[0]} gave no answer within {timeout:.0f} s"
        raise SlurmCallError(text) from error
    except OSError as error:
        raise SlurmCallError(f"{words[0]} cannot be started: {error.strerror}") from error
    if done.returncode:
        raise SlurmCallError(_reason(words[0], done.stderr or done.stdout, done.returncode))
    return done.stdout


def _reason(program: str, text: str, code: int) -> str:
    """Return the last line of a program of Slurm that tells a reason, without its own beginning."""
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("Try ")]
    with suppress(IndexError):
        line = re.sub(r"^(\w+: )?(error: )?", "", lines[-1].strip())
        return clean(line.removeprefix("Batch job submission failed: "), 160).rstrip(".")
    return f"{program} ended with code {code}"
