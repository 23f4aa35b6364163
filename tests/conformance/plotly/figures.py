"""Figures for the comparison with plotly.js: written out by family, varied, and random."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Iterator
from typing import Any

Figure = dict[str, Any]
Case = tuple[str, Figure]
"""Family and figure"""

_DAYS = ["2024-01-05", "2024-01-06", "2024-01-08", "2024-01-12"]
_SEED = 20240105


def figure(*traces: dict[str, Any], **layout: Any) -> Figure:
    """A figure with its traces named `t0`, `t1` … unless they have names."""
    named = [{"name": f"t{k}", **trace} for k, trace in enumerate(traces)]
    return {"data": named, "layout": layout}


def cases() -> list[Case]:
    """All cases, the same in every run."""
    sources = (
        _bars, _bar_layouts, _histograms, _boxes, _scatters, _stacks, _heatmaps, _planes, _shares,
        _ranges, _axis_kinds, _random_bars, _random_histograms, _random_boxes, _random_scatters,
        _random_heatmaps,
    )  # fmt: skip
    return [
        (source.__name__.strip("_").replace("_", " "), f) for source in sources for f in source()
    ]


def _bar(x: Any, y: Any, **more: Any) -> dict[str, Any]:
    return {"type": "bar", "x": x, "y": y, **more}


def _bars() -> Iterator[Figure]:
    log = {"type": "log"}
    yield figure(_bar(list("abc"), [10, 100, 1000]), yaxis=log)
    yield figure(_bar(list("abc"), [10, 0, -3]), yaxis=log)
    yield figure(_bar([10, 100, 1000], list("abc"), orientation="h"), xaxis=log)
    yield figure(_bar(list("aab"), [1, 5, 2]))
    yield figure(_bar(list("aab"), [1, -5, 2]))
    yield figure(_bar(list("aab"), [1, 5, 2]), barmode="overlay")
    yield figure(_bar(list("aab"), [1, 5, 2]), barmode="stack")
    yield figure(_bar(list("ab"), ["1,000", "2"]))
    yield figure(_bar(list("abcd"), ["$5", "12%", " 7 ", "'8'"]))
    yield figure(_bar(list("ab"), ["1.5", "x"]))
    yield figure(_bar([["2023", "2023", "2024"], ["Q1", "Q2", "Q1"]], [1, 2, 3]))
    yield figure(
        _bar([["2023", "2024"], ["Q1", "Q1"]], [1, 2]),
        _bar([["2023", "2024"], ["Q2", "Q2"]], [3, 4]),
    )
    yield figure(_bar([1, 3, 4.5], [1, 2, 3], width=[2, 2, 1]))
    yield figure(_bar([1, 3, 4.5], [1, 2, 3], width=[2, None]))
    yield figure(_bar([1, 2, 3], [1, 2, 3], width=0.3))
    yield figure(_bar([1, 2, 3], [1, 2, 3], offset=0))
    yield figure(_bar([1, 2, 3], [1, 2, 3], offset=[0.1, -0.4, 0]), _bar([1, 2, 3], [2, 2, 2]))
    yield figure(_bar([1, 2, 3], [1, 2, 3], offset=0.2, width=0.2))
    yield figure(_bar(None, [3, 4, 5]))
    yield figure({"type": "bar", "x": [3, 4, 5]})
    yield figure(_bar([3, 4, 5], ["a", "b", "c"]))
    yield figure(_bar(_DAYS, [1, 2, 3, 4]))
    yield figure(_bar(["2024-01-05"], [1]))
    yield figure(_bar(list("abc"), [1, None, 3]))
    yield figure(_bar(list("abc"), [4, 5, 6], base=[1, 2, 3]))
    yield figure(_bar(list("abc"), [4, 5, 6], base=2))
    yield figure(_bar(list("abc"), [4, 5, 6], base=[1, 2]))
    yield figure(_bar(list("abc"), [4, 5, 6], base=[1, 2, 3]), yaxis=log)
    yield figure(
        {"type": "bar", "orientation": "h", "base": _DAYS[:2], "x": [86_400_000, 3_600_000],
         "y": ["a", "b"]},
        xaxis={"type": "date"},
    )  # fmt: skip
    yield figure(_bar(["a"], [10], error_y={"type": "data", "array": [5]}))
    yield figure(_bar([0.1, 0.2, 0.30000000001, 0.3], [1, 2, 3, 4]))
    yield figure(_bar([1, 2, "3", "4%"], [1, 2, 3, 4]))
    yield figure(_bar([True, False], [1, 2]))
    yield figure(_bar(["1", "2", "x", "y", "z", "w", "v"], [1, 2, 3, 4, 5, 6, 7]))


def _bar_layouts() -> Iterator[Figure]:
    pair = (_bar(list("abc"), [30, 1, -2]), _bar(list("abc"), [10, 1, 4]))
    for mode, norm in itertools.product(
        ("group", "stack", "relative", "overlay"), (None, "percent", "fraction")
    ):
        yield figure(*pair, barmode=mode, barnorm=norm)
        yield figure(*pair, _bar(["a", "d"], [5, 5], base=1), barmode=mode, barnorm=norm)
        yield figure(
            *({"type": "bar", "orientation": "h", "x": one["y"], "y": one["x"]} for one in pair),
            barmode=mode,
            barnorm=norm,
            bargap=0.5,
        )
    yield figure(*pair, bargroupgap=0.2)
    yield figure(_bar(["a"], [1]), _bar(["b"], [2]))
    yield figure(_bar([1, 2], [1, 1]), _bar([1.5, 2.5], [2, 2]))
    yield figure(
        _bar(list("ab"), [1, 2], offsetgroup="p"),
        _bar(list("ab"), [3, 4], offsetgroup="q"),
        _bar(list("ab"), [5, 6], offsetgroup="p"),
    )
    yield figure(
        _bar(list("ab"), [1, 2], offsetgroup="p", alignmentgroup="g"),
        _bar(list("ab"), [3, 4], offsetgroup="q", alignmentgroup="g"),
    )
    for mode, groups in itertools.product(
        ("group", "stack", "relative", "overlay"), (("p", None, "q"), (None, "p", None), "ppq")
    ):
        yield figure(
            *(
                _bar(list("ab"), [1 + k, 2 * k], **({"offsetgroup": g} if g else {}))
                for k, g in enumerate(groups)
            ),
            barmode=mode,
        )
    yield figure(_bar(list("ab"), [1, 2]), _bar(list("ab"), [3, 4], yaxis="y2"),
                 yaxis2={"overlaying": "y", "side": "right"})  # fmt: skip
    yield figure(_bar(list("ab"), [0, 0]), _bar(list("ab"), [0, 1]), barmode="stack",
                 barnorm="percent")  # fmt: skip


def _histogram(x: Any, **more: Any) -> dict[str, Any]:
    return {"type": "histogram", "x": x, **more}


def _values(seed: int, n: int = 200) -> list[float]:
    source = random.Random(_SEED + seed)
    return [round(source.gauss(10, 3), 3) for _ in range(n)]


def _histograms() -> Iterator[Figure]:
    yield figure(_histogram([1, 2, 2, 3, 3, 3, 9]))
    yield figure(_histogram([1] * 50 + [2] * 7 + [100]), yaxis={"type": "log"})
    yield figure(_histogram([5]))
    yield figure(_histogram([5, 5, 5]))
    yield figure(_histogram(list("abac")))
    yield figure({"type": "histogram", "y": [1, 2, 2, 3]})
    yield figure(_histogram(_values(1)))
    yield figure(_histogram(_values(1), nbinsx=5))
    yield figure(_histogram(_values(1), nbinsx=100))
    yield figure(_histogram(_values(1), xbins={"start": 4, "end": 16, "size": 2}))
    yield figure(_histogram(_values(1), xbins={"size": 2.5}))
    yield figure(_histogram(_values(1), xbins={"start": 8}))
    yield figure(_histogram([1, 2, 3, 4], nbinsx=20))
    for norm in ("percent", "probability", "density", "probability density"):
        yield figure(_histogram(_values(2, 60), histnorm=norm))
        yield figure(_histogram(_values(2, 60), histnorm=norm, cumulative={"enabled": True}))
    for function in ("sum", "avg", "min", "max"):
        yield figure(_histogram(_values(3, 50), y=_values(4, 50), histfunc=function))
        yield figure(_histogram(list("aabbc"), y=[1, 2, 3, 4, None], histfunc=function))
    for direction, current in itertools.product(
        ("increasing", "decreasing"), ("include", "exclude", "half")
    ):
        cumulative = {"enabled": True, "direction": direction, "currentbin": current}
        yield figure(_histogram(_values(5, 40), cumulative=cumulative))
    for mode in ("group", "stack", "overlay", "relative"):
        yield figure(_histogram(_values(6)), _histogram(_values(7, 90)), barmode=mode)
        yield figure(_histogram(list("abb")), _histogram(list("bcc")), barmode=mode)
    yield figure(_histogram(_values(6)), _histogram(_values(7, 90)), barmode="stack",
                 barnorm="percent")  # fmt: skip
    dates = [f"2024-{1 + k % 3:02}-{1 + (k * 7) % 28:02}" for k in range(40)]
    yield figure(_histogram(dates))
    yield figure(_histogram(dates, xbins={"size": "M1"}))
    yield figure(_histogram([f"2024-01-05 {k % 24:02}:{k * 7 % 60:02}:00" for k in range(80)]))
    yield figure(_histogram([f"{2000 + k % 20}-06-01" for k in range(60)]))
    yield figure(_histogram(_DAYS))


def _boxes() -> Iterator[Figure]:
    values = _values(8, 41)
    yield figure({"type": "box", "y": [*values, 60, 80]})
    yield figure({"type": "box", "x": values})
    for method in ("linear", "inclusive", "exclusive"):
        yield figure({"type": "box", "y": values, "quartilemethod": method})
        yield figure({"type": "box", "y": values[:-1], "quartilemethod": method})
    yield figure({"type": "box", "y": [1, 2]})
    yield figure({"type": "box", "y": [1]})
    yield figure({"type": "box", "y": [*values, 60], "boxpoints": False})
    yield figure({"type": "box", "y": values, "boxmean": True})
    groups = [k % 3 for k in range(len(values))]
    yield figure({"type": "box", "x": groups, "y": values})
    yield figure({"type": "box", "x": ["abc"[k] for k in groups], "y": values})
    for mode in ("group", "overlay"):
        yield figure({"type": "box", "x": ["abc"[k] for k in groups], "y": values},
                     {"type": "box", "x": ["abc"[k] for k in groups], "y": _values(9, 41)},
                     boxmode=mode)  # fmt: skip
        yield figure({"type": "box", "y": values}, {"type": "box", "y": _values(9, 30)},
                     boxmode=mode)  # fmt: skip
    quartiles = {"q1": [1, 2], "median": [2, 3], "q3": [3, 4]}
    fences = {"lowerfence": [0, 1], "upperfence": [5, 6]}
    yield figure({"type": "box", **quartiles, **fences, "x": ["a", "b"]})
    yield figure({"type": "box", **quartiles, **fences})
    yield figure({"type": "box", **quartiles, "x": ["a", "b"]})
    yield figure({"type": "box", **quartiles, **fences, "y": ["a", "b"]})
    yield figure({"type": "box", "y": [1, 10, 100, 1000]}, yaxis={"type": "log"})
    yield figure({"type": "box", "y": values, "x0": 5})
    yield figure(
        {"type": "box", "y": values, "name": "3"}, {"type": "box", "y": values, "name": "7"}
    )
    yield figure({"type": "violin", "y": values})


def _scatter(x: Any, y: Any, **more: Any) -> dict[str, Any]:
    return {"type": "scatter", "x": x, "y": y, **more}


def _scatters() -> Iterator[Figure]:
    yield figure(_scatter([1, 2, 3], [1, 10, 1000], mode="lines+markers"), yaxis={"type": "log"})
    yield figure(_scatter([1, 2, 3, 4, 5], [1, None, 3, None, 5], mode="lines", connectgaps=True))
    yield figure(_scatter([1, 2, 3], [1, 2, 3], mode="text", text=["A", "B", "C"]))
    yield figure(_scatter(None, [5, 6, 7], x0=10, dx=5))
    yield figure(_scatter([5, 6, 7], None, y0=10, dy=5))
    yield figure(_scatter(["1,5", "2", "3"], [1, 2, 3]))
    yield figure(_scatter(_DAYS, [1, 2, 3, 4]))
    yield figure(_scatter([2020, 2021, 1.7e12], [1, 2, 3]), xaxis={"type": "date"})
    yield figure(_scatter(["a", "b", "a"], [1, 2, 3]))
    yield figure(_scatter([1, 2], [3, 4]), _scatter(["a", "b"], [5, 6]))
    yield figure(_scatter(["a", "b"], [3, 4]), _scatter([1, 2], [5, 6]))
    yield figure(_scatter([1, 2, 3], ["lo", "hi", "lo"]))
    for shape in ("hv", "vh", "hvh", "vhv", "spline"):
        yield figure(_scatter([1, 2, 3], [1, 3, 2], mode="lines", line={"shape": shape}))
    yield figure(_scatter([1, 2], [1, 2], error_y={"type": "percent", "value": 20}))
    yield figure(_scatter([1, 2], [1, 2], error_y={"type": "sqrt"}, error_x={"value": 1}))
    for fill in ("tozeroy", "tozerox", "tonexty", "toself"):
        yield figure(_scatter([1, 2, 3], [1, 2, 1]), _scatter([1, 2, 3], [2, 3, 2], fill=fill))


def _stacks() -> Iterator[Figure]:
    for gaps, norm in itertools.product(("infer zero", "interpolate"), ("", "fraction", "percent")):
        more = {"stackgroup": "one", "stackgaps": gaps, "groupnorm": norm}
        yield figure(_scatter([1, 2, 4], [1, 2, 3], **more), _scatter([1, 3, 4], [5, 5, 5], **more))
        yield figure(
            _scatter([1, 2, 3], [1, 0, 3], **more),
            _scatter([1, 2, 3], [0, 0, 0], **more),
            _scatter([1, 2, 3], [4, 5, None], **more),
        )
    yield figure(_scatter(_DAYS, [1, 2, 3, 4], stackgroup="a"), _scatter(_DAYS, [1, 1, 1, 1],
                 stackgroup="a"))  # fmt: skip
    yield figure(_scatter([1, 2], [3, 4], stackgroup="a"), _scatter([1, 2], [1, 1], stackgroup="b"))
    yield figure(_scatter([3, 4], [1, 2], stackgroup="a", orientation="h"),
                 _scatter([1, 1], [1, 2], stackgroup="a", orientation="h"))  # fmt: skip
    yield figure(_scatter(["x"], [2], stackgroup="a"), _scatter(["x"], [0], stackgroup="a"))
    yield figure(_scatter(list("ab"), [2, 1], stackgroup="a"), _scatter(list("bc"), [5, 5],
                 stackgroup="a"))  # fmt: skip


def _heatmap(z: Any, **more: Any) -> dict[str, Any]:
    return {"type": "heatmap", "z": z, **more}


def _heatmaps() -> Iterator[Figure]:
    grid = [[1, 2, 3], [4, None, 6]]
    yield figure(_heatmap([1, 2, 3, 4], x=list("abab"), y=list("ppqq")))
    yield figure(_heatmap([1, 2, 3], x=[10, 20, 10], y=[1, 1, 5]))
    yield figure(_heatmap([1, 2, 3], x=list("aab"), y=list("ppp")))
    yield figure(_heatmap(grid))
    yield figure(_heatmap(grid, transpose=True))
    yield figure(_heatmap(grid, x=list("abc"), y=["r0", "r1"]))
    yield figure(_heatmap(grid, x=[1, 2, 10], y=[5, 6]))
    yield figure(_heatmap(grid, x=[0, 1, 5, 6], y=[5, 6, 9]))
    yield figure(_heatmap(grid, x=[3, 2, 1], y=[6, 5]))
    yield figure(_heatmap(grid, x0=10, dx=5, y0=-1, dy=2))
    yield figure(_heatmap(grid, zmin=0, zmax=10))
    yield figure(_heatmap(grid, x=_DAYS[:3], y=[1, 2]))
    yield figure(_heatmap(grid, x=[1, 10, 100], y=[1, 2]), xaxis={"type": "log"})
    yield figure(_heatmap([["1,5", "2%"], ["x", "4"]]))
    yield figure(_heatmap([[1, 2, 3], [4, 5]]))
    yield figure(_heatmap(grid, x=list("cab"), y=["r1", "r0"]), xaxis={"categoryorder":
                 "category ascending"})  # fmt: skip
    yield figure({"type": "contour", "z": grid})
    yield figure(_heatmap(grid, x=[1]), yaxis={"autorange": "reversed"})


def _planes() -> Iterator[Figure]:
    def plane(**more: Any) -> dict[str, Any]:
        return {"type": "histogram2d", **more}

    days, times, z = ["Mon", "Mon", "Tue"], ["am", "pm", "am"], [3, 5, 7]
    for function in ("count", "sum", "avg", "min", "max"):
        yield figure(plane(x=days, y=times, z=z, histfunc=function))
        yield figure(plane(x=_values(10, 80), y=_values(11, 80), z=_values(12, 80),
                           histfunc=function))  # fmt: skip
    for norm in ("percent", "probability", "density", "probability density"):
        yield figure(plane(x=_values(10, 80), y=_values(11, 80), histnorm=norm))
    yield figure(plane(x=_values(10, 80), y=_values(11, 80), nbinsx=4, nbinsy=7))
    bins = {"start": 0, "end": 20, "size": 5}
    yield figure(plane(x=_values(10, 80), y=_values(11, 80), xbins=bins, ybins={"size": 4}))
    yield figure(plane(x=[1, 2, 3, 4], y=[1, 1, 2, 2]))


def _shares() -> Iterator[Figure]:
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


def _ranges() -> Iterator[Figure]:
    line = _scatter([1, 2], [100, 101])
    for mode, kind in itertools.product(("tozero", "nonnegative", "normal"), ("linear", "log")):
        yield figure(line, yaxis={"rangemode": mode, "type": kind})
        yield figure(_scatter([1, 2], [-5, 3]), yaxis={"rangemode": mode, "type": kind})
        yield figure(_scatter([1, 2], [-5, -3]), yaxis={"rangemode": mode, "type": kind})
    for given in ([0, None], [None, 200], [0, 200], [200, 0], [None, None], [200, None]):
        yield figure(line, yaxis={"range": given})
    for given in ([0, None], [None, 5], [0, 5], [5, 0], [None, None]):
        yield figure(line, xaxis={"range": given})
    for word in ("reversed", "min", "max", "min reversed", "max reversed", True, False):
        yield figure(line, yaxis={"range": [0, 150], "autorange": word})
    yield figure(line, yaxis={"minallowed": 100.5})
    yield figure(line, yaxis={"maxallowed": 100.5})
    yield figure(line, yaxis={"autorangeoptions": {"include": [0, 300]}})
    yield figure(line, yaxis={"autorangeoptions": {"clipmin": 100.2, "clipmax": 100.8}})
    yield figure(line, yaxis={"autorangeoptions": {"minallowed": 50, "maxallowed": 300}})
    yield figure(
        line, _scatter([5, 9], [1, 2], xaxis="x2", yaxis="y2"),
        xaxis={"domain": [0, 0.4]}, xaxis2={"domain": [0.6, 1], "matches": "x"},
        yaxis2={"anchor": "x2"},
    )  # fmt: skip
    yield figure(
        _scatter(["a", "b"], [1, 2]), _scatter(["b", "c"], [1, 2], xaxis="x2", yaxis="y2"),
        xaxis={"domain": [0, 0.4]}, xaxis2={"domain": [0.6, 1], "matches": "x"},
        yaxis2={"anchor": "x2", "matches": "y"},
    )  # fmt: skip
    yield figure(_scatter(_DAYS, [1, 2, 3, 4]), xaxis={"range": ["2024-01-01", "2024-02-01"]})
    yield figure(_scatter(["a", "b", "c"], [1, 2, 3]), xaxis={"range": [-0.5, 1.5]})
    yield figure(_scatter([1, 2], [10, 1000]), yaxis={"type": "log", "range": [0, 4]})
    yield figure(_bar(["a", "b"], [5, 7]), yaxis={"range": [4, None]})
    yield figure(_bar(["a", "b"], [5, 7]), yaxis={"rangemode": "tozero"})


def _axis_kinds() -> Iterator[Figure]:
    values: list[Any]
    orders = [
        f"{name} {way}"
        for name in ("category", "total", "sum", "min", "max", "mean", "median")
        for way in ("ascending", "descending")
    ]
    data = (_bar(list("bac"), [1, 5, 2]), _bar(list("cab"), [9, 1, 1]))
    for order in (*orders, "trace"):
        yield figure(*data, xaxis={"categoryorder": order})
    yield figure(*data, xaxis={"categoryarray": ["c", "z", "a"]})
    yield figure(*data, xaxis={"categoryorder": "array", "categoryarray": ["c", "a"]})
    yield figure(*data, xaxis={"categoryorder": "trace", "categoryarray": ["c", "a"]})
    yield figure(_histogram(list("abbccc")), xaxis={"categoryorder": "total descending"})
    yield figure(_heatmap([[1, 9], [2, 3]], x=["a", "b"], y=["p", "q"]),
                 xaxis={"categoryorder": "total descending"})  # fmt: skip
    yield figure(_scatter(["10", "9", "1"], [1, 2, 3]), xaxis={"type": "category"})
    yield figure(_scatter(["10", "9", "1"], [1, 2, 3]), xaxis={"type": "category",
                 "categoryorder": "category ascending"})  # fmt: skip
    for kind in ("linear", "log", "date", "category"):
        for values in (
            [1, 2, 3],
            ["1", "2", "3"],
            ["2024-01-01", "2024-01-02", "x"],
            ["a", None, 3],
        ):
            yield figure(_scatter(values, [1, 2, 3]), xaxis={"type": kind})
    for values in (
        ["1", "2", "x"], ["a", 1, 2, 3], ["2024", "2025"], ["2024-01", "2024-02", 5],
        ["12:30", "13:00"], [None, 5, None], ["5%", "7%"], ["", "a", "b"], [1, 1, 1, "a", "b", "c"],
    ):  # fmt: skip
        yield figure(_scatter(values, list(range(len(values)))))
    yield figure(_scatter(["1", "2"], [1, 2]), autotypenumbers="strict")


def _random_bars() -> Iterator[Figure]:
    source = random.Random(_SEED)
    for _ in range(40):
        traces = []
        pools: list[list[Any]] = [list("abcde"), [1, 2, 3, 4, 5], list(_DAYS)]
        names = pools[source.randrange(3)]
        for _ in range(source.randint(1, 3)):
            x = [source.choice(names) for _ in range(source.randint(1, 6))]
            y = [source.choice([None, source.randint(-9, 20), source.random() * 9]) for _ in x]
            trace = _bar(x, y)
            if source.random() < 0.2:
                trace["base"] = source.choice([1, [1, 2, 3]])
            if source.random() < 0.2:
                trace["offsetgroup"] = source.choice("pq")
            traces.append(trace)
        yield figure(
            *traces,
            barmode=source.choice(["group", "stack", "relative", "overlay"]),
            barnorm=source.choice([None, None, "percent", "fraction"]),
            bargap=source.choice([None, 0, 0.4]),
        )


def _random_histograms() -> Iterator[Figure]:
    source = random.Random(_SEED + 1)
    for k in range(40):
        scale = 10.0 ** source.randint(-3, 4)
        n = source.randint(2, 300)
        draw: list[Callable[[float, float], float]] = [
            source.gauss,
            source.uniform,
            lambda a, b: float(source.randint(int(a), int(b) + 1)),
        ]
        chosen = draw[k % 3]
        values = [chosen(2, 9) * (1 if k % 3 == 2 else scale) for _ in range(n)]
        more: dict[str, Any] = {}
        if source.random() < 0.3:
            more["nbinsx"] = source.randint(1, 60)
        traces = [_histogram(values, **more)]
        if source.random() < 0.3:
            traces.append(_histogram([v * 1.5 for v in values[: n // 2 + 1]]))
        yield figure(*traces, barmode=source.choice(["group", "stack", "overlay"]))


def _random_boxes() -> Iterator[Figure]:
    source = random.Random(_SEED + 2)
    for _ in range(25):
        traces = []
        for _ in range(source.randint(1, 3)):
            n = source.randint(1, 40)
            trace = {
                "type": "box",
                "y": [
                    source.choice([source.gauss(0, 3), source.randint(-20, 20)]) for _ in range(n)
                ],
                "quartilemethod": source.choice(["linear", "inclusive", "exclusive"]),
            }
            if source.random() < 0.5:
                trace["x"] = [source.choice("abc") for _ in range(n)]
            traces.append(trace)
        yield figure(*traces, boxmode=source.choice(["group", "overlay"]))


def _random_scatters() -> Iterator[Figure]:
    source = random.Random(_SEED + 3)
    pools: list[list[Any]] = [
        ["a", "b", "c", 1, None], [1, 2.5, "3", "4,000", None], [*_DAYS, "x", None],
        ["5%", "x", "y", 7], [True, False, 1, "a"], ["2024-01-01", 5, 6, "b"],
    ]  # fmt: skip
    for _ in range(40):
        pool = source.choice(pools)
        traces = []
        for _ in range(source.randint(1, 2)):
            x = [source.choice(pool) for _ in range(source.randint(2, 8))]
            traces.append(_scatter(x, [source.randint(1, 9) for _ in x]))
        yield figure(*traces)


def _random_heatmaps() -> Iterator[Figure]:
    source = random.Random(_SEED + 4)
    for _ in range(15):
        n = source.randint(1, 12)
        x = [source.choice([1, 2, 3.5, 7]) for _ in range(n)]
        y = [source.choice(["p", "q", "r"]) for _ in range(n)]
        yield figure(_heatmap([source.randint(0, 9) for _ in range(n)], x=x, y=y))
    for _ in range(10):
        n = source.randint(10, 120)
        yield figure({
            "type": "histogram2d",
            "x": [source.gauss(0, 5) for _ in range(n)],
            "y": [source.randint(0, 6) for _ in range(n)],
        })  # fmt: skip
