"""Builds that write emissions: no broken runs, a verdict by a config."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from runner.execution.evaluation import evaluate
from runner.execution.result_cache import why_not_reusable
from runner.reporting.rows import row_of, summary
from runner.storage.output_extraction import Taken
from runner.workspace.results import JobResult, Outcome, result_from_bytes
from runner.workspace.verdict_gate import VerdictGate
from tests.emissions.evaluation.harness import metric, write_config, write_outputs
from tests.runner.fake import metrics

BLOCKS = {
    "Largest": metric(
        "SELECT MAX(v) FROM speed",
        "scalar",
        units="m/s",
        status={"query_string": "SELECT 1 FROM speed WHERE v > ?", "block": 9},
    ),
    "Broken": metric("SELECT nope FROM speed", "scalar"),
}
WORDS = "27 rows in 5 topics"


def result_of(outputs: Path, *configs: Path) -> JobResult:
    found = evaluate(outputs, Taken(3), configs)
    assert found.message == ""
    return JobResult(
        "job", "id", Outcome.DONE, found.verdict, metrics=found.metrics,
        statuses=dict(found.statuses), failing=found.failing, emissions=found.emissions,
        approximate=found.approximate,
    )  # fmt: skip


def test_without_a_config_it_is_done_and_has_no_verdict(tmp_path: Path) -> None:
    result = result_of(write_outputs(tmp_path / "outputs"))
    assert (result.verdict, result.emissions, result.approximate) == (None, WORDS, False)
    assert row_of(result).text == f"emissions: {WORDS}"
    assert row_of(result).style == "passed"
    assert summary([result], 0, VerdictGate()) == "1 job: 1 with emissions and no verdict."
    assert result_from_bytes(result.as_bytes()) == result


def test_a_config_gives_the_verdict(tmp_path: Path) -> None:
    pytest.importorskip("duckdb")
    outputs = write_outputs(tmp_path / "outputs")
    result = result_of(outputs, write_config(tmp_path, BLOCKS))
    assert (result.verdict, result.approximate) == ("FAIL_BLOCK", True)
    worst = result.failing[0]
    assert (worst.name, worst.status, worst.headline) == ("Largest", "FAIL_BLOCK", "9.5 m/s")
    assert result.emissions == f"{WORDS}, 1 metric with an error"
    assert "approximate: evaluated here, not by ReSim" in row_of(result).text
    assert result_from_bytes(result.as_bytes()) == result
    # Both kinds in one build: the worst verdict of the two.
    (outputs / "metrics.binproto").write_bytes(metrics("FAIL_WARN"))
    both = result_of(outputs, write_config(tmp_path, BLOCKS))
    assert both.verdict == "FAIL_BLOCK"
    assert both.metrics == result.metrics + 1
    assert both.statuses["FAIL_WARN"] == 1 + result.statuses.get("FAIL_WARN", 0)


def test_without_the_extra_the_emissions_are_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from resim_inspect.emissions.evaluation import errors

    monkeypatch.setattr(errors, "find_spec", lambda name: None)
    result = result_of(write_outputs(tmp_path / "outputs"), write_config(tmp_path, BLOCKS))
    assert result.verdict is None
    assert "pip install 'resim-inspect[emissions]'" in result.emissions


def test_a_faulty_config_is_one_sentence(tmp_path: Path) -> None:
    outputs = write_outputs(tmp_path / "outputs")
    config = tmp_path / "config.resim.yml"
    config.write_text("metrics: [")
    found = evaluate(outputs, Taken(3), (config,))
    assert found.message.startswith("its emissions cannot be evaluated: ")
    assert "\n" not in found.message


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs a FIFO")
def test_what_only_has_the_name_of_emissions_is_not_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "x.resim.jsonl")
    assert "it wrote no metrics.binproto" in evaluate(tmp_path, Taken(1)).message


def test_a_recorded_result_holds_while_its_emissions_and_config_are_the_same(
    tmp_path: Path,
) -> None:
    outputs = write_outputs(tmp_path / "outputs")
    metrics_path = outputs / "metrics.binproto"
    result = JobResult("job", "id", Outcome.DONE, emissions=WORDS, settings_digest="same")
    assert why_not_reusable(metrics_path, result, "same", "") == ""
    assert "another config" in why_not_reusable(metrics_path, result, "other", "")
    (outputs / "emissions.resim.jsonl").unlink()
    assert why_not_reusable(metrics_path, result, "same", "") == "its metrics file is gone"
