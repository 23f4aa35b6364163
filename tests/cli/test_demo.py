"""The demo: a sample that stays or goes, shown as text where there is no terminal."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest

from resim_inspect import cli
from resim_inspect.building.sample import sample_bytes
from resim_inspect.exit_codes import ExitCode


@pytest.fixture(autouse=True)
def _no_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO())


def test_without_a_terminal_it_prints_the_sample(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["demo"]) == ExitCode.OK
    shown = capsys.readouterr().out
    assert "19 metrics" in shown
    assert "Max speed" in shown
    assert "\x1b" not in shown


def test_it_colours_when_asked(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["demo", "--color", "always"]) == ExitCode.OK
    assert "\x1b[31m✗ FAIL_BLOCK" in capsys.readouterr().out


def test_it_can_leave_the_sample_behind(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "new" / "sample"
    assert cli.main(["demo", "--keep", str(folder)]) == ExitCode.OK
    assert (folder / "metrics.binproto").read_bytes() == sample_bytes()
    assert "new/sample/metrics.binproto" in capsys.readouterr().out
