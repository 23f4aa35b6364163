"""The cache keeps the series that were used last, up to its size, and gives all of them back."""

from __future__ import annotations

import numpy as np

from resim_inspect.building.builder import DocumentBuilder
from resim_inspect.document.enums import SeriesKind
from resim_inspect.document.lazy_sequence import SeriesCache
from resim_inspect.document.model import Series


def series(number: float, count: int = 10) -> Series:
    return Series(SeriesKind.DOUBLES, np.full(count, number))


def test_the_series_that_was_not_used_for_longest_goes_first() -> None:
    cache = SeriesCache(200)
    first, second, third = series(1), series(2), series(3)
    cache.put((0, None), first)
    cache.put((1, None), second)
    assert cache.get((0, None)) is first
    cache.put((0, "front"), third)
    assert cache.get((1, None)) is None
    assert cache.get((0, None)) is first
    assert cache.get((0, "front")) is third


def test_one_series_that_is_larger_stays() -> None:
    cache = SeriesCache(200)
    cache.put((0, None), series(1))
    large = series(2, 1000)
    cache.put((1, None), large)
    assert cache.get((0, None)) is None
    assert cache.get((1, None)) is large


def test_the_series_of_the_thread_that_came_first_stays() -> None:
    cache = SeriesCache(200)
    first = series(1)
    cache.put((0, None), first)
    cache.put((0, None), series(1))
    assert cache.get((0, None)) is first


def test_what_is_forgotten_leaves_its_room() -> None:
    cache = SeriesCache(200)
    cache.put((0, None), series(1))
    cache.put((1, None), series(2))
    cache.forget()
    cache.forget()
    assert cache.get((0, None)) is None
    third, fourth = series(3), series(4)
    cache.put((2, None), third)
    cache.put((3, None), fourth)
    assert cache.get((2, None)) is third
    assert cache.get((3, None)) is fourth


def test_values_of_a_document_are_made_anew_once_forgotten() -> None:
    build = DocumentBuilder()
    build.doubles("heights", [1.0, 2.0])
    build.scalar("speed", 3.0)
    document = build.document()
    data, metric = document.data[0], document.metrics[0]
    values = document.series(data).doubles
    document.forget_values()
    assert document.metrics[0] == metric
    assert document.metrics[0] is not metric
    assert document.data[0] == data
    again = document.series(document.data[0]).doubles
    assert again is not values
    assert again.tolist() == [1.0, 2.0]
