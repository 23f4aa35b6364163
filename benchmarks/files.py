"""The files to measure with, generated once and kept in .cache/benchmarks.

S             5 kB   all twelve kinds, 30 points a series
M            10 MB   20 × 20,000 doubles with times and statuses of their own, states, UUIDs
L           106 MB   33 × 300,000 doubles over 3 clocks, statuses, states
XL         1.06 GB   33 × 3,000,000 doubles over 3 clocks, statuses, states
wide         30 MB   50,000 metrics, each with its own short series: 100,500 data
many-events   3 MB   4,000 event metrics of 20 events
"""

from __future__ import annotations

import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from benchmarks import wire
from resim_inspect.building.builder import DataRef, DocumentBuilder
from resim_inspect.schema import metrics_pb2 as pb

FOLDER = Path(__file__).parents[1] / ".cache" / "benchmarks"
EDITION = 2
"""Raised when what is generated changes."""
NAMES = ("S", "M", "L", "XL", "wide", "many-events")
STATES = ["IDLE", "DRIVE", "YIELD", "STOP", "FAULT"]
START = 1_760_000_000 * 10**9


def path(name: str) -> Path:
    """The file of this name, made if it is not there; in a process of its own, for the memory."""
    file = FOLDER / f"{name}-{EDITION}.binproto"
    if not file.exists():
        print(f"making {file.name}", file=sys.stderr)
        subprocess.run([sys.executable, "-m", "benchmarks.files", name], check=True)
    return file


def make(name: str) -> None:
    """Write one of the files."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    file = FOLDER / f"{name}-{EDITION}.binproto"
    half = file.with_suffix(".half")
    with half.open("wb") as out:
        for piece in MAKERS[name]():
            out.write(piece)
    half.replace(file)


class Writer:
    """A builder for the metrics, and the series beside it as ready bytes."""

    def __init__(self, seed: str) -> None:
        self.builder = DocumentBuilder(seed)
        self.random = np.random.default_rng(17)
        self.series: list[Callable[[], bytes]] = []

    def doubles(self, name: str, n: int, index: DataRef | None = None) -> DataRef:
        ref = self.builder.doubles(name, [], unit="m", index=index)
        seed = len(self.series)
        self.series.append(lambda: wire.doubles(np.random.default_rng(seed).normal(size=n)))
        return ref

    def statuses(self, name: str, n: int, index: DataRef | None = None) -> DataRef:
        ref = self.builder.statuses(name, [], index=index)
        self.series.append(lambda: wire.statuses(np.where(np.arange(n) % 97 == 5, 2, 1)))
        return ref

    def times(self, name: str, n: int) -> DataRef:
        ref = self.builder.times(name, [])
        step = np.int64(10_007_003)
        self.series.append(lambda: wire.timestamps(START + step * np.arange(n, dtype=np.int64)))
        return ref

    def states(self, name: str, n: int, index: DataRef) -> DataRef:
        ref = self.builder.strings(name, [], index=index)
        self.series.append(lambda: wire.strings(np.arange(n) // 50 % len(STATES), STATES))
        return ref

    def uuids(self, name: str, n: int) -> DataRef:
        ref = self.builder.uuids(name, [])
        space = uuid.UUID(int=17)
        self.series.append(
            lambda: wire.uuids([str(uuid.uuid5(space, str(number))) for number in range(n)])
        )
        return ref

    def pieces(self) -> Iterator[bytes]:
        """The file, a piece at a time, in the order in which protobuf writes its fields."""
        message = self.builder.message()
        headers = list(message.metrics_data)
        last = pb.JobMetrics(metrics_status=message.metrics_status, events=message.events)
        for name in ("metrics_data", "metrics_status", "events"):
            message.ClearField(name)
        yield message.SerializeToString()
        for header, series in zip(headers, self.series, strict=True):
            header.ClearField("series")
            yield wire.metrics_data(header, series())
        yield last.SerializeToString()


def small() -> Iterator[bytes]:
    """All twelve kinds, 30 points a series."""
    build = DocumentBuilder("bench S")
    n = 30
    clock = build.times("clock", [0.1 * at for at in range(n)])
    value = build.doubles("value", [float(at) for at in range(n)], index=clock)
    other = build.doubles("other", [float(at * at) for at in range(n)])
    plain = build.statuses("other status", ["PASSED"] * n)
    ok = build.statuses("value status", ["PASSED"] * n, index=clock)
    names = build.strings("names", ["a", "b", "c"])
    bars = build.doubles("bars", [1.0, 2.0, 3.0], index=names)
    bars_ok = build.statuses("bars status", ["PASSED"] * 3, index=names)
    states = build.strings("states", [STATES[at % 5] for at in range(n)], index=clock)
    ids = build.uuids("batches", [str(uuid.UUID(int=at)) for at in range(3)])
    batch_times = build.times("batch times", [1.0, 2.0, 3.0], index=ids)
    batch_values = build.doubles("batch values", [1.0, 2.0, 3.0], index=ids)
    batch_ok = build.statuses("batch status", ["PASSED"] * 3, index=ids)
    image = build.file("file", "image.png")
    build.double_summary("bench 01", value, ok, time=0.5)
    build.double_over_time("bench 02", [(value, ok)])
    build.line_plot("bench 03", [(other, other, plain)])
    build.bar_chart("bench 04", [(bars, bars_ok)])
    build.batchwise_bar_chart(
        "bench 05", {"x": (batch_times, batch_values, batch_ok)}, colors=["#336699"]
    )
    build.states_over_time("bench 06", [(states, ok)], states=STATES, failures=["FAULT"])
    build.histogram("bench 07", other, plain, buckets=[(0, 500), (500, 1000)], lower=0, upper=1000)
    build.scalar("bench 08", 44.7, unit="m/s", fails_above=50)
    build.plotly("bench 09", {"data": [{"type": "bar", "y": [1, 2, 3]}], "layout": {}})
    build.image("bench 10", image)
    build.image_list("bench 11", [image])
    build.text("bench 12", "# Title\nsome *text*")
    yield build.bytes()


def medium() -> Iterator[bytes]:
    """Each series with a clock of its own."""
    writer = Writer("bench M")
    build, n = writer.builder, 20_000
    events = []
    for number in range(20):
        clock = writer.times(f"clock {number}", n)
        value = writer.doubles(f"value {number}", n, clock)
        ok = writer.statuses(f"status {number}", n, clock)
        if number < 16:
            build.double_over_time(f"bench {number:02}", [(value, ok)])
        else:
            states = writer.states(f"states {number}", n, clock)
            build.states_over_time(f"bench {number:02}", [(states, ok)], states=STATES)
    for number in range(2):
        value = writer.doubles(f"latency {number}", n)
        ok = writer.statuses(f"latency status {number}", n)
        buckets = [(float(low), float(low + 1)) for low in range(-5, 5)]
        build.histogram(f"bench h{number}", value, ok, buckets=buckets, lower=-5, upper=5)
    writer.uuids("ids", 2000)
    for number in range(20):
        metric = build.scalar(f"bench e{number}", 1.0, event=True)
        events.append(build.event(f"event {number}", float(number), [metric]))
    yield from writer.pieces()


def long(n: int) -> Iterator[bytes]:
    """33 series of n doubles over 3 clocks."""
    writer = Writer(f"bench {n}")
    build = writer.builder
    clocks = [writer.times(f"clock {number}", n) for number in range(3)]
    for metric in range(11):
        clock = clocks[metric % 3]
        pairs = [
            (
                writer.doubles(f"value {metric}.{line}", n, clock),
                writer.statuses(f"status {metric}.{line}", n, clock),
            )
            for line in range(3)
        ]
        build.double_over_time(f"bench {metric:02}", pairs)
    for number in range(2):
        states = writer.states(f"states {number}", n, clocks[number])
        ok = writer.statuses(f"states status {number}", n, clocks[number])
        build.states_over_time(f"bench s{number}", [(states, ok)], states=STATES)
    writer.uuids("ids", n // 30)
    yield from writer.pieces()


def wide() -> Iterator[bytes]:
    """Very many metrics with short series."""
    writer = Writer("bench wide")
    build, n = writer.builder, 20
    clocks = [writer.times(f"clock {number}", n) for number in range(500)]
    for number in range(50_000):
        clock = clocks[number % 500]
        value = writer.doubles(f"value {number}", n, clock)
        ok = writer.statuses(f"status {number}", n, clock)
        build.double_over_time(f"bench {number:05}", [(value, ok)])
    yield from writer.pieces()


def many_events() -> Iterator[bytes]:
    """Every metric belongs to an event."""
    writer = Writer("bench events")
    build, n = writer.builder, 20
    clocks = [writer.times(f"clock {number}", n) for number in range(40)]
    metrics: list[list[pb.Metric]] = [[] for _ in range(20)]
    for number in range(4000):
        clock = clocks[number % 40]
        value = writer.doubles(f"value {number}", n, clock)
        ok = writer.statuses(f"status {number}", n, clock)
        metric = build.double_over_time(f"bench {number:04}", [(value, ok)], event=True)
        metrics[number % 20].append(metric)
    for number, members in enumerate(metrics):
        build.event(f"event {number}", float(number), members)
    yield from writer.pieces()


MAKERS: dict[str, Callable[[], Iterator[bytes]]] = {
    "S": small,
    "M": medium,
    "L": lambda: long(300_000),
    "XL": lambda: long(3_000_000),
    "wide": wide,
    "many-events": many_events,
}

if __name__ == "__main__":
    for wanted in sys.argv[1:]:
        make(wanted)
