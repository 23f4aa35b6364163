"""Paths that this user may not examine: every command says one sentence about them."""

from __future__ import annotations

import errno
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from runner.cli import main
from tests.containers.container_harness import make_inputs

BUILD = ("--command", "true", "--no-sandbox")
TLS = ("--executor", "dask+tls://127.0.0.1:9", "--tls-ca-file")
CALLS = {
    "init": ("init", "{locked}/project"),
    "logs": ("logs", "{locked}/flights"),
    "run": ("run", *BUILD, "{locked}/flights"),
    "tls": ("run", *BUILD, *TLS, "{locked}/ca.pem", "{flights}"),
    "config": ("job", *BUILD, "--metrics-config", "{locked}/c.yml", "--inputs", "{open}"),
    "inputs": ("job", *BUILD, "--inputs", "{locked}/inputs", "--outputs", "{open}/outputs"),
    "outputs below": ("job", *BUILD, "--inputs", "{open}", "--outputs", "{locked}/outputs"),
    "outputs": ("job", *BUILD, "--inputs", "{open}", "--outputs", "{locked}"),
    "mount": ("job", *BUILD, "--inputs", "{open}", "--mount", "{locked}/data:/data"),
    "shell": ("shell", *BUILD, "{locked}/flights"),
    "batch": ("batch", *BUILD, "--jobs", "{locked}/flights", "--outputs", "{open}/outputs"),
    "from below": ("run", "--from", "{locked}/flights", *BUILD, "{open}/flights"),
    "from": ("run", "--from", "{locked}", *BUILD, "{open}/flights"),
    "clean": ("clean", "{locked}/flights"),
}


@pytest.mark.parametrize("name", CALLS)
def test_a_path_without_permission_is_one_sentence(
    name: str,
    tmp_path: Path,
    lock: Callable[[Path], None],
    capsys: pytest.CaptureFixture[str],
) -> None:
    make_inputs(tmp_path / "open")
    locked = tmp_path / "locked"
    for folder in (locked, tmp_path):
        make_inputs(folder / "flights/jobs/a/inputs")
    lock(locked)
    places = {"locked": locked, "open": tmp_path / "open", "flights": tmp_path / "flights"}
    words = [word.format(**places) for word in CALLS[name]]
    if words[0] == "job" and "--outputs" not in words:
        words += ["--outputs", str(tmp_path / "outputs")]
    assert main(words) == 2
    error = capsys.readouterr().err
    assert "/locked" in error
    assert "Traceback" not in error


def test_clean_names_a_folder_that_it_may_not_list(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(path: Path) -> Iterator[Path]:
        raise PermissionError(errno.EACCES, "Permission denied", str(path))

    make_inputs(tmp_path / "flights/jobs/a/inputs")
    folder = tmp_path / "flights/jobs/a/run"
    folder.mkdir()
    monkeypatch.setattr(Path, "iterdir", refuse)
    assert main(["clean", str(tmp_path / "flights")]) == 2
    assert capsys.readouterr().err.endswith(f": {folder} cannot be read: Permission denied.\n")
