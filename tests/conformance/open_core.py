"""Releases of ReSim's packages: fetched from the package index, each run on its own.

Only the Python code of the schema and the validator is taken out of a wheel, so any
platform can run it with the protobuf of this environment.
"""

from __future__ import annotations

import os
import struct
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

import pytest

RELEASES = ("1.6.0", "0.0.19", "0.2.0", "0.3.3", "0.5.0", "0.10.0", "0.12.0")
"""The newest, and one for each set of rules that files in the field were made by."""

_CACHE = Path(__file__).resolve().parents[2] / ".cache" / "open-core"
_CLIENTS = _CACHE.with_name("open-core-clients")
_WANTED = ("resim/metrics/proto/", "resim/utils/proto/")
_ALL = ("resim/", "resim_python_client/")
_SUFFIXES = (".py", ".yml", ".liquid")
_WORKER = Path(__file__).with_name("official_worker.py")


def release(version: str) -> Path:
    """A folder to put on `sys.path` for this release; skips the test where it cannot be had."""
    return _unpacked("resim-open-core", version, _CACHE / version, _WANTED)


def whole_release(version: str) -> Path:
    """The same with all Python code of the release, its client and fetchers among it."""
    return _unpacked("resim-open-core", version, _CLIENTS / version, _ALL)


def signalflag(version: str) -> Path:
    """The emitter and the demos of a release of signalflag; skips the test as `release` does."""
    folder = _CACHE.with_name("signalflag") / version
    return _unpacked("signalflag", version, folder, ("signalflag/sdk/metrics/", "signalflag/demo/"))


def _unpacked(package: str, version: str, folder: Path, wanted: tuple[str, ...]) -> Path:
    if not folder.is_dir():
        folder.parent.mkdir(parents=True, exist_ok=True)
        try:
            # Test processes that want the same release wait for the one that fetches it.
            with _locked(folder.with_name(f".{version}.lock")):
                if not folder.is_dir():
                    _fetch(f"{package}=={version}", folder, wanted)
        except (OSError, subprocess.SubprocessError, zipfile.BadZipFile) as error:
            reason = f"{package} {version} cannot be had from the package index: {error}"
            if os.environ.get("RESIM_REQUIRE_OPEN_CORE") == "1":
                pytest.fail(reason)
            pytest.skip(reason)
    return folder


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Hold the lock of a file, where the system has such locks."""
    with path.open("w", encoding="utf-8") as file:
        if sys.platform != "win32":
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _fetch(requirement: str, folder: Path, wanted: tuple[str, ...]) -> None:
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as scratch:
        command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "download"]
        command += ["--quiet", "--no-deps", "--only-binary", ":all:", "--dest", scratch]
        # Wheels exist for Linux only; what is used of them is plain Python.
        command += ["--platform", "manylinux2014_x86_64", "--implementation", "cp"]
        command += ["--python-version", "3.11", requirement]
        done = subprocess.run(command, capture_output=True, text=True, timeout=240, check=False)
        wheels = list(Path(scratch).glob("*.whl"))
        if done.returncode or not wheels:
            raise OSError((done.stderr.strip().splitlines() or ["pip failed"])[-1])
        unpacked = Path(scratch, "unpacked")
        with zipfile.ZipFile(wheels[0]) as wheel:
            for name in wheel.namelist():
                if name.startswith(wanted) and name.endswith(_SUFFIXES):
                    wheel.extract(name, unpacked)
        try:
            unpacked.rename(folder)
        except OSError:
            # Another test process was faster.
            if not folder.is_dir():
                raise


class Official:
    """The validator of one release, in a process of its own."""

    def __init__(self, version: str) -> None:
        self.version = version
        self._process = subprocess.Popen(
            [sys.executable, str(_WORKER), str(release(version))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )

    def verdicts(self, files: Sequence[bytes]) -> list[str]:
        """Verdict of the release on each file: `valid`, or why not."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        parts = [struct.pack("<I", len(files))]
        for data in files:
            parts += [struct.pack("<I", len(data)), data]
        self._process.stdin.write(b"".join(parts))
        self._process.stdin.flush()
        answers = []
        for _ in files:
            line = self._process.stdout.readline()
            if not line:
                raise AssertionError(f"the validator of {self.version} ended unexpectedly")
            answers.append(line.decode().rstrip("\n"))
        return answers

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.stdout.close()
        if self._process.wait(timeout=60) and error is None:
            raise AssertionError(f"the validator of {self.version} failed")
