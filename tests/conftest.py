"""Fixtures of all tests, and which tests are slow."""

from __future__ import annotations

import errno
import gc
import inspect
import io
import os
import shutil
import signal
import stat
import sys
import tempfile
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

# How long an example takes is for the benchmarks to say, not for a test.
settings.register_profile("project", deadline=None)
settings.load_profile("project")


def pytest_configure() -> None:
    """Give each of several processes that test at once a temporary folder of its own: a runner
    looks through it for what others have left, which a test may be about."""
    # Processes inherit ignored signals: under nohup or in a shell's background no test of a
    # hangup or an interruption could work.
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    if sys.platform != "win32":
        signal.signal(signal.SIGHUP, signal.SIG_DFL)
    # The settings of who runs the tests must not decide about them.
    os.environ["XDG_CONFIG_HOME"] = str(Path(tempfile.gettempdir(), "resim-tests-no-settings"))
    if worker := os.environ.get("PYTEST_XDIST_WORKER"):
        folder = Path(tempfile.gettempdir(), f"resim-tests-{os.getppid()}-{worker}")
        folder.mkdir(exist_ok=True)
        os.environ["TMPDIR"] = tempfile.tempdir = str(folder)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """Number of processes of `-n auto`: two more than there are cores, since the tests of the app,
    of processes and of containers wait for a large part of their time."""
    if sys.platform == "linux":
        return len(os.sched_getaffinity(0)) + 2
    return (os.cpu_count() or 1) + 2


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, Any, Any]:
    """Collect tests without collections of garbage: what is imported and collected stays."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.enable()


def pytest_collection_finish() -> None:
    """Make full collections of garbage rare: each would go through all modules and tests, which
    stay until the end. They took four tenths of the time of the tests that run the app."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 10, 10)


def pytest_unconfigure() -> None:
    """Leave nothing behind, without the collections of garbage that pytest and Python end with:
    they take seconds in each of several processes, for warnings that are ignored."""
    gc.freeze()
    if os.environ.get("PYTEST_XDIST_WORKER"):
        shutil.rmtree(tempfile.gettempdir(), ignore_errors=True)


SLOW_FOLDERS = {"conformance", "containers", "examples"}
"""Folders of tests that run the official code, containers or whole demos."""
APP_IN_SHORT = {"test_app.py", "test_metrics.py"}
"""Modules of tests/tui that belong to `make check`; the others that run the app do not."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--first-cases`, with which another version of a dependency is tried."""
    parser.addoption(
        "--first-cases",
        action="store_true",
        help="run each test with its first case only, of the slow tests of the app the first of"
        " each module, and no other slow ones",
    )


def keep_first_cases(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselect the tests that `--first-cases` leaves out."""
    first: dict[tuple[Path, str], pytest.Item] = {}
    for item in items:
        if item.get_closest_marker("slow") is None:
            first.setdefault((item.path, getattr(item, "originalname", item.name)), item)
        elif runs_app(item):
            first.setdefault((item.path, ""), item)
    kept = set(first.values())
    config.hook.pytest_deselected(items=[item for item in items if item not in kept])
    items[:] = [item for item in items if item in kept]


def runs_app(item: pytest.Item) -> bool:
    """Return True for a test of tests/tui that runs the app."""
    return item.nodeid.startswith("tests/tui/") and inspect.iscoroutinefunction(
        getattr(item, "function", None)
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark what `make check` leaves out; single tests carry `@pytest.mark.slow` themselves."""
    tests = Path(__file__).parent
    folders: dict[Path, str] = {}
    for item in items:
        if item.path not in folders:
            inside = item.path.is_relative_to(tests)
            folders[item.path] = item.path.relative_to(tests).parts[0] if inside else ""
        in_short = item.path.name in APP_IN_SHORT
        if folders[item.path] in SLOW_FOLDERS or (runs_app(item) and not in_short):
            item.add_marker(pytest.mark.slow)
    if config.getoption("--first-cases"):
        keep_first_cases(config, items)


@pytest.fixture(scope="session")
def sample_data() -> Path:
    """A folder with real metrics files, named by RESIM_SAMPLE_DATA; skips without one."""
    name = os.environ.get("RESIM_SAMPLE_DATA", "")
    if not name or not Path(name).is_dir():
        pytest.skip("RESIM_SAMPLE_DATA names no folder of real metrics files")
    return Path(name)


@pytest.fixture(scope="session")
def fonts() -> None:
    """Skips what paints a PNG on a machine without resvg or without any font."""
    pytest.importorskip("resvg_py")
    from resim_inspect.export.errors import ExportError
    from resim_inspect.export.raster import png_of

    try:
        png_of('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>')
    except ExportError as error:
        pytest.skip(str(error))


@pytest.fixture
def lock(monkeypatch: pytest.MonkeyPatch) -> Callable[[Path], None]:
    """Refuse to read a folder and all below it, as for a user without permission, to root too."""

    def refuse_below(folder: Path) -> None:
        def is_locked(path: object, *, itself: bool) -> bool:
            text = os.fsdecode(path) if isinstance(path, str | bytes | os.PathLike) else ""
            return text.startswith(f"{folder}{os.sep}") or (itself and text == str(folder))

        def refusing(call: Callable[..., Any], *, itself: bool) -> Callable[..., Any]:
            def checked(path: Any = ".", *rest: Any, **options: Any) -> Any:
                if is_locked(path, itself=itself):
                    raise PermissionError(errno.EACCES, "Permission denied", str(path))
                return call(path, *rest, **options)

            return checked

        for module, name in ((os, "stat"), (os, "open"), (os, "scandir"), (io, "open")):
            call = refusing(getattr(module, name), itself=name == "scandir")
            monkeypatch.setattr(module, name, call)

    return refuse_below


@pytest.fixture
def null_device(tmp_path: Path) -> Path:
    """A device that takes everything: one of the test's own where the system's could be lost."""
    if not hasattr(os, "geteuid") or os.geteuid():
        return Path(os.devnull)
    path = tmp_path / "null"
    try:
        os.mknod(path, 0o666 | stat.S_IFCHR, Path(os.devnull).stat().st_rdev)
        path.write_bytes(b"")
    except OSError as error:
        pytest.skip(f"root may make no device here ({error.strerror})")
    return path
