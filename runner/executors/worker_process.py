"""State of a worker's process: for each call an engine, its active jobs, and requests to stop."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from threading import Event as Flag
from threading import Lock, Thread

from resim_inspect import __version__
from resim_inspect.text import clean
from runner.engines import discovery
from runner.engines.protocol import Engine, remove_leftovers
from runner.errors import RunnerError, WorkerError
from runner.execution.batch_job import broken_batch, prepare_api_image, run_batch
from runner.execution.cancellation import Stop
from runner.execution.events import Event
from runner.execution.run_context import RunContext
from runner.execution.scheduler import broken_job, run_unless_stopped
from runner.execution.stop_requests import StopRequests
from runner.executors.remote_job import (
    EVENTS_SUFFIX,
    RemoteBatch,
    RemoteCall,
    RemoteJob,
    build_with_secrets,
    with_credentials,
    worker_name,
)
from runner.redact import Secrets, names_a_secret
from runner.storage.watchdog import WATCHDOG
from runner.workspace.layout import Job
from runner.workspace.process_identity import current_owner
from runner.workspace.results import JobResult, Outcome
from runner.workspace.run_record import append_line
from runner.workspace.urls import TOKEN_VARIABLE

POLL_INTERVAL = 0.25
"""Seconds between two looks at the requests to stop."""
IDLE = 30.0
"""Seconds after the last job of a call for which its engine stays connected."""
TERM_DELAY = 0.2
"""Seconds between the end of a failed build and its result: TERM for it may be for the worker too,
which is told as well before that."""
QUIET_KINDS = frozenset({"line", "finished", "stopping"})
"""Events that a worker does not send: the client has results and requests itself, and the output
of builds is in their logs."""
RunJob = Callable[[Job, str, RunContext], JobResult]
"""A way to run a job, as `run_unless_stopped` is."""


class WorkerCall:
    """A call in this process: its engine, and a thread that follows the requests to stop.

    Raises RunnerError if this machine cannot run the build.
    """

    def __init__(
        self,
        call: RemoteCall,
        on_idle: Callable[[], bool],
        is_ending: Callable[[], bool] = lambda: False,
    ) -> None:
        if call.version != __version__:
            raise WorkerError(
                f"the worker has resim-inspect {__version__}, and the machine that called it has"
                f" {clean(call.version, 40)}.",
                "Install the same version on all machines.",
            )
        build = build_with_secrets(call.build, os.environ)
        self._secrets = [value for name, value in build.env if names_a_secret(name)]
        self._secrets.append(os.environ.get(TOKEN_VARIABLE, ""))
        policy = replace(call.policy, secrets=Secrets(self._secrets))
        self._call = call
        self._on_idle = on_idle
        self._is_ending = is_ending
        self._engine = discovery.connect(build, call.options, os.environ)
        self.context = RunContext(
            self._engine,
            build,
            call.prepared,
            policy,
            call.call_id,
            self._notify,
            Stop(policy.grace),
            gate=call.gate,
            confirm=self._confirm,
        )
        # Whatever ends this process, the watchdog removes what its jobs leave behind.
        WATCHDOG.leave()
        try:
            self._prepare(self._engine)
        except BaseException:
            self._engine.close()
            raise
        Thread(target=self._follow, name="requests to stop", daemon=True).start()

    def run_batch(self, batch: RemoteBatch) -> JobResult:
        """Run the batch of the call and publish its result; raises RunnerError."""
        request = with_credentials(batch)
        credentials = request.credentials
        secrets = Secrets([*self._secrets, credentials.token, credentials.secret])
        context = replace(self.context, policy=replace(self.context.policy, secrets=secrets))
        prepare_api_image(context, request)
        about = {"mode": request.mode.value}
        context.notify(Event("started", context.clock(), request.name, data=about))
        return run_batch(context, request, batch.key, batch.earlier)

    def kill(self) -> None:
        """Send KILL to all builds."""
        self.context.stop.advance()
        self.context.stop.advance()

    def _confirm(self, result: JobResult) -> None:
        if result.outcome is not Outcome.DONE:
            time.sleep(TERM_DELAY)
        if self._is_ending():
            name = worker_name(current_owner())
            text = (
                f"{result.job} runs again: {name} had started it, and was ended before the job did."
            )
            self._notify(Event("warning", self.context.clock(), result.job, text))
            raise WorkerError(f"{name} was ended while it ran.")

    def _prepare(self, engine: Engine) -> None:
        remove_leftovers(engine, self.context.note)
        prepared = engine.prepare(self.context.build, self.context.note)
        if prepared.identity != self._call.prepared.identity:
            raise WorkerError(
                f"the build on {worker_name(current_owner())} is another one"
                f" ({clean(prepared.description, 80)}).",
                "All machines need the same image or the same code: use --pull always, or a"
                " digest as the image's tag.",
            )

    def _notify(self, event: Event) -> None:
        """Leave an event for the client. A full disk does not end a job for this."""
        if event.kind in QUIET_KINDS:
            return
        text = self.context.policy.secrets.hide_text(event.text)
        name = worker_name(current_owner())
        values = replace(event, text=text).as_dict() | {"worker": name, "run": self._call.call_id}
        exchange = self._call.exchange
        with suppress(OSError):
            append_line(exchange.path / f"{name.replace('/', '-')}{EVENTS_SUFFIX}", values)

    def _follow(self) -> None:
        requests = StopRequests(self._call.exchange, self._call.call_id)
        while not self._on_idle():
            self.context.stop.follow(requests.poll(self.context.stop))
            time.sleep(POLL_INTERVAL)
        self._engine.close()


class WorkerCalls:
    """The calls that have jobs in this process; used by the threads of its jobs."""

    def __init__(self, idle: float = IDLE) -> None:
        self._lock = Lock()
        self._calls: dict[str, WorkerCall] = {}
        self._active: dict[str, int] = {}
        self._ended: dict[str, float] = {}
        self._idle = idle
        self.ending = False
        """True as soon as this process is told to end: its jobs leave no results any more."""

    @property
    def are_active(self) -> bool:
        """True while a job runs."""
        return any(self._active.values())

    def kill_all(self) -> None:
        """Send KILL to the builds of all calls."""
        for call in list(self._calls.values()):
            call.kill()

    def run(
        self, call: RemoteCall, job: Job, earlier: str, run: RunJob = run_unless_stopped
    ) -> JobResult:
        """Run a job and publish its result; failures are results."""
        try:
            worker_call = self._enter(call)
        except RunnerError as error:
            return broken_job(job, error, time.time())
        try:
            return run(job, earlier, worker_call.context)
        finally:
            self._leave(call.call_id)
            self._block_if_ending()

    def run_batch(self, batch: RemoteBatch) -> JobResult:
        """Run the batch of a call and publish its result; raises RunnerError."""
        worker_call = self._enter(batch.call)
        try:
            return worker_call.run_batch(batch)
        finally:
            self._leave(batch.call.call_id)
            self._block_if_ending()

    def _block_if_ending(self) -> None:
        """Return nothing from a process that ends: the scheduler gives its jobs to others."""
        if self.ending:
            Flag().wait()

    def _leave(self, key: str) -> None:
        with self._lock:
            self._active[key] -= 1
            self._ended[key] = time.monotonic()

    def _enter(self, call: RemoteCall) -> WorkerCall:
        # Others wait here while one prepares the build, which they need as well.
        with self._lock:
            key = call.call_id
            if key not in self._calls:
                self._calls[key] = WorkerCall(
                    call, lambda: self._drop_idle(key), lambda: self.ending
                )
            self._active[key] = self._active.get(key, 0) + 1
            return self._calls[key]

    def _drop_idle(self, key: str) -> bool:
        """Forget a call without jobs; return False if it has some, or had a moment ago."""
        if not self._lock.acquire(timeout=0):
            return False
        try:
            if self._active.get(key, 1) or time.monotonic() - self._ended[key] < self._idle:
                return False
            for values in (self._calls, self._active, self._ended):
                values.pop(key, None)
            return True
        finally:
            self._lock.release()


WORKER_CALLS = WorkerCalls()


def run_remote(remote: RemoteJob) -> JobResult:
    """Run a job in this process, which is a worker, and publish its result; failures are results.

    A function of a module, so that it is sent by its name.
    """
    return WORKER_CALLS.run(remote.call, remote.job, remote.earlier)


def run_remote_batch(batch: RemoteBatch) -> JobResult:
    """Run the batch of a call in this process, which is a worker; failures are results."""
    try:
        return WORKER_CALLS.run_batch(batch)
    except RunnerError as error:
        # An error with two texts does not survive the way back.
        return broken_batch(batch.request.mode, batch.identity, error)
