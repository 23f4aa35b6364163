"""Figures for the comparison with plotly.js: shares, axes, templates, and what is said."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

from tests.conformance.plotly.figures import DAYS, Figure, bar, figure, heatmap, histogram, scatter


def shares() -> Iterator[Figure]:
    yield figure({"type": "pie", "labels": ["a", "b"], "values": [-1, 5]})
    yield figure({"type": "pie", "labels": ["x", "y", "x"], "values": [1, 2, 4]})
    yield figure({"type": "pie", "labels": ["x", "y", "x"]})
    yield figure({"type": "pie", "values": [1, 3, 2]})
    yield figure({"type": "pie", "values": [1, 3, 2], "label0": 5, "dlabel": 5, "sort": False})
    yield figure({"type": "pie", "labels": ["a", "b", "c"], "values": ["1,000", "5%", None]})
    yield figure({"type": "pie", "labels": ["a", "b"], "values": [1, 5]}, hiddenlabels=["b"])
    tree = {"labels": ["all", "A", "B", "A1"], "parents": ["", "all", "all", "A"]}
    for kind in ("treemap", "sunburst", "icicle"):
        yield figure({"type": kind, **tree, "values": [0, 1, 2, 9]})
        yield figure({"type": kind, **tree, "values": [12, 10, 2, 9], "branchvalues": "total"})
        yield figure({"type": kind, **tree})
        yield figure({"type": kind, **tree, "count": "branches+leaves"})
        yield figure({"type": kind, "labels": ["A", "B", "A1"], "parents": ["", "", "A"],
                      "values": [1, 2, 9]})  # fmt: skip
        yield figure({"type": kind, "labels": ["A1", "A2"], "parents": ["A", "A"],
                      "values": [1, 2]})  # fmt: skip
        yield figure({"type": kind, "ids": ["r", "r-x", "r-y"], "labels": ["root", "x", "x"],
                      "parents": ["", "r", "r"], "values": [0, 1, 2]})  # fmt: skip
    yield figure({"type": "funnelarea", "labels": ["a", "b"], "values": [5, 3]})


def ranges() -> Iterator[Figure]:
    line = scatter([1, 2], [100, 101])
    for mode, kind in itertools.product(("tozero", "nonnegative", "normal"), ("linear", "log")):
        yield figure(line, yaxis={"rangemode": mode, "type": kind})
        yield figure(scatter([1, 2], [-5, 3]), yaxis={"rangemode": mode, "type": kind})
        yield figure(scatter([1, 2], [-5, -3]), yaxis={"rangemode": mode, "type": kind})
    for axis_range in ([0, None], [None, 200], [0, 200], [200, 0], [None, None], [200, None]):
        yield figure(line, yaxis={"range": axis_range})
    for axis_range in ([0, None], [None, 5], [0, 5], [5, 0], [None, None]):
        yield figure(line, xaxis={"range": axis_range})
    for word in ("reversed", "min", "max", "min reversed", "max reversed", True, False):
        yield figure(line, yaxis={"range": [0, 150], "autorange": word})
    yield figure(line, yaxis={"minallowed": 100.5})
    yield figure(line, yaxis={"maxallowed": 100.5})
    yield figure(line, yaxis={"autorangeoptions": {"include": [0, 300]}})
    yield figure(line, yaxis={"autorangeoptions": {"clipmin": 100.2, "clipmax": 100.8}})
    yield figure(line, yaxis={"autorangeoptions": {"minallowed": 50, "maxallowed": 300}})
    yield figure(
        line, scatter([5, 9], [1, 2], xaxis="x2", yaxis="y2"),
        xaxis={"domain": [0, 0.4]}, xaxis2={"domain": [0.6, 1], "matches": "x"},
        yaxis2={"anchor": "x2"},
    )  # fmt: skip
    yield figure(
        scatter(["a", "b"], [1, 2]), scatter(["b", "c"], [1, 2], xaxis="x2", yaxis="y2"),
        xaxis={"domain": [0, 0.4]}, xaxis2={"domain": [0.6, 1], "matches": "x"},
        yaxis2={"anchor": "x2", "matches": "y"},
    )  # fmt: skip
    yield figure(scatter(DAYS, [1, 2, 3, 4]), xaxis={"range": ["2024-01-01", "2024-02-01"]})
    yield figure(scatter(["a", "b", "c"], [1, 2, 3]), xaxis={"range": [-0.5, 1.5]})
    yield figure(scatter([1, 2], [10, 1000]), yaxis={"type": "log", "range": [0, 4]})
    yield figure(bar(["a", "b"], [5, 7]), yaxis={"range": [4, None]})
    yield figure(bar(["a", "b"], [5, 7]), yaxis={"rangemode": "tozero"})


def axis_kinds() -> Iterator[Figure]:
    values: list[Any]
    orders = [
        f"{name} {way}"
        for name in ("category", "total", "sum", "min", "max", "mean", "median")
        for way in ("ascending", "descending")
    ]
    data = (bar(list("bac"), [1, 5, 2]), bar(list("cab"), [9, 1, 1]))
    for order in (*orders, "trace"):
        yield figure(*data, xaxis={"categoryorder": order})
    yield figure(*data, xaxis={"categoryarray": ["c", "z", "a"]})
    yield figure(*data, xaxis={"categoryorder": "array", "categoryarray": ["c", "a"]})
    yield figure(*data, xaxis={"categoryorder": "trace", "categoryarray": ["c", "a"]})
    yield figure(histogram(list("abbccc")), xaxis={"categoryorder": "total descending"})
    yield figure(heatmap([[1, 9], [2, 3]], x=["a", "b"], y=["p", "q"]),
                 xaxis={"categoryorder": "total descending"})  # fmt: skip
    yield figure(scatter(["10", "9", "1"], [1, 2, 3]), xaxis={"type": "category"})
    yield figure(scatter(["10", "9", "1"], [1, 2, 3]), xaxis={"type": "category",
                 "categoryorder": "category ascending"})  # fmt: skip
    for kind in ("linear", "log", "date", "category"):
        for values in (
            [1, 2, 3],
            ["1", "2", "3"],
            ["2024-01-01", "2024-01-02", "x"],
            ["a", None, 3],
        ):
            yield figure(scatter(values, [1, 2, 3]), xaxis={"type": kind})
    for values in (
        ["1", "2", "x"], ["a", 1, 2, 3], ["2024", "2025"], ["2024-01", "2024-02", 5],
        ["12:30", "13:00"], [None, 5, None], ["5%", "7%"], ["", "a", "b"], [1, 1, 1, "a", "b", "c"],
    ):  # fmt: skip
        yield figure(scatter(values, list(range(len(values)))))
    yield figure(scatter(["1", "2"], [1, 2]), autotypenumbers="strict")


def templates() -> Iterator[Figure]:
    strict = {"layout": {"autotypenumbers": "strict", "colorway": ["#ff0000"]}}
    for texts in (["1,000", "2"], ["1", "2"], ["2024-01-01", "2024-01-02"], [1, "2"]):
        yield figure(bar(["a", "b"], texts), template=strict)
        yield figure(scatter(texts, [1, 2]), template=strict)
    stacked = {"layout": {"barmode": "stack", "yaxis": {"range": [0, 50]}}}
    pair = bar(["a", "b"], [1, 2]), bar(["a", "b"], [3, 4])
    yield figure(*pair, template=stacked)
    yield figure(*pair, template=stacked, barmode="group", yaxis={"range": [0, 9]})
    by_kind = {"data": {"bar": [{"width": 0.2}, {"width": 0.6}], "box": [{"boxpoints": False}]}}
    yield figure(*pair, bar(["a"], [1]), template=by_kind)
    yield figure({"type": "box", "y": [1, 2, 3, 4, 90]}, template=by_kind)
    yield figure(
        scatter([1, 2], [1, 2], xaxis="x2", yaxis="y2"),
        template={"layout": {"xaxis": {"range": [0, 9]}, "yaxis": {"rangemode": "tozero"}}},
        xaxis2={"domain": [0, 1]},
        yaxis2={"anchor": "x2"},
    )


def said() -> Iterator[Figure]:
    """Figures with what is not drawn, which must have a note."""
    months = ["2024-01-01", "2024-02-01", "2024-03-01"]
    for middle in ("start", "middle", "end"):
        yield figure(scatter(months, [1, 2, 3], xperiod="M1", xperiodalignment=middle))
    yield figure(scatter([1, 2], [1, 2]), scatter([1, 2], [3, 4]), scattermode="group")
    yield figure({"type": "box", "y": [1, 2, 3, 9], "sizemode": "sd"})
    yield figure(heatmap([[1, None], [None, 4]], connectgaps=True))
    for kind in ("waterfall", "candlestick", "scatterpolar"):
        values = {name: [1, 2] for name in ("open", "high", "low", "close", "y", "r", "theta")}
        yield figure({"type": kind, "x": ["2024-01-01", "2024-01-02"], **values})
