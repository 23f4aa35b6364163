"""Drawings as interactive plotly figures: the same units, limits, statuses, gaps and bands.

A figure is JSON for plotly.js. Its colours are tokens such as `@series-1`, which the page's script
replaces by those of the present theme.
"""

from __future__ import annotations

from resim_inspect.export.report.interactive.figure import panel_figure as panel_figure
