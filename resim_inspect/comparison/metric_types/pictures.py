"""Comparison of images by size and pixels."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from resim_inspect.comparison.changes import Measured
from resim_inspect.comparison.context import Pair
from resim_inspect.comparison.directions import Direction
from resim_inspect.comparison.tolerance import Tolerance
from resim_inspect.comparison.value_comparison import ValueComparison
from resim_inspect.document.document import Document
from resim_inspect.document.images import MAX_FILE_BYTES, image_path, read_image
from resim_inspect.document.model import ImageListValues, ImageValues
from resim_inspect.errors import MissingError
from resim_inspect.text import count, number

_NAME = 120
_CHUNK = 1 << 20


def compare_images(
    pair: Pair, before: ImageValues, after: ImageValues, tolerance: Tolerance
) -> ValueComparison:
    """Compare two images by their files."""
    old, new = _File(pair.before, before.image_data), _File(pair.after, after.image_data)
    reason = file_difference(old, new, tolerance)
    direction = Direction.CHANGED if reason else Direction.SAME
    why = (reason,) if reason else ()
    return ValueComparison(direction, Measured(old.name), Measured(new.name), why)


def compare_image_lists(
    pair: Pair, before: ImageListValues, after: ImageListValues, tolerance: Tolerance
) -> ValueComparison:
    """Compare images one after the other, by their places in the list."""
    old = [_File(pair.before, data_id) for data_id in before.image_data]
    new = [_File(pair.after, data_id) for data_id in after.image_data]
    sides = Measured(count(len(old), "image")), Measured(count(len(new), "image"))
    why = []
    if len(old) != len(new):
        why.append(f"{count(len(old), 'image')}, now {len(new):,}")
    for position, (old_image, other) in enumerate(zip(old, new, strict=False), 1):
        reason = file_difference(old_image, other, tolerance)
        if reason:
            why.append(f"image {position}: {reason}")
    return ValueComparison(Direction.CHANGED if why else Direction.SAME, *sides, tuple(why))


class _File:
    """The file of an image: its path, or the reason why it cannot be read."""

    def __init__(self, document: Document, data_id: str) -> None:
        data = document.data_by_id(data_id)
        self.path: Path | None = None
        self.problem = ""
        self.name = ""
        if data is None:
            self.problem = "The data of the image is not in the file."
            return
        self.name = data.external_path or data.name
        try:
            self.path = image_path(document, data)
        except MissingError as error:
            self.problem = str(error)


def file_difference(before: _File, after: _File, tolerance: Tolerance) -> str:
    """Reason why two images differ; empty if they are the same within the tolerance."""
    if before.path is None or after.path is None:
        if before.path is after.path and before.name == after.name:
            return ""
        if before.path is after.path:
            return f"{before.name[:_NAME]} is now {after.name[:_NAME]}; both are missing"
        side = "now" if after.path is None else "before"
        return f"no image {side}: {after.problem or before.problem}"
    if _equal_files(before.path, after.path):
        return ""
    try:
        old = read_image(before.path, before.name[:_NAME])
        new = read_image(after.path, after.name[:_NAME])
    except MissingError as error:
        return f"the files differ, and the pixels cannot be compared: {error}"
    if (old.width, old.height) != (new.width, new.height):
        return f"{old.width:,} × {old.height:,} pixels, now {new.width:,} × {new.height:,}"
    apart = np.abs(old.pixels.astype(np.int16) - new.pixels).max(axis=2)
    largest = int(apart.max(initial=0))
    if largest / 255 <= tolerance.share:
        return ""
    share = 100 * float(np.count_nonzero(apart > 255 * tolerance.share)) / apart.size
    return f"{number(share, 3)}% of the pixels differ, by up to {number(100 * largest / 255, 3)}%"


def _equal_files(before: Path, after: Path) -> bool:
    """Return True if two files have the same bytes; False for unreadable and very large ones."""
    try:
        size = before.stat().st_size
        if size != after.stat().st_size or size > MAX_FILE_BYTES:
            return False
        if not (before.is_file() and after.is_file()):
            return False
        with before.open("rb") as before_file, after.open("rb") as other:
            return all(
                before_file.read(_CHUNK) == other.read(_CHUNK) for _ in range(size // _CHUNK + 1)
            )
    except OSError:
        return False
