"""Figures for the comparison with plotly.js: traces of each family, written out."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator
from typing import Any

Figure = dict[str, Any]
DAYS = ["2024-01-05", "2024-01-06", "2024-01-08", "2024-01-12"]
SEED = 20240105


def figure(*traces: dict[str, Any], **layout: Any) -> Figure:
    """A figure with its traces named `t0`, `t1` … unless they have names."""
    named = [{"name": f"t{k}", **trace} for k, trace in enumerate(traces)]
    return {"data": named, "layout": layout}


def bar(x: Any, y: Any, **more: Any) -> dict[str, Any]:
    return {"type": "bar", "x": x, "y": y, **more}


def bars() -> Iterator[Figure]:
    log = {"type": "log"}
    yield figure(bar(list("abc"), [10, 100, 1000]), yaxis=log)
    yield figure(bar(list("abc"), [10, 0, -3]), yaxis=log)
    yield figure(bar([10, 100, 1000], list("abc"), orientation="h"), xaxis=log)
    yield figure(bar(list("aab"), [1, 5, 2]))
    yield figure(bar(list("aab"), [1, -5, 2]))
    yield figure(bar(list("aab"), [1, 5, 2]), barmode="overlay")
    yield figure(bar(list("aab"), [1, 5, 2]), barmode="stack")
    yield figure(bar(list("ab"), ["1,000", "2"]))
    yield figure(bar(list("abcd"), ["$5", "12%", " 7 ", "'8'"]))
    yield figure(bar(list("ab"), ["1.5", "x"]))
    yield figure(bar([["2023", "2023", "2024"], ["Q1", "Q2", "Q1"]], [1, 2, 3]))
    yield figure(
        bar([["2023", "2024"], ["Q1", "Q1"]], [1, 2]),
        bar([["2023", "2024"], ["Q2", "Q2"]], [3, 4]),
    )
    yield figure(bar([1, 3, 4.5], [1, 2, 3], width=[2, 2, 1]))
    yield figure(bar([1, 3, 4.5], [1, 2, 3], width=[2, None]))
    yield figure(bar([1, 2, 3], [1, 2, 3], width=0.3))
    yield figure(bar([1, 2, 3], [1, 2, 3], offset=0))
    yield figure(bar([1, 2, 3], [1, 2, 3], offset=[0.1, -0.4, 0]), bar([1, 2, 3], [2, 2, 2]))
    yield figure(bar([1, 2, 3], [1, 2, 3], offset=0.2, width=0.2))
    yield figure(bar(None, [3, 4, 5]))
    yield figure({"type": "bar", "x": [3, 4, 5]})
    yield figure(bar([3, 4, 5], ["a", "b", "c"]))
    yield figure(bar(DAYS, [1, 2, 3, 4]))
    yield figure(bar(["2024-01-05"], [1]))
    yield figure(bar(list("abc"), [1, None, 3]))
    yield figure(bar(list("abc"), [4, 5, 6], base=[1, 2, 3]))
    yield figure(bar(list("abc"), [4, 5, 6], base=2))
    yield figure(bar(list("abc"), [4, 5, 6], base=[1, 2]))
    yield figure(bar(list("abc"), [4, 5, 6], base=[1, 2, 3]), yaxis=log)
    yield figure(
        {"type": "bar", "orientation": "h", "base": DAYS[:2], "x": [86_400_000, 3_600_000],
         "y": ["a", "b"]},
        xaxis={"type": "date"},
    )  # fmt: skip
    yield figure(bar(["a"], [10], error_y={"type": "data", "array": [5]}))
    yield figure(bar([0.1, 0.2, 0.30000000001, 0.3], [1, 2, 3, 4]))
    yield figure(bar([1, 2, "3", "4%"], [1, 2, 3, 4]))
    yield figure(bar([True, False], [1, 2]))
    yield figure(bar(["1", "2", "x", "y", "z", "w", "v"], [1, 2, 3, 4, 5, 6, 7]))


def bar_layouts() -> Iterator[Figure]:
    pair = (bar(list("abc"), [30, 1, -2]), bar(list("abc"), [10, 1, 4]))
    for mode, norm in itertools.product(
        ("group", "stack", "relative", "overlay"), (None, "percent", "fraction")
    ):
        yield figure(*pair, barmode=mode, barnorm=norm)
        yield figure(*pair, bar(["a", "d"], [5, 5], base=1), barmode=mode, barnorm=norm)
        yield figure(
            *({"type": "bar", "orientation": "h", "x": plot["y"], "y": plot["x"]} for plot in pair),
            barmode=mode,
            barnorm=norm,
            bargap=0.5,
        )
    yield figure(*pair, bargroupgap=0.2)
    yield figure(bar(["a"], [1]), bar(["b"], [2]))
    yield figure(bar([1, 2], [1, 1]), bar([1.5, 2.5], [2, 2]))
    yield figure(
        bar(list("ab"), [1, 2], offsetgroup="p"),
        bar(list("ab"), [3, 4], offsetgroup="q"),
        bar(list("ab"), [5, 6], offsetgroup="p"),
    )
    yield figure(
        bar(list("ab"), [1, 2], offsetgroup="p", alignmentgroup="g"),
        bar(list("ab"), [3, 4], offsetgroup="q", alignmentgroup="g"),
    )
    for mode, groups in itertools.product(
        ("group", "stack", "relative", "overlay"), (("p", None, "q"), (None, "p", None), "ppq")
    ):
        yield figure(
            *(
                bar(list("ab"), [1 + k, 2 * k], **({"offsetgroup": g} if g else {}))
                for k, g in enumerate(groups)
            ),
            barmode=mode,
        )
    yield figure(bar(list("ab"), [1, 2]), bar(list("ab"), [3, 4], yaxis="y2"),
                 yaxis2={"overlaying": "y", "side": "right"})  # fmt: skip
    yield figure(bar(list("ab"), [0, 0]), bar(list("ab"), [0, 1]), barmode="stack",
                 barnorm="percent")  # fmt: skip


def histogram(x: Any, **more: Any) -> dict[str, Any]:
    return {"type": "histogram", "x": x, **more}


def normal_values(seed: int, n: int = 200) -> list[float]:
    source = random.Random(SEED + seed)
    return [round(source.gauss(10, 3), 3) for _ in range(n)]


def histograms() -> Iterator[Figure]:
    yield figure(histogram([1, 2, 2, 3, 3, 3, 9]))
    yield figure(histogram([1] * 50 + [2] * 7 + [100]), yaxis={"type": "log"})
    yield figure(histogram([5]))
    yield figure(histogram([5, 5, 5]))
    yield figure(histogram(list("abac")))
    yield figure({"type": "histogram", "y": [1, 2, 2, 3]})
    yield figure(histogram(normal_values(1)))
    yield figure(histogram(normal_values(1), nbinsx=5))
    yield figure(histogram(normal_values(1), nbinsx=100))
    yield figure(histogram(normal_values(1), xbins={"start": 4, "end": 16, "size": 2}))
    yield figure(histogram(normal_values(1), xbins={"size": 2.5}))
    yield figure(histogram(normal_values(1), xbins={"start": 8}))
    yield figure(histogram([1, 2, 3, 4], nbinsx=20))
    for most in (1, 2, 4, 10, 20, 40):
        yield figure(histogram([0, 0, 0.5, 2, 2, 2], nbinsx=most))
        yield figure(histogram([f"2024-01-{d:02}" for d in range(1, 21)], nbinsx=most))
    for norm in ("percent", "probability", "density", "probability density"):
        yield figure(histogram(normal_values(2, 60), histnorm=norm))
        yield figure(histogram(normal_values(2, 60), histnorm=norm, cumulative={"enabled": True}))
    for function in ("sum", "avg", "min", "max"):
        yield figure(histogram(normal_values(3, 50), y=normal_values(4, 50), histfunc=function))
        yield figure(histogram(list("aabbc"), y=[1, 2, 3, 4, None], histfunc=function))
    for direction, current in itertools.product(
        ("increasing", "decreasing"), ("include", "exclude", "half")
    ):
        cumulative = {"enabled": True, "direction": direction, "currentbin": current}
        yield figure(histogram(normal_values(5, 40), cumulative=cumulative))
    for mode in ("group", "stack", "overlay", "relative"):
        yield figure(histogram(normal_values(6)), histogram(normal_values(7, 90)), barmode=mode)
        yield figure(histogram(list("abb")), histogram(list("bcc")), barmode=mode)
    yield figure(histogram(normal_values(6)), histogram(normal_values(7, 90)), barmode="stack",
                 barnorm="percent")  # fmt: skip
    dates = [f"2024-{1 + k % 3:02}-{1 + (k * 7) % 28:02}" for k in range(40)]
    yield figure(histogram(dates))
    yield figure(histogram(dates, xbins={"size": "M1"}))
    yield figure(histogram([f"2024-01-05 {k % 24:02}:{k * 7 % 60:02}:00" for k in range(80)]))
    yield figure(histogram([f"{2000 + k % 20}-06-01" for k in range(60)]))
    yield figure(histogram(DAYS))


def boxes() -> Iterator[Figure]:
    values = normal_values(8, 41)
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
                     {"type": "box", "x": ["abc"[k] for k in groups], "y": normal_values(9, 41)},
                     boxmode=mode)  # fmt: skip
        yield figure({"type": "box", "y": values}, {"type": "box", "y": normal_values(9, 30)},
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
    names = ["abc"[k] for k in groups]
    for kind in ("box", "violin"):
        yield figure({"type": kind, "x": values, "y": names})
        yield figure({"type": kind, "x": values, "y": values[::-1]})
        yield figure({"type": kind, "x": values, "y": groups, "orientation": "h"})
        yield figure({"type": kind, "x": [f"2024-01-0{1 + k}" for k in groups], "y": values})
        yield figure({"type": kind, "x": values, "y": [f"2024-01-0{1 + k}" for k in groups]})


def scatter(x: Any, y: Any, **more: Any) -> dict[str, Any]:
    return {"type": "scatter", "x": x, "y": y, **more}


def scatters() -> Iterator[Figure]:
    yield figure(scatter([1, 2, 3], [1, 10, 1000], mode="lines+markers"), yaxis={"type": "log"})
    yield figure(scatter([1, 2, 3, 4, 5], [1, None, 3, None, 5], mode="lines", connectgaps=True))
    yield figure(scatter([1, 2, 3], [1, 2, 3], mode="text", text=["A", "B", "C"]))
    yield figure(scatter(None, [5, 6, 7], x0=10, dx=5))
    yield figure(scatter([5, 6, 7], None, y0=10, dy=5))
    yield figure(scatter(["1,5", "2", "3"], [1, 2, 3]))
    yield figure(scatter(DAYS, [1, 2, 3, 4]))
    yield figure(scatter([2020, 2021, 1.7e12], [1, 2, 3]), xaxis={"type": "date"})
    yield figure(scatter(["a", "b", "a"], [1, 2, 3]))
    yield figure(scatter([1, 2], [3, 4]), scatter(["a", "b"], [5, 6]))
    yield figure(scatter(["a", "b"], [3, 4]), scatter([1, 2], [5, 6]))
    yield figure(scatter([1, 2, 3], ["lo", "hi", "lo"]))
    for shape in ("hv", "vh", "hvh", "vhv", "spline"):
        yield figure(scatter([1, 2, 3], [1, 3, 2], mode="lines", line={"shape": shape}))
    yield figure(scatter([1, 2], [1, 2], error_y={"type": "percent", "value": 20}))
    yield figure(scatter([1, 2], [1, 2], error_y={"type": "sqrt"}, error_x={"value": 1}))
    for fill in ("tozeroy", "tozerox", "tonexty", "toself"):
        yield figure(scatter([1, 2, 3], [1, 2, 1]), scatter([1, 2, 3], [2, 3, 2], fill=fill))


def stacks() -> Iterator[Figure]:
    for gaps, norm in itertools.product(("infer zero", "interpolate"), ("", "fraction", "percent")):
        more = {"stackgroup": "one", "stackgaps": gaps, "groupnorm": norm}
        yield figure(scatter([1, 2, 4], [1, 2, 3], **more), scatter([1, 3, 4], [5, 5, 5], **more))
        yield figure(
            scatter([1, 2, 3], [1, 0, 3], **more),
            scatter([1, 2, 3], [0, 0, 0], **more),
            scatter([1, 2, 3], [4, 5, None], **more),
        )
    yield figure(scatter(DAYS, [1, 2, 3, 4], stackgroup="a"), scatter(DAYS, [1, 1, 1, 1],
                 stackgroup="a"))  # fmt: skip
    yield figure(scatter([1, 2], [3, 4], stackgroup="a"), scatter([1, 2], [1, 1], stackgroup="b"))
    yield figure(scatter([3, 4], [1, 2], stackgroup="a", orientation="h"),
                 scatter([1, 1], [1, 2], stackgroup="a", orientation="h"))  # fmt: skip
    yield figure(scatter(["x"], [2], stackgroup="a"), scatter(["x"], [0], stackgroup="a"))
    yield figure(scatter(list("ab"), [2, 1], stackgroup="a"), scatter(list("bc"), [5, 5],
                 stackgroup="a"))  # fmt: skip


def heatmap(z: Any, **more: Any) -> dict[str, Any]:
    return {"type": "heatmap", "z": z, **more}


def heatmaps() -> Iterator[Figure]:
    grid = [[1, 2, 3], [4, None, 6]]
    yield figure(heatmap([1, 2, 3, 4], x=list("abab"), y=list("ppqq")))
    yield figure(heatmap([1, 2, 3], x=[10, 20, 10], y=[1, 1, 5]))
    yield figure(heatmap([1, 2, 3], x=list("aab"), y=list("ppp")))
    yield figure(heatmap(grid))
    yield figure(heatmap(grid, transpose=True))
    yield figure(heatmap(grid, x=list("abc"), y=["r0", "r1"]))
    yield figure(heatmap(grid, x=[1, 2, 10], y=[5, 6]))
    yield figure(heatmap(grid, x=[0, 1, 5, 6], y=[5, 6, 9]))
    yield figure(heatmap(grid, x=[3, 2, 1], y=[6, 5]))
    yield figure(heatmap(grid, x0=10, dx=5, y0=-1, dy=2))
    yield figure(heatmap(grid, zmin=0, zmax=10))
    yield figure(heatmap(grid, x=DAYS[:3], y=[1, 2]))
    yield figure(heatmap(grid, x=[1, 10, 100], y=[1, 2]), xaxis={"type": "log"})
    yield figure(heatmap([["1,5", "2%"], ["x", "4"]]))
    yield figure(heatmap([[1, 2, 3], [4, 5]]))
    yield figure(heatmap(grid, x=list("cab"), y=["r1", "r0"]), xaxis={"categoryorder":
                 "category ascending"})  # fmt: skip
    yield figure({"type": "contour", "z": grid})
    yield figure(heatmap(grid, x=[1]), yaxis={"autorange": "reversed"})


def planes() -> Iterator[Figure]:
    def plane(**more: Any) -> dict[str, Any]:
        return {"type": "histogram2d", **more}

    days, times, z = ["Mon", "Mon", "Tue"], ["am", "pm", "am"], [3, 5, 7]
    for function in ("count", "sum", "avg", "min", "max"):
        yield figure(plane(x=days, y=times, z=z, histfunc=function))
        z_values = normal_values(12, 80)
        pair = {"x": normal_values(10, 80), "y": normal_values(11, 80), "z": z_values}
        yield figure(plane(**pair, histfunc=function))
    for norm in ("percent", "probability", "density", "probability density"):
        yield figure(plane(x=normal_values(10, 80), y=normal_values(11, 80), histnorm=norm))
    yield figure(plane(x=normal_values(10, 80), y=normal_values(11, 80), nbinsx=4, nbinsy=7))
    bins = {"start": 0, "end": 20, "size": 5}
    yield figure(
        plane(x=normal_values(10, 80), y=normal_values(11, 80), xbins=bins, ybins={"size": 4})
    )
    yield figure(plane(x=[1, 2, 3, 4], y=[1, 1, 2, 2]))
