"""Metrics data in blocks: the same messages as those of one parse, in any order of access."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import pytest

from resim_inspect.document import data_messages, parse_document
from resim_inspect.document.document import Document
from resim_inspect.document.wire.scan import scan
from resim_inspect.document.wire.source import BytesSource
from resim_inspect.errors import MalformedError
from resim_inspect.schema import metrics_pb2 as pb

_LARGE = 600
"""Values of a series that is deferred."""


def mixed(count: int, seed: int) -> bytes:
    """A file with small and large data, metrics and statuses, as no writer orders them."""
    draw = random.Random(seed)
    parts: list[bytes] = []
    for number in range(count):
        part = pb.JobMetrics()
        kind = draw.random()
        if kind < 0.85:
            data = part.metrics_data.add(name=f"data {number}", unit="m" * draw.randrange(400))
            length = _LARGE if draw.random() < 0.02 else draw.randrange(6)
            data.series.doubles.series.extend([float(number)] * length)
        elif kind < 0.95:
            for place in range(draw.randrange(4)):
                part.job_level_metrics.metrics.add(name=f"metric {number}.{place}")
        elif kind < 0.98:
            part.events.add(name=f"event {number}")
        else:
            part.metrics_status = draw.choice((pb.PASSED_METRIC_STATUS, pb.FAIL_WARN_METRIC_STATUS))
        parts.append(part.SerializeToString())
    return b"".join(parts)


def expected(data: bytes, document: Document) -> pb.JobMetrics:
    """One parse of the file, with an empty series for each that the document deferred."""
    message = pb.JobMetrics.FromString(data)
    for position in document.deferred:
        series = message.metrics_data[position].series
        series.Clear()
        series.doubles.SetInParent()
    return message


@pytest.mark.parametrize("seed", range(4))
def test_the_messages_are_those_of_one_parse(seed: int) -> None:
    data = mixed(4000, seed)
    document = parse_document(data)
    whole = expected(data, document)
    assert len(document.deferred) > 20
    assert len(document.data_messages) == len(whole.metrics_data) > 3000
    assert list(document.data_messages) == list(whole.metrics_data)
    del whole.metrics_data[:]
    assert document.message == whole


def test_any_position_at_any_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(data_messages, "_MAX_BLOCKS", 2)
    data = mixed(4000, 9)
    messages = parse_document(data).data_messages
    names = [message.name for message in messages]
    assert names == sorted(names, key=lambda name: int(name.split()[1]))
    draw = random.Random(0)
    positions = [draw.randrange(len(names)) for _ in range(300)]
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda position: messages[position].name, positions))
    assert found == [names[position] for position in positions]
    assert messages[-1].name == names[-1]
    assert [message.name for message in messages[5:3000:700]] == names[5:3000:700]
    for position in (len(names), -len(names) - 1):
        with pytest.raises(IndexError):
            messages[position]


@pytest.mark.parametrize("seed", range(3))
def test_a_record_starts_at_each_boundary(seed: int) -> None:
    data = mixed(3000, seed + 20)
    split = scan(BytesSource(data))
    assert split.boundaries is not None
    assert split.boundaries[0] == 0
    edges = [*split.boundaries, len(split.index_message)]
    assert len(edges) > 10
    merged = pb.JobMetrics()
    for start, stop in pairwise(edges):
        merged.MergeFromString(split.index_message[start:stop])
    assert merged == pb.JobMetrics.FromString(split.index_message)


def test_damage_in_any_block_is_found_at_opening() -> None:
    data = bytearray(mixed(4000, 3))
    at = data.index(b"data 3500")
    data[at] = 0xFF  # not UTF-8
    with pytest.raises(MalformedError):
        parse_document(bytes(data))
