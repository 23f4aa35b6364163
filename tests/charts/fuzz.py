"""Random drawings through the renderer, in a process of their own: `python -m tests.charts.fuzz`.

plotext ends the process on what it does not like, so that the test that runs this
looks at how the process ended. Prints the slowest drawing's seconds of CPU time.
"""

from __future__ import annotations

import random
import sys
import time
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rich.cells import cell_len

from resim_inspect.charts import DARK, LIGHT, PLAIN, Drawing, render
from resim_inspect.charts.analysis.readout import extent
from resim_inspect.charts.model.drawing import (
    Axis,
    Bands,
    Bars,
    BarSeries,
    Box,
    Curve,
    Gauge,
    Heatmap,
    Panel,
    Plot,
    ReferenceLine,
    Text,
    TextAnnotation,
)
from resim_inspect.document.enums import MetricStatus

NAMES = (
    "speed",
    "",
    "x" * 70,
    "日本語の名前",
    "🙂👍🏽🇩🇪",
    "e\u0301a\u0300",
    "a\tb\x1b[31mc",
    "\u202eabc\u200d",
)
BIG = (0.0, -0.0, 1e-300, 5e-324, 1e300, -1e300, 1.7e308, -1.7e308, 1.0, 1e15, 123.456)


def numbers(rng: random.Random, n: int) -> NDArray[np.float64]:
    """n doubles of one of many tempers: smooth, wild, constant, with gaps, at the edges."""
    shape = rng.randrange(7)
    values = np.random.default_rng(rng.randrange(2**32)).normal(size=n)
    if shape == 0:
        values = np.cumsum(values)
    elif shape == 1:
        values *= 10.0 ** rng.uniform(-300, 300)
    elif shape == 2:
        values[:] = rng.choice(BIG)
    elif shape == 3 and n:
        for _ in range(rng.randrange(1, 8)):
            values[rng.randrange(n)] = rng.choice((*BIG, np.nan, np.inf, -np.inf))
    elif shape == 4:
        values[np.random.default_rng(1).random(n) < rng.random()] = np.nan
    elif shape == 5:
        values = values * 1e-9 + rng.choice((1e9, -1e6, 1.0))
    return values


def places(rng: random.Random, n: int) -> NDArray[Any]:
    """x of n points: ascending or not, ns or numbers."""
    if rng.random() < 0.4:
        start = rng.choice((0, 1_760_000_000_000_000_000, -(2**62), 2**62))
        steps = np.random.default_rng(n).integers(0, rng.choice((1, 10, 10**9, 10**12)), n)
        return start + np.cumsum(steps)
    values = numbers(rng, n)
    return np.sort(values) if rng.random() < 0.6 else values


def curve(rng: random.Random, k: int) -> Curve:
    """One curve with anything that a curve may have."""
    n = rng.choice((0, 1, 2, 3, 17, 200, 3000, 20_000 if rng.random() < 0.1 else 50))
    statuses = None
    if rng.random() < 0.5:
        statuses = np.random.default_rng(k).integers(0, 9, n).astype(np.int32)
    return Curve(
        rng.choice(NAMES),
        places(rng, n),
        numbers(rng, n),
        statuses,
        unit=rng.choice(NAMES),
        color_role=rng.choice((k, (0, 0, 255), MetricStatus.PASSED, "dim")),
        line=rng.random() < 0.8,
        mark=rng.choice((None, None, "●", "日")),
        steps=rng.random() < 0.2,
        fill=rng.random() < 0.2,
        right=rng.random() < 0.2,
        dots=rng.random() < 0.1,
    )


def axis(rng: random.Random) -> Axis:
    """Any kind of axis, sensible or not."""
    limits = None
    if rng.random() < 0.3:
        limits = (rng.choice(BIG), rng.choice((*BIG, float("nan"), float("inf"))))
    return Axis(
        kind=rng.choice(("number", "log", "time", "category", "hidden", "time")),
        title=rng.choice(NAMES),
        unit=rng.choice(NAMES),
        base=rng.choice((0, 1_760_000_000_000_000_000, -(2**62), 2**62)),
        absolute=rng.random() < 0.5,
        relative_origin=rng.choice((0, 0, 10**9)),
        categories=tuple(rng.choice(NAMES) for _ in range(rng.choice((0, 1, 9)))),
        limits=limits,
        reverse=rng.random() < 0.2,
    )


def plot(rng: random.Random) -> Plot:
    """A plot with any layers."""

    def any_number() -> float:
        return rng.choice((*BIG, rng.gauss(0, 10), float("nan"), float("inf")))

    bands: tuple[Bands, ...] = ()
    if rng.random() < 0.2:
        n = rng.choice((0, 1, 5, 3000))
        times = np.cumsum(np.random.default_rng(n).integers(1, 10**9, n + 1))
        codes = np.random.default_rng(n).integers(0, 3, n).astype(np.int32)
        worst = np.random.default_rng(n).integers(0, 6, n).astype(np.int32)
        band = Bands(
            "states", times[:-1], times[1:], codes, ("a", "日本", ""), frozenset({1}), worst
        )
        bands = (band,) * rng.randrange(1, 4)
    heatmap = None
    if rng.random() < 0.15:
        shape = (rng.randrange(0, 9), rng.randrange(0, 30))
        z = numbers(rng, shape[0] * shape[1]).reshape(shape)
        heatmap = Heatmap(z, any_number(), any_number(), any_number(), any_number())
    boxes = tuple(
        Box(any_number(), any_number(), any_number(), any_number(), k, label=rng.choice(NAMES),
            horizontal=rng.random() < 0.5, right=rng.random() < 0.1)
        for k in range(rng.choice((0, 0, 3, 40)))
    )  # fmt: skip
    reference_lines = tuple(
        ReferenceLine(
            any_number(), rng.choice(NAMES), "limit", vertical=rng.random() < 0.5, mark="▼"
        )
        for _ in range(rng.randrange(3))
    )
    annotations = tuple(
        TextAnnotation(any_number(), any_number(), rng.choice(NAMES))
        for _ in range(rng.randrange(3))
    )
    return Plot(
        axis(rng),
        axis(rng),
        right=axis(rng) if rng.random() < 0.2 else None,
        title=rng.choice(NAMES),
        curves=tuple(curve(rng, k) for k in range(rng.choice((0, 1, 1, 2, 9)))),
        boxes=boxes,
        bands=bands,
        heatmap=heatmap,
        reference_lines=reference_lines,
        annotations=annotations,
    )


def bars(rng: random.Random) -> Bars:
    """A bar chart of few or very many bars."""
    n = rng.choice((0, 1, 5, 30, 2000, 1_000_000 if rng.random() < 0.02 else 12))
    series = tuple(
        BarSeries(rng.choice(NAMES), numbers(rng, n), color_role=k)
        for k in range(rng.randrange(1, 4))
    )
    names = tuple(f"{rng.choice(NAMES)}{k}" for k in range(n)) if n < 5000 else ("bar",) * n
    return Bars(names, series, stacked=rng.random() < 0.4, vertical=rng.choice((None, True, False)))


def panel(rng: random.Random) -> Panel:
    """Any panel."""
    kind = rng.random()
    if kind < 0.75:
        return plot(rng)
    if kind < 0.9:
        return bars(rng)
    if kind < 0.95:
        limits = [rng.choice((*BIG, None)) for _ in range(3)]
        return Gauge(limits[0], rng.choice(NAMES), MetricStatus.PASSED, limits[1], limits[2])
    return Text(
        "# " + " ".join(rng.choice(NAMES) for _ in range(40)) + "\n\n| a | b |\n|---|---|\n| 1 |"
    )


def one(seed: int) -> None:
    """Draw one random drawing and look at its lines; AssertionError if they are too wide."""
    rng = random.Random(seed)
    drawing = Drawing("fuzz", "fuzz", tuple(panel(rng) for _ in range(rng.choice((1, 1, 1, 2)))))
    width, height = rng.choice(
        ((80, 24), (40, 12), (60, 20), (5, 3), (1, 1), (rng.randrange(1, 130), 30))
    )
    window = None
    full = extent(drawing.main)
    if full is not None and rng.random() < 0.5:
        low, high = full
        middle = low / 2 + high / 2
        size = (high / 2 - low / 2) * 10.0 ** rng.uniform(-12, 1)
        window = rng.choice(((middle - size, middle + size), (middle, middle), (high, low)))
    palette = rng.choice((DARK, PLAIN, LIGHT))
    cursor = rng.choice((None, 0.0, rng.gauss(0, 1e9)))
    picture = render(drawing, width, height, window=window, cursor=cursor, palette=palette)
    assert len(picture.lines) <= height, (seed, len(picture.lines))
    for line in picture.lines:
        text = "".join(span.text for span in line)
        assert cell_len(text) <= width, (seed, width, text)
    for _ in range(3):
        picture.at(rng.randrange(width), rng.randrange(height))


def main(first: int, many: int) -> None:
    """Draw `many` drawings from seed `first` on."""
    slowest, which = 0.0, first
    for seed in range(first, first + many):
        start = time.process_time()
        one(seed)
        took = time.process_time() - start
        if took > slowest:
            slowest, which = took, seed
    sys.stdout.write(f"{slowest:.3f} {which}\n")


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
