"""What `job` and `run` do alike: get the engine and the build ready, and end with a code."""

from __future__ import annotations

import os
import sys
import time
from argparse import Namespace
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple
from uuid import uuid4

from resim_inspect.text import clean
from runner.commands.shared import build_args
from runner.engines import discovery
from runner.engines.protocol import Build, Engine, Prepared
from runner.execution.cancellation import Signals, Stop
from runner.execution.events import Event
from runner.execution.run_context import RunContext, RunPolicy
from runner.reporting import machine
from runner.reporting.dispatcher import EventDispatcher
from runner.workspace.results import JobResult
from runner.workspace.verdict_gate import VerdictGate


class Ready(NamedTuple):
    """A call that may begin, and the signals that may end it."""

    call: RunContext
    signals: Signals


@contextmanager
def ready(
    args: Namespace, dispatcher: EventDispatcher, build: Build, policy: RunPolicy
) -> Iterator[Ready]:
    """Connect, clear away what dead runners left, and get the build ready; raises RunnerError."""
    with Signals() as signals:
        engine = discovery.connect(build, build_args.engine_options(args), os.environ)
        try:
            for left in engine.sweep():
                dispatcher(Event("note", time.time(), text=f"removed a leftover: {left}"))
            prepared = prepare(engine, build, dispatcher)
            signals.graceful = True
            stop = Stop(policy.grace)
            call = RunContext(
                engine, build, prepared, policy, uuid4().hex, dispatcher, stop, gate=gate_of(args)
            )
            yield Ready(call, signals)
        finally:
            engine.close()


def prepare(engine: Engine, build: Build, dispatcher: EventDispatcher) -> Prepared:
    """Get the build ready, telling what takes long and what is odd about it."""
    prepared = engine.prepare(build, lambda text: dispatcher(Event("note", time.time(), text=text)))
    for warning in prepared.warnings:
        dispatcher(Event("warning", time.time(), text=warning))
    return prepared


def describe_build(build: Build, prepared: Prepared) -> str:
    """`image flight:dev (4f1c9a…)`, or the command."""
    if build.image:
        return f"image {build.image} ({prepared.about})"
    return f"command {prepared.about}"


def finish(
    args: Namespace,
    policy: RunPolicy,
    title: str,
    about: dict[str, Any],
    found: Sequence[JobResult],
    kept: set[str],
    dispatcher: EventDispatcher,
    interrupted: int | None,
    last: JobResult | None = None,
    last_kept: bool = False,
) -> int:
    """Write what was asked for, and say how the call ended; `last` is the batch or report."""
    everything = [*found, *([last] if last else [])]
    gate = gate_of(args)
    code = gate.exit_code(everything, interrupted)
    dispatcher(Event("end", time.time(), data={"exit_code": code}))
    if args.junit is not None:
        machine.write_junit(args.junit, title, everything, gate, policy.secrets)
    if args.format == "json":
        values = machine.document(args.command_name, about, found, kept, code, last, last_kept)
        sys.stdout.write(machine.dump(values, policy.secrets))
    return code


def watched(call: RunContext, signals: Signals, run: Callable[[], JobResult]) -> JobResult:
    """A run in a thread, so that this one can listen to signals."""
    with ThreadPoolExecutor(1) as pool:
        future = pool.submit(run)
        heard = 0
        while True:
            try:
                return future.result(TICK)
            except TimeoutError:
                if future.done():
                    raise
            while heard < signals.count and call.stop.stage < 2:
                heard += 1
                call.stop.advance()
            call.stop.tick()


def gate_of(args: Namespace) -> VerdictGate:
    """Policy of the call's `--fail-on` and, where the command has it, `--fail-fast`."""
    return VerdictGate(args.fail_on, bool(getattr(args, "fail_fast", False)))


def log_path(path: Path | None) -> str:
    """A log's path as short as it can be written from here."""
    if path is None:
        return ""
    try:
        return clean(str(path.absolute().relative_to(Path.cwd())))
    except ValueError:
        return clean(str(path))


LogOf = Callable[[JobResult], str]
