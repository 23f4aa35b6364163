"""Forms of the pictures that tests of single screens take; `gallery` has every screen in them."""

from __future__ import annotations

from typing import NamedTuple

Size = tuple[int, int]
"""Columns and lines of a terminal."""
SIZES: dict[str, Size] = {"60x20": (60, 20), "80x24": (80, 24), "120x40": (120, 40)}
WAYS = [*SIZES, "light", "no-color"]
"""Names of the forms: sizes, and other colours at the usual size of a test."""


class Look(NamedTuple):
    """Size and theme of one form; the colours of a terminal are in the environment."""

    way: str
    theme: str | None

    def size(self, usual: Size = SIZES["120x40"]) -> Size:
        """The size of this form; `usual` for one that only has other colours."""
        return SIZES.get(self.way, usual)
