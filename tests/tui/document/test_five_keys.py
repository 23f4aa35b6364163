"""The question that the list answers first: which metrics warn, and what are their extremes?"""

from __future__ import annotations

from pathlib import Path

import pytest

from resim_inspect.building.builder import DocumentBuilder
from resim_inspect.tui.document.metrics.card_screen import CardScreen
from tests.tui.conftest import opened, press, text

SIZES = [(120, 40), (80, 24), (60, 20)]


def figure(name: str, unit: str, values: list[float]) -> dict[str, object]:
    times = [f"2024-03-18T10:00:{second:02}" for second in range(len(values))]
    return {
        "data": [
            {"type": "scatter", "mode": "lines+markers", "name": name, "x": times, "y": values}
        ],
        "layout": {
            "title": {"text": f"{name} over time"},
            "xaxis": {"title": {"text": "Time"}, "type": "date"},
            "yaxis": {"title": {"text": f"{name} ({unit})"}},
        },
    }


def flight() -> DocumentBuilder:
    """Eight metrics, as a build of figures makes them: two of them warn."""
    build = DocumentBuilder("flight")
    speed = [0.0, 0.0, 44.7, 44.7, 0.0, 89.4, 89.4, 44.7, 0.0]
    height = [0.0, 25.5, 76.6, 178.8, 178.8, 127.7, 51.1, 25.5, 0.0]
    build.scalar("Maximum Speed", 89.4, unit="m/s", order=0)
    build.plotly("Speed Over Time", figure("Speed", "m/s", speed), status="FAIL_WARN", order=1)
    build.plotly("Altitude Over Time", figure("Altitude", "m", height), status="FAIL_WARN", order=2)
    build.plotly("X Position Over Time", figure("X", "m", [0.0, 894.0]), order=3)
    build.plotly("Flight States", {"data": [{"x": [1, 2], "y": ["Takeoff", "Landing"]}]}, order=4)
    bins = {"data": [{"type": "histogram", "x": [1, 1, 2, 3]}]}
    build.plotly("Speed Distribution", bins, order=5)
    path = {"data": [{"type": "scatter3d", "x": [0, 1], "y": [0, 1], "z": [0, 1]}]}
    build.plotly("3D Flight Path", path, order=6)
    build.text("Flight Summary", "# Flight Summary\n\nTotal duration: 31 s", order=7)
    return build


@pytest.mark.parametrize("size", SIZES)
async def test_without_a_key_the_list_says_which_metrics_warn(size: tuple[int, int]) -> None:
    async with opened(flight(), size) as pilot:
        shown = text(pilot)
        assert "FAIL_WARN 2" in shown
        rows = shown.splitlines()
        for name, largest in (("Speed Over Time", "89.4 m/s"), ("Altitude Over Time", "178.8 m")):
            assert any("!" in row and name in row and largest in row for row in rows), name


@pytest.mark.parametrize("size", SIZES[:2])
async def test_one_key_shows_both_extremes_of_all_that_warn(size: tuple[int, int]) -> None:
    async with opened(flight(), size) as pilot:
        await press(pilot, "space")
        rows = text(pilot).splitlines()
        for name, values in (("Speed", "0 … 89.4 m/s"), ("Altitude", "0 … 178.8 m")):
            assert any(f"{name} Over Time" in row and values in row for row in rows), name


@pytest.mark.parametrize("size", SIZES)
async def test_two_keys_show_them_with_their_charts(size: tuple[int, int]) -> None:
    async with opened(flight(), size) as pilot:
        await press(pilot, "enter")
        assert isinstance(pilot.app.screen, CardScreen)
        shown = text(pilot)
        assert "Speed Over Time" in shown
        assert "smallest 0 m/s" in shown
        assert "largest 89.4 m/s" in shown
        await press(pilot, "n")
        shown = text(pilot)
        assert "Altitude Over Time" in shown
        assert "smallest 0 m" in shown
        assert "largest 178.8 m" in shown


async def test_a_value_that_is_read_has_the_unit_of_its_axis() -> None:
    async with opened(flight()) as pilot:
        await press(pilot, "enter", "right", "y")
        assert pilot.app.clipboard.endswith(" m/s")


async def test_every_row_says_something_about_its_value() -> None:
    async with opened(flight()) as pilot:
        rows = text(pilot).splitlines()
        for name, words in (
            ("Flight States", "2 categories"),
            ("3D Flight Path", "2 points"),
            ("Flight Summary", "Total duration"),
            ("X Position Over Time", "894 m max"),
        ):
            assert any(name in row and words in row for row in rows), name
        # A caption of how a figure is made says nothing about the metric.
        assert "trace" not in "\n".join(row[:40] for row in rows)


async def test_the_real_file(sample_data: Path) -> None:
    path = sample_data / "getting_started" / "warning" / "outputs" / "metrics.binproto"
    async with opened(path, (80, 24)) as pilot:
        await press(pilot, "space")
        rows = text(pilot).splitlines()
        for name, values in (("Speed", "0 … 89.4 m/s"), ("Altitude", "0 … 178.8 m")):
            assert any(f"{name} Over Time" in row and values in row for row in rows), name
