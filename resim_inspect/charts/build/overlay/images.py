"""Two images side by side, or the difference of their pixels."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from resim_inspect.charts.build.overlay.sides import DIFFERENCE, Words, apart
from resim_inspect.charts.model.drawing import Drawing, Image, Message, Panel
from resim_inspect.text import count, number

_CELLS = 160
"""Squares along the longer side: one with any different pixel is highlighted as a whole, since a
single pixel would be lost when the image is made small."""
_MARK = np.array([255, 64, 255], np.uint8)
_DIM = 4
"""The other side's image below the highlights has a quarter of its brightness."""


def merged_images(before: Drawing, after: Drawing, words: Words, *, difference: bool) -> Drawing:
    """Both images side by side, or with `difference` one image with the different pixels marked.

    Of two lists the images with one number; one that only one side has stands beside a message.
    """
    images = max(before.images, after.images)
    chosen = max(before.image_index, after.image_index)
    sides = []
    for drawing, word in ((before, words.before), (after, words.after)):
        if drawing.image_index < chosen:
            missing = Message(
                f"image {chosen + 1} does not exist: this side has {count(drawing.images, 'image')}"
            )
            drawing = replace(drawing, panels=(missing,))
        sides.append((drawing, word))
    old, new = sides[0][0].panels[0], sides[1][0].panels[0]
    if difference and isinstance(old, Image) and isinstance(new, Image):
        merged = replace(after, panels=(pixel_difference(old, new, words),))
    else:
        merged = apart(sides[0][0], sides[1][0], words)
        # A renderer without the width for both stacks them, with the base first.
        merged = replace(merged, panels=merged.panels[::-1])
    return replace(merged, images=images, image_index=chosen)


def pixel_difference(old: Image, new: Image, words: Words) -> Panel:
    """The other side's image, dark, with the pixels highlighted that differ.

    A message for images of different sizes.
    """
    if old.size != new.size or old.pixels.shape != new.pixels.shape:
        sizes = [
            f"{image.size[0]:,} × {image.size[1]:,}" if image.size else "unknown"
            for image in (old, new)
        ]
        return Message(
            f"Images of different sizes have no pixel difference: {words.before} {sizes[0]}, "
            f"{words.after} {sizes[1]}."
        )
    apart_by = np.abs(old.pixels.astype(np.int16) - new.pixels).max(axis=2)
    different = apart_by > 0
    grey = (new.pixels.astype(np.uint16).sum(axis=2) // (3 * _DIM)).astype(np.uint8)
    pixels = np.repeat(grey[:, :, np.newaxis], 3, axis=2)
    pixels[_squares(different)] = _MARK
    size = f"{new.size[0]:,} × {new.size[1]:,}" if new.size else ""
    if different.any():
        share = 100 * float(np.count_nonzero(different)) / different.size
        largest = 100 * int(apart_by.max()) / 255
        summary = f"{number(share, 3)}% of the pixels differ, by up to {number(largest, 3)}%"
    else:
        summary = "no pixel differs"
    return Image(pixels, f"{DIFFERENCE}: {summary} · {size} on both sides", size=new.size)


def _squares(different: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Mask of the squares that have any True, as large as the mask itself (rows × columns)."""
    rows, columns = different.shape
    side = max(1, max(rows, columns) // _CELLS)
    if side == 1:
        return different
    padded = np.pad(different, ((0, -rows % side), (0, -columns % side)))
    down, across = padded.shape[0] // side, padded.shape[1] // side
    squares = padded.reshape(down, side, across, side).any(axis=(1, 3))
    return squares.repeat(side, axis=0).repeat(side, axis=1)[:rows, :columns]
