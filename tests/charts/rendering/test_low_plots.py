"""Plots of a few rows: how many values of their scale can be read."""

from __future__ import annotations

import pytest

from resim_inspect.charts.model.layers import Axis
from resim_inspect.charts.rendering.panels.axes import y_ticks_of


@pytest.mark.parametrize("rows", range(2, 13))
@pytest.mark.parametrize("extent", [(1.2, 9.4), (-4.1, 0.2), (0.0, 1.0), (997.0, 1003.5)])
def test_a_scale_has_two_values_in_rows_of_their_own(
    rows: int, extent: tuple[float, float]
) -> None:
    ticks = y_ticks_of(extent, Axis(), rows)
    low, high = extent
    cells = [int((at - low) / (high - low) * rows * (1 - 1e-9)) for at in ticks.positions]
    assert len(cells) == len(set(cells)) <= rows
    assert len(cells) >= (2 if rows > 3 else 1)
