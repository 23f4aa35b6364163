"""`compare --format html`: the result, all changes, and the charts of both sides."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from resim_inspect.building.builder import DocumentBuilder
from resim_inspect.cli import main
from resim_inspect.export.report.page import Page
from tests.export.report.items import figures_of

SAMPLES = 300


def write(path: Path, size: float) -> None:
    """A curve, states, a scalar and a text that depend on `size`."""
    build = DocumentBuilder("compared")
    clock = build.times("clock", [0.1 * k for k in range(SAMPLES)])
    curve = [size * math.sin(k / 20) for k in range(SAMPLES)]
    values = build.doubles("distance", curve, unit="m", index=clock)
    ok = build.statuses("ok", ["PASSED"] * SAMPLES, index=clock)
    build.double_over_time("Distance <b>", [(values, ok)])
    build.scalar("Speed", size, unit="m/s", fails_above=2.0)
    build.text("Note", f"size\n<i>{size}</i>")
    build.write(path / "metrics.binproto")


def page_of(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    assert main(["compare", *words, "--format", "html", "--fail-on", "never"]) == 0
    return capsys.readouterr().out


def test_both_sides_are_drawn_in_one_chart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("plotly", reason="interactive charts need its script")
    pytest.importorskip("plotly")
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "a", 1.0)
    write(tmp_path / "b", 3.0)
    page = page_of(capsys, "a", "b")
    assert page.startswith("<!DOCTYPE html>")
    assert page.rstrip().endswith("</html>")
    assert "Distance &lt;b&gt;" in page
    assert "+&lt;i&gt;3.0&lt;/i&gt;" in page
    overlay, difference = figures_of(page)
    names = [trace["name"] for trace in overlay["data"]]
    assert names == ["before", "after"]
    assert [trace["line"]["color"] for trace in overlay["data"]] == ["@dim", "@series-1"]
    assert "after − before" in difference["layout"]["yaxis"]["title"]["text"]


def test_the_base_is_told_from_the_other_side(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("plotly", reason="interactive charts need its script")
    monkeypatch.chdir(tmp_path)
    for side, shift in (("a", 0.0), ("b", 1.0)):
        build = DocumentBuilder()
        clock = build.times("clock", [0.0, 1.0, 2.0])
        series = []
        for name in ("front", "rear"):
            data = build.doubles(name, [shift, 1.0, 2.0], index=clock)
            series.append((data, build.statuses(f"{name} status", data)))
        build.double_over_time("Distance", series, legend=["front", "rear"])
        values = build.doubles("values", [0.5, 1.5, 1.5 + shift])
        statuses = build.statuses("values status", values)
        build.histogram("Spread", values, statuses, buckets=[(k, k + 1.0) for k in range(3)])
        build.write(tmp_path / side / "metrics.binproto")
    # The larger change comes first.
    buckets, difference, curves, _ = figures_of(page_of(capsys, "a", "b"))
    # The base's curves have one colour.
    dashes = {one["name"]: one["line"].get("dash", "solid") for one in curves["data"]}
    assert dashes["front · before"] != dashes["rear · before"]
    # The outline of the base is seen on the boxes of the other side.
    opacities = [one["opacity"] for one in buckets["data"] if one["type"] == "bar"]
    assert opacities
    assert max(opacities) < 1
    assert {one["opacity"] for one in difference["data"]} == {1.0}


def test_without_the_library_the_charts_are_svg(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(Page, "interactive", False)
    write(tmp_path / "a", 1.0)
    write(tmp_path / "b", 3.0)
    page = page_of(capsys, "a", "b")
    assert page.count("<svg ") == 1
    assert not figures_of(page)


def test_batches_have_totals_and_each_side_a_section(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("plotly", reason="interactive charts need its script")
    pytest.importorskip("plotly")
    monkeypatch.chdir(tmp_path)
    for side, factor in (("a", 1.0), ("b", 1.5), ("c", 3.0)):
        for job in range(3):
            write(tmp_path / side / f"run {job}", factor + job)
    page = page_of(capsys, "a", "b", "c")
    assert page.count("Metrics over all jobs") == 2
    assert page.count('class="chunk"') == 0
    assert len(figures_of(page)) == 2 * 3 * 2


def test_a_page_is_not_written_to_a_terminal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write(tmp_path, 1.0)
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    assert main(["compare", str(tmp_path), str(tmp_path), "--format", "html"]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "> changes.html" in captured.err
