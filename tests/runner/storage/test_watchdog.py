"""The watchdog: what a killed runner leaves is removed, and it ends with the run."""

from __future__ import annotations

import http.server
import json
import os
import signal
import socketserver
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from runner.engines.docker.orphans import remove_orphans
from runner.engines.docker.orphans import supports as supports_engine
from runner.storage import lease
from runner.storage.helper_process import end_helper
from runner.storage.scratch import REMOVE_FOLDER, REMOVE_STALE
from runner.storage.watchdog import Watchdog
from runner.storage.watchdog_process import PAUSES, TIMEOUT, CleanupTask, perform, task_of
from tests.containers.container_harness import ROOT

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="Windows has no watchdog"),
]

RECOVER = "runner.storage.staging:recover"
GUARDED = f"""
import os, sys, time
from runner.storage.watchdog import WATCHDOG
for folder in sys.argv[2:]:
    WATCHDOG.guard({RECOVER!r}, folder)
{{end}}
"""
TASKS = (
    RECOVER,
    "runner.engines.docker.orphans:remove_orphans",
    "runner.storage.helper_process:end_helper",
    "runner.engines.process.work_folder:remove_runs_of",
    REMOVE_STALE,
    REMOVE_FOLDER,
)


def wait_for(condition: Callable[[], object], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "the condition did not become true"
        time.sleep(0.02)


def staging_of(outputs: Path) -> Path:
    """A staging folder that a killed run left beside its outputs."""
    folder = outputs.with_name(f".{outputs.name}.resim-staging-abc")
    (folder / "outputs").mkdir(parents=True)
    return folder


def guarding(end: str, *folders: Path) -> subprocess.Popen[bytes]:
    """A process that guards folders, then does what `end` says."""
    program = GUARDED.format(end=end)
    words = [sys.executable, "-c", program, "marker", *map(str, folders)]
    return subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGHUP])
def test_a_process_that_is_killed_is_cleaned_up_after(tmp_path: Path, number: int) -> None:
    folders = [staging_of(tmp_path / name) for name in ("a", "b")]
    outputs = [tmp_path / "a", tmp_path / "b"]
    process = guarding("print('ready', flush=True); time.sleep(60)", *outputs)
    assert process.stdout is not None
    assert process.stdout.readline() == b"ready\n"
    assert all(folder.exists() for folder in folders)
    process.send_signal(number)
    process.communicate(timeout=30)
    wait_for(lambda: not any(folder.exists() for folder in folders))


@pytest.mark.parametrize(
    ("end", "stays"),
    [
        ("WATCHDOG.close()", True),
        ("", True),
        ("sys.exit(3)", True),
        ("WATCHDOG.leave(); WATCHDOG.close()", False),
        ("os._exit(3)", False),
    ],
)
def test_a_run_that_ends_by_itself_ends_its_watchdog(tmp_path: Path, end: str, stays: bool) -> None:
    folder = staging_of(tmp_path / "kept")
    process = guarding(end, tmp_path / "kept")
    process.communicate(timeout=30)
    if stays:
        # It was ended before the process, so nothing can remove the folder any more.
        time.sleep(0.3)
        assert folder.exists()
    else:
        wait_for(lambda: not folder.exists())


def test_a_closed_watchdog_leaves_no_process(tmp_path: Path) -> None:
    watchdog = Watchdog()
    for number in range(3):
        watchdog.guard(RECOVER, str(tmp_path / "none"))
        watchdog.guard(RECOVER, str(tmp_path / f"none-{number}"))
        children = Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children")
        process = watchdog._process
        assert process is not None
        watchdog.close()
        assert process.returncode is not None
        if children.exists():
            assert str(process.pid) not in children.read_text().split()


def test_signals_of_the_terminal_do_not_reach_the_watchdog(tmp_path: Path) -> None:
    folder = staging_of(tmp_path / "a")
    process = guarding("print('ready', flush=True); time.sleep(60)", tmp_path / "a")
    assert process.stdout is not None
    process.stdout.readline()
    (child,) = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    assert os.getsid(int(child)) != os.getsid(process.pid)

    def ignores_all() -> bool:
        status = Path(f"/proc/{child}/status").read_text()
        mask = int(next(x for x in status.splitlines() if x.startswith("SigIgn")).split()[1], 16)
        wanted = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
        return all(mask & 1 << (number - 1) for number in wanted)

    wait_for(ignores_all)
    process.kill()
    process.communicate()
    wait_for(lambda: not folder.exists())


@pytest.mark.parametrize("task", TASKS)
def test_tasks_need_the_standard_library_only(task: str) -> None:
    program = (
        "import sys, json; sys.path.append(sys.argv[1])\n"
        "from runner.storage.watchdog_process import task_of\n"
        "assert callable(task_of(json.dumps([sys.argv[2], [], False]).encode()).function)\n"
        "print(*sys.modules, sep='\\n')"
    )
    words = [sys.executable, "-I", "-S", "-c", program, str(ROOT), task]
    done = subprocess.run(words, capture_output=True, text=True, check=True, cwd="/")
    foreign = {name.partition(".")[0] for name in done.stdout.split()} - sys.stdlib_module_names
    assert foreign <= {"runner", "resim_inspect", "__main__"}


class Clock:
    """Time that passes only in `sleep`."""

    def __init__(self) -> None:
        self.now = 0.0

    def sleep(self, seconds: float) -> None:
        self.now += seconds

    def __call__(self) -> float:
        return self.now


def performed(answers: list[bool | None], final: list[str]) -> tuple[int, float]:
    """Number of calls of a task that gives these answers in turn, and the time they took."""
    clock = Clock()
    calls = []

    def sweep() -> bool:
        calls.append(clock.now)
        answer = answers.pop(0) if answers else False
        if answer is None:
            raise OSError("the engine is away")
        return answer

    def last() -> bool:
        final.append("final")
        return True

    perform([CleanupTask(last, (), True), CleanupTask(sweep, (), False)], clock.sleep, clock)
    return len(calls), clock.now


def test_duties_are_repeated_until_nothing_was_left_for_a_while() -> None:
    final: list[str] = []
    assert performed([], final) == (len(PAUSES), sum(PAUSES))
    count, _ = performed([True, False, True], final)
    assert count == 3 + len(PAUSES) - 1
    count, seconds = performed([None] * 4, final)
    assert count > 4
    assert seconds >= 4 * PAUSES[-1]
    _, seconds = performed([None] * 1000, final)
    assert TIMEOUT <= seconds <= TIMEOUT + PAUSES[-1]
    assert final == ["final"] * 4


def test_a_damaged_duty_is_an_error() -> None:
    for line in (b"", b"{", b'["os:no_such_name", [], false]'):
        with pytest.raises((ValueError, AttributeError)):
            task_of(line)


class UnixServer(socketserver.ThreadingUnixStreamServer):
    daemon_threads = True


@contextmanager
def engine(
    address: str, rows: dict[str, list[str]], refused: dict[str, int]
) -> Iterator[list[str]]:
    """An engine with these ids of each kind; yields the addresses of requested removals."""
    removed: list[str] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def address_string(self) -> str:
            return "client"

        def log_message(self, *_: object) -> None:
            return

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            filters = json.loads(parse_qs(parts.query)["filters"][0])
            assert filters == {"label": [f"{lease.LABEL_OWNER}=a/b/c d"]}
            kind = parts.path.split("/")[1]
            values: object = [{"Id": each, "Name": each} for each in rows[kind]]
            self._answer(200, {"Volumes": values or None} if kind == "volumes" else values)

        def do_DELETE(self) -> None:
            removed.append(unquote(self.path))
            _, kind, name = unquote(urlsplit(self.path).path).split("/")
            status = refused.get(name, 204)
            if status in {204, 404}:
                rows[kind].remove(name)
            self._answer(status, None)

        def _answer(self, status: int, values: object) -> None:
            body = b"" if status == 204 else json.dumps(values).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if body:
                self.wfile.write(body)

    server: socketserver.BaseServer
    if address.startswith("unix://"):
        server = UnixServer(address.removeprefix("unix://"), Handler)
    else:
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        address = f"tcp://127.0.0.1:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        removed.append(address)
        yield removed
    finally:
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize("kind", ["unix", "tcp"])
def test_everything_of_an_owner_is_removed_from_an_engine(tmp_path: Path, kind: str) -> None:
    rows = {"containers": ["c1", "c2"], "networks": ["n1"], "volumes": ["v 1"]}
    address = f"unix://{tmp_path}/engine.sock" if kind == "unix" else "tcp:"
    with engine(address, rows, {}) as removed:
        address = removed.pop(0)
        assert supports_engine(address)
        assert remove_orphans(address, "", "a/b/c d")
        assert removed == [
            "/containers/c1?force=1&v=1",
            "/containers/c2?force=1&v=1",
            "/networks/n1",
            "/volumes/v 1?force=1",
        ]
        assert not remove_orphans(address, "", "a/b/c d")


def test_removals_that_fail_are_errors_and_those_in_progress_are_not(tmp_path: Path) -> None:
    rows: dict[str, list[str]] = {"containers": ["gone", "busy"], "networks": [], "volumes": []}
    with engine(f"unix://{tmp_path}/e.sock", rows, {"gone": 404, "busy": 409}) as removed:
        assert remove_orphans(removed[0], "", "a/b/c d")
    rows = {"containers": ["bad"], "networks": [], "volumes": ["fine"]}
    with engine(f"unix://{tmp_path}/f.sock", rows, {"bad": 500}) as removed:
        with pytest.raises(OSError, match="1 leftovers"):
            remove_orphans(removed[0], "", "a/b/c d")
        assert rows["volumes"] == []
    with pytest.raises(OSError):  # noqa: PT011 - the reason is the system's
        remove_orphans(f"unix://{tmp_path}/none.sock", "", "a/b/c d")
    assert not supports_engine("npipe:////./pipe/docker_engine")


def test_a_helper_is_ended_only_if_it_is_the_same_process(tmp_path: Path) -> None:
    process = subprocess.Popen(["sleep", "60"], start_new_session=True)
    try:
        end_helper(str(process.pid), "another start", str(tmp_path / "a"))
        assert process.poll() is None
        (tmp_path / "a").mkdir()
        end_helper(str(process.pid), lease.process_start(process.pid), str(tmp_path / "a"))
        assert process.wait(60) == -signal.SIGKILL
        assert not (tmp_path / "a").exists()
    finally:
        process.kill()
