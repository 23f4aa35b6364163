"""Lines of a run whose jobs are on workers: each result names its worker."""

from __future__ import annotations

from io import StringIO

from runner.execution.events import Event
from runner.reporting.lines import Lines
from runner.workspace.results import JobResult, Outcome


def lines_of(*events: Event) -> list[str]:
    """Lines that events make."""
    stream = StringIO()
    lines = Lines(stream, color=False, quiet=False, log_of=lambda _: "")
    for event in events:
        lines(event)
    return stream.getvalue().splitlines()


def ended(job: str, outcome: Outcome = Outcome.DONE) -> Event:
    """The end of a job."""
    result = JobResult(job, "0", outcome, message="It broke.", hint="Mend it.")
    return Event("finished", 2.0, job, result=result)


def begun(job: str, worker: object = None) -> Event:
    """The start of a job, on a worker if there is one."""
    return Event("started", 1.0, job, data={} if worker is None else {"worker": worker})


def test_a_result_names_the_worker_of_its_last_attempt() -> None:
    first, second, third = lines_of(
        begun("a", "node-3/417"),
        begun("b"),
        begun("a", "node-4/\x1b[2J99"),
        ended("a"),
        ended("b"),
        ended("a"),
    )
    assert first.endswith("  (on node-4/�[2J99)")
    assert "(on " not in second
    assert "(on " not in third


def test_the_worker_stands_before_the_hint_and_may_be_anything() -> None:
    row, hint = lines_of(begun("a", "n/1"), ended("a", Outcome.FAILED))
    assert "It broke.  (on n/1)" in row
    assert hint.strip() == "Mend it."
    assert "(on " not in lines_of(begun("a", 7), ended("a"))[0]
