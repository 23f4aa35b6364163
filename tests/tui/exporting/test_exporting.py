"""Export of what the app shows: choices of each screen, the dialog, the files, and problems."""

from __future__ import annotations

import csv
import xml.etree.ElementTree as ET
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, Static

from resim_inspect.building.builder import DocumentBuilder
from resim_inspect.export.errors import MissingExtraError
from resim_inspect.tui.app import InspectApp
from resim_inspect.tui.clipboard import clipboard_file
from resim_inspect.tui.document.metrics.metric_list import MetricList
from resim_inspect.tui.exporting.choices import (
    ExportCancelledError,
    ExportChoice,
    proposed_path,
    table_choices,
)
from resim_inspect.tui.exporting.dialog import ExportDialog
from resim_inspect.tui.exporting.host import ExportHost
from resim_inspect.tui.open.opening import open_path
from resim_inspect.tui.widgets.dialogs import ErrorDialog
from tests.tui.conftest import Shot, opened, press, running, text
from tests.tui.looks import WAYS, Look


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "out").mkdir()
    monkeypatch.chdir(tmp_path / "out")


def named(sample: Path, what: str) -> str:
    return f"{sample.parent.name}-{what}.csv"


def said(pilot: Pilot[Any]) -> str:
    """The line of the dialog that says what is the matter."""
    return str(pilot.app.screen.query_one("#export-line", Static).content)


def labels(pilot: Pilot[Any]) -> list[tuple[str, str]]:
    screen: object = pilot.app.screen
    assert isinstance(screen, ExportHost)
    return [(choice.label, choice.format) for choice in screen.export_choices()]


def choice_of(pilot: Pilot[Any], format: str) -> ExportChoice:
    screen: object = pilot.app.screen
    assert isinstance(screen, ExportHost)
    return next(choice for choice in screen.export_choices() if choice.format == format)


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


async def written(pilot: Pilot[Any], *keys: str) -> Path:
    """Press keys that end in an export; the file whose path is copied then."""
    await press(pilot, *keys)
    assert not isinstance(pilot.app.screen, ExportDialog), text(pilot)
    return Path(clipboard_file().read_text())


async def test_the_list_of_metrics_as_csv_in_its_order(sample: Path, notices: list[str]) -> None:
    async with opened(sample) as pilot:
        await press(pilot, "slash", *"energy", "enter")
        shown = pilot.app.screen.query_one(MetricList)
        names = [shown.session.document.metrics[at].name for at in shown.positions]
        path = await written(pilot, "e", "enter")
        assert path == Path.cwd() / named(sample, "metrics")
    assert notices == [f"{path}\n2 rows\nThe path is copied."]
    assert len(names) == 2
    assert [row["metric"] for row in rows_of(path)] == names


async def test_the_chart_as_svg_with_its_zoom(sample: Path) -> None:
    async with opened(sample) as pilot:
        await press(pilot, "slash", *"clearance", "enter", "enter", "z", "z")
        path = await written(pilot, "e", "enter")
    assert path.name == "Clearance-to-obstacles.svg"
    shown = "".join(ET.parse(path).getroot().itertext())
    assert "Clearance to obstacles" in shown
    assert "of 2,348 points" in shown


@pytest.mark.usefixtures("fonts")
async def test_each_format_of_a_chart(sample: Path) -> None:
    async with opened(sample) as pilot:
        await press(pilot, "slash", *"against", "enter", "enter")
        assert labels(pilot) == [
            ("chart", "SVG"), ("chart", "PNG"), ("chart", "text"), ("figure", "HTML"),
        ]  # fmt: skip
        for format in ("SVG", "PNG", "text", "HTML"):
            choice = choice_of(pilot, format)
            choice.write(Path(f"chart{choice.suffix}"), Event())
    assert Path("chart.png").read_bytes().startswith(b"\x89PNG")
    assert "Altitude against plan · plotly" in Path("chart.txt").read_text()
    assert "Plotly.newPlot" in Path("chart.html").read_text()


async def test_the_data_of_a_chart_and_a_series(sample: Path) -> None:
    async with opened(sample) as pilot:
        await press(pilot, "slash", *"clearance", "enter", "enter")
        choice_of(pilot, "CSV").write(Path("metric.csv"), Event())
        await press(pilot, "escape", "2", "j", "j")
        path = await written(pilot, "e", "enter")
    assert {row["metric"] for row in rows_of(Path("metric.csv"))} == {"Clearance to obstacles"}
    assert len(rows_of(Path("metric.csv"))) > 2_000
    assert len({row["data"] for row in rows_of(path)}) == 1


async def test_events_and_findings(sample: Path) -> None:
    async with opened(sample) as pilot:
        await press(pilot, "3")
        assert await written(pilot, "e", "enter") == Path.cwd() / named(sample, "events")
        await press(pilot, "4")
        findings = await written(pilot, "e", "enter")
    assert rows_of(Path(named(sample, "events")))[0]["event"] == "Gust"
    assert {"rule", "severity", "message"} <= set(rows_of(findings)[0])


async def test_a_text_like_a_formula_is_guarded(tmp_path: Path) -> None:
    build = DocumentBuilder()
    build.scalar("=HYPERLINK(1)", 1.0)
    async with opened(build) as pilot:
        choice_of(pilot, "CSV").write(Path("metrics.csv"), Event())
    assert rows_of(Path("metrics.csv"))[0]["metric"] == "'=HYPERLINK(1)"


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    for job, speed in (("a", 1.5), ("b", 2.5)):
        build = DocumentBuilder()
        build.scalar("Max speed", speed, unit="m/s", status="PASSED")
        build.write(tmp_path / "ws/jobs" / job / "outputs/metrics.binproto")
    return tmp_path / "ws"


async def test_a_workspace_and_its_comparison(workspace: Path) -> None:
    async with running(InspectApp(open_path(workspace), watch=False), (120, 40)) as pilot:
        path = await written(pilot, "e", "enter")
    assert path.name == "ws-jobs.csv"
    rows = rows_of(path)
    assert [(row["job"], row["Max speed [m/s]"]) for row in rows] == [("a", "1.5"), ("b", "2.5")]
    assert rows[0]["Max speed status"] == "PASSED"
    files = [workspace / "jobs" / job / "outputs/metrics.binproto" for job in "ab"]
    app = InspectApp(open_path(files[1]), base=files[0], watch=False)
    async with running(app, (120, 40)) as pilot:
        choice_of(pilot, "CSV").write(Path("changes.csv"), Event())
    (change,) = [row for row in rows_of(Path("changes.csv")) if row["name"] == "Max speed"]
    assert (change["before_value"], change["after_value"], change["unit"]) == ("1.5", "2.5", "m/s")
    app = InspectApp(open_path(workspace), base=workspace, watch=False)
    async with running(app, (120, 40)) as pilot:
        choice_of(pilot, "CSV").write(Path("compared.csv"), Event())
    assert len(rows_of(Path("compared.csv"))) == 2


async def test_a_file_is_never_overwritten(sample: Path) -> None:
    taken = Path(named(sample, "metrics"))
    taken.write_text("mine")
    async with opened(sample) as pilot:
        await press(pilot, "e")
        field = pilot.app.screen.query_one(Input)
        assert field.value == f"{taken.stem}-2.csv"
        field.value = taken.name
        await press(pilot, "enter")
        assert "exists: choose another name." in said(pilot)
        # Another program takes the name after the dialog has looked.
        with pytest.raises(FileExistsError):
            pilot.app.screen.choices[0].write(taken, Event())  # type: ignore[attr-defined]
    assert taken.read_text() == "mine"
    assert [file.name for file in Path.cwd().iterdir()] == [taken.name]


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("", "The path is empty"),
        (".", "is a folder: name a file in it."),
        ("none/metrics.csv", "does not exist."),
        ("~no-such-user/metrics.csv", "~no-such-user does not exist."),
    ],
)
async def test_paths_that_cannot_be_written(sample: Path, typed: str, words: str) -> None:
    async with opened(sample) as pilot:
        await press(pilot, "e", "slash")
        pilot.app.screen.query_one(Input).value = typed
        await press(pilot, "enter")
        assert words in said(pilot)
        assert isinstance(pilot.app.screen, ExportDialog)
    assert not list(Path.cwd().iterdir())


async def test_a_working_folder_that_was_removed(sample: Path, tmp_path: Path) -> None:
    async with opened(sample) as pilot:
        Path.cwd().rmdir()
        await press(pilot, "e", "enter")
        assert "cannot be written: No such file or directory." in said(pilot)
        await press(pilot, "slash")
        pilot.app.screen.query_one(Input).value = str(tmp_path / "shown.csv")
        await press(pilot, "enter")
    assert (tmp_path / "shown.csv").exists()


async def test_the_suffix_follows_the_format(sample: Path) -> None:
    async with opened(sample) as pilot:
        await press(pilot, "e")
        field = pilot.app.screen.query_one(Input)
        field.value = "mine.csv"
        await press(pilot, "j")
        assert field.value == "mine.parquet"


def refused(_path: Path, _cancelled: Event) -> str:
    raise MissingExtraError("PNG")


def full(_path: Path, _cancelled: Event) -> str:
    raise OSError(28, "No space left on device")


@pytest.mark.parametrize(
    ("write", "words"),
    [(refused, "pip install"), (full, "cannot be written: No space left on device.")],
)
async def test_problems_are_said_in_the_dialog(sample: Path, write: Any, words: str) -> None:
    async with opened(sample) as pilot:
        choice = ExportChoice("chart", "PNG", "chart", ".png", write)
        pilot.app.push_screen(ExportDialog([choice], Path.cwd()))
        await press(pilot, "enter")
        assert words in said(pilot)
        await press(pilot, "escape")
        assert not isinstance(pilot.app.screen, ExportDialog)


def faulty(_path: Path, _cancelled: Event) -> str:
    raise ZeroDivisionError


async def test_a_fault_ends_the_writing(sample: Path) -> None:
    async with opened(sample) as pilot:
        choice = ExportChoice("chart", "PNG", "chart", ".png", faulty)
        pilot.app.push_screen(ExportDialog([choice], Path.cwd()))
        await press(pilot, "enter")
        assert isinstance(pilot.app.screen, ErrorDialog)
        await press(pilot, "escape")
        assert said(pilot) == "The file was not written."


def test_a_cancelled_table_leaves_nothing() -> None:
    from resim_inspect.export.blocks import block_of_rows
    from resim_inspect.export.tables import Column, Kind, Table

    table = Table("rows", (Column("name", Kind.TEXT, "name"),))
    block = block_of_rows(table, [("a",)])
    cancelled = Event()
    cancelled.set()
    (choice, _) = table_choices("rows", "rows", table, lambda: [block])
    with pytest.raises(ExportCancelledError):
        choice.write(Path("rows.csv"), cancelled)
    assert not list(Path.cwd().iterdir())


@pytest.mark.parametrize("stem", ["../../etc/passwd", "a/b", "", " ", "con", "x" * 400, "\x1b[31m"])
def test_names_of_files_are_safe(stem: str) -> None:
    choice = ExportChoice("chart", "SVG", stem, ".svg", refused)
    path = proposed_path(choice, Path.cwd())
    assert path.parent == Path.cwd()
    path.touch()
    assert proposed_path(choice, Path.cwd()) != path


async def test_nothing_to_export(notices: list[str]) -> None:
    async with opened(DocumentBuilder()) as pilot:
        await press(pilot, "e")
    assert notices == ["Nothing here can be exported, or it is still being drawn."]


@pytest.mark.parametrize("way", WAYS)
async def test_pictures(way: str, sample: Path, shot: Shot, look: Look) -> None:
    async with opened(sample, look.size(), theme=look.theme) as pilot:
        await press(pilot, "slash", *"clearance", "enter", "enter")
        screen: object = pilot.app.screen
        assert isinstance(screen, ExportHost)
        pilot.app.push_screen(ExportDialog(screen.export_choices(), Path("/data/flights")))
        await press(pilot, "j")
        shot(pilot, f"export-{way}")
