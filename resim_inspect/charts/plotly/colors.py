"""Colours of a plotly figure: names, hex, rgb(), and colour scales."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Any

from resim_inspect.charts.model.style import RGB
from resim_inspect.charts.plotly.decode import number


def color(value: Any) -> RGB | None:
    """RGB of a colour as plotly writes it; None for anything else."""
    if not isinstance(value, str) or len(value) > 64:
        return None
    channels = re.match(r"^rgba?\(\s*([\d.]+)[,\s]+([\d.]+)[,\s]+([\d.]+)", value.strip())
    if channels:
        try:
            red, green, blue = (min(255, int(float(c))) for c in channels.groups())
        except ValueError:
            return None
        return red, green, blue
    from PIL import ImageColor

    try:
        channel_values = ImageColor.getrgb(value.strip())
    except ValueError:
        return None
    return channel_values[0], channel_values[1], channel_values[2]


def scale_color(scale: Any, share: float) -> RGB | None:
    """The colour at a share (0..1) of a colour scale given as [[share, colour], …]."""
    if not isinstance(scale, list):
        return None
    stops = []
    for stop in scale[:256]:
        if isinstance(stop, list) and len(stop) == 2 and (c := color(stop[1])) is not None:
            stops.append((number(stop[0]) or 0.0, c))
    if not stops:
        return None
    share = min(1.0, max(0.0, share))
    for (a, low), (b, high) in pairwise(stops):
        if a <= share <= b:
            rest = (share - a) / (b - a) if b > a else 0.0
            mixed = [round(p + (q - p) * rest) for p, q in zip(low, high, strict=True)]
            return mixed[0], mixed[1], mixed[2]
    return stops[-1][1]


PLAIN_SCALE = [
    [0, "#0d0887"], [0.25, "#7e03a8"], [0.5, "#cc4778"], [0.75, "#f89540"], [1, "#f0f921"],
]  # fmt: skip
"""The colour scale of marks where the figure names none"""
