"""A drawing as SVG: real vector charts with axes, units, limits, statuses and gaps.

text = svg_chart(draw(document, metric), SvgOptions(width=900))
"""

from __future__ import annotations

from resim_inspect.charts.svg.chart import SvgOptions as SvgOptions
from resim_inspect.charts.svg.chart import svg_chart as svg_chart
from resim_inspect.charts.svg.theme import chart_style_sheet as chart_style_sheet
