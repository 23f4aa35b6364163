"""Job mode under faults: inputs that are missing, outputs that cannot be written, and signals."""

from __future__ import annotations

import os
import signal

import pytest

from runner.inside.errors import Code
from tests.inside.runtime_harness import PASSES, RuntimeHarness, needs_sdk

pytestmark = [pytest.mark.slow, needs_sdk]


def test_missing_inputs_are_told(
    harness: RuntimeHarness, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    harness.module(PASSES)
    for name in ("experience", "logs"):
        (harness.inputs / name).rmdir()
    assert harness.run(monkeypatch) == Code.SETUP
    assert "neither experience/ nor logs/" in capsys.readouterr().err
    harness.inputs.rmdir()
    assert harness.run(monkeypatch) == Code.SETUP
    assert "cannot be read: No such file" in capsys.readouterr().err


def test_an_input_that_is_missing_is_the_set_ups_fault(
    harness: RuntimeHarness, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    harness.module(PASSES + "    inputs.json('mission.json')\n")
    assert harness.run(monkeypatch) == Code.SETUP
    said = capsys.readouterr().err
    assert "no file mission.json" in said
    assert "Traceback" not in said


def test_outputs_that_cannot_be_written_are_told_before_the_work(
    harness: RuntimeHarness, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    harness.module("raise RuntimeError('not even imported')\n")
    harness.outputs.rmdir()
    harness.outputs.write_text("a file")
    assert harness.run(monkeypatch) == Code.OUTPUTS
    assert "cannot be written" in capsys.readouterr().err


def test_a_full_disk_leaves_no_half_file(
    harness: RuntimeHarness, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(_: int) -> None:
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr(os, "fsync", full)
    harness.module(PASSES)
    assert harness.run(monkeypatch) == Code.OUTPUTS
    assert "No space left on device" in capsys.readouterr().err
    assert list(harness.outputs.iterdir()) == []


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGTERM, Code.TERMINATED), (signal.SIGINT, Code.INTERRUPTED)]
)
def test_a_signal_ends_it_in_order(
    harness: RuntimeHarness, number: signal.Signals, code: Code
) -> None:
    # Python looks at signals between system calls: one that comes just before a long one waits for
    # its end, and the print is just before.
    pauses = "    while True:\n        time.sleep(0.05)\n"
    harness.module(PASSES + f"    import time\n    print('here', flush=True)\n{pauses}")
    process = harness.start()
    assert process.stdout is not None
    assert process.stdout.readline() == "here\n"
    process.send_signal(number)
    _, said = process.communicate(timeout=20)
    assert process.returncode == code
    assert "stopped by a signal" in said
    assert list(harness.outputs.iterdir()) == []


def test_a_signal_that_a_destructor_swallows_ends_the_run_all_the_same(
    harness: RuntimeHarness,
) -> None:
    harness.module(
        "import os, signal, time\n\n"
        "class Swallows:\n"
        "    def __del__(self):\n"
        "        os.kill(os.getpid(), signal.SIGTERM)\n"
        "        time.sleep(0.1)\n\n"
        "def job_metrics(writer, inputs):\n"
        "    one = Swallows()\n"
        "    del one\n"
        "    time.sleep(60)\n"
    )
    process = harness.start()
    _, said = process.communicate(timeout=30)
    assert process.returncode == Code.TERMINATED
    assert "stopped by a signal" in said
