"""The policy of what counts as a failure: itself, and every surface of a run that reports it."""

from __future__ import annotations

import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from resim_inspect.document.enums import MetricStatus
from runner.exit_codes import ExitCode, most_important
from runner.reporting import machine
from runner.reporting.rows import summary
from runner.workspace.results import JobResult, Outcome
from runner.workspace.verdict_gate import VerdictGate, overall_verdict
from tests.containers.container_harness import call_runner, make_jobs, metrics_file


def done(verdict: str) -> JobResult:
    return JobResult("a", "", Outcome.DONE, verdict)


def ended(outcome: Outcome) -> JobResult:
    return JobResult("a", "", outcome, message="it ended so.")


PASSED, WARN, BLOCK = done("PASSED"), done("FAIL_WARN"), done("FAIL_BLOCK")
FAILED, LATE = ended(Outcome.FAILED), ended(Outcome.TIMEOUT)
BROKEN, STOPPED = ended(Outcome.BROKEN), ended(Outcome.CANCELLED)

# fail_on, results, exit code without --fail-fast, exit code with it, jobs that JUnit has as failed
TABLE = [
    ("block", [PASSED], 0, 0, 0),
    ("block", [done("RAW"), done("NOT_APPLICABLE"), done("UNSET"), done("NEW")], 0, 0, 0),
    ("block", [WARN], 0, 0, 0),
    ("block", [BLOCK], 7, 7, 1),
    ("block", [WARN, BLOCK], 7, 7, 1),
    ("warn", [PASSED], 0, 0, 0),
    ("warn", [WARN], 8, 8, 1),
    ("warn", [WARN, BLOCK], 7, 7, 2),
    ("none", [WARN, BLOCK], 0, 0, 0),
    ("none", [FAILED, BLOCK], 2, 2, 1),
    ("none", [LATE], 6, 6, 1),
    ("none", [BROKEN, PASSED], 2, 2, 1),
    ("block", [BLOCK, FAILED, LATE], 6, 6, 3),
    ("warn", [WARN, BLOCK, FAILED], 2, 2, 3),
    # A failure that stopped the others counts before them; with no failure they count.
    ("block", [BLOCK, STOPPED], 5, 7, 1),
    ("warn", [WARN, STOPPED], 5, 8, 1),
    ("none", [BLOCK, STOPPED], 5, 5, 0),
    ("block", [PASSED, STOPPED], 5, 5, 0),
]


@pytest.mark.parametrize("fail_fast", [False, True])
@pytest.mark.parametrize(("fail_on", "results", "slow", "fast", "failures"), TABLE)
def test_every_surface_gives_the_same_answer(
    fail_on: str, results: list[JobResult], slow: int, fast: int, failures: int, fail_fast: bool
) -> None:
    gate = VerdictGate(fail_on, fail_fast)
    code = gate.exit_code(results)
    assert code == (fast if fail_fast else slow)
    assert [gate.exit_code(results, n) for n in (130, 143)] == [130, 143]

    suite = ElementTree.fromstring(machine.junit("flights", results, gate))
    red = int(suite.get("failures", "")) + int(suite.get("errors", ""))
    assert red == failures == len(suite.findall(".//failure")) + len(suite.findall(".//error"))
    assert int(suite.get("skipped", "")) == results.count(STOPPED)
    assert (code == 0) == (not red and STOPPED not in results)

    line = summary(results, 0, gate)
    values = machine.document("run", {}, results, set(), code)
    complete = all(result.outcome is Outcome.DONE for result in results)
    assert ("Overall ✓ PASSED" in line) == (complete and values["verdict"] == "PASSED")
    assert complete or values["verdict"] in {None, "FAIL_WARN", "FAIL_BLOCK"}
    assert (f"accepted by --fail-on {fail_on}" in line) == (
        values["verdict"] in {"FAIL_WARN", "FAIL_BLOCK"}
        and (fail_on, values["verdict"]) in TOLERATED
    )

    assert [gate.stops(result) for result in results] == [
        fail_fast and result is not STOPPED and gate.exit_code([result]) != 0 for result in results
    ]


TOLERATED = {("none", "FAIL_BLOCK"), ("none", "FAIL_WARN"), ("block", "FAIL_WARN")}


@pytest.mark.parametrize(
    ("fail_on", "fail_fast", "results", "starts"),
    [
        ("block", False, [BLOCK, FAILED], True),
        ("block", False, [FAILED, LATE], False),
        ("block", False, [], False),
        ("block", True, [BLOCK, PASSED], False),
        ("block", True, [WARN, PASSED], True),
        ("warn", True, [WARN, PASSED], False),
        ("none", True, [BLOCK, WARN], True),
        ("none", True, [BLOCK, FAILED], False),
    ],
)
def test_when_the_batch_starts(
    fail_on: str, fail_fast: bool, results: list[JobResult], starts: bool
) -> None:
    assert VerdictGate(fail_on, fail_fast).starts_batch(results) is starts


def test_the_overall_verdict_is_known_only_of_a_complete_run() -> None:
    assert overall_verdict([]) is None
    assert overall_verdict([PASSED, WARN]) is MetricStatus.FAIL_WARN
    assert overall_verdict([done("RAW"), done("NOT_APPLICABLE")]) is MetricStatus.RAW
    for other in (FAILED, LATE, BROKEN, STOPPED):
        assert overall_verdict([PASSED, other]) is None
        assert overall_verdict([BLOCK, other]) is MetricStatus.FAIL_BLOCK
    assert summary([PASSED, STOPPED], 0, VerdictGate()) == (
        "2 jobs: 1 PASSED · 1 stopped. Overall incomplete"
    )


def test_an_unknown_choice_is_refused() -> None:
    with pytest.raises(KeyError):
        VerdictGate("blocks")


def test_the_order_of_exit_codes() -> None:
    order = [130, 143, 1, 5, 6, 2, 7, 8, 0]
    for position, code in enumerate(order):
        assert most_important(map(ExitCode, order[position:])) == code
    assert most_important([]) == 0


PROGRAM = """
import os, shutil, sys
inputs = os.environ["RESIM_INPUTS"]
given = inputs + "/experience/given.binproto"
if os.path.exists(inputs + "/batch_metrics_config.json"):
    given = sys.argv[1]
shutil.copy(given, os.environ["RESIM_OUTPUTS"] + "/metrics.binproto")
"""


@pytest.mark.parametrize(
    ("fail_on", "verdict", "accepted", "code"),
    [
        ("block", "FAIL_WARN", True, 0),
        ("block", "FAIL_BLOCK", False, 7),
        ("warn", "FAIL_WARN", False, 8),
        ("none", "FAIL_BLOCK", True, 0),
    ],
)
@pytest.mark.parametrize("fail_fast", [False, True])
def test_a_run_stops_for_what_is_not_accepted_alone(
    tmp_path: Path, fail_on: str, verdict: str, accepted: bool, code: int, fail_fast: bool
) -> None:
    workspace = make_jobs(tmp_path / "flights", 3, verdict)
    (tmp_path / "build.py").write_text(PROGRAM)
    (tmp_path / "batch.binproto").write_bytes(metrics_file())
    program = f"{sys.executable} {tmp_path}/build.py {tmp_path}/batch.binproto"
    words: list[str | Path] = [
        "run", workspace, "--command", program, "--no-sandbox", "--parallel", "1",
        "--fail-on", fail_on, "--quiet", *(["--fail-fast"] if fail_fast else []),
    ]  # fmt: skip
    whole = accepted or not fail_fast
    junit = tmp_path / "junit.xml"
    first = call_runner(*words, "--format", "json", "--junit", junit)
    assert first.code == first.json["exit_code"] == code, first.err
    assert first.json["outcomes"] == ({"done": 3} if whole else {"done": 1, "cancelled": 2})
    assert ("batch" in first.json) is whole
    assert (
        "so the batch is not run" in first.err or "--fail-fast is set" in first.err
    ) is not whole
    results = [path.parts[-3] for path in workspace.glob("jobs/*/run/result.json")]
    assert len(results) == (3 if whole else 1)
    failures = ElementTree.parse(junit).getroot().get("failures")
    assert failures == ("0" if accepted else "3" if whole else "1")

    # The same call on what is recorded by then gives the same answer.
    again = call_runner(*words)
    assert again.code == code
    assert f"Overall {'!' if verdict == 'FAIL_WARN' else '✗'} {verdict}" in again.out
    assert ("accepted by --fail-on" in again.out) is accepted
    assert (("Batch PASSED" in again.out), "stopped" in again.out) == (whole, not whole)
