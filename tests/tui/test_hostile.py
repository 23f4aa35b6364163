"""Documents that mean no good, or are merely odd: nothing breaks, nothing reaches the terminal."""

from __future__ import annotations

import math
import unicodedata

import pytest

from resim_inspect.building.builder import DocumentBuilder
from resim_inspect.tui.document.screen import DocumentScreen
from resim_inspect.tui.widgets.dialogs import ErrorDialog
from tests.tui.conftest import opened, press, settle, text


def hostile() -> DocumentBuilder:
    build = DocumentBuilder("hostile")
    clock = build.times("clock\x1b[31m", [0.0, 0.1, 0.2])
    fine = build.statuses("fine", ["PASSED"] * 3, index=clock)
    for name, values in (
        ("NaN only \x1b]0;evil\x07", [math.nan] * 3),
        ("Infinite", [math.inf, -math.inf, 1.0]),
        ("Huge range", [1.7e308, -1.7e308, 0.0]),
        ("Constant", [2.0] * 3),
    ):
        data = build.doubles(f"data of {name}", values, unit="m\x07", index=clock)
        build.double_over_time(name, [(data, fine)], status="FAIL_WARN")
    once = build.times("once", [5.0])
    point = build.doubles("point", [3.5], index=once)
    build.double_over_time("One point", [(point, build.statuses("1", ["PASSED"], index=once))])
    never = build.times("never", [])
    none = build.doubles("none", [], index=never)
    build.double_over_time("Empty series", [(none, build.statuses("0", [], index=never))])
    words = build.strings("words", ["a", "b", "c"], index=clock)
    build.double_over_time("Words for numbers", [(words, fine)])
    build.scalar(
        "距離の合計とても長い名前です" * 4, 1e300, unit="メートル", description="\x1b[2J" * 30
    )
    build.scalar("👩\u200d👩\u200d👧 family 🚀🚀🚀", -1e-300, unit="🚀")
    build.scalar("\u202eRTL \u05e9\u05dc\u05d5\u05dd \u0645\u0631\u062d\u0628\u0627", 3.0, unit="m")
    build.scalar("x" * 5000, math.inf, unit="y" * 300, description="z" * 9000)
    build.scalar("", None)
    build.scalar("[bold red]markup[/] [link=x]", 5.0, unit="[m]", tags={"[red]k": "v\n\x1b"})
    build.text("Notes\nnew line\ttab", "# T\x1b[31m\n[red]x[/]\n" + "w" * 400)
    build.plotly("No figure", {})
    build.plotly("Odd figure", {"data": [{"type": "\x1b[31m", "y": ["a", None]}]})
    build.image("Image", build.file("file", "../../secret\x1b.png"))
    metric = build.scalar("Of an event", 1.0, event=True)
    tags = ["\x1btag"] * 5
    build.event("Event \x1b[31m 事件 " + "n" * 300, at=1.0, metrics=[metric], tags=tags)
    return build


@pytest.mark.parametrize("size", [(60, 20), (120, 40)])
async def test_a_walk_over_a_hostile_document(size: tuple[int, int]) -> None:
    document = hostile().document()
    async with opened(document, size) as pilot:

        async def look() -> None:
            await settle(pilot)
            shown = text(pilot)
            assert not isinstance(pilot.app.screen, ErrorDialog), shown
            assert not {c for c in shown if unicodedata.category(c) in ("Cc", "Cf")} - {"\n"}

        for pane in "123":
            await press(pilot, pane, "g")
            assert isinstance(pilot.app.screen, DocumentScreen)
            here = pilot.app.screen.pane
            count = {"1": len(document.metrics), "2": len(document.data), "3": 1}[pane]
            await look()
            for _ in range(count):
                await pilot.press("j")
                await look()
            assert here is pilot.app.screen.pane
        await press(pilot, "4", "j", "r", "r")
        await look()
        await press(pilot, "1", "g", "enter", "d")
        await look()
        for _ in range(len(document.metrics)):
            await pilot.press("escape" if isinstance(pilot.app.screen, DocumentScreen) else "n")
            await look()


@pytest.mark.parametrize("size", [(60, 20), (80, 24), (120, 40)])
async def test_a_document_of_nothing(size: tuple[int, int]) -> None:
    async with opened(DocumentBuilder("nothing"), size) as pilot:
        for key in (*"12345", "1", "n", "b", "space", "enter", "d", "x", "G", "J", "escape"):
            await press(pilot, key)
            assert not isinstance(pilot.app.screen, ErrorDialog), key
        await press(pilot, "2")
        assert "reading" not in text(pilot)
        await press(pilot, "1")
        assert "no metrics in this file" in text(pilot)
