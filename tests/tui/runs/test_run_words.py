"""Words, marks and order of the jobs in the table of a run, for each way in which a job can end."""

from __future__ import annotations

import pytest

from resim_inspect.document.enums import MetricStatus
from resim_inspect.tui.runs.runs_table import needs_attention, rank, remark_on, state_of
from resim_inspect.tui.theme import styles_of
from resim_inspect.tui.themes.built_in import DARK
from runner.workspace.results import ENDINGS, JobResult, Outcome
from runner.workspace.run_state import JobProgress, Phase, RunKey

STYLES = styles_of(DARK)


def finished(outcome: Outcome, verdict: MetricStatus | None = None) -> JobProgress:
    name = None if verdict is None else verdict.name
    result = JobResult("flight", "id", outcome, name, message="It went wrong.")
    return JobProgress(RunKey("flight", "job"), Phase.FINISHED, result=result)


@pytest.mark.parametrize("outcome", [outcome for outcome in Outcome if outcome in ENDINGS])
def test_a_run_without_outputs_has_the_word_that_the_runner_reports(outcome: Outcome) -> None:
    job = finished(outcome)
    assert state_of(job, STYLES, alive=False)[1] == ENDINGS[outcome]
    assert remark_on(job.result) == "It went wrong."
    assert needs_attention(job) is (outcome is not Outcome.CANCELLED)


def test_every_outcome_but_done_has_a_word() -> None:
    assert set(ENDINGS) == set(Outcome) - {Outcome.DONE}


def test_jobs_are_in_the_order_of_the_ranks_of_their_verdicts() -> None:
    verdicts = [finished(Outcome.DONE, verdict) for verdict in MetricStatus]
    stopped = finished(Outcome.CANCELLED)
    order = sorted([stopped, *verdicts, finished(Outcome.TIMEOUT)], key=rank)
    words = [state_of(job, STYLES, alive=False)[1] for job in order]
    assert words[:4] == ["timed out", "FAIL_BLOCK", "FAIL_WARN", "stopped"]
