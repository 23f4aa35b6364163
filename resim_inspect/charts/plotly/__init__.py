"""Plotly figures: decoded, laid out, and drawn as far as a terminal can."""

from __future__ import annotations

from resim_inspect.charts.plotly.figure import plotly_drawing as plotly_drawing
