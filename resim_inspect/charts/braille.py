"""Braille characters as a fine raster: two columns and four rows of dots in a cell."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from resim_inspect.charts.analysis.extremes import extremes_between

BLANK = 0x2800
"""Code point of the character without a dot; the bits of its dots are added to it."""

_DOT_BITS = np.array([[0x40, 0x04, 0x02, 0x01], [0x80, 0x20, 0x10, 0x08]], np.int64)
"""Bit of each dot: left and right column, from below."""


def dot_bits(
    columns: int, rows: int, across: NDArray[np.int64], up: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Bits of rows × columns cells, row 0 at the top, with a dot at each position.

    `across`, `up`: columns and rows of dots from the lower left corner, inside the raster.
    """
    bits = np.zeros((rows, columns), np.int64)
    np.bitwise_or.at(bits, (rows - 1 - up // 4, across // 2), _DOT_BITS[across % 2, up % 4])
    return bits


def sparkline(values: NDArray[Any], cells: int) -> str:
    """A curve of dots in at most `cells` cells of one row; empty for fewer than 3 finite values.

    Two dots a cell: of each part of the values the extreme that is farther from the median.
    """
    values = np.asarray(values, np.float64)
    values = values[np.isfinite(values)]
    if len(values) > 2 * cells:
        values = _farthest(values, 2 * cells)
    if len(values) < 3:
        return ""
    # Halves: the difference of the largest and the smallest double would overflow.
    low, high = float(values.min()) / 2, float(values.max()) / 2
    levels = (4 * ((values / 2 - low) / ((high - low) or 1.0))).astype(np.int64)
    across = np.arange(len(values))
    bits = dot_bits((len(values) + 1) // 2, 1, across, np.minimum(3, levels))
    return "".join(chr(BLANK + cell) for cell in bits[0].tolist())


def _farthest(values: NDArray[np.float64], parts: int) -> NDArray[np.float64]:
    """Highest or lowest value of each part, whichever is farther from the median."""
    cuts = np.linspace(0, len(values), parts + 1).astype(np.int64)
    middle = float(np.median(values[:: max(1, len(values) // 1000)]))
    chosen = []
    for part in extremes_between(values, cuts.tolist()):
        low, high = float(values[part.lowest]), float(values[part.highest])
        chosen.append(high if high - middle >= middle - low else low)
    return np.array(chosen)
