"""The command in a real terminal: the app opens on a file and on the sample, and `q` leaves it."""

from __future__ import annotations

import os
import re
import signal
import sys
import time
from pathlib import Path

import pytest

from resim_inspect.building.sample import write_sample
from tests.api.misbehaving_server import misbehaving_server, stall
from tests.runner.fetch_harness import BATCH, PROJECT, TOKEN, offer

if sys.platform == "win32":
    pytest.skip("Windows has no pseudo-terminals of this kind", allow_module_level=True)

from tests.cli.app_terminal import TIMEOUT, Terminal

pytestmark = pytest.mark.slow

FAULTY = """
import sys
from resim_inspect.cli import run
from resim_inspect.tui.app import InspectApp
InspectApp.action_help = lambda self: 1 / 0
run()
"""
"""The command, whose help is broken."""
WRITING = """
from resim_inspect.cli import run
from resim_inspect.tui.app import InspectApp
from resim_inspect.tui.widgets.chart.terminal_graphics import send
InspectApp.mark_first_frame = lambda self: self.set_interval(0.002, lambda: send(self, "\\x1b7"))
run()
"""
"""The command, which writes to the terminal all the time."""
UNFINISHED = """
import sys, threading
from resim_inspect.tui.terminal_hangup import exits_on_hangup
ended = threading.Event()
with exits_on_hangup(ended.set):
    print("A line,", flush=True)
    sys.stdout.write("and a part of one")
    ended.wait()
"""
"""A program that has written half a line when its terminal goes away."""
SLOW = """
import threading, time
from resim_inspect.tui import terminal_hangup
terminal_hangup.EXIT_SECONDS = terminal_hangup.POLL_SECONDS = 0.1
ended = threading.Event()
with terminal_hangup.exits_on_hangup(ended.set):
    print("A line", flush=True)
    ended.wait()
    time.sleep(1)
    print("and the end", flush=True)
"""
"""A program that needs longer to exit than it has where its terminal is gone."""


@pytest.fixture(autouse=True)
def _no_trace(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path_factory.mktemp("state")))


def test_a_fault_of_the_app_is_no_verdict_on_the_file(tmp_path: Path) -> None:
    terminal = Terminal(write_sample(tmp_path), program=FAULTY)
    terminal.wait_for("Max speed")
    assert terminal.close(b"?") == 70


def test_the_app_opens_a_file(tmp_path: Path) -> None:
    terminal = Terminal(write_sample(tmp_path))
    terminal.wait_for("FAIL_BLOCK", "Max speed", "Clearance to obstacles")
    assert terminal.close(b"q") == 0


def test_the_demo_opens_the_app_and_cleans_up(tmp_path: Path) -> None:
    terminal = Terminal("demo", TMPDIR=str(tmp_path))
    terminal.wait_for("Max speed")
    assert len(list(tmp_path.glob("resim-inspect-demo-*/metrics.binproto"))) == 1
    assert terminal.close(b"q") == 0
    assert list(tmp_path.iterdir()) == []


def test_never_a_colour_when_none_is_wanted(tmp_path: Path) -> None:
    terminal = Terminal("--color", "never", write_sample(tmp_path))
    terminal.wait_for("Max speed")
    assert terminal.close(b"q") == 0
    colours = re.findall(rb"\x1b\[[0-9;]*[34]8;2;(\d+);(\d+);(\d+)", terminal.seen)
    assert {len({*rgb}) for rgb in colours} <= {1}, "only greys"


@pytest.mark.parametrize("is_folder", [False, True])
def test_a_file_that_is_cut_short_is_shown_as_its_fields(tmp_path: Path, is_folder: bool) -> None:
    path = tmp_path / "metrics.binproto"
    path.write_bytes(write_sample(tmp_path / "whole").read_bytes()[:2_000])
    terminal = Terminal(tmp_path if is_folder else path)
    terminal.wait_for("raw bytes", "The file is cut short: the record at byte", "✗ needs")
    assert terminal.close(b"q") == 0


def test_what_cannot_be_opened_is_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "text.binproto"
    path.write_text("hello")
    terminal = Terminal(path)
    end = time.monotonic() + TIMEOUT
    while terminal.read(end):
        pass
    assert terminal.process.wait(TIMEOUT) == 2
    os.close(terminal.master)
    assert terminal.text.strip().endswith("is not a metrics file: it is text")
    assert terminal.text.count("\n") == 1


def test_a_batch_of_the_cloud_fills_the_table_and_q_leaves_it(tmp_path: Path) -> None:
    with misbehaving_server() as server:
        offer(server, jobs=12)
        server.on("/blob/11/data/1", stall(90))
        places = {f"XDG_{name}_HOME": str(tmp_path / name) for name in ("CACHE", "STATE", "CONFIG")}
        terminal = Terminal(
            f"resim://{PROJECT}/{BATCH}", RESIM_TOKEN=TOKEN, RESIM_API_URL=server.url, **places
        )
        terminal.wait_for("Jobs 12", "11 of 12 jobs fetched", "1 pending", "scalar 1")
        before = time.monotonic()
        assert terminal.close(b"q") == 0
        assert time.monotonic() - before < 10
        assert TOKEN not in terminal.text
        assert len(list(tmp_path.glob("CACHE/**/metrics.binproto"))) == 11
        # Nothing goes on behind its back: a lock that is held would be told.
        server.on("/blob/11/data/1", *dict(server.scripts())["/blob/0/data/1"])
        terminal = Terminal(
            f"resim://{PROJECT}/{BATCH}", RESIM_TOKEN=TOKEN, RESIM_API_URL=server.url, **places
        )
        terminal.wait_for("12 jobs fetched")
        assert terminal.close(b"q") == 0


@pytest.mark.parametrize("program", ["", WRITING], ids=["idle", "writing"])
def test_the_app_ends_when_its_terminal_is_gone(tmp_path: Path, program: str) -> None:
    terminal = Terminal(write_sample(tmp_path), program=program)
    terminal.wait_for("Max speed")
    os.close(terminal.master)
    assert terminal.process.wait(60) == 129


def test_a_hangup_signal_ends_the_app_and_restores_the_terminal(tmp_path: Path) -> None:
    terminal = Terminal(write_sample(tmp_path))
    terminal.wait_for("Max speed")
    terminal.process.send_signal(signal.SIGHUP)
    assert terminal.close(b"") == 129
    assert b"\x1b[?1049l" in terminal.seen


@pytest.mark.parametrize(("number", "code"), [(signal.SIGHUP, 129), (signal.SIGTERM, 143)])
def test_a_busy_app_has_the_time_to_restore_the_terminal(number: signal.Signals, code: int) -> None:
    terminal = Terminal(program=SLOW)
    terminal.wait_for("A line")
    terminal.process.send_signal(number)
    assert terminal.close(b"") == code
    assert "and the end" in terminal.text


def test_an_unfinished_line_is_lost_with_its_terminal() -> None:
    terminal = Terminal(program=UNFINISHED, PYTHONUNBUFFERED="")
    terminal.wait_for("A line,")
    os.close(terminal.master)
    assert terminal.process.wait(TIMEOUT) == 129


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="lists children in /proc")
def test_a_fetch_ends_with_the_terminal(tmp_path: Path) -> None:
    with misbehaving_server() as server:
        offer(server, jobs=2)
        server.on("/blob/1/data/1", stall(90))
        places = {f"XDG_{name}_HOME": str(tmp_path / name) for name in ("CACHE", "STATE", "CONFIG")}
        terminal = Terminal(
            f"resim://{PROJECT}/{BATCH}", RESIM_TOKEN=TOKEN, RESIM_API_URL=server.url, **places
        )
        terminal.wait_for("1 pending")
        tasks = Path(f"/proc/{terminal.process.pid}/task").glob("*/children")
        children = {int(word) for task in tasks for word in task.read_text().split()}
        assert children
        os.close(terminal.master)
        assert terminal.process.wait(60) == 129
        end = time.monotonic() + 60
        while any(map(is_running, children)):
            assert time.monotonic() < end
            time.sleep(0.05)


def is_running(process: int) -> bool:
    """Return True if a process has not ended."""
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def test_keys_of_one_read_are_typed_into_the_filter(tmp_path: Path) -> None:
    terminal = Terminal(write_sample(tmp_path))
    terminal.wait_for("Max speed")
    terminal.press(b"/qwx")
    terminal.wait_for("Filter", "Metrics 0 of 19")
    assert terminal.close(b"\rq") == 0
