"""The main screens in the themes that are not those of every other picture."""

from __future__ import annotations

from pathlib import Path

import pytest

from resim_inspect.building.builder import DocumentBuilder
from resim_inspect.tui.app import InspectApp
from resim_inspect.tui.open.opening import open_path
from resim_inspect.tui.themes.built_in import BUILT_IN
from tests.tui.conftest import Shot, opened, press, running, started

OTHERS = [theme.name for theme in BUILT_IN[2:]]
STATUSES = ("PASSED", "FAIL_WARN", "FAIL_BLOCK", "NOT_APPLICABLE", "RAW")


def job(folder: Path, worse: float) -> Path:
    """A document with a metric of every status."""
    build = DocumentBuilder("job")
    for number, status in enumerate(STATUSES):
        build.scalar(f"Metric {number}", number + worse, status=status)
    return build.write(folder / "outputs/metrics.binproto")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A workspace of two jobs, which is the working folder."""
    for number, name in enumerate(("one", "two")):
        job(tmp_path / "batch/jobs" / name, number)
    monkeypatch.chdir(tmp_path / "batch")
    return tmp_path / "batch"


@pytest.mark.parametrize("theme", OTHERS)
async def test_document(theme: str, sample: Path, shot: Shot) -> None:
    async with opened(sample, (100, 30), theme=theme) as pilot:
        await press(pilot, "n")
        shot(pilot, f"document-{theme}")


@pytest.mark.parametrize("theme", OTHERS)
async def test_workspace(theme: str, folder: Path, shot: Shot) -> None:
    async with started(Path(), (100, 24), theme=theme) as pilot:
        shot(pilot, f"workspace-{theme}")


@pytest.mark.parametrize("theme", OTHERS)
async def test_comparison(theme: str, folder: Path, shot: Shot) -> None:
    base, path = (Path("jobs") / name for name in ("one", "two"))
    app = InspectApp(open_path(path), base=base, theme=theme, watch=False)
    async with running(app, (100, 24)) as pilot:
        shot(pilot, f"comparison-{theme}")
