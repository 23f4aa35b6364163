"""Forms of the pictures that tests of single screens take; `gallery` has every screen in them."""

from __future__ import annotations

from pathlib import Path

from resim_inspect.building.builder import DocumentBuilder
from tests.tui.conftest import session_of


def flawed() -> DocumentBuilder:
    """A document with several things wrong."""
    build = DocumentBuilder("flaws")
    times = build.times("clock", [0.0, 0.1, 0.2])
    latency = build.doubles("latency", [10.0, 12.3, 11.0], unit="ms", index=times)
    short = build.statuses("latency status", ["PASSED", "FAIL_WARN"], index=times)
    build.double_over_time("Detection latency", [(latency, short)], status="FAIL_WARN")
    build.scalar("Max speed", float("nan"), unit="m/s", status="FAIL_BLOCK")
    build.scalar("Max speed", 44.7, unit="m/s")
    build.image("Landing", build.file("picture", "images/none.png"))
    return build


def test_the_label_is_the_same_everywhere(sample: Path) -> None:
    assert session_of(sample).label == "flight-017/outputs/metrics.binproto"
