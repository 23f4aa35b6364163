"""Draws the flight's map as a PNG, with nothing but numpy and zlib."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from .flight import Flight

SIDE = 320
"""Pixels"""
MARGIN = 16
PAPER, PLAN = (250, 250, 247), (190, 190, 186)
NEAR, FAR = np.array([40.0, 110.0, 200.0]), np.array([215.0, 48.0, 39.0])
FAR_FROM = 2.0
"""Metres off the plan that are drawn in full red."""

Pixels = NDArray[np.uint8]


def draw_map(flight: Flight, path: Path) -> None:
    """Write the map, seen from above, north up, as wide as it is high."""
    pixels = np.full((SIDE, SIDE, 3), PAPER, dtype=np.uint8)
    both = np.concatenate([flight.place[:, :2], flight.plan[:, :2]])
    extent = max(1.0, float(np.ptp(both, axis=0).max()))
    low = (both.min(axis=0) + both.max(axis=0) - extent) / 2
    scale = (SIDE - 2 * MARGIN) / extent

    def at(places: NDArray[np.float64]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        spots = np.rint((places[:, :2] - low) * scale).astype(np.intp) + MARGIN
        return SIDE - 1 - spots[:, 1], spots[:, 0]

    _dots(pixels, *at(_between(flight.plan)), np.array(PLAN, dtype=np.float64))
    share = np.clip(flight.error / FAR_FROM, 0.0, 1.0)[:, np.newaxis]
    _dots(pixels, *at(flight.place), NEAR + share * (FAR - NEAR))
    path.write_bytes(png(pixels))


def _between(places: NDArray[np.float64]) -> NDArray[np.float64]:
    """The places with some more on the way, so that dots become a line."""
    steps = np.linspace(0.0, 1.0, 8, endpoint=False)[:, np.newaxis, np.newaxis]
    between = places[:-1] + steps * np.diff(places, axis=0)
    return between.reshape(-1, places.shape[1])


def _dots(
    pixels: Pixels, rows: NDArray[np.intp], columns: NDArray[np.intp], color: NDArray[np.float64]
) -> None:
    for down in (0, 1):
        for right in (0, 1):
            pixels[rows + down - 1, columns + right] = color.astype(np.uint8)


def png(pixels: Pixels) -> bytes:
    """RGB pixels (height, width, 3) as a PNG file."""

    def part(kind: bytes, data: bytes) -> bytes:
        checked = kind + data
        return struct.pack(">I", len(data)) + checked + struct.pack(">I", zlib.crc32(checked))

    height, width, _ = pixels.shape
    lines = b"".join(b"\0" + line.tobytes() for line in pixels)
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = part(b"IHDR", header), part(b"IDAT", zlib.compress(lines)), part(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)
