"""Rows of a block as lines of text: what CSV and the JSON formats have in common."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import repeat

import numpy as np
from numpy.typing import NDArray

from resim_inspect.export.blocks import Numbers, Texts

Cells = str | list[str]
"""The texts of a column: one for all rows, or one for each."""
_BILLION = 1_000_000_000


def lines(parts: Sequence[Cells], rows: int) -> str:
    """Join the parts of each row, and the rows; the last part ends the line."""
    merged: list[Cells] = []
    for part in parts:
        last = merged[-1] if merged else None
        if isinstance(part, str) and isinstance(last, str):
            merged[-1] = last + part
        else:
            merged.append(part)
    columns: list[Iterable[str]] = [
        repeat(part, rows) if isinstance(part, str) else part for part in merged
    ]
    return "".join(map("".join, zip(*columns, strict=True)))


def text_cells(texts: Texts, encode: Callable[[str], str], missing: str) -> Cells:
    """Encode each different text once."""
    if texts.codes is None:
        return encode(texts.uniques[0]) if texts.uniques else missing
    # The code -1 finds the last one.
    encoded = [*map(encode, texts.uniques), missing]
    return [encoded[code] for code in texts.codes.tolist()]


def number_cells(
    numbers: Numbers, encode: Callable[[NDArray[np.generic]], list[str]], missing: str
) -> Cells:
    """Encode the values that are present."""
    values, present = numbers.values, numbers.present
    if values is None:
        return missing
    if present is None:
        return encode(values)
    cells = [missing] * len(values)
    for position, text in zip(
        np.flatnonzero(present).tolist(), encode(values[present]), strict=True
    ):
        cells[position] = text
    return cells


def integers(values: NDArray[np.generic]) -> list[str]:
    """All digits of 64-bit integers."""
    return list(map(str, values.tolist()))


def booleans(values: NDArray[np.generic]) -> list[str]:
    """`true` and `false`."""
    return ["true" if value else "false" for value in values.tolist()]


def doubles(
    nan: str, infinity: str, minus_infinity: str
) -> Callable[[NDArray[np.generic]], list[str]]:
    """Encoder of doubles: the shortest text that reads back as the same one, and three words."""
    words = {"nan": nan, "inf": infinity, "-inf": minus_infinity}

    def encode(values: NDArray[np.generic]) -> list[str]:
        cells = list(map(repr, values.tolist()))
        for position in np.flatnonzero(
            ~np.isfinite(values.astype(np.float64, copy=False))
        ).tolist():
            cells[position] = words[cells[position]]
        return cells

    return encode


def iso_times(values: NDArray[np.generic]) -> list[str]:
    """Times in ns as ISO 8601 with nine digits, `2023-11-14T22:13:20.000000001Z`."""
    whole, rest = np.divmod(values.astype(np.int64), _BILLION)
    # Most samples share their second with others: each is written once.
    seconds, positions = np.unique(whole, return_inverse=True)
    heads = np.datetime_as_string(seconds.view("M8[s]")).tolist()
    return [
        f"{heads[position]}.{part:09d}Z"
        for position, part in zip(positions.tolist(), rest.tolist(), strict=True)
    ]
