"""Error bars of scatter traces and bars, vertical or horizontal."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from resim_inspect.charts.model.drawing import Curve
from resim_inspect.charts.plotly import decode
from resim_inspect.charts.plotly.axes import PlotlyAxis
from resim_inspect.charts.plotly.layers import Layers, Trace


def add_error_bars(
    layers: Layers,
    trace: Trace,
    across: NDArray[np.float64],
    values: NDArray[np.float64],
    axis: PlotlyAxis,
    *,
    horizontal: bool = False,
) -> None:
    """Error bars of n values along an axis.

    `across`: where they stand on the other axis, in axis units; `values` in `calc` units of
    `axis`; `horizontal`: along x.
    """
    bars = trace.get("error_x" if horizontal else "error_y")
    if not isinstance(bars, dict) or bars.get("visible") is False:
        return
    lengths = _lengths(bars, len(values), values)
    if lengths is None:
        return
    factor = 0.001 if axis.kind == "date" else 1.0
    low = axis.from_calc(values - lengths[0] * factor)
    high = axis.from_calc(values + lengths[1] * factor)
    if axis.kind == "log":
        # What reaches down to zero ends at the value: below it the axis has no end.
        low = np.where(np.isnan(low) & np.isfinite(high), axis.from_calc(values), low)
    along = np.stack((low, high, np.full(len(values), np.nan)), 1).ravel()
    still = np.repeat(across, 3)
    layers.curves.append(
        Curve(
            trace.name,
            along if horizontal else still,
            still if horizontal else along,
            color_role="text" if trace.kind in ("bar", "histogram") else trace.color_role,
            right=trace.right,
            legend=False,
            counted=False,
            excluded_from_readout=True,
        )
    )


def _lengths(
    bars: dict[str, Any], n: int, values: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]] | None:
    """Lengths downwards and upwards; None without any."""
    kind = decode.word(bars.get("type"))
    if not kind:
        kind = "data" if "array" in bars else "percent" if "value" in bars else ""
    symmetric = bars.get("symmetric")
    if kind == "data":
        if "array" not in bars:
            return None
        high = _padded(decode.numbers(bars["array"]), n)
        apart = symmetric is False or (symmetric is None and "arrayminus" in bars)
        low = _padded(decode.numbers(bars.get("arrayminus")), n) if apart else high
        return low, high
    value = decode.number(bars.get("value"))
    value = 10.0 if value is None else value
    minus = decode.number(bars.get("valueminus"))
    apart = symmetric is False or (symmetric is None and minus is not None)
    low_value = (10.0 if minus is None else minus) if apart else value
    if kind == "constant":
        return np.full(n, low_value), np.full(n, value)
    if kind == "percent":
        return np.abs(values) * low_value / 100, np.abs(values) * value / 100
    if kind == "sqrt":
        root = np.sqrt(np.abs(values))
        return root, root
    return None


def _padded(values: NDArray[np.float64], n: int) -> NDArray[np.float64]:
    """n lengths; NaN where the figure gives none."""
    values = np.abs(values[:n])
    return np.pad(values, (0, n - len(values)), constant_values=np.nan)
