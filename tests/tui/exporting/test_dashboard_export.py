"""Export of the chosen card of a dashboard, of a document and of the jobs of a workspace."""

from __future__ import annotations

import csv
import xml.etree.ElementTree as ET
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from textual.pilot import Pilot

from resim_inspect.building.builder import DocumentBuilder
from resim_inspect.errors import DocumentError
from resim_inspect.export.errors import ExportError
from resim_inspect.tui.clipboard import clipboard_file
from resim_inspect.tui.dashboard import bounded_drawing
from resim_inspect.tui.dashboard.jobs_screen import JobsDashboard
from resim_inspect.tui.dashboard.screen import DashboardScreen
from resim_inspect.tui.document.metrics.card_screen import CardScreen
from resim_inspect.tui.exporting.choices import ExportChoice
from resim_inspect.tui.exporting.dialog import ExportDialog
from tests.tui.conftest import opened, press, settle, started, text
from tests.tui.state_pilot import until


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "out").mkdir()
    monkeypatch.chdir(tmp_path / "out")


def choices(pilot: Pilot[Any]) -> list[ExportChoice]:
    screen = pilot.app.screen
    assert isinstance(screen, DashboardScreen | CardScreen)
    return list(screen.export_choices())


def write(pilot: Pilot[Any], format: str, name: str) -> Path:
    """The chosen card in a format, as a file of a name."""
    choice = next(choice for choice in choices(pilot) if choice.format == format)
    path = Path(f"{name}{choice.suffix}")
    choice.write(path, Event())
    return path


def texts(path: Path) -> str:
    return "".join(ET.parse(path).getroot().itertext())


async def drawn(pilot: Pilot[Any]) -> None:
    """Wait until the cards are painted, and of jobs until all are read."""
    screen = pilot.app.screen
    assert isinstance(screen, DashboardScreen)
    await until(pilot, lambda: screen.grid.chosen_card is not None)
    if isinstance(screen, JobsDashboard):
        await until(pilot, lambda: not screen.is_surveying)
    await settle(pilot)


def job(folder: Path, name: str, top: float) -> Path:
    """A job with a curve, a number and, in its figure, one trace."""
    build = DocumentBuilder(name)
    clock = build.times("clock", [float(at) for at in range(11)])
    values = build.doubles("speed", [top * at / 10 for at in range(11)], unit="m/s", index=clock)
    fine = build.statuses("speed ok", ["PASSED"] * 11, index=clock)
    build.double_over_time("Speed", [(values, fine)])
    build.scalar("Top", top, unit="m/s", fails_above=50)
    build.plotly("Trace", {"data": [{"type": "scatter", "y": [1, 2]}]})
    path = folder / "ws" / "jobs" / name / "outputs" / "metrics.binproto"
    build.write(path)
    return path


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """Two jobs with the metrics, and one with none of them."""
    for name, top in (("a", 10.0), ("b", 40.0)):
        job(tmp_path, name, top)
    other = DocumentBuilder("other")
    other.scalar("Other", 1.0)
    other.write(tmp_path / "ws/jobs/c/outputs/metrics.binproto")
    return tmp_path / "ws"


async def test_a_card_has_the_choices_of_its_chart(sample: Path) -> None:
    async with opened(sample) as pilot:
        await press(pilot, "D")
        await drawn(pilot)
        assert "e export" in text(pilot)
        screen = pilot.app.screen
        assert isinstance(screen, DashboardScreen)
        seen = set()
        for item in dict.fromkeys(screen.grid.deck.items):
            screen.grid.go_to(item)
            await settle(pilot)
            await drawn(pilot)
            of_card = [choice[:4] for choice in map(_words, choices(pilot))]
            await press(pilot, "enter")
            await settle(pilot)
            assert of_card == [choice[:4] for choice in map(_words, choices(pilot))]
            seen |= {words[1] for words in of_card}
            await press(pilot, "escape")
        assert seen == {"SVG", "PNG", "text", "HTML", "CSV", "Parquet"}


def _words(choice: ExportChoice) -> tuple[str, str, str, str]:
    return choice.label, choice.format, choice.stem, choice.suffix


async def test_the_dialog_writes_the_card_with_its_zoom(sample: Path) -> None:
    async with opened(sample) as pilot:
        await press(pilot, "D", "slash", *"clearance", "enter")
        await drawn(pilot)
        await press(pilot, "z", "z")
        await drawn(pilot)
        await press(pilot, "e")
        assert isinstance(pilot.app.screen, ExportDialog)
        await press(pilot, "enter")
        assert isinstance(pilot.app.screen, DashboardScreen)
    path = Path(clipboard_file().read_text())
    assert path == Path.cwd() / "Clearance-to-obstacles.svg"
    assert "Clearance to obstacles" in texts(path)
    assert "of 2,348 points" in texts(path)


async def test_a_card_of_a_job_is_exported_without_opening_it(workspace: Path) -> None:
    async with started(workspace) as pilot:
        await press(pilot, "D")
        await drawn(pilot)
        assert "Speed   in 3 jobs" in text(pilot)
        assert {choice.stem for choice in choices(pilot)} == {"a Speed", "a Speed data"}
        picture = write(pilot, "SVG", "shared")
        with write(pilot, "CSV", "data").open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        await press(pilot, "f")
        await drawn(pilot)
        own = write(pilot, "SVG", "own")
    assert {(row["job"], row["metric"]) for row in rows} == {("a", "Speed")}
    assert len(rows) == 22
    # The y axis of all jobs ends above 40 m/s, that of the job itself at about 10.
    assert ">40<" in picture.read_text()
    assert ">40<" not in own.read_text()


async def test_the_figure_of_a_job_is_exported(workspace: Path) -> None:
    async with started(workspace) as pilot:
        await press(pilot, "D", "m", "down", "down", "enter")
        await drawn(pilot)
        assert "Trace   in 3 jobs" in text(pilot)
        assert "Plotly.newPlot" in write(pilot, "HTML", "figure").read_text()


async def test_a_chart_that_is_too_large_for_a_card_is_exported_in_full(
    workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bounded_drawing, "PAGE_SAMPLES", 6)
    async with started(workspace) as pilot:
        await press(pilot, "D")
        await drawn(pilot)
        assert "This card has 22 samples" in text(pilot)
        assert "more than a card draws" not in texts(write(pilot, "SVG", "chart"))
        assert "m/s" in texts(Path("chart.svg"))


async def test_a_job_without_the_metric_has_nothing_to_export(
    workspace: Path, notices: list[str]
) -> None:
    async with started(workspace) as pilot:
        await press(pilot, "D", "G")
        await drawn(pilot)
        assert "e export" not in text(pilot)
        await press(pilot, "e")
    assert notices == ["Nothing here can be exported, or it is still being drawn."]


async def test_a_job_that_changed_meanwhile_is_said(workspace: Path) -> None:
    async with started(workspace) as pilot:
        await press(pilot, "D")
        await drawn(pilot)
        csv_choice = next(choice for choice in choices(pilot) if choice.format == "CSV")
        file = workspace / "jobs/a/outputs/metrics.binproto"
        build = DocumentBuilder("a")
        build.scalar("Other", 1.0)
        build.write(file)
        with pytest.raises(ExportError, match='The metric "Speed" is no longer in the file'):
            csv_choice.write(Path("gone.csv"), Event())
        file.unlink()
        with pytest.raises(DocumentError):
            csv_choice.write(Path("gone.csv"), Event())
    assert not Path("gone.csv").exists()
