"""The linear output in a real terminal: it follows the file, answers, and ends by `q` or Ctrl-C."""

from __future__ import annotations

import signal
import sys
from pathlib import Path

import pytest

from resim_inspect.building.builder import DocumentBuilder

if sys.platform == "win32":
    pytest.skip("Windows has no pseudo-terminals of this kind", allow_module_level=True)

from tests.cli.app_terminal import Terminal

pytestmark = pytest.mark.slow


def written(path: Path, speed: float) -> Path:
    builder = DocumentBuilder()
    status = "FAIL_BLOCK" if speed > 15 else "PASSED"
    builder.scalar("Max speed", speed, unit="m/s", status=status, fails_above=15.0)
    new = path.with_name("new")
    builder.write(new)
    return new.replace(path)


def test_a_change_is_announced_and_q_ends(tmp_path: Path) -> None:
    path = written(tmp_path / "metrics.binproto", 17.4)
    terminal = Terminal("--plain", path)
    terminal.wait_for("Its verdict is FAIL_BLOCK.", "q to quit.")
    written(path, 12.1)
    terminal.wait_for(
        "Max speed changed from 17.4 m/s to 12.1 m/s; it is now PASSED and was FAIL_BLOCK."
    )
    terminal.press(b"show 1\n")
    terminal.wait_for("Its value is 12.1 m/s.")
    assert terminal.close(b"q\n") == 0
    # No movement of the cursor, no colour.
    assert b"\x1b" not in terminal.seen


def test_an_interruption_and_the_end_of_the_input_end_it(tmp_path: Path) -> None:
    path = written(tmp_path / "metrics.binproto", 12.0)
    terminal = Terminal("--plain", path)
    terminal.wait_for("q to quit.")
    terminal.process.send_signal(signal.SIGINT)
    assert terminal.close(b"\n") == 130
    assert "Traceback" not in terminal.text
    terminal = Terminal("--plain", path)
    terminal.wait_for("q to quit.")
    assert terminal.close(b"\x04") == 0
