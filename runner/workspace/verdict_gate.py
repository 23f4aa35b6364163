"""The policy of what counts as a failure: the one answer for every surface that reports a run.

The exit code, `--fail-fast`, the start of the batch, the summary, JSON and JUnit all ask it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from resim_inspect.document.enums import MetricStatus, worst_status
from runner.exit_codes import ExitCode, most_important
from runner.workspace.results import JobResult, Outcome

FAIL_ON = ("block", "warn", "none")
"""Choices of `--fail-on`."""

_ACCEPTED = {
    "block": {ExitCode.OK, ExitCode.FAIL_WARN},
    "warn": {ExitCode.OK},
    "none": {ExitCode.OK, ExitCode.FAIL_WARN, ExitCode.FAIL_BLOCK},
}
_BY_OUTCOME = {
    Outcome.TIMEOUT: ExitCode.TIMED_OUT,
    Outcome.CANCELLED: ExitCode.CANCELLED,
    Outcome.FAILED: ExitCode.ERROR,
    Outcome.BROKEN: ExitCode.ERROR,
}
_BY_VERDICT = {
    MetricStatus.FAIL_BLOCK: ExitCode.FAIL_BLOCK,
    MetricStatus.FAIL_WARN: ExitCode.FAIL_WARN,
}


@dataclass(frozen=True)
class VerdictGate:
    """`--fail-on` and `--fail-fast` of a call. Raises KeyError for an unknown `fail_on`."""

    fail_on: str = "block"
    fail_fast: bool = False

    def __post_init__(self) -> None:
        _ACCEPTED[self.fail_on]

    def accepts(self, result: JobResult) -> bool:
        """Return True if the result alone leaves the exit code at 0."""
        return self._code(result) is ExitCode.OK

    def fails(self, result: JobResult) -> bool:
        """Return True if the result is a failure; a cancelled run is the mark of another one."""
        return result.outcome is not Outcome.CANCELLED and not self.accepts(result)

    def stops(self, result: JobResult) -> bool:
        """Return True if the other jobs and the batch are not to run after this result."""
        return self.fail_fast and self.fails(result)

    def tolerates(self, verdict: MetricStatus) -> bool:
        """Return True for a failing verdict that `--fail-on` accepts."""
        return _BY_VERDICT.get(verdict, ExitCode.OK) in _ACCEPTED[self.fail_on] - {ExitCode.OK}

    def starts_batch(self, results: Sequence[JobResult]) -> bool:
        """Return True if the batch may follow these jobs: it needs the metrics of one job."""
        if any(map(self.stops, results)):
            return False
        return any(result.outcome is Outcome.DONE for result in results)

    def exit_code(self, results: Sequence[JobResult], interrupted: int | None = None) -> ExitCode:
        """Return the exit code of a call with these results; `interrupted` is 130 or 143.

        Under `--fail-fast` the failure that stopped the jobs counts before those it stopped.
        """
        if interrupted is not None:
            return ExitCode(interrupted)
        failures = [result for result in results if self.fails(result)]
        counted = failures if self.fail_fast and failures else results
        return most_important(map(self._code, counted))

    def _code(self, result: JobResult) -> ExitCode:
        code = _BY_OUTCOME.get(result.outcome) or _BY_VERDICT.get(
            result.status or MetricStatus.UNSET, ExitCode.OK
        )
        return ExitCode.OK if code in _ACCEPTED[self.fail_on] else code


def overall_verdict(results: Sequence[JobResult]) -> MetricStatus | None:
    """Return the worst verdict of jobs and batch; None where it is not known.

    A run without valid outputs could have failed: beside one only a failing verdict stands.
    """
    statuses = [r.status or MetricStatus.UNSET for r in results if r.outcome is Outcome.DONE]
    worst = worst_status(statuses)
    if len(statuses) < len(results) and worst not in _BY_VERDICT:
        return None
    return worst
