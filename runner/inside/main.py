"""One run in the image: mode, author's function, metrics.binproto and exit code."""

from __future__ import annotations

import signal
import sys
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from uuid import UUID

from resim_inspect.text import clean, count, size
from runner.inside import build, writing
from runner.inside.errors import Code, Interrupt, RunError
from runner.inside.folders import inputs_folder, outputs_folder
from runner.inside.inputs import Inputs, read_config
from runner.workspace import contract
from runner.workspace.contract import Mode

PROGRAM = "metrics"
SHOWN_REMARKS = 10
_RETRY_SECONDS = 3.0
"""Seconds after which a signal that did not end the run ends it again."""


def main(environ: Mapping[str, str], new_id: Callable[[], UUID]) -> int:
    """Run the build once and return a `Code`; `new_id` makes the id of a job.

    Messages go to stderr, one per line; stdout belongs to the author's code.
    """
    try:
        _run(environ, new_id)
    except RunError as problem:
        if problem.code is Code.FUNCTION and problem.__cause__ is not None:
            _trace(problem.__cause__)
        sys.stdout.flush()
        for line in (problem.reason, problem.hint):
            if line:
                _say(line)
        return problem.code
    except Interrupt as interrupt:
        signal.setitimer(signal.ITIMER_REAL, 0)
        _say("the build was stopped by a signal, and nothing was written.")
        return interrupt.code
    except Exception as error:  # noqa: BLE001 - an error of this program, not of the build
        _trace(error)
        _say(f"the entry point itself failed with {type(error).__name__}: {error}.")
        return Code.INTERNAL
    return Code.DONE


def _run(environ: Mapping[str, str], new_id: Callable[[], UUID]) -> None:
    inputs = inputs_folder(environ)
    outputs = outputs_folder(environ)
    mode = _mode(inputs)
    name = environ.get(build.VARIABLE) or build.DEFAULT
    writing.clear(outputs)
    function = build.find_function(name, mode)
    writer_type = _writer_type()
    argument: Any
    if mode is Mode.JOB:
        job_id = new_id()
        argument = Inputs(inputs, outputs)
    elif mode is Mode.BATCH:
        batch = read_config(inputs / contract.BATCH_CONFIG.name, contract.parse_batch_config)
        job_id = batch.batch_id
        argument = None if function is None else _fetch_batch(batch)
    else:
        report = read_config(inputs / contract.REPORT_CONFIG.name, contract.parse_report_config)
        job_id = report.report_id
        argument = None if function is None else _fetch_report(report)
    writer = writer_type(job_id)
    override = None
    if function is None:
        _say(f"{name} opts out of {mode} mode; the file has no metrics.")
    else:
        override = _call(function, argument, writer)
    written = writing.write(writing.pack(writer, override), outputs)
    for finding in written.remarks[:SHOWN_REMARKS]:
        _say(f"warning: {writing.in_words(finding)}")
    if len(written.remarks) > SHOWN_REMARKS:
        _say(f"and {len(written.remarks) - SHOWN_REMARKS:,} more warnings.")
    counts = f"{count(written.metrics, 'metric')}, {written.data:,} data"
    counts += f", {count(written.events, 'event')}" if written.events else ""
    _say(f"{mode} mode: {written.verdict}, {counts}, {size(written.size)} in {written.path}")


def _mode(inputs: Path) -> Mode:
    try:
        names = [entry.name for entry in inputs.iterdir()]
    except OSError as error:
        raise RunError(
            Code.SETUP,
            f"the inputs {inputs} cannot be read: {error.strerror}.",
            f"Mount them: docker run -v DIR:{contract.INPUTS}:ro … (or set RESIM_INPUTS).",
        ) from error
    mode = contract.mode_of(names)
    if mode is Mode.JOB and not {contract.EXPERIENCE.name, contract.LOGS.name} & set(names):
        raise RunError(
            Code.SETUP,
            f"{inputs} has neither experience/ nor logs/, nor a config file of another mode.",
            "A job has both folders; a batch has batch_metrics_config.json.",
        )
    return mode


def _writer_type() -> Any:
    try:
        from resim.metrics.python.metrics_writer import ResimMetricsWriter
    except ImportError as error:
        raise RunError(
            Code.SETUP,
            f"the official SDK cannot be imported: {clean(str(error), 200)}.",
            f"Install {writing.SDK}; it exists for Linux and Python 3.10 to 3.13.",
        ) from error
    return ResimMetricsWriter


def _fetch_batch(config: contract.BatchConfig) -> Any:
    from runner.inside.fetching import fetch

    jobs = fetch(config)
    metrics = sum(len(each.metrics) for each in jobs.values())
    data = sum(len(each.metrics_data) for each in jobs.values())
    _say(f"fetched {count(len(jobs), 'job')}: {count(metrics, 'metric')}, {data:,} data")
    return jobs


def _fetch_report(config: contract.ReportConfig) -> Any:
    from runner.inside.report import fetch_report

    report = fetch_report(config)
    _say(f"fetched the report: {count(len(report.batches), 'batch', 'batches')}")
    return report


def _call(function: build.Function, argument: Any, writer: Any) -> Any:
    """Call the author's function; return its status for the file, or None."""
    name = getattr(function, "__name__", "the function")
    try:
        override = function(argument, writer)
    except (Interrupt, RunError):
        raise
    except BaseException as error:
        raise build.own_failure(name, error) from error
    if override is None or type(override).__name__ == "MetricStatus":
        return override
    raise RunError(
        Code.FUNCTION,
        f"{name} returned a {type(override).__name__}.",
        "It must return None, or a MetricStatus for the whole file.",
    )


def end_on_signals() -> None:
    """Make TERM and Ctrl-C end the run with their exit codes."""

    # As process 1 of a container, Python ignores TERM without a handler.
    def end(number: int, _frame: object) -> None:
        code = Code.TERMINATED if number == signal.SIGTERM else Code.INTERRUPTED

        def end_again(_number: int, _frame: object) -> None:
            raise Interrupt(code)

        # Python drops what a handler raises while a destructor or a callback runs.
        signal.signal(signal.SIGALRM, end_again)
        signal.setitimer(signal.ITIMER_REAL, _RETRY_SECONDS, _RETRY_SECONDS)
        raise Interrupt(code)

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, end)


def _trace(error: BaseException) -> None:
    # The traceback starts at the author's code.
    lines = traceback.format_exception(type(error), error, build.own_traceback(error))
    sys.stdout.flush()
    sys.stderr.write(clean("".join(lines), lines=True).rstrip() + "\n")


def _say(text: str) -> None:
    sys.stderr.write(f"{PROGRAM}: {clean(text, lines=True)}\n")
    sys.stderr.flush()
