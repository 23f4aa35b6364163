"""The messages of all metrics data, parsed in blocks when they are asked for."""

from __future__ import annotations

from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from itertools import accumulate
from threading import Lock
from typing import overload

from resim_inspect.document.wire.slices import Slices
from resim_inspect.schema import metrics_pb2 as pb

_MAX_BLOCKS = 16
"""Blocks that stay parsed: about 256 kB of the file each, five times that in memory."""


class DataMessages(Sequence[pb.MetricsData]):
    """Messages of the metrics data in the order of the file; safe to use from several threads.

    A file may have 100,000 of them, which take five times their bytes once they are parsed, and
    most of that time is spent on getting the memory. So the bytes stay, a block of them is
    parsed when one of its messages is asked for, and only the latest blocks stay parsed. Never
    change a message.
    """

    def __init__(self, slices: Slices, counts: Sequence[tuple[int, int]]) -> None:
        """`counts`: the number of each slice that has metrics data, and how many."""
        self._slices = slices
        self._numbers = [number for number, _ in counts]
        self._starts = [0, *accumulate(count for _, count in counts)]
        self._blocks: OrderedDict[int, Sequence[pb.MetricsData]] = OrderedDict()
        self._lock = Lock()

    def __len__(self) -> int:
        return self._starts[-1]

    @overload
    def __getitem__(self, position: int) -> pb.MetricsData: ...
    @overload
    def __getitem__(self, position: slice) -> list[pb.MetricsData]: ...
    def __getitem__(self, position: int | slice) -> pb.MetricsData | list[pb.MetricsData]:
        if isinstance(position, slice):
            return [self[index] for index in range(*position.indices(len(self)))]
        if position < 0:
            position += len(self)
        if not 0 <= position < len(self):
            raise IndexError(position)
        block = bisect_right(self._starts, position) - 1
        return self._parsed(block)[position - self._starts[block]]

    def __iter__(self) -> Iterator[pb.MetricsData]:
        """All messages, a block at a time, without displacing those that others use."""
        for block in range(len(self._numbers)):
            with self._lock:
                messages = self._blocks.get(block)
            yield from self._parse(block) if messages is None else messages

    def _parsed(self, block: int) -> Sequence[pb.MetricsData]:
        with self._lock:
            messages = self._blocks.get(block)
            if messages is not None:
                self._blocks.move_to_end(block)
                return messages
        messages = self._parse(block)
        with self._lock:
            self._blocks[block] = messages
            if len(self._blocks) > _MAX_BLOCKS:
                self._blocks.popitem(last=False)
        return messages

    def _parse(self, block: int) -> Sequence[pb.MetricsData]:
        return pb.JobMetrics.FromString(self._slices[self._numbers[block]]).metrics_data
