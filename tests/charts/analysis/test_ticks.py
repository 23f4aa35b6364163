"""Ticks: round numbers, times from nanoseconds to days, in UTC."""

from __future__ import annotations

import pytest

from resim_inspect.charts.analysis.ticks import clock, position_label, ticks
from resim_inspect.charts.model.drawing import Axis

START = 1_760_000_000 * 10**9


def labels(low: float, high: float, most: int, axis: Axis) -> list[str]:
    return list(ticks(low, high, most, axis).labels)


@pytest.mark.parametrize(
    ("low", "high", "most", "expected"),
    [
        (0, 10, 5, ["0", "2", "4", "6", "8", "10"]),
        (0, 1, 4, ["0.00", "0.25", "0.50", "0.75", "1.00"]),
        (-3, 3, 3, ["-2", "0", "2"]),
        (0, 2e7, 4, ["0", "5e6", "1e7", "1.5e7", "2e7"]),
        (0, 4e-7, 4, ["0", "1e-7", "2e-7", "3e-7", "4e-7"]),
        (0, 12_000, 3, ["0", "5,000", "10,000"]),
    ],
)
def test_numbers(low: float, high: float, most: int, expected: list[str]) -> None:
    assert labels(low, high, most, Axis()) == expected


def test_numbers_far_from_zero_count_from_the_first_tick() -> None:
    found = ticks(1e9, 1e9 + 1e-3, 4, Axis())
    assert float(found.labels[0]) == 0
    assert found.title.startswith("+ 1,000,000,000")


def test_counts_have_no_ticks_between() -> None:
    assert labels(0, 2, 10, Axis(integer_ticks=True)) == ["0", "1", "2"]


@pytest.mark.parametrize(
    ("high", "expected", "title"),
    [
        (20, ["0", "5", "10", "15", "20"], "[s]"),
        (0.0007, ["0.0", "0.2", "0.4", "0.6"], "[ms]"),
        (4e-7, ["0.0", "0.1", "0.2", "0.3", "0.4"], "[µs]"),
        (2e-8, ["0", "5", "10", "15", "20"], "[ns]"),
        (1800, ["0:00", "10:00", "20:00", "30:00"], "[m:ss]"),
        (18_000, ["0:00", "2:00:00", "4:00:00"], "[h:mm:ss]"),
        (4 * 86_400, ["0", "1", "2", "3", "4"], "[days]"),
    ],
)
def test_relative_times(high: float, expected: list[str], title: str) -> None:
    found = ticks(0, high, 4, Axis("time"))
    assert list(found.labels) == expected
    assert found.title == title


@pytest.mark.parametrize(
    ("high", "expected", "title"),
    [
        (20, ["08:53:20", "08:53:25", "08:53:30", "08:53:35", "08:53:40"], "2025-10-09 UTC"),
        (0.01, ["08:53:20.000", "08:53:20.005", "08:53:20.010"], "2025-10-09 UTC"),
        (7200, ["09:00", "09:30", "10:00", "10:30"], "2025-10-09 UTC"),
        (9 * 86_400, ["11 Oct", "13 Oct", "15 Oct", "17 Oct"], "2025 UTC"),
        (2e-6, ["0.0", "0.5", "1.0", "1.5", "2.0"], "[µs] after 2025-10-09 08:53:20 UTC"),
    ],
)  # fmt: skip
def test_absolute_times(high: float, expected: list[str], title: str) -> None:
    found = ticks(0, high, 4 if high != 9 * 86_400 else 5, Axis("time", base=START, absolute=True))
    assert list(found.labels) == expected
    assert found.title == title


NIGHT = ["23:59:50", "23:59:55", "00:00:00", "00:00:05", "00:00:10"]


@pytest.mark.parametrize(
    ("span", "expected", "title"),
    [
        (20, NIGHT, "2025-10-09 – 2025-10-10 UTC"),
        (0.02, ["23:59:59.990", "23:59:59.995", "00:00:00.000", "00:00:00.005", "00:00:00.010"],
         "2025-10-09 – 2025-10-10 UTC"),
        (2e-5, ["0", "5", "10", "15", "20"], "[µs] after 2025-10-09 23:59:59.999990000 UTC"),
        (7200, ["09 Oct 23:00", "09 Oct 23:30", "10 Oct 00:00", "10 Oct 00:30", "10 Oct 01:00"],
         "2025 UTC"),
    ],
)  # fmt: skip
def test_absolute_times_across_midnight(span: float, expected: list[str], title: str) -> None:
    midnight = 1_760_054_400 * 10**9
    axis = Axis("time", base=midnight, absolute=True)
    found = ticks(-span / 2, span / 2, 4, axis)
    assert list(found.labels) == expected
    assert found.title == title


def test_decades() -> None:
    assert labels(0, 3, 4, Axis("log")) == ["1", "10", "100", "1,000"]
    assert labels(-0.1, 0.9, 4, Axis("log")) == ["1", "2", "5"]


def test_no_range_is_too_odd() -> None:
    for axis in (Axis(), Axis("log"), Axis("time"), Axis("time", base=START, absolute=True)):
        for low, high in ((0, 0), (-1.7e308, 1.7e308), (5e-324, 1e-323), (1e300, 1.1e300)):
            found = ticks(low, high, 5, axis)
            assert len(found.positions) == len(found.labels) <= 201


def test_positions_in_words() -> None:
    absolute = Axis("time", base=START, absolute=True)
    assert position_label(8.42, absolute) == "08:53:28.420"
    assert position_label(8.42, Axis("time")) == "8.420 s"
    assert position_label(2.0, Axis("log")) == "100"
    assert position_label(35.0, Axis(title="time [s]")) == "35 s"
    assert position_label(2.0, Axis("log", unit="Hz")) == "100 Hz"
    assert position_label(50.0, Axis(title="load", unit="%")) == "50%"
    assert position_label(1.2, Axis("category", categories=("a", "b"))) == "b"
    assert position_label(2.5, Axis(unit="m")) == "2.5 m"
    assert clock(-61 * 10**9) == "-1:01"


@pytest.mark.parametrize("high", [0.5, 1.05, 2.1, 3, 5, 7, 12, 26, 49, 99, 130.0, 1e6])
@pytest.mark.parametrize("most", [1, 2, 3, 4, 6, 11])
def test_counts_have_whole_ticks_and_each_one_that_fits(high: float, most: int) -> None:
    shown = ticks(0, high, most, Axis(integer_ticks=True))
    assert all(position == round(position) for position in shown.positions)
    assert len(shown.labels) == len(set(shown.labels)) <= most + 1
    if high <= most:
        assert len(shown.labels) == int(high) + 1
