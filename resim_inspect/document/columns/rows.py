"""Fields of many records of one message type, read for all of them in step."""

from __future__ import annotations

from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

Offsets = NDArray[np.int64]
Flags = NDArray[np.bool_]

ID_LENGTH = 36
"""Bytes of a UUID in its usual form."""
PADDING = 16
"""Bytes that must follow the last record of a block."""
_ID_HEAD = b"\x28\x0a\x26\x0a\x24"  # behind the tag: an id with a UUID of 36 bytes
_ID_FIELD = 1 + len(_ID_HEAD) + ID_LENGTH
_SIX_BYTES = np.uint64((1 << 48) - 1)


class Block:
    """Bytes that many records are read from, as numbers of one byte and of eight.

    Nothing in the last 16 bytes can be read in step: what lies there needs a block of its own.
    """

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.bytes = np.frombuffer(data, np.uint8)
        self.words = np.ndarray((len(data) - 7,), "<u8", data, strides=(1,))
        """The eight bytes from each offset as one number."""


class Texts(NamedTuple):
    """A length-delimited field of each row; both arrays (n,), equal where a row lacks it."""

    starts: Offsets
    stops: Offsets

    def texts(self, block: Block) -> list[bytes]:
        """The bytes of each row."""
        data = block.data
        pairs = zip(self.starts.tolist(), self.stops.tolist(), strict=True)
        return [data[start:stop] for start, stop in pairs]


class Rows:
    """A cursor for each of n records; all are moved over one field after the other.

    Each method reads the field with a tag of one byte where a record has it next. Fields must be
    read in the order of their numbers, in which writers store them. A record in another order, with
    a field twice or with an unknown one, is not at its end afterwards: `complete` is False for it,
    and what was read of it has no meaning.
    """

    def __init__(self, block: Block, starts: Offsets, stops: Offsets) -> None:
        self.block = block
        self.at = starts
        self._stops = stops

    def __len__(self) -> int:
        return len(self.at)

    @property
    def complete(self) -> Flags:
        """True for the records that were read to their end, (n,)."""
        complete: Flags = self.at == self._stops
        return complete

    def next_is(self, tag: int) -> Flags:
        """True for the records that have this field next, (n,)."""
        present: Flags = (self.block.bytes[self.at] == tag) & (self.at < self._stops)
        return present

    def number(self, tag: int) -> NDArray[np.uint8]:
        """A number below 128; 0 where a record lacks it, (n,)."""
        present = self.next_is(tag)
        values = self.block.bytes[self.at + 1]
        # A longer number stops the record here.
        present &= (values < 0x80) & (self.at + 2 <= self._stops)
        self.at = self.at + 2 * present
        return values * present

    def text(self, tag: int) -> Texts:
        """Content of a length-delimited field of less than 16 kB."""
        present = self.next_is(tag)
        if not present.any():
            return Texts(self.at, self.at)
        first = self.block.bytes[self.at + 1].astype(np.int64)
        lengths = first
        heads: int | Offsets = 2
        two = first >= 0x80
        if two.any():
            second = self.block.bytes[self.at + 2].astype(np.int64)
            present &= ~two | ((second > 0) & (second < 0x80))
            lengths = np.where(two, (first & 0x7F) | second << 7, first)
            heads = 2 + two
        starts = self.at + heads
        stops = starts + lengths
        present &= stops <= self._stops
        if present.all():
            self.at = stops
            return Texts(starts, stops)
        starts = np.where(present, starts, self.at)
        self.at = np.where(present, stops, self.at)
        return Texts(starts, self.at)

    def identifier(self, tag: int) -> Offsets:
        """Start of the text of an id of 36 bytes, such as a MetricsDataId; -1 without it, (n,)."""
        head = np.uint64(int.from_bytes(bytes((tag,)) + _ID_HEAD, "little"))
        present = (self.block.words[self.at] & _SIX_BYTES) == head
        present &= self.at + _ID_FIELD <= self._stops
        starts = np.where(present, self.at + (_ID_FIELD - ID_LENGTH), -1)
        self.at = self.at + _ID_FIELD * present
        return starts

    def skip(self, tag: int, size: int) -> Flags:
        """Move over a field of a fixed width of `size` bytes; True where there was one, (n,)."""
        present = self.next_is(tag) & (self.at + 1 + size <= self._stops)
        self.at = self.at + (1 + size) * present
        return present

    def inside(self, texts: Texts, chosen: NDArray[np.int64] | slice) -> Self:
        """Rows of the messages that are the content of a field, of the chosen records."""
        return type(self)(self.block, texts.starts[chosen], texts.stops[chosen])
