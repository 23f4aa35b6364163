"""Values inside series give the same findings, however the series are read."""

from __future__ import annotations

import math
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import CancelledError
from pathlib import Path

import pytest

from resim_inspect.building.builder import DocumentBuilder
from resim_inspect.document import Document, parse_document, series_stats
from resim_inspect.validation import validate
from resim_inspect.validation.rules import series_values

N = 3000


def odd() -> DocumentBuilder:
    """A document with something odd in every series."""
    b = DocumentBuilder()
    times = [float(place) for place in range(N)]
    times[7] = 5.5
    clock = b.times("clock", times)
    values = [1.0] * N
    values[3] = math.nan
    values[4] = math.inf
    values[5] = -math.inf
    doubles = b.doubles("values", values, index=clock)
    statuses = b.statuses("statuses", ["PASSED"] * N, index=clock)
    for place, number in ((0, 0), (1, 300), (2, -1)):
        statuses.message.series.statuses.series[place] = number  # type: ignore[call-overload]
    b.double_over_time("Over time", [(doubles, statuses)])
    states = b.strings("states", ["go", "wait"] + ["stop"] * (N - 2), index=clock)
    b.states_over_time("States", [(states, statuses)], states=["go", "stop"])
    nothing = b.doubles("nothing", [math.nan] * N)
    b.histogram("Histogram", nothing, b.statuses("ok", nothing), buckets=[(0, 1)], lower=0, upper=1)
    b.uuids("ids", ["12345678-1234-1234-1234-123456789abc"] * N)
    return b


def rules(b: DocumentBuilder, threshold: int) -> list[tuple[str, str, str]]:
    document = parse_document(b.bytes(), threshold=threshold)
    return [(one.rule, one.where, one.message) for one in validate(document).findings]


WAYS: dict[str, Callable[[pytest.MonkeyPatch], int]] = {
    "parsed": lambda patch: 1 << 40,
    "few bytes": lambda patch: 64,
    "numpy": lambda patch: patch.setattr(series_values, "_MAX_TOGETHER", 0) or 64,
    "threads": lambda patch: (
        patch.setattr(series_values, "_MAX_TOGETHER", 0)
        or patch.setattr(series_stats, "_ONE_THREAD", 0)
        or 64
    ),
}


@pytest.mark.parametrize("way", ["numpy", "threads"])
def test_a_cancelled_validation_ends_before_the_next_series(
    way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = parse_document(odd().bytes(), threshold=WAYS[way](monkeypatch))
    computed: list[int] = []
    compute = series_stats.series_stats

    def counting(document: Document, position: int) -> series_stats.SeriesStats:
        computed.append(position)
        return compute(document, position)

    monkeypatch.setattr(series_stats, "series_stats", counting)
    with pytest.raises(CancelledError):
        validate(document, is_cancelled=lambda: len(computed) >= 2)
    assert 2 <= len(computed) < len(document.deferred)
    assert validate(document).findings


@pytest.mark.parametrize("way", WAYS)
def test_every_way_of_reading_finds_the_same(way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    threshold = WAYS[way](monkeypatch)
    found = rules(odd(), threshold)
    assert [(rule, where) for rule, where, _ in found] == [
        ("states-set", 'metrics["States"].values.states[0]'),
        ("time-backwards", 'data["clock"].series[7]'),
        ("values-infinite", 'data["values"].series'),
        ("status-unknown", 'data["statuses"].series'),
        ("values-all-nan", 'data["nothing"].series'),
        ("values-nan", 'data["values"].series'),
        ("data-unused", 'data["ids"]'),
    ]
    messages = {rule: message for rule, _, message in found}
    assert messages["values-infinite"] == "2 of 3,000 values are infinite (under 0.1%)"
    assert messages["values-nan"] == "1 of 3,000 values are NaN (under 0.1%)"
    assert messages["status-unknown"] == "3 values are not statuses: -1, unset (0), 300"
    assert '"wait"' in messages["states-set"]


def test_large_finite_values_are_finite() -> None:
    b = DocumentBuilder()
    for count in (2, N):
        values = b.doubles(f"values {count}", [1.7e308] * count)
        b.double_summary(f"Summary {count}", values, b.statuses(f"statuses {count}", values))
    assert rules(b, 64) == []
    assert rules(b, 1 << 40) == []


def test_unpacked_statuses_and_doubles_are_read_by_protobuf(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(series_values, "_MAX_TOGETHER", 0)
    b = DocumentBuilder()
    values = b.doubles("values", [1.0, math.inf])
    b.double_summary("Summary", values, b.statuses("statuses", ["PASSED", "PASSED"]))
    data = b.bytes()
    packed = values.message.series.doubles.SerializeToString()
    numbers = packed[2:]
    unpacked = b"\x09" + numbers[:8] + b"\x09" + numbers[8:]
    # The series, its data and the file grow by the two tags less the packed head: nothing.
    assert len(unpacked) == len(packed)
    document = parse_document(data.replace(packed, unpacked), threshold=1)
    assert document.deferred
    assert [one.rule for one in validate(document).findings] == ["values-infinite"]


def test_a_file_of_usual_size_is_validated_without_numpy(tmp_path: Path) -> None:
    b = DocumentBuilder()
    values = b.doubles("values", [1.0] * N)
    b.double_summary("Summary", values, b.statuses("statuses", values))
    path = b.write(tmp_path / "metrics.binproto")
    code = (
        "import sys\n"
        "from resim_inspect.document import open_document\n"
        "from resim_inspect.validation import validate\n"
        f"document = open_document({str(path)!r})\n"
        "assert document.deferred and validate(document).findings == []\n"
        "heavy = {'numpy', 'rich', 'textual', 'plotext', 'requests', 'docker', 'json', 'uuid'}\n"
        "assert not heavy & set(sys.modules), heavy & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def clocks(first: float, second: float) -> DocumentBuilder:
    """A metric with two series, whose times begin at these seconds."""
    b = DocumentBuilder()
    pairs = []
    for name, start in (("one", first), ("two", second)):
        clock = b.times(f"{name} t", [start + place for place in range(N)])
        values = b.doubles(name, [1.0] * N, index=clock)
        pairs.append((values, b.statuses(f"{name} s", values)))
    b.double_over_time("Both", pairs)
    return b


@pytest.mark.parametrize("way", WAYS)
def test_every_way_of_reading_finds_odd_times(way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    threshold = WAYS[way](monkeypatch)
    for start in (0.0, 1_760_000_000.0):
        b = clocks(start, start)
        stamps = b._message.metrics_data[0].series.timestamps.series
        stamps[N - 1].seconds = 253_402_300_799
        stamps[5].nanos = 1_500_000_000
        assert rules(b, threshold) == [
            (
                "time-range",
                'data["one t"].series',
                "the time is before 1677 or after 2262",
            ),
            ("time-nanos", 'data["one t"].series', "the nanoseconds are 1,500,000,000"),
            (
                "time-backwards",
                'data["one t"].series[6]',
                "the time is earlier than the one before it",
            ),
        ]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(("first", "second"), [(0.0, 1_760_000_000.0), (1_760_000_000.0, 5.0)])
def test_every_way_of_reading_tells_the_clocks_apart(
    way: str, first: float, second: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    threshold = WAYS[way](monkeypatch)
    ((rule, where, message),) = rules(clocks(first, second), threshold)
    assert (rule, where) == ("metric-clocks", 'metrics["Both"].values.doubles')
    assert message.startswith('"two" has' if second > first else '"one" has')
    assert rules(clocks(first, first + 10), threshold) == []


def test_the_times_of_events_and_of_a_metrics_start_and_end_are_checked() -> None:
    b = clocks(0.0, 1.0)
    b.event("late", 1.0)
    message = b.message()
    message.events[0].timestamp.seconds = 253_402_300_799
    values = message.job_level_metrics.metrics[0].metric_values.double_over_time_metric_values
    values.end_time.seconds = 253_402_300_799
    values.start_time.nanos = -1
    found = validate(parse_document(message.SerializeToString())).findings
    assert [(one.rule, one.where) for one in found] == [
        ("time-nanos", 'metrics["Both"].values.start_time'),
        ("time-range", 'metrics["Both"].values.end_time'),
        ("time-range", 'events["late"].timestamp'),
    ]
