"""Image traces: rows of RGB, RGBA, HSL values, or a picture inside the figure."""

from __future__ import annotations

import base64
import binascii
import colorsys
import io
import warnings
from typing import Any

import numpy as np
from numpy.typing import NDArray

from resim_inspect.charts.model.drawing import Image, Message, Panel
from resim_inspect.charts.plotly import decode
from resim_inspect.charts.plotly.layers import Trace
from resim_inspect.document.images import MAX_PIXELS, MAX_SIDE, opened_quietly
from resim_inspect.text import count

_RANGES: dict[str, tuple[tuple[float, ...], tuple[float, ...]]] = {
    "rgb": ((0, 0, 0), (255, 255, 255)),
    "rgba": ((0, 0, 0, 0), (255, 255, 255, 1)),
    "rgba256": ((0, 0, 0, 0), (255, 255, 255, 255)),
    "hsl": ((0, 0, 0), (360, 100, 100)),
    "hsla": ((0, 0, 0, 0), (360, 100, 100, 1)),
}
"""Lowest and highest values of the channels of each colour model."""


def image_panel(trace: Trace) -> Panel:
    """The picture with its size, or a sentence that says why it is not drawn."""
    source = trace.word("source")
    pixels = _from_source(source) if source else _from_values(trace)
    if pixels is None or not pixels.size:
        return Message(f'The image "{trace.name}" is not drawn: its pixels cannot be read.')
    rows, columns = pixels.shape[:2]
    name = f"{trace.name} · " if trace.named else ""
    many = count(rows * columns, "pixel")
    caption = f"{name}{columns:,} × {rows:,} · {many}"
    step = max(1, -(-max(rows, columns) // MAX_SIDE))
    return Image(np.ascontiguousarray(pixels[::step, ::step]), caption)


def _from_values(trace: Trace) -> NDArray[np.uint8] | None:
    """Rows × columns × 3 of `z`, on white where it is transparent."""
    values = _cube(trace.get("z"))
    if values is None or values.shape[2] < 3 or values.shape[0] * values.shape[1] > MAX_PIXELS:
        return None
    model = trace.word("colormodel") or "rgb"
    least, most = _RANGES.get(model, _RANGES["rgb"])
    channels = min(len(least), values.shape[2])
    low = _limits(trace.get("zmin"), least)[:channels]
    high = _limits(trace.get("zmax"), most)[:channels]
    span = np.where(high > low, high - low, 1.0)
    shares = np.clip((values[:, :, :channels] - low) / span, 0, 1)
    colors = shares[:, :, :3]
    if model.startswith("hsl"):
        colors = _from_hsl(colors)
    if channels > 3:
        alpha = shares[:, :, 3:4]
        colors = colors * alpha + (1 - alpha)
    return np.asarray(np.rint(np.nan_to_num(colors) * 255), np.uint8)


def _cube(value: Any) -> NDArray[np.float64] | None:
    if isinstance(value, np.ndarray):
        return value.astype(np.float64) if value.ndim == 3 else None
    if not isinstance(value, list) or not value:
        return None
    rows = [
        [decode.numbers(cell)[:4] for cell in row]
        for row in value
        if isinstance(row, list | np.ndarray)
    ]
    columns = max((len(row) for row in rows), default=0)
    depth = max((len(cell) for row in rows for cell in row), default=0)
    cube = np.full((len(rows), columns, depth), np.nan)
    for r, row in enumerate(rows):
        for c, cell in enumerate(row):
            cube[r, c, : len(cell)] = cell
    return cube


def _limits(raw_limits: Any, defaults: tuple[float, ...]) -> NDArray[np.float64]:
    values = decode.numbers(raw_limits)
    limits = np.array(defaults, np.float64)
    n = min(len(values), len(limits))
    limits[:n] = np.where(np.isfinite(values[:n]), values[:n], limits[:n])
    return limits


def _from_hsl(shares: NDArray[np.float64]) -> NDArray[np.float64]:
    flat = np.nan_to_num(shares.reshape(-1, 3))
    distinct, back = np.unique(flat, axis=0, return_inverse=True)
    colors = np.array([colorsys.hls_to_rgb(h, light, s) for h, s, light in distinct.tolist()])
    return np.asarray(colors[back.reshape(-1)].reshape(shares.shape), np.float64)


def _from_source(source: str) -> NDArray[np.uint8] | None:
    """Pixels of a picture in a `data:` address; no other address is opened."""
    from PIL import Image as Pillow

    head, _, body = source.partition(";base64,")
    if not head.startswith("data:image/") or not body:
        return None
    try:
        raw = base64.b64decode(body, validate=False)
        with warnings.catch_warnings(), opened_quietly(io.BytesIO(raw)) as image:
            if image.size[0] * image.size[1] > MAX_PIXELS:
                return None
            rgba = image.convert("RGBA")
    except (
        binascii.Error, OSError, ValueError, SyntaxError, EOFError, TypeError, IndexError, KeyError,
        MemoryError, OverflowError, AttributeError, RuntimeError,
        Pillow.DecompressionBombError, Pillow.DecompressionBombWarning,
    ):  # fmt: skip
        return None
    sheet = Pillow.new("RGBA", rgba.size, (255, 255, 255, 255))
    return np.asarray(Pillow.alpha_composite(sheet, rgba).convert("RGB"), np.uint8)
