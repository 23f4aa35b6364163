"""`show`: what a person and a program read of a file, and what becomes of hostile ones."""

from __future__ import annotations

import json
import math
import unicodedata
from pathlib import Path
from typing import Any

import pytest

from resim_inspect import cli
from resim_inspect.building.builder import DocumentBuilder
from resim_inspect.building.sample import write_sample
from resim_inspect.commands.show_output.layout import clip, flow
from resim_inspect.exit_codes import ExitCode
from resim_inspect.text import cell_width


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample, which no test changes."""
    return write_sample(tmp_path_factory.mktemp("sample"))


def show(capsys: pytest.CaptureFixture[str], *words: str | Path) -> str:
    """Output of `show`, which must succeed."""
    assert cli.main(["show", *map(str, words)]) == ExitCode.OK
    shown = capsys.readouterr()
    assert shown.err == ""
    return shown.out


def as_json(capsys: pytest.CaptureFixture[str], *words: str | Path) -> Any:
    return json.loads(
        show(capsys, "--format", "json", *words), parse_constant=lambda name: pytest.fail(name)
    )


def test_text_has_header_metrics_in_order_and_events(
    sample: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = show(capsys, sample).splitlines()
    assert lines[0].endswith("✗ FAIL_BLOCK")
    assert lines[1].startswith("19 metrics · 39 data · 2 events · ")
    assert lines[3].startswith("✗ FAIL_BLOCK 2   ! FAIL_WARN 6   ✓ PASSED 9")
    titles = [line for line in lines if line.startswith("── ")]
    names = ("Flight report", "Max speed", "Clearance to obstacles", "Closest approach")
    for name, title in zip(names, titles, strict=False):
        assert name in title
    assert "── ✗ FAIL_BLOCK Max speed " in titles[1]
    assert titles[1].endswith(" scalar · CRITICAL ─")
    text = "\n".join(lines)
    assert "17.4 m/s  ✗ FAIL_BLOCK  fails above 15 m/s" in text
    assert "blocking · RESIM_SUMMARY=1" in text
    assert "41.300 s  ! FAIL_WARN  Gust  HIGH" in text
    assert "metrics: Camera at the gust, Sideways push" in text
    assert "of event Gust" in text
    assert "speed over ground  indexed double  1,201" in text


def test_statistics_of_a_series_stand_under_its_metric(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    build = DocumentBuilder()
    clock = build.times("clock", [0.0, 1.0, 2.0, 3.0])
    value = build.doubles("v", [1.0, math.nan, 2.0, 6.0], unit="m", index=clock)
    status = build.statuses("s", ["PASSED", "PASSED", "FAIL_WARN", "FAIL_BLOCK"], index=clock)
    build.double_over_time("m", [(value, status)])
    text = show(capsys, build.write(tmp_path / "a.binproto"))
    rows = [line.split() for line in text.splitlines()]
    assert ["series", "n", "min", "mean", "max", "NaN", "statuses"] in rows
    assert ["v", "[m]", "4", "1", "3", "6", "1", "✗", "1", "!", "1", "✓", "2"] in rows


def test_one_metric_in_full_has_its_first_and_failing_values(
    sample: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = show(capsys, sample, "--metric", "Clearance to obstacles")
    assert "Max speed" not in text
    rows = [line.split() for line in text.splitlines()]
    assert ["0", "0.000", "s", "7.785", "✓", "9.08", "✓"] in rows
    assert any(row[:1] == ["460"] and row[-1] == "!" for row in rows)
    assert "1,181 more" not in text
    assert "728 more" in text


def test_charts_are_drawn_in_the_room_that_is_given(
    sample: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    name = ("--metric", "Clearance to obstacles")
    low = show(capsys, sample, *name, "--height", "8").splitlines()
    high = show(capsys, sample, *name, "--height", "16").splitlines()
    assert len(high) - len(low) == 8
    assert any("time [s]" in line for line in low)


def test_colour_only_where_it_is_wanted(sample: Path, capsys: pytest.CaptureFixture[str]) -> None:
    plain = show(capsys, sample, "--color", "never")
    assert "\x1b" not in plain
    painted = show(capsys, sample, "--color", "always")
    assert "\x1b[38;2;" in painted


def test_a_light_terminal_gets_colours_of_its_own(
    sample: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    words = (sample, "--color", "always", "--metric", "Max speed")
    monkeypatch.setenv("COLORFGBG", "15;0")
    dark = show(capsys, *words)
    monkeypatch.setenv("COLORFGBG", "0;15")
    assert show(capsys, *words) != dark


def test_several_metrics_come_in_the_order_asked_for(
    sample: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = show(capsys, sample, "--metric", "Energy used", "--metric", "Max speed")
    assert text.index("Energy used") < text.index("Max speed")


@pytest.mark.parametrize(
    ("wrong", "near"), [("Max sped", "Max speed"), ("MAX SPEED", "Max speed"), ("Gust", None)]
)
def test_a_wrong_name_is_answered_with_the_nearest(
    sample: Path, wrong: str, near: str | None, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["show", str(sample), "--metric", wrong]) == ExitCode.ERROR
    shown = capsys.readouterr()
    assert shown.out == ""
    assert f"no metric is named '{wrong}'" in shown.err
    if near is not None:
        assert f"did you mean '{near}'?" in shown.err


@pytest.mark.parametrize("width", [40, 60, 80, 120])
@pytest.mark.parametrize("full", [False, True])
def test_no_line_is_wider_than_asked(
    sample: Path, width: int, full: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    names = ["Clearance to obstacles", "Subsystems", "Energy by phase", "Landing error by build"]
    chosen = [word for name in names for word in ("--metric", name)] if full else []
    for line in show(capsys, sample, "--width", str(width), *chosen).splitlines():
        assert cell_width(line) <= width, line


def test_json_has_everything_but_the_series(
    sample: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    whole = as_json(capsys, sample)
    assert whole["format"] == 1
    (file,) = whole["files"]
    assert file["readable"] is True
    assert (file["verdict"], file["status_counts"]["FAIL_WARN"]) == ("FAIL_BLOCK", 6)
    assert len(file["metrics"]) == 19
    speed = file["metrics"][1]
    assert speed["name"] == "Max speed"
    assert speed["values"] == {
        "value": 17.4,
        "failure_definition": {"fails_above": 15.0, "fails_below": None},
        "unit": "m/s",
    }
    assert speed["tags"] == [{"key": "RESIM_SUMMARY", "value": "1"}]
    lengths = {data["name"]: data["length"] for data in file["data"]}
    assert lengths["clearance left"] == 1201
    assert lengths["subsystem states"] == {"planner": 6, "rangefinder": 8}
    assert lengths["gust"] is None
    assert file["events"][0]["timestamp_ns"] == 41_300_000_000
    assert not any("series" in data for data in file["data"])


def test_json_of_one_metric_has_its_values(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    build = DocumentBuilder()
    names = build.strings("names", ["a", "b", "a", "c"])
    value = build.doubles("v", [1.5, math.nan, math.inf, -math.inf], index=names)
    status = build.statuses("s", ["PASSED", "PASSED", "FAIL_WARN", "PASSED"], index=names)
    build.bar_chart("bars", [(value, status)])
    build.scalar("other", 1.0)
    (file,) = as_json(capsys, build.write(tmp_path / "a.binproto"), "--metric", "bars")["files"]
    assert [metric["name"] for metric in file["metrics"]] == ["bars"]
    by_name = {data["name"]: data for data in file["data"]}
    assert by_name["v"]["series"] == [1.5, "NaN", "Infinity", "-Infinity"]
    assert by_name["v"]["statistics"] == {
        "n": 4,
        "finite": 1,
        "nan": 1,
        "infinite": 2,
        "minimum": 1.5,
        "mean": 1.5,
        "maximum": 1.5,
    }
    assert by_name["names"]["series"] == ["a", "b", "a", "c"]
    assert by_name["s"]["series"] == ["PASSED", "PASSED", "FAIL_WARN", "PASSED"]
    assert by_name["s"]["statistics"]["statuses"] == {"FAIL_WARN": 1, "PASSED": 3}


def test_a_folder_shows_every_file_and_an_unreadable_one_makes_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("a", "c"):
        build = DocumentBuilder(name)
        build.scalar(f"metric {name}", 1.0)
        build.write(tmp_path / name / "metrics.binproto")
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "metrics.binproto").write_text("just text")
    assert cli.main(["show", str(tmp_path)]) == ExitCode.ERROR
    shown = capsys.readouterr()
    assert "metric a" in shown.out
    assert "metric c" in shown.out
    assert shown.err.count("\n") == 1
    assert "b/metrics.binproto is not a metrics file: it is text" in shown.err

    assert cli.main(["show", "--format", "json", str(tmp_path)]) == ExitCode.ERROR
    shown = capsys.readouterr()
    files = json.loads(shown.out)["files"]
    assert [file["readable"] for file in files] == [True, False, True]
    assert files[1]["error"] == "the file is not a metrics file: it is text"


def test_nothing_hostile_reaches_the_terminal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = "a\x1b[2J\x07b\u202ec\x9b31m\u200bd"
    build = DocumentBuilder()
    clock = build.times(bad, [0.0, 1.0])
    value = build.doubles(f"{bad} value", [1.0, 2.0], unit=bad, index=clock)
    status = build.statuses(f"{bad} status", value)
    build.double_over_time(bad, [(value, status)], description=f"{bad}\nline", tags={bad: bad})
    build.text("text", f"{bad}\n{bad}")
    build.scalar("scalar", 1.0, unit=bad)
    build.image("image", build.file("file", f"{bad}.png"))
    build.plotly("plotly", {"data": [{"type": bad}], "layout": {}})
    states = build.strings("states", {bad: [bad]})
    build.states_over_time("states", [(states, build.statuses("ok", states))], states=[bad])
    build.event(bad, 1.0, description=bad, tags=[bad])
    build.strings(f"{bad} alone", [bad])
    path = build.write(tmp_path / "a.binproto")
    names = [bad, "text", "scalar", "image", "plotly", "states"]
    chosen = [word for name in names for word in ("--metric", name)]
    for words in ([], chosen, ["--format", "json"], ["--format", "json", *chosen]):
        text = show(capsys, path, *words)
        hostile = {char for char in text if unicodedata.category(char) in {"Cc", "Cf"}}
        assert hostile <= {"\n"}, words


def test_the_unusual_is_shown_not_fatal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    build = DocumentBuilder()
    message = build.message()
    message.ClearField("job_id")
    metric = message.job_level_metrics.metrics.add(status=99, type=98, importance=97)
    values = metric.metric_values.double_over_time_metric_values
    values.doubles_over_time_data_id.add().id.data = "nowhere"
    message.job_level_metrics.metrics.add(name="empty")
    message.events.add(name="")
    message.metrics_data.add(name="nothing in it")
    path = tmp_path / "odd.binproto"
    path.write_bytes(message.SerializeToString())
    text = show(capsys, path)
    assert "no job id" in text
    assert "? UNKNOWN_99 (no name)" in text
    assert "type 98 · UNKNOWN_97" in text
    assert "data nowhere is not in the file" in text
    assert "nothing in it" in text
    (file,) = as_json(capsys, path)["files"]
    assert file["metrics"][0]["status"] == "UNKNOWN_99" or file["metrics"][1]["status"]


@pytest.mark.parametrize("words", [["--width", "0"], ["--height", "x"], ["--format", "xml"]])
def test_wrong_options_are_refused(
    sample: Path, words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["show", str(sample), *words]) == ExitCode.ERROR
    assert words[0] in capsys.readouterr().err


def test_real_files_are_shown(sample_data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = show(capsys, sample_data)
    assert "Maximum Speed" in text
    for line in text.splitlines():
        assert cell_width(line) <= 80
    assert len(as_json(capsys, sample_data)["files"]) == len(
        list(sample_data.rglob("metrics.binproto"))
    )


def test_painted_lines_are_cut_by_what_is_seen() -> None:
    line = "\x1b[31mabc\x1b[0m def"
    assert clip(line, 7) == line
    assert clip(line, 5) == "\x1b[31mabc\x1b[0m …"
    assert clip(line, 2) == "\x1b[31ma…\x1b[0m"
    assert clip("abcdef", 3) == "ab…"


def test_parts_flow_into_lines() -> None:
    assert flow(["aa", "\x1b[1mbb\x1b[0m", "cc"], " · ", 8) == ["aa · \x1b[1mbb\x1b[0m", "cc"]
    assert flow([], " ", 8) == []


@pytest.mark.parametrize("width", [40, 60, 80, 120, 160])
def test_a_metrics_name_is_never_cut_nor_broken_if_it_fits(
    width: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    build = DocumentBuilder()
    names = ["test_status_over_time", "x" * 38, "y" * 40, "z" * 90, "a name of several words"]
    for name in names:
        build.text(name, "text", status="FAIL_BLOCK")
    out = show(capsys, build.write(tmp_path / "metrics.binproto"), "--width", str(width))
    lines = out.split("\n")
    assert all(len(line) <= width for line in lines)
    for name in names:
        if len(name) <= width:
            assert sum(name in line for line in lines) == 1
        else:
            assert name in out.replace("\n", "")
    assert out.count("text · MEDIUM") == len(names)


def test_a_selected_metric_has_its_numbers_in_full(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    build = DocumentBuilder()
    build.scalar("Gap", 10.0000004, unit="m", fails_above=10.0, status="FAIL_BLOCK")
    clock = build.times("t", [0.0, 1.0, 2.0])
    values = build.doubles("v", [1760000000.123, 8.5, 40.0051234567], index=clock)
    build.double_over_time("Series", [(values, build.statuses("s", values))])
    path = build.write(tmp_path / "metrics.binproto")
    assert "10.0000004 m  ✗ FAIL_BLOCK  fails above 10 m" in show(capsys, path)
    gap = show(capsys, path, "--metric", "Gap")
    assert "value 10.0000004 · fails above 10" in gap
    rows = show(capsys, path, "--metric", "Series").split("\n")
    numbers = [
        [line for line in rows if text in line][-1]
        for text in ("1,760,000,000.123 ", "8.5 ", "40.0051234567 ")
    ]
    assert len({line.index(".", 20) for line in numbers}) == 1
