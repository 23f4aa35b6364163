"""Lowest and highest values of neighbouring parts of an array."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from resim_inspect.charts.analysis.curve_stats import BLOCK


class Part(NamedTuple):
    """Positions of one part: its ends, its lowest and its highest value, the first of equals."""

    start: int
    stop: int
    lowest: int
    highest: int


def extremes_between(values: NDArray[np.float64], cuts: Sequence[int]) -> Iterator[Part]:
    """The parts between ascending cuts; empty ones are left out. Values without NaN."""
    for start, stop in pairwise(cuts):
        if stop > start:
            part = values[start:stop]
            yield Part(start, stop, start + _position(part, "min"), start + _position(part, "max"))


def _position(values: NDArray[np.float64], extreme: str) -> int:
    """Position of the first lowest (`min`) or highest (`max`) value."""
    find = np.argmin if extreme == "min" else np.argmax
    if len(values) <= BLOCK:
        return int(find(values))
    # In blocks: between them other threads get their turn.
    candidates = [
        start + int(find(values[start : start + BLOCK])) for start in range(0, len(values), BLOCK)
    ]
    return candidates[int(find(values[candidates]))]
