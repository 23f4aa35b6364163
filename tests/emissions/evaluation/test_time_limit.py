"""The end of an evaluation before its last metric: at the time limit, or when asked to stop."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path
from time import monotonic
from typing import Any

import pytest

from resim_inspect import cli
from resim_inspect.derived import Control, Progress
from resim_inspect.document import parse_document
from resim_inspect.document.enums import MetricStatus
from resim_inspect.emissions.config import load_config
from resim_inspect.emissions.evaluation.folders import document_of, evaluate_job, job_of
from resim_inspect.emissions.evaluation.limits import DEFAULT_LIMITS
from resim_inspect.emissions.reader import emissions_files
from resim_inspect.exit_codes import ExitCode
from tests.emissions.evaluation.harness import (
    custom,
    evaluate,
    metric,
    named,
    write_config,
    write_outputs,
)

for _library in ("duckdb", "sqlglot", "liquid"):
    pytest.importorskip(_library)
pytestmark = pytest.mark.slow

ENDLESS = "WITH RECURSIVE r AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM r) SELECT MAX(i) FROM r"
COUNT = "SELECT COUNT(*) FROM speed"


def endless_metrics(number: int) -> dict[str, Any]:
    """One metric that is evaluated at once, and many whose queries take the maximum."""
    slow = {f"Slow {n}": metric(f"{ENDLESS} -- {n}", "scalar") for n in range(number)}
    return {"First": metric(COUNT, "scalar"), **slow}


def test_many_queries_have_one_limit_together(tmp_path: Path) -> None:
    folder = write_outputs(tmp_path / "outputs")
    metrics = endless_metrics(500)
    templates = write_config(folder, metrics).parent / "templates"
    templates.mkdir()
    (templates / "t.liquid").write_text("{{ raw_metric }}")
    metrics["Last"] = custom("SELECT raw_metric FROM figure", "t.liquid")
    started = monotonic()
    limits = replace(DEFAULT_LIMITS, total_seconds=4.0, query_seconds=0.5)
    evaluation, document = evaluate(folder, metrics, limits)
    assert monotonic() - started < 40
    states = [one.state for one in evaluation.metrics]
    missing = states.count("NOT_EVALUATED")
    assert states[0] == "PASSED"
    assert states[-1] == "NOT_EVALUATED"
    assert set(states[1:-missing]) <= {"QUERY_ERROR"}
    assert missing > 400
    (finding,) = [one for one in evaluation.findings if one.rule == "metric-not-evaluated"]
    assert finding.message.startswith(f"{missing} of 502 metrics are not evaluated: ")
    assert f"and {missing - 10} more. The time limit of 4 s for all queries" in finding.message
    assert "--time-limit" in finding.hint
    assert sum(not one.event_metric for one in document.metrics) == 502
    assert named(document, "Last").status is MetricStatus.NOT_APPLICABLE
    assert not evaluation.is_final


def test_evaluate_takes_the_limit(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = write_outputs(tmp_path / "outputs")
    write_config(folder, endless_metrics(3))
    code = cli.main(["evaluate", str(folder), "--time-limit", "2"])
    shown = capsys.readouterr().out
    assert code == ExitCode.INVALID
    assert "E NOT_EVALUATED  Slow 0" in shown
    assert "4 metrics: 1 PASSED, 3 NOT_EVALUATED" in shown
    assert "metric-not-evaluated" in shown
    for wrong in ("0", "-1", "nan", "inf", "soon"):
        assert cli.main(["evaluate", str(folder), "--time-limit", wrong]) == ExitCode.ERROR
        assert "is not a number of seconds above 0" in capsys.readouterr().err


def test_a_stopped_evaluation_has_what_was_evaluated(tmp_path: Path) -> None:
    folder = write_outputs(tmp_path / "outputs")
    config = write_config(folder, endless_metrics(5))
    stop = threading.Event()
    seen: list[Progress] = []

    def progress(now: Progress) -> None:
        seen.append(now)
        if now.name == "Slow 1":
            stop.set()

    control = Control(progress=progress, is_stopped=stop.is_set)
    limits = replace(DEFAULT_LIMITS, query_seconds=1.0)
    job = job_of(emissions_files(folder), folder)
    evaluation = evaluate_job(job, load_config([config]), limits=limits, control=control)
    states = [one.state for one in evaluation.metrics]
    assert states == ["PASSED", "QUERY_ERROR"] + 4 * ["NOT_EVALUATED"]
    assert evaluation.metrics[-1].message == "The evaluation was stopped."
    assert [(one.stage, one.done, one.total) for one in seen[:2]] == [
        ("Evaluating metrics", 0, 6),
        ("Evaluating metrics", 1, 6),
    ]


def test_a_query_that_runs_is_stopped_and_the_rest_evaluated_later(tmp_path: Path) -> None:
    folder = write_outputs(tmp_path / "outputs")
    last = metric("SELECT MAX(v) FROM speed")
    write_config(folder, {"First": metric(COUNT), "Slow": metric(ENDLESS), "Last": last})
    stop = threading.Event()

    def progress(now: Progress) -> None:
        if now.name == "Slow":
            threading.Timer(0.3, stop.set).start()

    path = folder / "metrics.binproto"
    started = monotonic()
    data = document_of(path, Control(progress=progress, is_stopped=stop.is_set))
    assert monotonic() - started < 20
    assert data is not None
    with parse_document(data, path=path) as document:
        texts = [one.name for one in document.metrics if one.status.name == "NOT_APPLICABLE"]
    assert {"Slow", "Last"} <= set(texts)
    # It was not kept as the document of these files.
    write_config(folder, {"First": metric(COUNT), "Last": last})
    again = document_of(path)
    assert again is not None
    with parse_document(again, path=path) as document:
        assert named(document, "Last").status is MetricStatus.PASSED
