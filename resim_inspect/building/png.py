"""Small pictures for the sample, drawn and written as PNG without an image library."""

from __future__ import annotations

import math
import struct
import zlib
from collections.abc import Callable

Color = tuple[int, int, int]
Picture = tuple[int, int, bytes]
"""Width, height, and rows of RGB bytes."""


def png(width: int, height: int, pixels: bytes) -> bytes:
    """A PNG file of 8-bit RGB pixels, row by row."""
    stride = 3 * width
    rows = b"".join(b"\0" + pixels[row * stride : (row + 1) * stride] for row in range(height))
    return (
        b"\x89PNG\r\n\x1a\n"
        + _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
        + _chunk(b"IDAT", zlib.compress(rows, 9))
        + _chunk(b"IEND", b"")
    )


def _chunk(kind: bytes, content: bytes) -> bytes:
    checksum = zlib.crc32(kind + content)
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", checksum)


def pad_picture(width: int, height: int) -> Picture:
    """A landing pad from above: a ring and an H on a pier of planks."""

    def color(x: float, y: float) -> Color:
        across, along = (x - 0.5) * width / height, y - 0.52
        distance = math.hypot(across, along)
        if 0.34 < distance < 0.39:
            return (240, 240, 235)
        if distance < 0.34:
            upright = 0.10 < abs(across) < 0.16 and abs(along) < 0.19
            bar = abs(across) <= 0.13 and abs(along) < 0.03
            return (250, 205, 70) if upright or bar else (62, 74, 92)
        plank = int(y * 14) % 2
        return (150 - 14 * plank, 116 - 12 * plank, 82 - 10 * plank)

    return _draw(width, height, color)


def camera_picture(width: int, height: int, *, tilt: float, crane: float) -> Picture:
    """Sea, sky and a crane, by the drone's camera: `tilt` of the horizon, `crane` across."""

    def color(x: float, y: float) -> Color:
        horizon = 0.58 + tilt * (x - 0.5)
        # The crane: a mast, a boom to the left, and a rope from its tip.
        mast = abs(x - crane) < 0.018 and 0.16 < y < horizon + 0.1
        boom = abs(y - 0.2) < 0.018 and crane - 0.28 < x < crane + 0.09
        rope = abs(x - crane + 0.26) < 0.006 and 0.2 < y < 0.42
        if mast or boom:
            return (226, 120, 44) if int((x + y) * 40) % 2 else (245, 235, 225)
        if rope:
            return (50, 50, 56)
        if y < horizon:
            depth = y / horizon
            return (int(96 + 110 * depth), int(150 + 70 * depth), int(214 + 26 * depth))
        depth = (y - horizon) / (1 - horizon + 1e-9)
        wave = int(14 * math.sin(60 * y + 9 * x))
        return (int(30 + 20 * depth), int(96 - 30 * depth) + wave, int(132 - 40 * depth) + wave)

    return _draw(width, height, color)


def _draw(width: int, height: int, color: Callable[[float, float], Color]) -> Picture:
    pixels = bytearray()
    for row in range(height):
        for column in range(width):
            red, green, blue = color((column + 0.5) / width, (row + 0.5) / height)
            pixels += bytes((_byte(red), _byte(green), _byte(blue)))
    return width, height, bytes(pixels)


def _byte(value: int) -> int:
    return min(255, max(0, value))
