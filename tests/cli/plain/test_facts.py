"""Facts of the linear output: whole sentences about every type of metric, and of hostile ones."""

from __future__ import annotations

import math
import unicodedata
from pathlib import Path

import pytest

from resim_inspect import cli
from resim_inspect.building.builder import DocumentBuilder
from resim_inspect.building.sample import write_sample
from resim_inspect.commands.plain_output.document_facts import metric_facts, overview
from resim_inspect.document import open_document


def facts(builder: DocumentBuilder, position: int = 0) -> list[str]:
    return list(metric_facts(builder.document(), position))


def plain(capsys: pytest.CaptureFixture[str], *words: str | Path) -> list[str]:
    assert cli.main(["--plain", *map(str, words)]) == 0
    captured = capsys.readouterr()
    assert captured.err == ""
    return captured.out.splitlines()


def test_a_file_is_printed_once_where_stdout_is_not_a_terminal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = plain(capsys, write_sample(tmp_path))
    assert lines[0].startswith("The file is ")
    assert lines[1] == "Its verdict is FAIL_BLOCK."
    assert lines[2] == "It has 19 metrics, 39 metrics data and 2 events."
    assert "Metric 2 of 19 is Max speed, and it is FAIL_BLOCK." in lines
    assert "Event 1, Gust, is FAIL_WARN, at 41.300 s." in lines
    assert not any("help" in line for line in lines[-2:])


def test_all_facts_of_the_sample_are_sentences_without_drawings(tmp_path: Path) -> None:
    with open_document(write_sample(tmp_path)) as document:
        for position, metric in enumerate(document.metrics):
            lines = list(metric_facts(document, position))
            drawn = [line for line in lines if set(line) & set("─│┌█▌⣿▁×→")]
            assert drawn == []
            if metric.type.name != "TEXT":
                assert [line for line in lines if not line.endswith(".")] == []


def test_a_scalar_has_its_limits_and_the_distance_from_them() -> None:
    builder = DocumentBuilder()
    builder.scalar("Max speed", 17.4, unit="m/s", status="FAIL_BLOCK", fails_above=15.0)
    builder.scalar("Gap", 4.0, unit="m", status="PASSED", fails_below=2.0, fails_above=9.0)
    builder.scalar("Edge", 2.0, status="PASSED", fails_below=2.0)
    assert facts(builder)[2:] == [
        "Its value is 17.4 m/s.",
        "It fails above 15 m/s.",
        "The value 17.4 m/s is 2.4 m/s beyond its limit, 16% of the limit.",
    ]
    assert facts(builder, 1)[3:] == [
        "It fails above 9 m or below 2 m.",
        "The value 4 m is 2 m within its limit, 22.2% of the limit.",
    ]
    assert facts(builder, 2)[-1] == "The value 2 is exactly at its limit."


def test_a_series_has_its_extremes_their_times_and_what_fails() -> None:
    builder = DocumentBuilder()
    n = 20
    clock = builder.times("clock", [index / 2 for index in range(n)])
    values = [5.0] * n
    values[4], values[9], values[12] = 1.0, 8.0, math.nan
    value = builder.doubles("gap", values, unit="m", index=clock)
    words = ["PASSED"] * n
    words[4] = "FAIL_WARN"
    builder.double_over_time("Gap", [(value, builder.statuses("s", words, index=clock))])
    lines = facts(builder)
    assert "Its series gap has 20 values in m." in lines
    assert "1 of its values is NaN." in lines
    assert "Its smallest value is 1 m at 2.000 s." in lines
    assert "Its largest value is 8 m at 4.500 s." in lines
    assert "Of its statuses, 1 is FAIL_WARN and 19 are PASSED." in lines
    assert "The first value that fails is 1 m at 2.000 s, with FAIL_WARN." in lines


def test_times_of_a_calendar_count_from_the_start_of_the_series() -> None:
    builder = DocumentBuilder()
    clock = builder.times("clock", [1_700_000_000.0, 1_700_000_002.5])
    value = builder.doubles("v", [1.0, 3.0], index=clock)
    builder.double_over_time("m", [(value, builder.statuses("s", ["PASSED"] * 2, index=clock))])
    assert "Its largest value is 3 at 2.500 s after its start." in facts(builder)


def test_a_value_that_is_missing_breaks_nothing() -> None:
    builder = DocumentBuilder()
    builder.doubles("v", [math.nan, math.inf])
    builder.scalar("NaN", math.nan, fails_above=1.0)
    message = builder.message()
    metric = message.job_level_metrics.metrics.add(name="", type=2)
    metric.metric_values.double_over_time_metric_values.doubles_over_time_data_id.add()
    from resim_inspect.document import parse_document

    with parse_document(message.SerializeToString()) as document:
        assert "It fails above 1." in list(metric_facts(document, 0))
        lines = list(metric_facts(document, 1))
        assert lines[0].startswith("Metric 2 of 2 is (no name)")
        assert any("not in the file" in line for line in lines)


HOSTILE = "\x1b[2Jred\u202e\x07\nsecond line\x00 [bold]x[/]"


def test_no_control_character_of_a_file_is_printed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    builder = DocumentBuilder()
    clock = builder.times(HOSTILE, [0.0, 1.0])
    value = builder.doubles(HOSTILE, [0.0, 1.0], unit=HOSTILE, index=clock)
    builder.double_over_time(HOSTILE, [(value, builder.statuses("s", value))])
    metric = builder.text(HOSTILE + "t", HOSTILE, description=HOSTILE)
    builder.event(HOSTILE, 1.0, [metric], description=HOSTILE)
    folder = tmp_path / "a\x1b[31m"
    folder.mkdir()
    lines = plain(capsys, builder.write(folder / "metrics.binproto"))
    bad = {c for line in lines for c in line if unicodedata.category(c) in ("Cc", "Cf", "Cs")}
    assert bad == set()
    assert any("[bold]x[/]" in line for line in lines)


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        ([], "needs the path"),
        (
            ["resim://5b8f6f1e-2c64-4e0c-9a4e-1f0b7f1c2d3e/5b8f6f1e-2c64-4e0c-9a4e-1f0b7f1c2d3e"],
            "needs the path",
        ),
        (["missing.binproto"], "does not exist"),
        ([".", "."], "compare"),
    ],
)
def test_a_wrong_call_is_one_sentence(
    words: list[str], problem: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["--plain", *words]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert problem in captured.err
    assert "Traceback" not in captured.err


def test_a_large_file_is_not_validated_for_its_overview(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from resim_inspect.commands.plain_output import document_facts

    monkeypatch.setattr(document_facts, "VALIDATED_BYTES", 10)
    with open_document(write_sample(tmp_path)) as document:
        assert list(overview(document))[-1].startswith("Its findings take long")


@pytest.mark.parametrize(
    ("events", "sentence"),
    [
        ([], "It belongs to no event."),
        (["Gust"], "It belongs to the event Gust."),
        (["Gust", "Turn"], "It belongs to the events Gust and Turn."),
    ],
)
def test_a_metric_names_the_events_that_it_belongs_to(
    tmp_path: Path, events: list[str], sentence: str
) -> None:
    builder = DocumentBuilder()
    metric = builder.scalar("Speed", 1.0, event=True)
    for at, name in enumerate(events):
        builder.event(name, float(at), [metric])
    with open_document(builder.write(tmp_path / "metrics.binproto")) as document:
        assert sentence in list(metric_facts(document, 0))
