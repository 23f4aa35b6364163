"""Contrast of colours as WCAG 2 defines it, and colours moved until they have enough of it."""

from __future__ import annotations

from collections.abc import Iterable

RGB = tuple[int, int, int]

MIN_CONTRAST = 4.5
"""Contrast of text that WCAG 2 asks for at level AA."""
MIN_CONTRAST_OF_SERIES = 3.0
"""Contrast of curves and bars that WCAG 2 asks for."""
_STEPS = 50


def rgb_of(color: str) -> RGB:
    """Convert `#1a2b3c` to its channels."""
    return int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16)


def hex_of(color: RGB) -> str:
    """Convert channels to `#1a2b3c`."""
    return "#{:02x}{:02x}{:02x}".format(*color)


def mixed(color: str, other: str, part: float) -> str:
    """Mix a part of another colour into a colour, both as `#1a2b3c`."""
    pairs = zip(rgb_of(color), rgb_of(other), strict=True)
    red, green, blue = (round(a + (b - a) * part) for a, b in pairs)
    return hex_of((red, green, blue))


def luminance(color: RGB) -> float:
    """Relative luminance, from 0 for black to 1 for white."""
    red, green, blue = (
        each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4
        for each in (channel / 255 for channel in color)
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(color: RGB, other: RGB) -> float:
    """Contrast ratio of two colours, from 1 to 21."""
    darker, lighter = sorted((luminance(color), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def is_dark(background: RGB) -> bool:
    """Return True for a background on which white has more contrast than black."""
    return contrast(background, (255, 255, 255)) > contrast(background, (0, 0, 0))


def legible(color: RGB, backgrounds: Iterable[RGB], least: float = MIN_CONTRAST) -> RGB:
    """Return the colour, mixed with as much white or black as its contrast needs.

    On backgrounds on which nothing has enough contrast with all, the result has the most.
    """
    behind = tuple(backgrounds)
    best, best_contrast = color, min(contrast(color, each) for each in behind)
    for step in range(1, _STEPS + 1):
        if best_contrast >= least:
            break
        for goal in (255, 0):
            moved = _towards(color, goal, step / _STEPS)
            reached = min(contrast(moved, each) for each in behind)
            if reached > best_contrast:
                best, best_contrast = moved, reached
    return best


def _towards(color: RGB, goal: int, part: float) -> RGB:
    red, green, blue = (round(channel + (goal - channel) * part) for channel in color)
    return red, green, blue
