"""Random figures for the comparison with plotly.js, the same in every run."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from typing import Any

from tests.conformance.plotly.figures import (
    DAYS,
    SEED,
    Figure,
    bar,
    figure,
    heatmap,
    histogram,
    scatter,
)


def random_bars() -> Iterator[Figure]:
    source = random.Random(SEED)
    for _ in range(40):
        traces = []
        pools: list[list[Any]] = [list("abcde"), [1, 2, 3, 4, 5], list(DAYS)]
        names = pools[source.randrange(3)]
        for _ in range(source.randint(1, 3)):
            x = [source.choice(names) for _ in range(source.randint(1, 6))]
            y = [source.choice([None, source.randint(-9, 20), source.random() * 9]) for _ in x]
            trace = bar(x, y)
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


def random_histograms() -> Iterator[Figure]:
    source = random.Random(SEED + 1)
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
        traces = [histogram(values, **more)]
        if source.random() < 0.3:
            traces.append(histogram([v * 1.5 for v in values[: n // 2 + 1]]))
        yield figure(*traces, barmode=source.choice(["group", "stack", "overlay"]))


def random_boxes() -> Iterator[Figure]:
    source = random.Random(SEED + 2)
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


def random_scatters() -> Iterator[Figure]:
    source = random.Random(SEED + 3)
    pools: list[list[Any]] = [
        ["a", "b", "c", 1, None], [1, 2.5, "3", "4,000", None], [*DAYS, "x", None],
        ["5%", "x", "y", 7], [True, False, 1, "a"], ["2024-01-01", 5, 6, "b"],
    ]  # fmt: skip
    for _ in range(40):
        pool = source.choice(pools)
        traces = []
        for _ in range(source.randint(1, 2)):
            x = [source.choice(pool) for _ in range(source.randint(2, 8))]
            traces.append(scatter(x, [source.randint(1, 9) for _ in x]))
        yield figure(*traces)


def random_heatmaps() -> Iterator[Figure]:
    source = random.Random(SEED + 4)
    for _ in range(15):
        n = source.randint(1, 12)
        x = [source.choice([1, 2, 3.5, 7]) for _ in range(n)]
        y = [source.choice(["p", "q", "r"]) for _ in range(n)]
        yield figure(heatmap([source.randint(0, 9) for _ in range(n)], x=x, y=y))
    for _ in range(10):
        n = source.randint(10, 120)
        yield figure({
            "type": "histogram2d",
            "x": [source.gauss(0, 5) for _ in range(n)],
            "y": [source.randint(0, 6) for _ in range(n)],
        })  # fmt: skip
