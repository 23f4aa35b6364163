"""Recent files: names that differ, verdicts and ages."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from resim_inspect.building.builder import DocumentBuilder
from resim_inspect.document.enums import MetricStatus
from resim_inspect.text import cell_width
from resim_inspect.tui.open.recent import remember
from resim_inspect.tui.open.recent_details import distinct_names, read_details
from tests.tui.conftest import started, text

DAY = 86_400.0


def test_what_all_outputs_share_is_left_out() -> None:
    assert distinct_names(["/ws/jobs/flight-017/outputs/metrics.binproto"], 40) == [
        "/ws/jobs/flight-017"
    ]
    assert distinct_names(["resim://p/b", "/a/some.binproto"], 40) == [
        "resim://p/b",
        "/a/some.binproto",
    ]


@pytest.mark.parametrize("width", [20, 28, 36, 60])
def test_different_paths_never_look_alike(width: int) -> None:
    paths = [
        f"/home/someone/{run}/getting_started/{job}/outputs/metrics.binproto"
        for run in ("monday", "tuesday")
        for job in ("warning", "error")
    ]
    names = distinct_names(paths, width)
    assert len(set(names)) == len(paths)
    assert all(cell_width(name) <= width for name in names)
    assert all("monday" in name for name in names[:2])


def test_the_same_path_twice_keeps_its_name() -> None:
    assert len(set(distinct_names(["/a/b/c/d/e/f/g/h/i/j", "/a/b/c/d/e/f/g/h/i/j"], 12))) == 1


def test_verdicts_and_ages(tmp_path: Path) -> None:
    build = DocumentBuilder("job")
    build.scalar("speed", 1.0, status="FAIL_WARN")
    path = build.write(tmp_path / "metrics.binproto")
    broken = tmp_path / "broken.binproto"
    broken.write_text("no metrics")
    os.utime(path, (1000 * DAY, 1000 * DAY))
    details = read_details([path, broken, tmp_path, tmp_path / "gone"], now=1001.5 * DAY)
    assert details[path] == (MetricStatus.FAIL_WARN, "1 day")
    assert details[broken] == (None, "today")
    assert details[tmp_path].verdict is None
    assert details[tmp_path / "gone"] == (None, "")
    assert read_details([path], now=1100.0 * DAY)[path].age == "100 days"


async def test_the_open_screen_tells_recent_files_apart(tmp_path: Path) -> None:
    for run, status in (("monday", "FAIL_BLOCK"), ("tuesday", "PASSED")):
        build = DocumentBuilder(run)
        build.scalar("speed", 1.0, status=status)
        path = tmp_path / run / "a_rather_long_folder" / "warning" / "outputs" / "metrics.binproto"
        remember(build.write(path))
    async with started(None, (80, 24)) as pilot:
        lines = text(pilot).splitlines()
        monday = next(line for line in lines if "monday" in line)
        tuesday = next(line for line in lines if "tuesday" in line)
        assert "✗" in monday
        assert "✓" in tuesday
        assert "today" in monday
