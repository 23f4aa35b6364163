"""Builds on this machine: in bubblewrap's sandbox, without it, and at a real /tmp/resim."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from runner.engines.process.tree_usage import tree_usage
from runner.engines.protocol import Usage
from runner.workspace.run_events import event_from_line
from tests.containers.container_harness import (
    ROOT,
    call_runner,
    command,
    make_inputs,
    make_jobs,
    metrics_file,
)
from tests.runner.engines.process_harness import (
    WRITES,
    build,
    job,
    sandboxed,
    small_runner,
    wait_for,
)

pytestmark = pytest.mark.slow


@sandboxed
def test_a_build_in_the_sandbox_has_its_own_tmp_resim_and_nothing_else(tmp_path: Path) -> None:
    victim = tmp_path / "mine.txt"
    victim.write_text("mine")
    program = f"""
import json, os, shutil, socket
shutil.copy("/tmp/resim/inputs/experience/given.binproto", "/tmp/resim/outputs/metrics.binproto")
pids = [p for p in os.listdir("/proc") if p.isdigit()]
facts = {{"tmp": sorted(os.listdir("/tmp")), "pids": len(pids),
         "env": sorted(os.environ), "net": sorted(os.listdir("/sys/class/net"))}}
for name in ("{victim}", "/tmp/resim/inputs/logs/log.txt", "/etc/resim-test"):
    try:
        open(name, "w")
        facts[name] = "written"
    except OSError as error:
        facts[name] = type(error).__name__
try:
    socket.create_connection(("1.1.1.1", 80), 1)
except OSError as error:
    facts["connect"] = str(error)
json.dump(facts, open("/tmp/resim/outputs/facts.json", "w"))
"""
    call = job(tmp_path, program, env={"RESIM_TOKEN": "hidden-token"})
    assert call.code == 0, call.out + call.err
    facts = json.loads((tmp_path / "out" / "facts.json").read_text())
    assert "resim" in facts["tmp"]
    assert facts["pids"] < 5
    assert "RESIM_TOKEN" not in facts["env"]
    assert "unreachable" in facts["connect"]
    assert facts["/tmp/resim/inputs/logs/log.txt"] == "OSError"
    assert facts["/etc/resim-test"] == "OSError"
    assert victim.read_text() == "mine"
    assert not Path("/tmp/resim").exists()


@sandboxed
def test_an_environment_below_tmp_is_visible_in_the_sandbox(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", tmp_path / "env"], check=True)
    packages = next((tmp_path / "env").glob("lib/python*/site-packages"))
    packages.joinpath("checkout.pth").write_text(f"import os\n{tmp_path / 'checkout'}\n")
    for name in ("checkout", "on_path"):
        (tmp_path / name).mkdir()
        (tmp_path / name / f"of_{name}.py").touch()
    packages.joinpath("installed.py").touch()
    (tmp_path / "build").mkdir()
    program = build(tmp_path / "build", f"import installed, of_checkout, of_on_path\n{WRITES}")
    program = program.replace(sys.executable, str(tmp_path / "env" / "bin" / "python"))
    make_inputs(tmp_path / "inputs")
    call = call_runner(
        "job", "--command", program, "--env", f"PYTHONPATH={tmp_path / 'on_path'}",
        "--inputs", tmp_path / "inputs", "--outputs", tmp_path / "out",
    )  # fmt: skip
    assert call.code == 0, call.err


def test_without_a_sandbox_the_folders_are_named(tmp_path: Path) -> None:
    call = job(tmp_path, WRITES, "--no-sandbox")
    assert call.code == 0, call.out + call.err
    assert "without a sandbox" in call.err
    assert (tmp_path / "out" / "metrics.binproto").stat().st_uid == os.getuid()


def test_empty_outputs_without_a_sandbox_name_the_choices(tmp_path: Path) -> None:
    call = job(tmp_path, "", "--no-sandbox")
    assert call.code == 2
    for choice in ("/tmp/resim", "bubblewrap", "--image", "--use-tmp-resim"):
        assert choice in call.result["hint"]
    call = job(tmp_path, "open('/tmp/resim/inputs/logs/log.txt')", "--no-sandbox")
    assert call.result["message"].startswith("it ended with exit code 1: FileNotFoundError")
    assert "bubblewrap" in call.result["hint"]


@pytest.mark.skipif(Path("/tmp/resim").exists(), reason="/tmp/resim is in use on this machine")
def test_a_real_tmp_resim_is_made_once_and_removed(tmp_path: Path) -> None:
    program = WRITES.replace('os.environ["RESIM_OUTPUTS"]', '"/tmp/resim/outputs"')
    call = job(tmp_path, program.replace('os.environ["RESIM_INPUTS"]', '"/tmp/resim/inputs"'),
               "--use-tmp-resim")  # fmt: skip
    assert call.code == 0, call.out + call.err
    assert not Path("/tmp/resim").exists()
    Path("/tmp/resim").mkdir()
    try:
        call = job(tmp_path, WRITES, "--use-tmp-resim")
        assert call.code == 2
        assert "exists already" in call.result["message"]
        assert Path("/tmp/resim").is_dir()
    finally:
        Path("/tmp/resim").rmdir()


EMITS = """
import os, pathlib
row = '{"$metadata": {"topic": "speed"}, "$data": {"v": 1.5}}'
pathlib.Path(os.environ["RESIM_OUTPUTS"], "emissions.resim.jsonl").write_text(row)
"""


@pytest.mark.parametrize("both", [False, True], ids=["emissions", "both kinds"])
def test_the_batch_is_not_run_behind_jobs_that_only_emit(tmp_path: Path, both: bool) -> None:
    workspace = make_jobs(tmp_path / "ws", 1)
    program = build(tmp_path, EMITS + (WRITES if both else ""))
    call = call_runner("run", workspace, "--command", program, "--no-sandbox")
    assert ("emit and leave no metrics.binproto, so the batch is not run" in call.err) is not both
    # The program fails in batch mode: it has no inputs of a job there.
    assert (call.code == 0) is not both, call.err


def test_changed_code_runs_again(tmp_path: Path) -> None:
    workspace = make_jobs(tmp_path / "ws", 1)
    (tmp_path / "code").mkdir()
    program = build(tmp_path / "code", "import helper\n" + WRITES)
    helper = tmp_path / "code" / "helper.py"
    helper.write_text("a = 1\n")
    how = ("--only", "jobs", "--no-sandbox", "--format", "json")
    words = ("run", workspace, "--command", program, *how)

    def was_kept() -> bool:
        return bool(call_runner(*words).json["jobs"][0]["kept"])

    assert [was_kept(), was_kept()] == [False, True]
    helper.write_text("a = 2\n")
    assert [was_kept(), was_kept()] == [False, True]


def test_a_failed_job_keeps_what_it_wrote_and_good_outputs_stay(tmp_path: Path) -> None:
    assert job(tmp_path, WRITES, "--no-sandbox").code == 0
    good = (tmp_path / "out" / "metrics.binproto").read_bytes()
    program = WRITES + "open(out + '/debug.txt', 'w').write('why'); sys.exit(3)"
    call = job(tmp_path, program, "--no-sandbox")
    assert (call.code, call.result["message"]) == (
        2,
        "it ended with exit code 3, and its log is empty.",
    )
    assert f"What it wrote is in {tmp_path}/out.failed." in call.result["hint"]
    assert (tmp_path / "out" / "metrics.binproto").read_bytes() == good
    assert (tmp_path / "out.failed" / "debug.txt").read_text() == "why"
    invalid = "import os; open(os.environ['RESIM_OUTPUTS'] + '/metrics.binproto', 'w').write('no')"
    assert job(tmp_path, invalid, "--no-sandbox").code == 2
    assert (tmp_path / "out.failed" / "metrics.binproto.rejected").read_text() == "no"
    assert (tmp_path / "out" / "metrics.binproto").read_bytes() == good
    assert sorted(p.name for p in tmp_path.iterdir() if p.name.startswith(".")) == []


def test_two_jobs_on_one_outputs_folder(tmp_path: Path) -> None:
    make_inputs(tmp_path / "inputs")
    program = build(tmp_path, f"{WRITES}\nimport time; print('ready', flush=True); time.sleep(60)")
    words = ("job", "--no-sandbox", "--inputs", tmp_path / "inputs", "--outputs", tmp_path / "out")
    log = tmp_path / "log"
    first = subprocess.Popen(
        command(*words, "--command", program, "--log", log, "--quiet"),
        cwd=ROOT, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    wait_for(lambda: log.exists() and "ready" in log.read_text())
    call = call_runner(*words, "--command", "true")
    assert call.code == 2
    assert call.err.splitlines() == [
        f"resim-runner: another run is active with --outputs {tmp_path}/out.",
        "  Wait for it, or name another folder.",
    ]
    first.kill()
    first.wait()
    # The watchdog of a killed job clears up beside the outputs.
    left = ["build.py", "inputs", "log", "out.run"]
    wait_for(lambda: sorted(p.name for p in tmp_path.iterdir()) == left)
    assert call_runner(*words, "--command", build(tmp_path, WRITES)).code == 0


def test_links_between_outputs_are_files(tmp_path: Path) -> None:
    code = """
os.mkdir(out + "/run1")
open(out + "/run1/plot.png", "w").write("plot")
os.symlink("run1/plot.png", out + "/latest.png")
os.symlink(out + "/run1", out + "/latest")
os.link(out + "/run1/plot.png", out + "/same.png")
"""
    call = job(tmp_path, WRITES + code, "--no-sandbox")
    assert call.code == 0, call.out
    for name in ("latest.png", "same.png", "latest/plot.png"):
        path = tmp_path / "out" / name
        assert (path.read_text(), path.is_symlink(), path.stat().st_nlink) == ("plot", False, 1)


def test_hostile_outputs_are_refused_here_as_well(tmp_path: Path) -> None:
    (tmp_path / "foreign").write_text("foreign")
    for code, says in (
        ('os.symlink("/etc/hostname", out + "/a")', "is a link"),
        ('os.mkfifo(out + "/a")', "is a pipe"),
        ('open(out + "/a", "w").truncate(1 << 40)', "1.1 TB"),
        ('open(out + "/a\\x1b", "w")', "has the character U+001B, a control character"),
        (f'os.link("{tmp_path}/foreign", out + "/a")', "is a hard link to a file outside"),
    ):
        call = job(tmp_path, f"{WRITES}\n{code}\n", "--no-sandbox")
        assert call.code == 2
        assert says in call.result["message"]
        assert call.result["verdict"] == "PASSED"
        # The valid metrics beside it are kept, and nothing that was refused.
        assert sorted(p.name for p in (tmp_path / "out").iterdir()) == [
            ".resim-runner-failed.json",
            "metrics.binproto",
        ]


HOG = """
import sys, time
held = bytearray(400 << 20)
while time.process_time() < 0.5:
    pass
"""


@pytest.mark.parametrize(
    "flags", [["--no-sandbox"], pytest.param([], marks=sandboxed)], ids=["bare", "sandbox"]
)
@pytest.mark.parametrize("in_child", [False, True])
def test_the_resources_of_a_build_are_in_its_result(
    tmp_path: Path, flags: list[str], in_child: bool
) -> None:
    child = f"import subprocess, sys\nsubprocess.run([sys.executable, '-c', {HOG!r}])\n"
    # The resources of what runs in a sandbox are sampled.
    code = WRITES + (child if in_child else HOG) + "time.sleep(0.3)\n"
    result = job(tmp_path, f"import time\n{code}", *flags, call=small_runner).result
    assert 400 << 20 < result["peak_memory_bytes"] < 1 << 30
    assert 0.4 < result["cpu_seconds"] < 10


def test_resources_that_are_not_known_are_not_told() -> None:
    usage = tree_usage(2**22 + 1)
    assert usage == Usage()
    assert usage.highest(Usage(3, 0.5)) == Usage(3, 0.5)


def test_a_program_that_is_not_there(tmp_path: Path) -> None:
    make_inputs(tmp_path / "inputs")
    call = call_runner("job", "--command", "no-such-program x", "--inputs", tmp_path / "inputs",
                  "--outputs", tmp_path / "out")  # fmt: skip
    assert call.code == 2
    assert "was not found" in call.err


def test_verdicts_and_junit(tmp_path: Path) -> None:
    make_inputs(tmp_path / "inputs", metrics_file("FAIL_BLOCK", 44.7))
    junit = tmp_path / "junit.xml"
    call = job(tmp_path, WRITES, "--no-sandbox", "--junit", junit)
    assert call.code == 7
    assert 'failures="1"' in junit.read_text()
    assert "Max speed" in junit.read_text()


def test_the_recorded_exit_code_is_the_one_of_the_call(tmp_path: Path) -> None:
    call = job(tmp_path, WRITES, "--no-sandbox", "--junit", tmp_path / "build.py" / "x.xml")
    assert call.code == 2
    assert "cannot be written" in call.err
    events = (tmp_path / "out.run" / "events.jsonl").read_bytes().splitlines()
    *_, error, end = map(event_from_line, events)
    assert (error.kind, end.kind, end.data["exit_code"]) == ("error", "end", 2)


OPEN_CORE = """
import os, uuid
from pathlib import Path
from resim.metrics.python.metrics_utils import MetricImportance, MetricStatus
from resim.metrics.python.metrics_writer import ResimMetricsWriter

writer = ResimMetricsWriter(uuid.uuid4())
(
    writer.add_scalar_metric("Top speed")
    .with_description("The highest speed")
    .with_status(MetricStatus.PASSED_METRIC_STATUS)
    .with_importance(MetricImportance.HIGH_IMPORTANCE)
    .with_value(31.2)
    .with_unit("m/s")
    .with_blocking(False)
    .with_should_display(True)
)
data = writer.write().metrics_msg.SerializeToString()
Path("/tmp/resim/outputs/metrics.binproto").write_bytes(data)
"""


@sandboxed
def test_open_core_runs_in_the_sandbox(tmp_path: Path) -> None:
    if importlib.util.find_spec("resim") is None:
        reason = "open-core is not installed here"
        if os.environ.get("RESIM_REQUIRE_OPEN_CORE") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    call = job(tmp_path, OPEN_CORE)
    assert call.code == 0, call.out
    assert (call.result["verdict"], call.result["metrics"]) == ("PASSED", 1)
