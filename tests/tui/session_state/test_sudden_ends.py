"""Views of an app in a terminal of its own, which is taken away, and of one that gets a signal."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import pytest

from resim_inspect.building.sample import write_sample
from resim_inspect.tui.session_state.model import SavedSession
from resim_inspect.tui.session_state.store import read_view, write_view

if sys.platform == "win32":
    pytest.skip("needs terminals", allow_module_level=True)

from tests.cli.app_terminal import Terminal

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("end", ["hang-up", "SIGTERM"])
def test_the_view_is_kept_when_the_app_has_to_end(tmp_path: Path, end: str) -> None:
    path = write_sample(tmp_path)
    # A view that is not yet read is not overwritten: its pane in view shows that it was read.
    write_view(path, SavedSession(pane="data"))
    terminal = Terminal(path)
    terminal.wait_for("Data 39", "flight time")
    terminal.press(b"3")
    terminal.wait_for("Touchdown", "Events 2")
    if end == "hang-up":
        os.close(terminal.master)
        assert terminal.process.wait(60) == 129
    else:
        terminal.process.send_signal(signal.SIGTERM)
        assert terminal.close(b"") == 143
        assert b"\x1b[?1049l" in terminal.seen
    view = read_view(path)
    assert view is not None
    assert view.pane == "events"


def test_without_state_the_command_leaves_no_file(tmp_path: Path) -> None:
    terminal = Terminal("--no-state", write_sample(tmp_path / "outputs"))
    terminal.wait_for("Max speed", "17.4 m/s")
    terminal.press(b"3")
    terminal.wait_for("Events 2")
    assert terminal.close(b"q") == 0
    assert not (tmp_path / "state").exists()
