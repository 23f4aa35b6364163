"""Ids of many records: their texts, and whether each is a UUID in its usual form."""

from __future__ import annotations

import numpy as np

from resim_inspect.document.columns.rows import ID_LENGTH, Block, Flags, Offsets

_DASHES = [8, 13, 18, 23]
_IS_HEX = np.isin(np.arange(256), np.frombuffer(b"0123456789abcdefABCDEF", np.uint8))


def id_texts(block: Block, starts: Offsets) -> list[bytes]:
    """The texts of 36 bytes at `starts`."""
    data = block.data
    return [data[start : start + ID_LENGTH] for start in starts.tolist()]


def are_uuids(texts: list[bytes]) -> Flags:
    """True for each text of 36 bytes that is 32 hexadecimal digits with the usual dashes, (n,)."""
    if not texts:
        return np.zeros(0, np.bool_)
    table = np.frombuffer(b"".join(texts), np.uint8).reshape(-1, ID_LENGTH)
    fitting = _IS_HEX[table]
    fitting[:, _DASHES] = table[:, _DASHES] == ord("-")
    return np.asarray(fitting.all(axis=1))


def are_equal(block: Block, starts: Offsets, text: bytes) -> Flags:
    """True for each place of `starts` where this text of 36 bytes stands, (n,)."""
    equal = np.ones(len(starts), np.bool_)
    # The last word overlaps the one before it.
    for offset in (0, 8, 16, 24, ID_LENGTH - 8):
        word = np.frombuffer(text, "<u8", 1, offset)[0]
        equal &= block.words[starts + offset] == word
    return equal
