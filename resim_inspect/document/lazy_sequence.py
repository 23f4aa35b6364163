"""Values that are made on first access: sequences, the cache of series, and positions by key."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from threading import Lock
from typing import TYPE_CHECKING, TypeVar, overload

if TYPE_CHECKING:
    from resim_inspect.document.model import Series

T = TypeVar("T")

_TEXT_SIZE = 56
"""Bytes of a string object besides its characters."""

Key = tuple[int, str | None]
"""Position of a metrics data, and category."""


class Lazy(Sequence[T]):
    """Values that are made on first access and then cached."""

    def __init__(self, length: int, make: Callable[[int], T]) -> None:
        self._length = length
        self._make = make
        self._made: dict[int, T] = {}

    def __len__(self) -> int:
        return self._length

    @overload
    def __getitem__(self, position: int) -> T: ...
    @overload
    def __getitem__(self, position: slice) -> list[T]: ...
    def __getitem__(self, position: int | slice) -> T | list[T]:
        if isinstance(position, slice):
            return [self[index] for index in range(*position.indices(self._length))]
        if position < 0:
            position += self._length
        if not 0 <= position < self._length:
            raise IndexError(position)
        value = self._made.get(position)
        if value is None:
            value = self._made[position] = self._make(position)
        return value

    def __iter__(self) -> Iterator[T]:
        return (self[position] for position in range(self._length))

    def forget(self) -> None:
        """Drop the values that were made, one after the other; they are made again when needed.

        To free 100,000 at once would keep all other threads waiting.
        """
        with suppress(KeyError):
            while True:
                self._made.popitem()


class SeriesCache:
    """Decoded series up to a size in bytes, or one that is larger; safe to use from threads."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._size = 0
        self._entries: OrderedDict[Key, tuple[Series, int]] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Key) -> Series | None:
        """The series that was stored under a key, if it is still there."""
        with self._lock:
            known = self._entries.get(key)
            if known is None:
                return None
            self._entries.move_to_end(key)
            return known[0]

    def put(self, key: Key, series: Series) -> None:
        """Store a series, unless another thread has done so."""
        size = series.values.nbytes + sum(len(text) + _TEXT_SIZE for text in series.uniques)
        with self._lock:
            if key not in self._entries:
                self._entries[key] = (series, size)
                self._size += size
                while self._size > self._limit and len(self._entries) > 1:
                    _, (_, dropped) = self._entries.popitem(last=False)
                    self._size -= dropped

    def forget(self) -> None:
        """Drop all series, one after the other: other threads would wait for many at once."""
        with suppress(KeyError):
            while True:
                with self._lock:
                    _, (_, dropped) = self._entries.popitem()
                    self._size -= dropped


def first_positions(keys: Iterable[str]) -> dict[str, int]:
    """Position of the first of equal keys, by key."""
    position_of: dict[str, int] = {}
    for position, key in enumerate(keys):
        position_of.setdefault(key, position)
    return position_of
