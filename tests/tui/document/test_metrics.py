"""The list of metrics and the card: moving, filtering, grouping, jumping, reading."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from resim_inspect.building.builder import DocumentBuilder
from resim_inspect.filtering.catalog import Grouping
from resim_inspect.tui.document.details import limits
from resim_inspect.tui.document.metrics.card import Card
from resim_inspect.tui.document.metrics.card_screen import CardScreen
from resim_inspect.tui.document.metrics.metric_list import MetricList
from tests.tui.conftest import opened, press, text


def speeds() -> DocumentBuilder:
    build = DocumentBuilder("speeds")
    build.scalar("Max speed", 44.7, unit="m/s", status="FAIL_BLOCK", importance="HIGH", order=2)
    build.scalar("Mean speed", 12.5, unit="m/s", importance="LOW", order=1)
    build.scalar("Gust", 3.25, status="FAIL_WARN", tags={"kind": "wind"})
    build.text("Notes", "# Hello", should_display=False)
    return build


def names(metrics: MetricList) -> list[str]:
    return [metrics.session.catalog.names[p] for p in metrics.positions]


async def test_the_worst_stands_first_and_is_chosen() -> None:
    async with opened(speeds()) as pilot:
        metrics = pilot.app.screen.query_one(MetricList)
        assert names(metrics) == ["Max speed", "Gust", "Mean speed", "Notes"]
        assert metrics.position == 0
        shown = text(pilot)
        assert "44.7 m/s" in shown
        assert "FAIL_BLOCK" in shown
        assert "Notes ◌" in shown


async def test_keys_move_and_the_card_follows() -> None:
    async with opened(speeds()) as pilot:
        metrics = pilot.app.screen.query_one(MetricList)
        await press(pilot, "j")
        assert metrics.position == 2
        assert "Gust" in str(pilot.app.screen.query_one(Card).chart.border_title)
        await press(pilot, "G")
        assert metrics.position == 3
        await press(pilot, "down")
        assert metrics.position == 3
        await press(pilot, "g")
        assert metrics.position == 0
        await press(pilot, "n")
        assert metrics.position == 2
        await press(pilot, "n")
        assert metrics.position == 0
        await press(pilot, "N")
        assert metrics.position == 2


async def test_grouping_goes_round_and_keeps_the_metric() -> None:
    async with opened(speeds()) as pilot:
        metrics = pilot.app.screen.query_one(MetricList)
        await press(pilot, "j")
        seen = []
        for _ in range(5):
            await press(pilot, "b")
            seen.append(metrics.grouping)
            assert metrics.position == 2
        # No metric belongs to an event: that grouping is passed over.
        assert seen == [
            Grouping.IMPORTANCE,
            Grouping.TYPE,
            Grouping.TAG,
            Grouping.NONE,
            Grouping.STATUS,
        ]


async def test_the_filter_works_while_it_is_typed_and_escape_takes_it_away() -> None:
    async with opened(speeds()) as pilot:
        metrics = pilot.app.screen.query_one(MetricList)
        await press(pilot, "slash", *"speed")
        assert names(metrics) == ["Max speed", "Mean speed"]
        assert "Metrics 2 of 4" in text(pilot)
        await press(pilot, *" status:pass")
        assert names(metrics) == ["Mean speed"]
        await press(pilot, "enter")
        assert pilot.app.focused is metrics
        await press(pilot, "escape")
        assert len(metrics.positions) == 4


async def test_a_wrong_filter_says_why_and_leaves_the_list() -> None:
    async with opened(speeds()) as pilot:
        metrics = pilot.app.screen.query_one(MetricList)
        await press(pilot, "slash", *"colour:red")
        assert len(metrics.positions) == 4
        assert "no field colour" in text(pilot)


async def test_jump_finds_scattered_letters() -> None:
    async with opened(speeds()) as pilot:
        metrics = pilot.app.screen.query_one(MetricList)
        await press(pilot, "J", *"mnsp")
        await press(pilot, "enter")
        assert metrics.position == 1


async def test_enter_opens_the_card_whole_and_escape_returns_to_the_last_one() -> None:
    async with opened(speeds(), (60, 20)) as pilot:
        await press(pilot, "enter")
        assert isinstance(pilot.app.screen, CardScreen)
        assert "Max speed · scalar" in text(pilot)
        await press(pilot, "n")
        assert "Gust · scalar" in text(pilot)
        await press(pilot, "escape")
        assert pilot.app.screen.query_one(MetricList).position == 2


async def test_a_click_chooses_and_a_second_opens(sample: Path) -> None:
    async with opened(sample) as pilot:
        metrics = pilot.app.screen.query_one(MetricList)
        before = metrics.position
        await pilot.click(MetricList, offset=(8, 5))
        assert metrics.position not in (None, before)
        await pilot.double_click(MetricList, offset=(8, 5))
        await pilot.pause()
        assert isinstance(pilot.app.screen, CardScreen)


async def test_copying_a_row(tmp_path: Path) -> None:
    async with opened(speeds()) as pilot:
        await press(pilot, "y")
        assert pilot.app.clipboard == "Max speed\t44.7 m/s"
        assert (tmp_path / "resim-inspect-copy.txt").read_text() == "Max speed\t44.7 m/s"


async def test_hostile_names_stay_on_their_line() -> None:
    build = DocumentBuilder("hostile")
    build.scalar(
        "\x1b[31mred\x07\nnext [b]bold[/b] [@click=app.quit]x[/]",
        1.0,
        description="[red]\x1b]52;c;eA==\x07",
    )
    async with opened(build) as pilot:
        shown = text(pilot)
        assert "\x1b" not in shown
        assert "[b]bold[/b]" in shown
        await press(pilot, "enter", "escape", "d", "escape")
        assert pilot.app.is_running


async def test_a_document_without_metrics_opens() -> None:
    async with opened(DocumentBuilder("empty")) as pilot:
        assert "no metrics in this file" in text(pilot)
        await press(pilot, "enter", "n", "d", "x", "2", "3", "4", "escape")
        assert pilot.app.is_running


def warning_run() -> DocumentBuilder:
    """A document like those of the service: figures of plotly, two of which warn."""
    build = DocumentBuilder("warning")
    at = [f"2024-03-18T10:00:{second:02d}" for second in range(31)]
    speed = [89.4 if second == 15 else 44.7 if second > 20 else 2.0 for second in range(31)]
    height = [178.8 if 10 < second < 20 else second / 4 + 0.25 for second in range(31)]
    build.scalar("Maximum Speed", 89.4, unit="m/s")
    for name, values, unit, status in (
        ("Speed Over Time", speed, "m/s", "FAIL_WARN"),
        ("Altitude Over Time", height, "m", "FAIL_WARN"),
        ("X Position Over Time", height, "m", "PASSED"),
    ):
        trace = {"type": "scatter", "mode": "lines+markers", "name": name, "x": at, "y": values}
        layout = {"yaxis": {"title": {"text": f"{name.split()[0]} ({unit})"}}}
        build.plotly(name, {"data": [trace], "layout": layout}, status=status)
    return build


@pytest.mark.parametrize("size", [(120, 40), (80, 24)])
async def test_five_keys_tell_which_metrics_warn_and_between_which_values(
    size: tuple[int, int],
) -> None:
    async with opened(warning_run(), size) as pilot:
        metrics = pilot.app.screen.query_one(MetricList)
        assert names(metrics)[:2] == ["Altitude Over Time", "Speed Over Time"]
        first = text(pilot)
        for seen in ("FAIL_WARN 2", "Speed Over Time", "Altitude Over Time"):
            assert seen in first
        assert "smallest 0.25 m" in first
        assert "largest 178.8 m" in first
        keys = ["n"]
        await press(pilot, *keys)
        second = text(pilot)
        assert "smallest 2 m/s" in second
        assert "largest 89.4 m/s" in second
        assert len(keys) <= 5


async def test_rows_of_figures_bars_and_histograms_show_numbers() -> None:
    build = warning_run()
    names_ = build.strings("phases", ["start", "landing"])
    used = build.doubles("used", [3.0, 9.4], unit="Wh", index=names_)
    build.bar_chart("Energy", [(used, build.statuses("fine", used))])
    errors = build.doubles("errors", [1.0, 2.0, 6.0], unit="m")
    fine = build.statuses("errors ok", errors)
    build.histogram("Errors", errors, fine, buckets=[(0.0, 4.0), (4.0, 8.0)])
    async with opened(build, (160, 40)) as pilot:
        shown = text(pilot)
        assert re.search(r"Speed Over Time +89\.4 m/s max", shown)
        assert re.search(r"Altitude Over Time +178\.8 m max", shown)
        assert re.search(r"Energy +9\.4 Wh max", shown)
        assert re.search(r"Errors +2 m median", shown)
        assert "trace" not in shown


async def test_a_name_has_its_row_before_the_value_has() -> None:
    build = DocumentBuilder("long")
    camera = build.image("False Negative Ground Truth", build.file("p", "images/fn_images/g1.png"))
    build.event("Pedestrian lost", at=1.0, metrics=[camera])
    camera.event_metric = True
    build.scalar("A rather long name of a number", 1234.5, unit="m/s")
    async with opened(build, (120, 40)) as pilot:
        shown = text(pilot)
        assert "False Negative Ground Truth  @ " in shown
        assert "A rather long name of a number" in shown
        assert "1,234…" not in shown


async def test_blocking_and_hidden_metrics_are_marked() -> None:
    build = DocumentBuilder("marked")
    build.scalar("Plain", 1.0)
    build.scalar("Gate", 1.0, blocking=True)
    build.scalar("Draft", 1.0, should_display=False)
    async with opened(build) as pilot:
        shown = text(pilot)
        assert re.search(r"Gate ■ +1", shown)
        assert re.search(r"Draft ◌ +1", shown)
        await press(pilot, "g")
        assert "◌ hidden in ReSim" in text(pilot)
        await press(pilot, "j")
        assert "■ blocking" in text(pilot)


async def test_metrics_of_the_summary_come_first_in_their_group() -> None:
    build = DocumentBuilder("summary")
    for number, tags in enumerate(({}, {"RESIM_SUMMARY": "0"}, {"RESIM_SUMMARY": "1"}, {})):
        build.scalar(f"m{number}", 1.0, order=number, tags=tags)
    build.scalar("worst", 1.0, status="FAIL_BLOCK", order=9)
    async with opened(build) as pilot:
        metrics = pilot.app.screen.query_one(MetricList)
        assert names(metrics) == ["worst", "m2", "m0", "m1", "m3"]


async def test_what_is_unset_is_left_out_of_the_card() -> None:
    build = DocumentBuilder("bare")
    metric = build.scalar("Height", 4.0)
    for field in ("importance", "blocking", "should_display", "order"):
        metric.ClearField(field)
    async with opened(build) as pilot:
        shown = text(pilot)
        assert "unset" not in shown
        await press(pilot, "d")
        assert "unset" in text(pilot)


def test_limits_in_words_have_the_unit_of_what_they_limit() -> None:
    build = DocumentBuilder("limits")
    clock = build.times("clock", [0.0, 1.0])
    fine = build.statuses("fine", ["PASSED", "PASSED"], index=clock)
    speed = build.doubles("speed", [1.0, 2.0], unit="m/s", index=clock)
    share = build.doubles("share", [1.0, 2.0], unit="%", index=clock)
    bare = build.doubles("bare", [1.0, 2.0], index=clock)
    build.scalar("Top", 3.0, unit="m", fails_above=5, fails_below=-1)
    build.double_summary("First", speed, fine, index=0, fails_below=0.5)
    series = [(speed, fine), (share, fine), (bare, fine)]
    build.double_over_time("All", series, limits=[(40, None), (90, None), (7, None)])
    document = build.document()
    top, first, over_time = document.metrics
    assert limits(top, document) == ["fails above 5 m or below -1 m"]
    assert limits(top, None) == ["fails above 5 m or below -1 m"]
    assert limits(first, document) == ["fails below 0.5 m/s"]
    assert limits(over_time, document) == [
        "series 1 fails above 40 m/s",
        "series 2 fails above 90%",
        "series 3 fails above 7",
    ]
    assert limits(over_time, None)[0] == "series 1 fails above 40"
