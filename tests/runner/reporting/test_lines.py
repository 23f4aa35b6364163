"""Lines of a run whose jobs are on workers: each result names its worker."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path

import pytest

from runner.cli import main
from runner.execution.events import Event
from runner.reporting.lines import Lines
from runner.reporting.rows import jobs_line
from runner.workspace.job_status import record_at
from runner.workspace.results import JobResult, Outcome

NUMBERS = {"large": 10**12, "huge": 10**400, "infinite": 1e999, "negative": -1, "text": "x"}
"""Values that another program may write in place of a small number."""


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


@pytest.mark.parametrize("number", NUMBERS.values(), ids=NUMBERS)
def test_numbers_of_another_program_make_no_long_lines(number: object) -> None:
    about = {"title": "t", "build": "b", "engine": "e", "todo": 2, "parallel": number}
    plan = Event("plan", 1.0, data={**about, "jobs": 2, "width": number})
    head, row = lines_of(plan, ended("a"))
    assert head.startswith("t · b · 2 jobs, ")
    assert len(row) < 80


@pytest.mark.parametrize("number", NUMBERS.values(), ids=NUMBERS)
def test_a_run_of_another_program_is_followed_to_its_end(
    tmp_path: Path, number: object, capsys: pytest.CaptureFixture[str]
) -> None:
    plan = {"title": "t", "build": "b", "engine": "e", "jobs": number, "todo": 1, "width": number}
    result = {**ended("a").as_dict()["result"], "size": number, "metrics": number}
    events = (
        Event("begin", 1.0, data={"run": "1", "command": "run"}),
        Event("plan", 1.0, data=plan),
        Event("finished", 2.0, "a", data={"result": result}),
        Event("end", 3.0, data={"exit_code": 5}),
    )
    for name in ("experience", "logs"):
        (tmp_path / "jobs" / "a" / "inputs" / name).mkdir(parents=True)
    record = record_at(tmp_path)
    record.path.mkdir()
    record.events.write_text("".join(json.dumps(event.as_dict()) + "\n" for event in events))
    assert main(["status", str(tmp_path), "--follow"]) == 5
    assert "\na " in capsys.readouterr().out


def test_jobs_are_counted_by_verdict_whatever_they_left() -> None:
    emitted = JobResult("a", "0", Outcome.DONE, emissions="2 rows in 1 topic")
    done = [emitted, JobResult("b", "1", Outcome.DONE, "PASSED"), JobResult("c", "2", Outcome.DONE)]
    text = "4 jobs: 1 PASSED · 1 UNSET · 1 with emissions and no verdict · 1 queued"
    assert jobs_line(done, {"queued": 1}) == text
    assert jobs_line([], {}) == "0 jobs"
