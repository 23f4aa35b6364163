"""Steps of every command that runs builds: get engine and build ready, and report the end."""

from __future__ import annotations

import os
import sys
import time
from argparse import Namespace
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, NamedTuple
from uuid import uuid4

from resim_inspect.text import clean
from runner.commands.shared.arguments import project_of
from runner.commands.shared.build_args import engine_options, fit_to_engine
from runner.commands.shared.reporting_args import ReportingOptions
from runner.engines import discovery
from runner.engines.protocol import Build, Engine, Prepared, remove_leftovers
from runner.execution.cancellation import POLL_INTERVAL, Interrupted, Signals, Stop
from runner.execution.events import Event
from runner.execution.run_context import RunContext, RunPolicy
from runner.execution.stop_requests import StopRequests
from runner.reporting import machine
from runner.reporting.dispatcher import EventDispatcher
from runner.reporting.recorder import RunIdentity, RunRecorder
from runner.reporting.rows import summary
from runner.workspace.results import JobResult
from runner.workspace.run_record import RunRecord
from runner.workspace.verdict_gate import VerdictGate
from runner.workspace.watch_requests import WatchPhase


class Session(NamedTuple):
    """A call that is ready to run, its sink for events, and what may end it."""

    context: RunContext
    dispatcher: EventDispatcher
    signals: Signals
    stop_requests: StopRequests
    poll: Callable[[], int] | None = None
    """Replacement of `requests` for runs in other processes."""
    about: str = ""
    """Description of these processes for a run's heading."""

    def requests(self) -> int:
        """Stop the jobs that other programs name; return how often everything is to stop."""
        return self.signals.count + self.stop_requests.poll(self.context.stop)


class CallEnd(NamedTuple):
    """The end of a call: its exit code, and its results unless nothing was run."""

    code: int
    report: CallReport | None = None


class Recording(NamedTuple):
    """Place of a run's record, and the path of the build's log of a run that has only one."""

    record: RunRecord
    log: Path | None = None


@dataclass(frozen=True)
class CallReport:
    """The results of a call, to be reported at its end."""

    command: str
    title: str
    about: dict[str, Any]
    """Further fields of the JSON document."""
    results: Sequence[JobResult] = ()
    reused: set[str] = field(default_factory=set)
    """Names of jobs whose recorded result was valid."""
    last: JobResult | None = None
    """Result of the batch or the report."""
    last_reused: bool = False

    @property
    def all_results(self) -> list[JobResult]:
        """The results, that of the batch or report last."""
        return [*self.results, *([self.last] if self.last else [])]


@dataclass(frozen=True)
class WatchCycle:
    """One run of a call that `--watch` repeats; in the arguments as `watch_cycle`."""

    changed: Sequence[str]
    """Files whose change is the reason for the run."""
    hints: str
    """Keys, for the last line of the display."""
    previous: CallReport | None
    """Results before this run."""


def cycle_of(args: Namespace) -> WatchCycle | None:
    """Return the cycle that the arguments are run in; None for a call that is run once."""
    cycle: WatchCycle | None = getattr(args, "watch_cycle", None)
    return cycle


@contextmanager
def open_session(
    args: Namespace,
    options: ReportingOptions,
    build: Build,
    policy: RunPolicy,
    log_of: Callable[[JobResult], str],
    recording: Recording,
) -> Iterator[Session]:
    """Connect, remove what dead runners left behind, and prepare the build; raises RunnerError.

    `log_of` returns the path of a result's log for display. The caller holds the lock that
    protects the record.
    """
    call_id = uuid4().hex
    cycle = cycle_of(args)
    log = "" if recording.log is None else str(recording.log.absolute())
    identity = RunIdentity(call_id, args.command_name, tuple(args.call_words), log)
    with (
        RunRecorder(recording.record, identity, policy.secrets, log_of, time.time) as recorder,
        EventDispatcher(
            policy.secrets,
            log_of,
            color=options.color,
            events=options.events,
            quiet=options.quiet,
            recorder=recorder,
            appends=cycle is not None,
            hints="" if cycle is None else cycle.hints,
        ) as dispatcher,
        Signals() as signals,
    ):
        if cycle is not None:
            data = {"phase": WatchPhase.RUNNING.value, "changed": list(cycle.changed)}
            dispatcher(Event("watch", time.time(), data=data))
        engine = _connect(args, build, signals)
        try:
            remove_leftovers(engine, _noting(dispatcher))
            build, lowered = fit_to_engine(build, engine.info)
            if lowered:
                dispatcher(Event("warning", time.time(), text=lowered))
            prepared = _prepare(engine, build, dispatcher)
            signals.graceful = True
            context = RunContext(
                engine,
                build,
                prepared,
                policy,
                call_id,
                dispatcher,
                Stop(policy.grace),
                gate=options.gate,
            )

            def on_stopped_job(job: str) -> None:
                text = f"The job {job} is stopped on request."
                dispatcher(Event("stopping", time.time(), job, text))

            context.stop.on_job = on_stopped_job
            yield Session(context, dispatcher, signals, StopRequests(recording.record, call_id))
        finally:
            engine.close()


def reporting_changes(
    session: Session, args: Namespace, metrics_of: Callable[[Event], Path]
) -> Session:
    """Return the session of a repeated call: after each result it tells what changed.

    `metrics_of` returns the path of the metrics of the run that an event is about.
    """
    from resim_inspect.comparison import file_tolerances
    from runner.watching.result_changes import ResultChanges

    project = project_of(args)
    tolerances = file_tolerances({} if project is None else project.compare)
    changes = ResultChanges(session.dispatcher, metrics_of, tolerances)
    return session._replace(context=replace(session.context, notify=changes))


def failed_results(report: CallReport | None, gate: VerdictGate) -> list[JobResult]:
    """Return the results of a call that are failures by a gate, the batch or report last."""
    if report is None:
        return []
    return [result for result in report.all_results if gate.fails(result)]


def report_stale(session: Session, stale: Sequence[JobResult]) -> None:
    """Send an event for each recorded result that does not hold any more."""
    for result in stale:
        session.context.notify(Event("stale", session.context.clock(), result.job, result=result))


def _connect(args: Namespace, build: Build, signals: Signals) -> Engine:
    """Connect to the engine; a signal meanwhile wins over the error that it may have caused."""
    try:
        return discovery.connect(build, engine_options(args), os.environ)
    except Exception as error:
        # Modules that are imported here may turn the interruption into an error of their own.
        if signals.code is not None:
            raise Interrupted(signals.code) from error
        raise


def _noting(dispatcher: EventDispatcher) -> Callable[[str], None]:
    return lambda text: dispatcher(Event("note", time.time(), text=text))


def _prepare(engine: Engine, build: Build, dispatcher: EventDispatcher) -> Prepared:
    """Prepare the build; report slow steps and warnings."""
    prepared = engine.prepare(build, _noting(dispatcher))
    for warning in prepared.warnings:
        dispatcher(Event("warning", time.time(), text=warning))
    return prepared


def announce(
    session: Session, title: str, names: Sequence[str], queue: Sequence[str], **numbers: int
) -> None:
    """Send the plan of the call; `numbers` are jobs, todo, parallel, and 1 for batch or report.

    `names` are those of all rows of the display, `queue` those of the jobs in their order.
    """
    context, build = session.context, session.context.build
    if build.image:
        about = f"image {build.image} ({context.prepared.description})"
    else:
        about = f"command {context.prepared.description}"
    engine = session.about or context.engine.info.description
    session.dispatcher.plan(context.clock(), title, about, engine, names, queue, **numbers)


def finish(session: Session, options: ReportingOptions, report: CallReport) -> int:
    """Write JUnit and JSON if they are asked for, send the last event, return the exit code.

    Raises StorageError.
    """
    results = report.all_results
    context = session.context
    code = context.gate.exit_code(results, session.signals.code)
    secrets = context.policy.secrets
    if options.junit is not None:
        machine.write_junit(options.junit, report.title, results, context.gate, secrets)
    # Not before: a file that cannot be written is another end.
    session.dispatcher(Event("end", time.time(), data={"exit_code": int(code)}))
    if options.format == "json":
        values = machine.document(
            report.command,
            report.about,
            report.results,
            report.reused,
            code,
            report.last,
            report.last_reused,
        )
        sys.stdout.write(machine.dump(values, secrets))
    return code


def print_summary(options: ReportingOptions, report: CallReport) -> None:
    """Print the summary, unless stdout is for programs; to be called after the live display."""
    if options.prints_summary:
        reused = len(report.reused)
        line = summary(report.results, reused, options.gate, report.last, report.last_reused)
        sys.stdout.write(line + "\n")


def run_until_signalled(session: Session, run: Callable[[], JobResult]) -> JobResult:
    """Run in a thread, so that this one can follow signals and deadlines."""
    requests = session.poll or session.requests
    with ThreadPoolExecutor(1) as pool:
        future = pool.submit(run)
        while True:
            done, _ = wait([future], POLL_INTERVAL)
            # Once more at the end: it may bring the last events of another process.
            session.context.stop.follow(requests())
            if done:
                return future.result()


def log_path(path: Path) -> str:
    """Return a log's path for display, relative to the working directory if it is below."""
    try:
        return clean(str(path.absolute().relative_to(Path.cwd())))
    except ValueError:
        return clean(str(path))
