"""`--retries`: another attempt for broken infrastructure, and none for what a build does."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from runner.engines.protocol import Build, Prepared
from runner.errors import EngineError, ImageError
from runner.execution import result_cache, scheduler
from runner.execution.cancellation import Stop
from runner.execution.events import Event
from runner.execution.retries import MAX_PAUSE, run_with_retries
from runner.execution.run_context import RunContext, RunPolicy
from runner.workspace.layout import Workspace, open_workspace
from runner.workspace.results import JobResult, Outcome
from tests.runner.fake import FakeEngine, Script

LOST = "the engine stopped answering."


def context_of(engine: FakeEngine, retries: int) -> tuple[RunContext, list[Event]]:
    events: list[Event] = []
    policy = RunPolicy(timeout=0.5, grace=0.1, retries=retries)
    context = RunContext(
        engine, Build("image"), Prepared("sha256:fake"), policy, "run", events.append, Stop(0.1)
    )
    return context, events


def workspace_of(folder: Path) -> Workspace:
    for part in ("experience", "logs"):
        inner = folder / "jobs" / "a" / "inputs" / part
        inner.mkdir(parents=True)
        (inner / "data.txt").write_text("data")
    return open_workspace(folder)


def only_result(
    workspace: Workspace, context: RunContext, monkeypatch: pytest.MonkeyPatch
) -> JobResult:
    monkeypatch.setattr("runner.execution.retries.FIRST_PAUSE", 0.01)
    (result,) = scheduler.run_all(result_cache.plan(workspace, context), context, 1)
    return result


def test_an_engine_that_answers_again_is_asked_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scripts = iter([Script(broken=LOST), Script(broken=LOST), Script()])
    engine = FakeEngine(lambda _: next(scripts))
    context, events = context_of(engine, 3)
    result = only_result(workspace_of(tmp_path), context, monkeypatch)
    assert (result.outcome, result.attempts, engine.alive) == (Outcome.DONE, 3, 0)
    retries = [event for event in events if event.kind == "retry"]
    assert [event.data["attempt"] for event in retries] == [2, 3]
    assert retries[0].text.startswith(f"a: {LOST} It is run again in ")
    assert retries[0].text.endswith("(attempt 2 of 4).")
    recorded = open_workspace(tmp_path).jobs[0].folder.read_result()
    assert recorded == result


def test_the_last_attempt_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = FakeEngine(lambda _: Script(broken=LOST))
    context, events = context_of(engine, 2)
    result = only_result(workspace_of(tmp_path), context, monkeypatch)
    assert (result.outcome, result.attempts) == (Outcome.BROKEN, 3)
    assert (len(engine.started), len([e for e in events if e.kind == "retry"])) == (3, 2)


@pytest.mark.parametrize(
    ("script", "outcome"),
    [
        (Script(code=3), Outcome.FAILED),
        (Script(data=b""), Outcome.FAILED),
        (Script(data=b"nonsense"), Outcome.FAILED),
        (Script(waits=True), Outcome.TIMEOUT),
        (Script(), Outcome.DONE),
    ],
    ids=["exit code", "no outputs", "invalid outputs", "timeout", "done"],
)
def test_a_build_has_one_attempt(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: Script, outcome: Outcome
) -> None:
    engine = FakeEngine(lambda _: script)
    context, _ = context_of(engine, 5)
    result = only_result(workspace_of(tmp_path), context, monkeypatch)
    assert (result.outcome, result.attempts, len(engine.started)) == (outcome, 1, 1)


def test_inputs_that_are_missing_are_not_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "jobs" / "a" / "inputs").mkdir(parents=True)
    engine = FakeEngine()
    context, events = context_of(engine, 5)
    result = only_result(open_workspace(tmp_path), context, monkeypatch)
    assert (result.outcome, result.attempts, engine.started) == (Outcome.BROKEN, 1, [])
    assert not [event for event in events if event.kind == "retry"]


def test_pauses_grow_and_errors_of_the_last_attempt_are_raised(tmp_path: Path) -> None:
    context, events = context_of(FakeEngine(), 8)
    pauses: list[float] = []
    calls = 0

    def fail() -> JobResult:
        nonlocal calls
        calls += 1
        (tmp_path / "new").mkdir()
        raise EngineError(LOST)

    with pytest.raises(EngineError):
        run_with_retries(context, "a", tmp_path / "new", fail, pause=pauses.append)
    assert calls == 9
    assert sum(pauses) == pytest.approx(1 + 2 + 4 + 8 + 16 + 3 * MAX_PAUSE)
    assert events[-1].data == {"attempt": 9, "mode": "job"}


def test_a_stop_ends_the_attempts(tmp_path: Path) -> None:
    context, _ = context_of(FakeEngine(), 8)
    broken = JobResult("a", "", Outcome.BROKEN, message=LOST)
    calls = 0

    def run() -> JobResult:
        nonlocal calls
        calls += 1
        if context.stop.covers("a"):
            return replace(broken, outcome=Outcome.CANCELLED)
        return broken

    def pause(_: float) -> None:
        context.stop.stop_job("a")

    result = run_with_retries(context, "a", tmp_path / "new", run, pause=pause)
    assert (result.outcome, calls) == (Outcome.CANCELLED, 2)


def test_an_image_that_is_missing_is_not_tried_again(tmp_path: Path) -> None:
    context, _ = context_of(FakeEngine(), 8)

    def fail() -> JobResult:
        raise ImageError("the image was not found.")

    with pytest.raises(ImageError):
        run_with_retries(context, "a", tmp_path / "new", fail)
