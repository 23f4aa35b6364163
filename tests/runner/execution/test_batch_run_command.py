"""`run` and `report`: jobs and then their batch, resume, signals; several batches at once."""

from __future__ import annotations

import json
import re
import signal
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.api.workspaces import document, workspace
from tests.containers.container_harness import call_runner, make_inputs
from tests.runner.batch_harness import FETCH, program, running
from tests.runner.engines.process_harness import sandboxed

pytestmark = pytest.mark.slow


@sandboxed
def test_a_report_is_on_several_workspaces(tmp_path: Path) -> None:
    for name in ("first", "second"):
        workspace(tmp_path / name, jobs=1)
    text = """
config = read_config("report_config.json")
assert sorted(config) == ["apiURL", "authToken", "projectID", "reportID"]
at, token = f"{config['apiURL']}/projects/{config['projectID']}", config["authToken"]
report = json.loads(get(f"{at}/reports/{config['reportID']}", token))
names = sorted(batch["friendlyName"] for batch in rows(at + "/batches", "batches", token))
assert names == ["first", "second"], names
done()
"""
    where = (tmp_path / "first", tmp_path / "second", "--outputs", tmp_path / "out")
    what = ("--command", program(tmp_path / "build", text, "FAIL_BLOCK"), "--format", "json")
    call = call_runner("report", *where, *what)
    assert call.code == 7, call.err
    assert call.json["report"]["mode"] == "report"
    assert (tmp_path / "out/metrics.binproto").is_file()
    broken = ("--command", program(tmp_path / "build", "sys.exit('has no report_metrics')"))
    call = call_runner("report", *where, *broken, "--format", "json")
    assert (call.code, call.json["report"]["problem"]) == (2, "no-report-mode")


JOB_OR_BATCH = """
if os.path.exists(INPUTS + "/batch_metrics_config.json"):
    config = read_config()
    for url in urls(config): get(url)
    open(os.path.dirname(sys.argv[0]) + "/ran", "a").write("x")
    done()
else:
    shutil.copy(INPUTS + "/experience/given.binproto", OUTPUTS + "/metrics.binproto")
"""


def _run(folder: Path, *more: str | Path, status: str = "PASSED") -> dict[str, Any]:
    what = ("--command", program(folder / "build", JOB_OR_BATCH, status), "--no-sandbox")
    call = call_runner("run", folder / "ws", *what, "--format", "json", *more)
    return {**call.json, "err": call.err}


def test_run_is_every_job_and_then_the_batch_once(tmp_path: Path) -> None:
    for number in range(2):
        given = document(str(number))
        make_inputs(tmp_path / "ws/jobs" / f"job-{number}" / "inputs", given)
    first = _run(tmp_path, status="FAIL_WARN")
    assert (first["exit_code"], first["verdict"], first["batch"]["kept"]) == (0, "FAIL_WARN", False)
    assert [job["verdict"] for job in first["jobs"]] == ["PASSED", "PASSED"]
    place = tmp_path / "ws/batch"
    assert (place / "outputs/metrics.binproto").is_file()
    assert sorted(path.name for path in place.rglob("*") if path.is_file()) == [
        "log.txt", "metrics.binproto", "result.json",
    ]  # fmt: skip
    assert _run(tmp_path, status="FAIL_WARN")["batch"]["kept"]
    assert (tmp_path / "build/ran").read_text() == "x"
    # A batch depends on what its jobs left, and on nothing else of them.
    inputs = tmp_path / "ws/jobs/job-1/inputs"
    (inputs / "logs/log.txt").write_text("other")
    again = _run(tmp_path)
    assert ([job["kept"] for job in again["jobs"]], again["batch"]["kept"]) == ([True, False], True)
    (inputs / "experience/given.binproto").write_bytes(document("1", status="FAIL_BLOCK"))
    changed = _run(tmp_path)
    assert (changed["exit_code"], changed["verdict"]) == (7, "FAIL_BLOCK")
    assert not changed["batch"]["kept"]
    alone = _run(tmp_path, "--only", "batch", "--rerun", "all")
    assert (alone["exit_code"], alone["jobs"], alone["batch"]["kept"]) == (0, [], False)
    assert "batch" not in _run(tmp_path, "--only", "jobs")
    assert (tmp_path / "build/ran").read_text() == "xxx"


def test_events_and_junit_have_the_batch_beside_the_jobs(tmp_path: Path) -> None:
    # Also where a job is called so.
    make_inputs(tmp_path / "ws/jobs/batch/inputs", document("a"))
    files = ("--events", tmp_path / "events", "--junit", tmp_path / "junit.xml")
    assert _run(tmp_path, *files, status="FAIL_BLOCK")["exit_code"] == 7
    events = [json.loads(line) for line in (tmp_path / "events").read_text().splitlines()]
    kinds = [(event["event"], event.get("job", "")) for event in events if event["event"] != "note"]
    pair = [("started", "batch"), ("finished", "batch")]
    (warning,) = [kind for kind in kinds if kind == ("warning", "batch")]
    kinds.remove(warning)
    assert kinds == [("warning", ""), ("plan", ""), *pair, *pair, ("end", "")]
    modes = [event["result"]["mode"] for event in events if event["event"] == "finished"]
    assert modes == ["job", "batch"]
    cases = re.findall(
        '<testcase classname="([^"]*)" name="batch"', (tmp_path / "junit.xml").read_text()
    )
    assert cases == ["ws", "ws/batch"]


def test_a_job_that_failed_is_not_in_the_batch(tmp_path: Path) -> None:
    make_inputs(tmp_path / "ws/jobs/fine/inputs", document("fine"))
    make_inputs(tmp_path / "ws/jobs/torn/inputs", b"\xff")
    values = _run(tmp_path)
    assert values["exit_code"] == 2
    assert values["batch"]["outcome"] == "done"
    assert values["batch"]["served"]["metrics"]["of"] == 2
    assert "1 job failed: torn. It is served without metrics." in values["err"]
    make_inputs(tmp_path / "none/ws/jobs/torn/inputs", b"\xff")
    again: tuple[str, ...] = ("--rerun", "all")
    for more in (again, (*again, "--fail-fast")):
        values = _run(tmp_path / "none", *more)
        assert (values["exit_code"], "batch" in values) == (2, False)
        assert "the batch is not run" in values["err"]


def test_ctrl_c_leaves_nothing_of_a_batch(tmp_path: Path) -> None:
    workspace(tmp_path / "ws")
    text = FETCH + "print('ready', flush=True)\ntime.sleep(86422)"
    words = ("run", tmp_path / "ws", "--only", "batch", "--no-sandbox", "--command")
    with running(*words, program(tmp_path / "build", text)) as process:
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 130
    assert [p.name for p in (tmp_path / "ws/batch").iterdir()] == ["run"]
    found = subprocess.run(["pgrep", "-f", "86422"], capture_output=True, check=False)
    assert found.stdout == b""


def test_what_makes_no_sense_is_refused(tmp_path: Path) -> None:
    workspace(tmp_path / "ws")
    words = ("batch", "--jobs", tmp_path / "ws", "--outputs", tmp_path / "out")
    call = call_runner(*words, "--command", "true", "--api-image", "a")
    assert (call.code, "--api-image needs --image" in call.err) == (2, True)
    call = call_runner(*words, "--command", "true", "--api-on-host")
    assert "--api-on-host needs --image" in call.err
    call = call_runner(*words, "--image", "a", "--api-image", "b", "--api-on-host")
    assert call.code == 2
    call = call_runner("report", tmp_path / "ws", "--outputs", tmp_path / "ws", "--command", "true")
    assert "has other content than earlier outputs" in call.err
    call = call_runner(*words, "--command", "true", "--dry-run")
    assert call.code == 0
    assert f"resim-runner serve {tmp_path / 'ws'} --config batch_metrics_config.json" in call.out
    assert [path.name for path in tmp_path.iterdir()] == ["ws"]
