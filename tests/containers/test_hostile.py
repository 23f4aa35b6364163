"""Builds that misbehave: each has one clear sentence, and nothing stays behind."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.containers.container_harness import (
    BASE_IMAGE,
    COPY,
    ContainerHarness,
    destructive,
    make_inputs,
    runner,
)

OUT = "/tmp/resim/outputs"


@pytest.mark.parametrize(
    ("script", "says"),
    [
        (f"ln -s /etc/hostname {OUT}/metrics.binproto", 'a link to "/etc/hostname"'),
        (f"{COPY}; ln -s ../../../etc {OUT}/etc", "which leaves the outputs"),
        (f"{COPY}; ln -s ../inputs/experience {OUT}/given", "which leaves the outputs"),
        (f"{COPY}; mkfifo {OUT}/pipe", '"pipe" is a pipe'),
        (f"{COPY}; truncate -s 1T {OUT}/huge", '"huge" (1.1 TB)'),
        (f"truncate -s 600M {OUT}/metrics.binproto", "metrics.binproto has 629 MB"),
        (f"{COPY}; touch {OUT}/$(printf 'a\\033[31mb')", "U+001B, a control character"),
        (f"{COPY}; touch \"{OUT}/$(printf 'a\\nb')\"", "U+000A, a control character"),
        (f"{COPY}; touch {OUT}/$(printf 'a\\342\\200\\256b')", "U+202E, right-to-left override"),
        (f"{COPY}; touch {OUT}/$(printf 'a\\377b')", "is not valid UTF-8"),
        (f"{COPY}; touch '{OUT}/a\\b'", "has a backslash"),
        (f"{COPY}; cd {OUT}; for i in $(seq 40); do mkdir d; cd d; done", "nested too deeply"),
        (f"{COPY}; cd {OUT}; touch $(seq 10001)", "more than 10,000 files"),
    ],
)
def test_hostile_outputs_are_refused_and_valid_metrics_beside_them_kept(
    harness: ContainerHarness, script: str, says: str
) -> None:
    call = harness.sh(script)
    assert call.code == 2, call.out
    assert call.result["outcome"] == "failed"
    assert says in call.result["message"], call.result["message"]
    assert call.result["hint"]
    assert "\x1b" not in call.out
    kept = [path for path in harness.outputs.rglob("[!.]*") if not path.is_dir()]
    assert not any(path.is_symlink() for path in kept)
    if COPY in script:
        assert kept == [harness.outputs / "metrics.binproto"]
        assert call.result["verdict"] == "PASSED"
    else:
        assert kept == []


def test_links_that_stay_inside_are_files(harness: ContainerHarness) -> None:
    script = f"""{COPY}; cd {OUT}; mkdir run1; echo plot > run1/a.png; ln -s run1/a.png latest.png
ln -s run1 latest; ln run1/a.png same.png; ln -s {OUT}/run1/a.png absolute.png"""
    call = harness.sh(script)
    assert call.code == 0, call.out
    assert call.result["files"] == 6
    for name in ("latest.png", "latest/a.png", "same.png", "absolute.png"):
        path = harness.outputs / name
        assert (path.read_text(), path.is_symlink(), path.stat().st_nlink) == ("plot\n", False, 1)


def test_a_failed_job_keeps_what_it_wrote_and_good_outputs_stay(harness: ContainerHarness) -> None:
    failing = f"echo why > {OUT}/debug.txt; exit 3"
    first = harness.sh(failing)
    assert (first.code, (harness.outputs / "debug.txt").read_text()) == (2, "why\n")
    assert f"What it wrote is in {harness.outputs}." in first.result["hint"]
    assert harness.sh(COPY).code == 0
    good = (harness.outputs / "metrics.binproto").read_bytes()
    assert harness.sh(f"echo no > {OUT}/metrics.binproto").code == 2
    slow = f"echo slow > {OUT}/debug.txt; echo half > {OUT}/metrics.binproto; sleep 60"
    late = harness.sh(slow, "--timeout", "2", "--grace", "1")
    assert (late.code, late.result["outcome"]) == (6, "timeout")
    assert f"What it wrote is in {harness.outputs}.failed." in late.result["hint"]
    failed = harness.outputs.with_name("outputs.failed")
    assert (failed / "debug.txt").read_text() == "slow\n"
    assert (failed / "metrics.binproto.rejected").read_text() == "half\n"
    assert [path.name for path in harness.outputs.iterdir()] == ["metrics.binproto"]
    assert (harness.outputs / "metrics.binproto").read_bytes() == good


def test_an_outputs_folder_that_became_a_link_is_refused(harness: ContainerHarness) -> None:
    script = f"mv {OUT} /tmp/resim/other && ln -s /etc {OUT}"
    call = harness.sh(script, "--image-user", "--writable-root", "--keep-capabilities")
    assert call.code == 2
    assert "no longer a directory" in call.result["message"] or "a link" in call.result["message"]


def test_a_build_that_ignores_term_is_killed_at_its_timeout(harness: ContainerHarness) -> None:
    begun = time.monotonic()
    script = "import signal, time; signal.signal(15, signal.SIG_IGN); time.sleep(60)"
    call = harness.python(script, "--timeout", "1", "--grace", "1")
    assert call.code == 6
    assert call.result["outcome"] == "timeout"
    assert "did not end within 1 s" in call.result["message"]
    assert time.monotonic() - begun < 15


def test_endless_output_ends_at_the_timeout_and_its_log_is_cut(harness: ContainerHarness) -> None:
    call = harness.sh("yes endless", "--timeout", "3", "--max-log-mib", "2")
    assert call.code == 6
    assert call.result["log_bytes"] > 4_000_000
    assert harness.log.stat().st_size < 3_000_000
    assert "of the log were left out here" in harness.log.read_text()


def test_a_line_without_end_and_broken_letters_are_kept(harness: ContainerHarness) -> None:
    call = harness.sh(
        "printf 'caf\\303'; sleep 0.2; printf '\\251 \\377'; head -c 100000 /dev/zero; exit 1"
    )
    assert call.code == 2
    assert harness.log.read_bytes().startswith(b"caf\xc3\xa9 \xff")


def test_running_out_of_memory_is_said(harness: ContainerHarness) -> None:
    call = harness.python("x = bytearray(800 << 20)", "--memory-mib", "100")
    assert call.code == 2
    assert "ran out of memory" in call.result["message"]
    assert "--memory-mib" in call.result["hint"]


def test_too_many_processes_are_said(harness: ContainerHarness) -> None:
    script = """
import threading, time
for _ in range(400):
    threading.Thread(target=time.sleep, args=(9,), daemon=True).start()
"""
    call = harness.python(script, "--pids", "64")
    assert call.code == 2
    assert "--pids" in call.result["hint"], call.result


@pytest.mark.parametrize(
    ("limits", "message", "hint"),
    [
        (
            ("--pids", "100"),
            "it reached its limit of 100 processes and threads and ended with exit code 3",
            "--pids",
        ),
        (("--memory-mib", "200"), "it ran out of memory: its ", "Start fewer of them"),
    ],
)
def test_a_silent_fork_bomb_is_told_which_limit_it_reached(
    harness: ContainerHarness, limits: tuple[str, str], message: str, hint: str
) -> None:
    script = """
import os, time
while True:
    try:
        child = os.fork()
    except OSError:
        time.sleep(2)  # The counts of a container end with it.
        os._exit(3)
    if not child:
        used = bytearray(1 << 19)
        time.sleep(100)
"""
    call = harness.python(script, *limits, "--timeout", "60", "--cpus", "1")
    assert (call.code, call.result["outcome"]) == (2, "failed")
    assert message in call.result["message"], call.result
    assert hint in call.result["hint"]


@destructive
def test_a_fork_bomb_meets_its_limit_and_dies(harness: ContainerHarness) -> None:
    script = "import os\nwhile True:\n    try: os.fork()\n    except OSError: pass"
    call = harness.python(script, "--pids", "100", "--timeout", "3", "--cpus", "1")
    assert call.code == 6
    assert call.result["outcome"] == "timeout"


@destructive
def test_a_gigabyte_of_log_is_drained(harness: ContainerHarness) -> None:
    script = f"head -c 1000000000 /dev/zero | tr '\\0' 'x' | fold -w 1000; {COPY}"
    # A machine that has other things to do may be ten times slower.
    call = harness.sh(script, timeout=280)
    assert call.code == 0, call.result
    # Not a byte of it is lost, the ends of the lines among them.
    assert call.result["log_bytes"] == 1_000_999_999
    assert call.result["hint"] == ""
    assert harness.log.stat().st_size <= 64 << 20


@pytest.fixture
def tiny(tmp_path: Path) -> Iterator[Path]:
    """A disk of 4 MB."""
    folder = tmp_path / "tiny"
    folder.mkdir()
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(folder)],
        capture_output=True,
        check=False,
    )
    if done.returncode:
        pytest.skip("mounting a small disk needs root")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


@destructive
@pytest.mark.parametrize("what", ["outputs", "log", "outputs of a workspace"])
def test_a_full_disk_is_said(harness: ContainerHarness, tiny: Path, what: str) -> None:
    fill = f"{COPY}; head -c 9000000 /dev/zero > {OUT}/big"
    if what == "outputs":
        call = harness.sh(fill, "--outputs", tiny / "outputs")
    elif what == "log":
        call = harness.sh(
            f"{COPY}; head -c 9000000 /dev/zero | tr '\\0' 'x'", "--log", tiny / "log"
        )
    else:
        make_inputs(tiny / "ws" / "jobs" / harness.name / "inputs")
        words = ("run", tiny / "ws", "--only", "jobs", "--image", BASE_IMAGE, "--format", "json",
                 "--quiet", "--")  # fmt: skip
        call = runner(*words, "sh", "-c", fill)
    assert call.code == 2
    assert "the disk is full" in call.result["message"]
    assert "Traceback" not in call.err
    assert not list(tiny.glob("**/.outputs*"))


def test_nothing_of_a_hostile_name_reaches_the_terminal(
    tmp_path: Path, docker: Callable[..., str]
) -> None:
    evil = "a\x1b]0;owned\x07b\u202e"
    make_inputs(tmp_path / "jobs" / evil / "inputs")
    junit = tmp_path / "junit.xml"
    call = runner(
        "run", tmp_path, "--only", "jobs", "--image", BASE_IMAGE, "--junit", junit, "--",
        "sh", "-c", "printf '\\033[2Jclear ]]> <x>\\n'; exit 1",
    )  # fmt: skip
    assert call.code == 2
    for text in (call.out, call.err, junit.read_text()):
        assert "\x1b" not in text
        assert "\u202e" not in text
    import xml.etree.ElementTree as ElementTree

    assert ElementTree.parse(junit).getroot().get("errors") == "1"
    assert [p.name for p in (tmp_path / "jobs").iterdir()] == [evil]
