"""The evaluation of outputs, whatever a build wrote into them."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from resim_inspect.building.builder import DocumentBuilder
from runner.engines.protocol import Build, Prepared, Task
from runner.execution import evaluation
from runner.execution.cancellation import Stop
from runner.execution.evaluation import evaluate
from runner.execution.run_context import JobSpec, RunContext, RunPolicy
from runner.execution.run_job import run_job
from runner.redact import Secrets
from runner.storage.output_extraction import Taken
from runner.workspace.results import Outcome
from tests.runner.fake import FakeEngine, Script, metrics


def test_a_valid_file_says_its_metrics_and_limits(tmp_path: Path) -> None:
    builder = DocumentBuilder("evaluated")
    builder.scalar("Max speed", 44.7, unit="m/s", status="FAIL_BLOCK", fails_above=40.0)
    builder.scalar("Distance", 812.0, unit="m")
    builder.write(tmp_path / "metrics.binproto")
    said = evaluate(tmp_path, Taken(1))
    assert (said.message, said.verdict, said.metrics) == ("", "FAIL_BLOCK", 2)
    assert said.statuses == (("FAIL_BLOCK", 1), ("PASSED", 1))
    assert said.failing[0].headline == "44.7 m/s (fails above 40)"


def test_missing_outputs_say_what_there_is(tmp_path: Path) -> None:
    assert "its outputs are empty" in evaluate(tmp_path, Taken()).message
    names = tuple(f"file{n}" for n in range(9))
    said = evaluate(tmp_path, Taken(9, 9, names)).message
    assert "its outputs are file0, file1" in said
    assert "and 3 more" in said


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=80)
@given(st.binary(max_size=300), st.integers(0, 400), st.integers(0, 255))
def test_no_bytes_are_too_much(tmp_path: Path, junk: bytes, position: int, value: int) -> None:
    mixed = bytearray(metrics())
    mixed[position % len(mixed)] = value
    for data in (junk, bytes(mixed)):
        (tmp_path / "metrics.binproto").write_bytes(data)
        said = evaluate(tmp_path, Taken(1))
        assert said.message == "" or said.message.isprintable()


def test_a_fault_of_ours_ends_one_job_and_not_the_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RecursionError("deep")

    (tmp_path / "metrics.binproto").write_bytes(metrics())
    monkeypatch.setattr(evaluation, "validate", broken)
    assert "cannot be evaluated: RecursionError" in evaluate(tmp_path, Taken(1)).message


def test_a_secret_in_a_metric_is_in_no_result(tmp_path: Path) -> None:
    builder = DocumentBuilder("leaky")
    builder.scalar("speed of top-secret-value", 1.0, status="FAIL_WARN")
    engine = FakeEngine(lambda _: Script(data=builder.bytes()))
    spec = JobSpec(Task("run", "a", ()), "id", tmp_path / "out", None)
    policy = RunPolicy(secrets=Secrets(["top-secret-value"]))
    context = RunContext(
        engine, Build("image"), Prepared("id"), policy, "call", lambda _: None, Stop()
    )
    result = run_job(context, spec)
    assert result.outcome is Outcome.DONE
    assert result.failing[0].name == "speed of [redacted]"
