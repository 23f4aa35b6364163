"""Charts in use: zoom, pan, series, categories, and what the mouse does."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resim_inspect.building.builder import DocumentBuilder
from resim_inspect.tui.document.metrics.card import Card
from resim_inspect.tui.document.metrics.metric_list import MetricList
from resim_inspect.tui.theme import theme_styles
from resim_inspect.tui.widgets.chart.view import ChartView
from resim_inspect.tui.widgets.chart.viewport import Window, clamp, pan, scroll_into_view, zoom
from tests.tui.conftest import keys, opened, press, text
from tests.tui.widgets.chart_documents import climb, line_below, waves

EXTENT: Window = (0.0, 100.0)
inside = st.floats(0, 100)


@given(inside, inside, st.floats(0.1, 10), inside)
def test_zooming_stays_inside_and_keeps_its_anchor(
    a: float, b: float, factor: float, anchor: float
) -> None:
    low, high = min(a, b), max(a, b)
    if high - low < 1e-6:
        return
    new = zoom((low, high), EXTENT, factor, anchor)
    if new is None:
        return
    assert new[0] >= -1e-9
    assert new[1] <= 100 + 1e-9
    if low <= anchor <= high and factor < 1:
        assert new[0] - 1e-6 <= anchor <= new[1] + 1e-6


@given(inside, inside, st.floats(-5, 5))
def test_panning_keeps_the_width(a: float, b: float, part: float) -> None:
    low, high = min(a, b), max(a, b)
    new = pan((low, high), EXTENT, part)
    assert new[1] - new[0] == pytest.approx(high - low, abs=1e-9)
    assert new[0] >= -1e-9
    assert new[1] <= 100 + 1e-9


def test_windows_at_the_edges() -> None:
    assert zoom((0, 100), EXTENT, 2, 50) is None
    assert zoom((5, 5), EXTENT, 0.5, 5) is None
    assert clamp((-5, 5), EXTENT) == (0, 10)
    assert clamp((-5, 500), EXTENT) == EXTENT
    assert scroll_into_view(50, (0, 10), EXTENT) == (45, 55)
    assert scroll_into_view(5, (0, 10), EXTENT) == (0, 10)


async def test_zoom_pan_and_reset() -> None:
    async with opened(waves()) as pilot:
        await press(pilot, "g")
        chart = pilot.app.screen.query_one(Card).chart
        await press(pilot, "tab")
        assert chart.has_focus
        await press(pilot, "plus", "plus")
        assert chart.window is not None
        low, high = chart.window
        assert high - low == pytest.approx(19.9 / 4, rel=0.05)
        await press(pilot, "full_stop")
        assert chart.window is not None
        assert chart.window[0] > low
        await press(pilot, "comma")
        assert chart.window == pytest.approx((low, high))
        await press(pilot, "minus", "minus")
        assert chart.window is None
        await press(pilot, "plus", "0")
        assert chart.window is None


async def test_series_can_be_turned_off() -> None:
    async with opened(waves()) as pilot:
        await press(pilot, "tab", "s", "space", "escape")
        chart = pilot.app.screen.query_one(Card).chart
        assert chart.options.hidden == {"slow"}
        await press(pilot, "right")
        reading = "".join(part for part, _ in chart.reading(theme_styles(pilot.app)))
        assert "slow" not in reading
        assert "fast" in reading


async def test_categories_can_be_chosen() -> None:
    build = DocumentBuilder("cameras")
    bars = {"left": [1.0, 2.0], "right": [3.0, 4.0]}
    names = build.strings("names", {"left": ["a", "b"], "right": ["a", "b"]})
    values = build.doubles("latency", bars, index=names)
    build.bar_chart("Latency", [(values, build.statuses("status", values))])
    async with opened(build) as pilot:
        await press(pilot, "tab")
        chart = pilot.app.screen.query_one(Card).chart
        drawing = chart.drawing
        assert drawing is not None
        assert drawing.categories == ("left", "right")
        await press(pilot, "c", "down", "enter")
        assert chart.options.category == "right"


async def test_the_mouse_zooms_reads_and_drags() -> None:
    async with opened(waves()) as pilot:
        chart = pilot.app.screen.query_one(Card).chart
        await pilot.click(ChartView, offset=(40, 12))
        assert chart.cursor_x is not None
        await press(pilot, "plus", "plus")
        before = chart.window
        assert before is not None
        await pilot.mouse_down(ChartView, offset=(40, 12))
        await pilot.hover(ChartView, offset=(20, 12))
        await pilot.mouse_up(ChartView, offset=(20, 12))
        await pilot.pause()
        assert chart.window is not None
        assert chart.window[0] > before[0]


async def test_an_event_opens_its_metric() -> None:
    async with opened(waves()) as pilot:
        await press(pilot, "3", "enter")
        assert pilot.app.screen.query_one(MetricList).position == 1


async def test_long_texts_scroll(sample: Path) -> None:
    build = DocumentBuilder("long")
    build.text("Report", "\n\n".join(f"line {i}" for i in range(200)))
    async with opened(build, (80, 24)) as pilot:
        assert "line 1" in text(pilot)
        await press(pilot, "tab", *["j"] * 30)
        assert "line 15" in text(pilot)


async def test_a_figure_opens_in_the_browser(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DISPLAY", ":0")
    for name in ("SSH_CONNECTION", "SSH_TTY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    launched: list[Path] = []

    def launch(path: Path) -> bool:
        launched.append(path)
        return True

    monkeypatch.setattr("resim_inspect.charts.external_viewer.launch", launch)
    build = DocumentBuilder()
    build.plotly("Figure </script>", {"data": [{"type": "scatter", "y": [1, 2]}]}, order=1)
    build.scalar("Number", 1.0, order=2)
    async with opened(build) as pilot:
        await press(pilot, "v")
        assert [path.suffix for path in launched] == [".html"]
        assert '"scatter"' in launched[0].read_text(encoding="utf-8")
        await press(pilot, "down", "v", "enter", "v")
        assert len(launched) == 1, "a number is nothing for a browser"


async def test_without_a_display_the_path_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    build = DocumentBuilder()
    build.plotly("Figure", {"data": [{"type": "scatter", "y": [1, 2]}]})
    async with opened(build) as pilot:
        said: list[str] = []
        monkeypatch.setattr(pilot.app, "notify", lambda words, **_: said.append(words))
        await press(pilot, "v")
        assert len(said) == 1
        assert said[0].startswith(
            "No display is available here; open this file on a machine that has one: "
        )
        assert Path(said[0].split(": ", 1)[1]).is_file()


async def test_times_keep_zoom_and_cursor_and_relative_ones_say_so() -> None:
    async with opened(climb()) as pilot:
        chart = pilot.app.screen.query_one(Card).chart
        await press(pilot, "tab", "right", "right", "plus", "t")
        assert chart.window is not None
        assert chart.cursor_x is not None
        said = [toast.message for toast in pilot.app._notifications]
        assert said == ["These times are relative: the file gives no date."]
    build = DocumentBuilder("dated")
    times = build.times("clock", [(1_760_000_000 + i) * 10**9 for i in range(50)])
    height = build.doubles("height", [float(i) for i in range(50)], index=times)
    build.double_over_time("Climb", [(height, build.statuses("ok", height))])
    async with opened(build) as pilot:
        chart = pilot.app.screen.query_one(Card).chart
        await press(pilot, "tab", "right", "right", "plus")
        before = chart.window, chart.cursor_x
        for words in ("Times are shown since the start.", "Times are shown as UTC."):
            await press(pilot, "t")
            assert (chart.window, chart.cursor_x) == before
            assert [toast.message for toast in pilot.app._notifications][-1] == words


def shown_y(chart: ChartView) -> Window:
    assert chart._painted is not None
    shown = chart._painted.picture.y_range
    assert shown is not None
    return shown


async def test_the_y_axis_zooms_fits_and_is_logarithmic() -> None:
    build = DocumentBuilder("limits")
    times = build.times("clock", [i / 10 for i in range(100)])
    height = build.doubles("height", [10.0 + i / 100 for i in range(100)], unit="m", index=times)
    fine = build.statuses("ok", height)
    build.double_over_time("Height", [(height, fine)], limits=[(None, 8.5)])
    async with opened(build) as pilot:
        chart = pilot.app.screen.query_one(Card).chart
        await press(pilot, "tab")
        low, high = shown_y(chart)
        assert low < 8.5
        await press(pilot, "f")
        assert shown_y(chart)[0] == pytest.approx(10.0, abs=0.1)
        await press(pilot, "0")
        assert shown_y(chart) == (low, high)
        await press(pilot, "shift+up")
        inner = shown_y(chart)
        assert inner[1] - inner[0] == pytest.approx((high - low) / 2)
        await press(pilot, "shift+down")
        assert shown_y(chart) == pytest.approx((low, high))
        await press(pilot, "0", "Y")
        assert shown_y(chart)[1] == pytest.approx(math.log10(high), abs=0.02)
        chart.look_at(0.0)
        assert "10 m" in line_below(pilot, chart)
    async with opened(waves()) as pilot:
        await press(pilot, "tab", "Y")
        said = [toast.message for toast in pilot.app._notifications]
        assert said == ["Only curves of positive values have a logarithmic axis."]


async def test_a_hidden_series_is_said_on_the_card_and_stays_hidden_in_the_list() -> None:
    async with opened(waves()) as pilot:
        await press(pilot, "enter", "s", "space", "escape")
        assert "1 of 2 series hidden" in text(pilot)
        await press(pilot, "right", "escape")
        chart = pilot.app.screen.query_one(Card).chart
        assert chart.options.hidden == {"slow"}
        assert chart.cursor_x is not None
        assert "1 of 2 series hidden" in text(pilot)
        await press(pilot, "enter")
        assert "1 of 2 series hidden" in text(pilot)


async def test_figures_in_space_offer_neither_cursor_nor_zoom() -> None:
    build = DocumentBuilder("space")
    path = {"type": "scatter3d", "x": [0, 1, 2], "y": [0, 1, 0], "z": [5, 6, 7]}
    build.plotly("Path", {"data": [path]})
    async with opened(build) as pilot:
        await press(pilot, "tab")
        chart = pilot.app.screen.query_one(Card).chart
        assert chart.has_focus
        assert not {"←", "→", "+", "-"}.intersection(" ".join(keys(pilot)).split())
        await press(pilot, "right", "plus", "right_square_bracket")
        assert chart.cursor_x is None
        assert chart.window is None
