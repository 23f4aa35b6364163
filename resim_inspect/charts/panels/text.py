"""Placeholder text."""

from __future__ import annotations

from typing import Any

from resim_inspect.charts.grid import Grid
from resim_inspect.charts.panels.canvas import Painted, Request


def rows(panel: Any, width: int) -> int:
    return 10


def paint(panel: Any, request: Request) -> Painted:
    return Painted(Grid(request.width, request.height))
