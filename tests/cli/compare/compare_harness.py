"""Files and batches to compare, and calls of the command."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from resim_inspect import cli
from resim_inspect.building.builder import DocumentBuilder

HOSTILE = "a\x1b[31m|`<b>@everyone #1 http://x\u202e%0A::error::\n& \"q'\\|<i>"


def write(path: Path, **values: float) -> Path:
    """A file with scalars that fail above 10; `blocking` in a name makes the metric block."""
    build = DocumentBuilder()
    for name, value in values.items():
        status = "FAIL_BLOCK" if value > 10 else "PASSED"
        build.scalar(
            name, value, unit="m", fails_above=10, status=status, blocking="blocking" in name
        )
    return build.write(path)


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    code = cli.main(["compare", *words])
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def as_json(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, Any]:
    _, out, _ = run(capsys, *words, "--format", "json")
    document: dict[str, Any] = json.loads(out)
    return document


def batch(folder: Path, jobs: dict[str, float | None]) -> str:
    """A workspace with a job for each value; None is a broken file."""
    for name, value in jobs.items():
        path = folder / "jobs" / name / "outputs" / "metrics.binproto"
        if value is None:
            path.parent.mkdir(parents=True)
            path.write_bytes(b"\x0a\xff")
        else:
            write(path, speed=value, mass=1.0)
    return str(folder)
