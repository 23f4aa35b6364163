"""Small curves of braille dots."""

from __future__ import annotations

import numpy as np
import pytest

from resim_inspect.charts.braille import sparkline


@pytest.mark.parametrize(
    ("values", "text"),
    [
        ([1.0, 2.0], ""),
        ([1.0, 2.0, np.nan, np.inf], ""),
        ([0.0, 0.0, 0.0, 0.0], "⣀⣀"),
        ([-1.7e308, 0.0, 1.7e308], "⡐⠁"),
    ],
)
def test_few_values_are_a_dot_each(values: list[float], text: str) -> None:
    assert sparkline(np.array(values), 10) == text


def test_many_values_keep_a_peak_of_each_part() -> None:
    values = np.zeros(100_000)
    values[70_001] = 5.0
    shown = sparkline(values, 10)
    assert len(shown) == 10
    assert [k for k, char in enumerate(shown) if char != "⣀"] == [7]
