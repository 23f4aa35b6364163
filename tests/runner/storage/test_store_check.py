"""A storage is tried once before a run: it is usable, or one sentence says why not."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import Any, ClassVar

import pytest

from runner.errors import RunnerError
from runner.storage.store_check import check_usable
from tests.containers.container_harness import call_runner, make_jobs

fsspec = pytest.importorskip("fsspec")
from fsspec.implementations.memory import MemoryFileSystem  # noqa: E402

pytestmark = pytest.mark.slow


class Failing(MemoryFileSystem):  # type: ignore[misc]
    """A storage that fails at one step, as a storage of the network does."""

    protocol = "failing"
    step = ""
    error: ClassVar[Exception] = OSError()
    store: ClassVar[dict[str, Any]] = {}
    pseudo_dirs: ClassVar[list[str]] = [""]

    def _fail(self, step: str) -> None:
        if step == self.step:
            raise self.error

    def open(self, path: str, mode: str = "rb", *args: Any, **kwargs: Any) -> Any:
        """Open a file; this storage cannot create exclusively."""
        if mode == "xb":
            raise ValueError("mode xb is not known")
        return super().open(path, mode, *args, **kwargs)

    def pipe_file(self, path: str, *args: Any, **kwargs: Any) -> Any:
        """Write a file."""
        self._fail("write")
        return super().pipe_file(path, *args, **kwargs)

    def cat_file(self, path: str, *args: Any, **kwargs: Any) -> Any:
        """Read a file."""
        self._fail("read")
        return super().cat_file(path, *args, **kwargs)

    def rm(self, path: str, *args: Any, **kwargs: Any) -> Any:
        """Remove a file."""
        self._fail("remove")
        return super().rm(path, *args, **kwargs)


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> type[Failing]:
    fsspec.register_implementation("failing", Failing, clobber=True)
    Failing.clear_instance_cache()
    monkeypatch.setattr(Failing, "step", "")
    monkeypatch.setattr(Failing, "error", OSError())
    monkeypatch.setattr(Failing, "store", {})
    return Failing


def test_a_usable_storage_is_left_as_it_was(tmp_path: Path, failing: type[Failing]) -> None:
    assert check_usable(f"file://{tmp_path.as_posix()}/store")
    assert list((tmp_path / "store").iterdir()) == []
    # Without exclusive creation it can be used as well.
    assert not check_usable("failing://bucket/a")
    assert failing.store == {}


@pytest.mark.parametrize(
    ("step", "error", "says", "hint"),
    [
        (
            "write",
            FileNotFoundError("The specified bucket does not exist"),
            "it does not exist (The specified bucket does not exist)",
            "Check the name of the bucket or the folder.",
        ),
        (
            "write",
            PermissionError("Access Denied"),
            "cannot be written",
            "Check the rights of the credentials that this machine has.",
        ),
        (
            "write",
            RuntimeError("Unable to locate credentials"),
            "Unable to locate credentials",
            "Give credentials to fsspec by its configuration or the environment.",
        ),
        (
            "read",
            PermissionError("Access Denied"),
            "cannot be written",
            "Check the rights of the credentials that this machine has.",
        ),
        (
            "remove",
            PermissionError("Access Denied"),
            "cannot be changed (resim-check-",
            "Check the rights of the credentials that this machine has.",
        ),
        ("write", OSError("\x1b[2Jbroken"), "cannot be written", ""),
    ],
)
def test_what_fails_is_one_sentence(
    failing: type[Failing],
    monkeypatch: pytest.MonkeyPatch,
    step: str,
    error: Exception,
    says: str,
    hint: str,
) -> None:
    monkeypatch.setattr(failing, "step", step)
    monkeypatch.setattr(failing, "error", error)
    with pytest.raises(RunnerError) as caught:
        check_usable("failing://bucket/a")
    assert caught.value.reason.startswith("the storage failing://bucket/a cannot be ")
    assert says in caught.value.reason
    assert "\x1b" not in caught.value.reason
    assert caught.value.hint == hint


def test_the_run_is_refused_before_any_job(
    tmp_path: Path, failing: type[Failing], monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace = make_jobs(tmp_path / "flights", 2)
    words = ("run", "--command", "true", "--no-sandbox", "--executor", "dask+tcp://127.0.0.1:9")
    monkeypatch.setattr(failing, "step", "write")
    monkeypatch.setattr(failing, "error", PermissionError("Access Denied"))
    urls = {
        "failing://bucket/a": "cannot be written",
        "memory://a": "is in the memory of this process, which workers cannot reach.",
        "zzz://bucket/a": "has a protocol that fsspec does not know.",
    }
    if importlib.util.find_spec("gcsfs") is None:
        urls["gs://bucket/a"] = "needs another package"
    for url, says in urls.items():
        call = call_runner(*words, workspace, "--storage", url)
        assert call.code == 2
        assert call.err.startswith(f"resim-runner: the storage {url} ")
        assert says in call.err
        assert not list(workspace.glob("jobs/*/run"))
        # A plan alone touches no storage.
        dry = call_runner(*words, workspace, "--storage", url, "--dry-run")
        assert dry.code == 0, dry.err
        doctor = call_runner("doctor", "--format", "json", "--storage", url)
        (check,) = [check for check in doctor.json["checks"] if check["name"] == "storage"]
        assert check["level"] == "error"
        assert says in check["text"]


@pytest.mark.skipif(sys.platform == "win32", reason="a path of Windows is a drive")
def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("text")
    with pytest.raises(RunnerError, match=r"cannot be written .*: .*file"):
        check_usable(f"file://{tmp_path.as_posix()}/file/store")
