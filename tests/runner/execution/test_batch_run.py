"""Batch mode on this machine: what builds get, what they leave, and what is said of them."""

from __future__ import annotations

import json
import subprocess
import tempfile
import time
from pathlib import Path

import pytest

from runner.workspace.layout import open_workspace
from tests.api.workspaces import document, workspace, write_job
from tests.containers.container_harness import ROOT, call_runner, command
from tests.runner.batch_harness import (
    FETCH,
    WITH_AND_WITHOUT_SANDBOX,
    batch,
    program,
    result,
    running,
)
from tests.runner.engines.process_harness import sandboxed

pytestmark = pytest.mark.slow


@WITH_AND_WITHOUT_SANDBOX
def test_a_batch_gets_all_and_leaves_its_file(tmp_path: Path, more: tuple[str, ...]) -> None:
    text = FETCH + "done()\njson.dump(sorted(os.listdir(INPUTS)), open(OUTPUTS + '/seen', 'w'))"
    call = batch(tmp_path, text, *more)
    assert call.code == 0, call.err
    found = result(call)
    assert (found["outcome"], found["verdict"], found["notes"]) == ("done", "PASSED", [])
    assert found["mode"] == "batch"
    assert found["job_id"] == str(open_workspace(tmp_path / "ws").batch_id)
    assert found["served"]["metrics"] == {"asked": 2, "of": 2, "blobs": 4, "served": 4}
    assert found["served"]["metricsData"] == {"asked": 2, "of": 2, "blobs": 6, "served": 6}
    # Some builds look for a job's logs first.
    assert json.loads((tmp_path / "out/seen").read_text()) == ["batch_metrics_config.json"]
    assert ("not closed" in call.err) == bool(more)
    names = {path.name for path in tmp_path.iterdir()}
    assert names == {"build", "log", "out", "out.run", "ws"}


@sandboxed
def test_nothing_but_the_api_can_be_reached(tmp_path: Path) -> None:
    import socket

    with socket.create_server(("0.0.0.0", 0)) as server:
        port = server.getsockname()[1]
        text = f"""{FETCH}
import socket
said = {{}}
for address in ("127.0.0.1", "{_own_address()}", "1.1.1.1", "169.254.169.254"):
    try:
        socket.create_connection((address, {port}), 2)
        said[address] = "reached"
    except OSError as error:
        said[address] = str(error)
said["devices"] = sorted(os.listdir("/sys/class/net")) if 0 else open("/proc/net/dev").read()
done()
json.dump(said, open(OUTPUTS + "/said.json", "w"))
"""
        call = batch(tmp_path, text)
    assert call.code == 0, call.err
    said = json.loads((tmp_path / "out/said.json").read_text())
    devices = [line.split(":")[0].strip() for line in said.pop("devices").splitlines()[2:]]
    assert devices == ["lo"]
    assert "refused" in said["127.0.0.1"]
    assert all(text != "reached" for text in said.values())


def _own_address() -> str:
    """An address of this machine that is not its loopback's, where it has one."""
    words = ["hostname", "-I"]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    return next(iter(done.stdout.split()), "10.0.0.1")


@sandboxed
def test_the_token_is_on_no_disk_and_in_no_log(tmp_path: Path) -> None:
    text = """
config = read_config()
print(config["authToken"], json.dumps(config), file=sys.stderr)
time.sleep(2)
for url in urls(config): get(url)
done()
open(OUTPUTS + "/token", "w").write(config["authToken"][::-1])
"""
    with subprocess.Popen(
        command("batch", "--jobs", workspace(tmp_path / "ws").folder, "--outputs", tmp_path / "out",
                "--log", tmp_path / "log", "--command", program(tmp_path / "build", text)),
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=ROOT,
    ) as process:  # fmt: skip
        seen = b""
        while process.poll() is None:
            seen += b"".join(_read_all(tmp_path))
            for place in Path(tempfile.gettempdir()).glob("resim-runner-*"):
                seen += b"".join(_read_all(place))
            seen += b"".join(_read(path) for path in Path("/proc").glob("[0-9]*/cmdline"))
            time.sleep(0.2)
        out, err = process.communicate()
    assert process.returncode == 0, err
    token = (tmp_path / "out/token").read_text()[::-1].encode()
    assert len(token) > 30
    assert b"resim-runner" in seen or b"runner" in seen
    assert token not in seen
    assert token not in out + err + (tmp_path / "log").read_bytes()
    assert b"[redacted]" in (tmp_path / "log").read_bytes()


def _read_all(folder: Path) -> list[bytes]:
    return [_read(path) for path in folder.rglob("*") if path.is_file()]


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


@pytest.mark.parametrize(
    ("text", "problem", "message"),
    [
        ("open(INPUTS + '/logs/flight.csv')", "no-batch-mode", "it seems to have no batch mode"),
        ("sys.exit('a.py has no batch_metrics.')", "no-batch-mode", "has no batch_metrics"),
        ("", "no-batch-mode", "wrote no outputs"),
        (
            "raise ValueError('sad')",
            "",
            "before its first request to the API: it ended with exit code 1: Val",
        ),
        (
            "read_config(); sys.exit(3)",
            "",
            "before its first request to the API: it ended with exit code 3",
        ),
        (FETCH + "sys.exit(3)", "", "it ended with exit code 3"),
    ],
)
def test_a_build_without_batch_mode_is_no_broken_one(
    tmp_path: Path, text: str, problem: str, message: str
) -> None:
    call = batch(tmp_path, text, "--no-sandbox")
    assert call.code == 2
    found = result(call)
    assert found["problem"] == problem
    assert message in found["message"]
    assert ("--only jobs" in found["hint"]) == bool(problem)


def test_a_batch_that_asks_for_nothing_is_believed_and_told(tmp_path: Path) -> None:
    call = batch(tmp_path, "done()", "--no-sandbox")
    assert call.code == 0
    assert "sent the API no request" in result(call)["notes"][0]


def test_builds_of_2023_get_three_fields(tmp_path: Path) -> None:
    text = """
config = read_config()
assert sorted(config) == ["apiURL", "authToken", "batchID"], config
at = f"{config['apiURL'].removesuffix('/v1')}/batches/{config['batchID']}"
for job in rows(at + "/jobs", "jobs", config["authToken"]):
    for row in rows(f"{at}/jobs/{job['jobID']}/metrics", "metrics", config["authToken"]):
        get(row["metricURL"])
done()
"""
    call = batch(tmp_path, text, "--no-sandbox", "--config-fields", "3")
    assert call.code == 0, call.err


@pytest.mark.parametrize(
    ("status", "fail_on", "code"),
    [("FAIL_BLOCK", "block", 7), ("FAIL_WARN", "warn", 8), ("FAIL_BLOCK", "none", 0)],
)
def test_the_batch_is_a_gate(tmp_path: Path, status: str, fail_on: str, code: int) -> None:
    junit = tmp_path / "junit.xml"
    more = ("--no-sandbox", "--fail-on", fail_on, "--junit", junit)
    call = batch(tmp_path, FETCH + "done()", *more, status=status)
    assert call.code == code
    assert (call.json["verdict"], call.json["jobs"]) == (status, [])
    text = junit.read_text()
    assert text.count("<testcase") == 1
    assert '/batch" name="batch"' in text
    assert (f'<failure type="{status}"' in text) == (code != 0)


def test_jobs_lie_anywhere(tmp_path: Path) -> None:
    for name in ("a/one/outputs", "a/two", "b/outputs", ".hidden/outputs"):
        (tmp_path / "all" / name).mkdir(parents=True)
        (tmp_path / "all" / name / "metrics.binproto").write_bytes(document(name))
    text = """
config = read_config()
names = [job["experienceName"] for job in rows(base(config) + "/jobs", "jobs", config["authToken"])]
for url in urls(config): get(url)
done()
json.dump(names, open(OUTPUTS + "/names.json", "w"))
"""
    call = call_runner(
        "batch", "--jobs", tmp_path / "all", "--outputs", tmp_path / "out", "--no-sandbox",
        "--command", program(tmp_path / "build", text),
    )  # fmt: skip
    assert call.code == 0, call.err
    assert call.out == "Batch PASSED. Overall ✓ PASSED\n"
    assert json.loads((tmp_path / "out/names.json").read_text()) == ["a/one", "a/two", "b"]
    call = call_runner(
        "batch", "--jobs", tmp_path / "build", "--outputs", tmp_path / "new", "--command", "a"
    )
    assert call.code == 2


def test_jobs_without_metrics_are_served_as_failed(tmp_path: Path) -> None:
    ws = workspace(tmp_path / "ws")
    write_job(ws.folder, "torn", b"\xff\xff")
    text = """
config = read_config()
found = {job["experienceName"]: job["conflatedStatus"]
         for job in rows(base(config) + "/jobs", "jobs", config["authToken"])}
assert found == {"job-0": "PASSED", "job-1": "PASSED", "torn": "ERROR"}, found
for url in urls(config): get(url)
done()
"""
    call = batch(tmp_path, text, "--no-sandbox")
    assert call.code == 0, call.err
    assert "warning: torn: metrics.binproto" in call.err
    for name in ("job-0", "job-1"):
        (ws.folder / "jobs" / name / "outputs/metrics.binproto").unlink()
    call = batch(tmp_path, text, "--no-sandbox")
    assert call.code == 2
    assert result(call)["message"] == "no job has metrics for the batch."


@sandboxed
def test_a_killed_runner_takes_its_sandbox_and_api_with_it(tmp_path: Path) -> None:
    workspace(tmp_path / "ws")
    text = FETCH + "print('ready', flush=True)\ntime.sleep(86423)"
    where = ("--jobs", tmp_path / "ws", "--outputs", tmp_path / "out")
    with running("batch", *where, "--command", program(tmp_path / "build", text)) as process:
        process.kill()
        process.wait(60)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and any(
        str(tmp_path).encode() in _read(path) for path in Path("/proc").glob("[0-9]*/cmdline")
    ):
        time.sleep(0.1)
    assert time.monotonic() < deadline
    # What it gathered goes with the next call.
    call = batch(tmp_path, FETCH + "done()")
    assert call.code == 0, call.err
    names = {path.name for path in tmp_path.iterdir()}
    assert names == {"build", "log", "out", "out.run", "ws"}
