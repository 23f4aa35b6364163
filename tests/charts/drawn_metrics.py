"""Metrics of given values as drawings and as lines of text."""

from __future__ import annotations

from resim_inspect.building.builder import DocumentBuilder
from resim_inspect.charts import PLAIN, Picture, draw, render
from resim_inspect.document import Document

WIDTHS = (40, 60, 80, 120, 160)


def over_time(times: list[float], values: list[float], statuses: list[str]) -> Document:
    build = DocumentBuilder()
    clock = build.times("t", times)
    doubles = build.doubles("v", values, unit="m", index=clock)
    build.double_over_time("M", [(doubles, build.statuses("s", statuses, index=clock))])
    return build.document()


def bars(
    names: list[str], *series: list[float], statuses: list[str] | None = None, stack: bool = False
) -> Document:
    build = DocumentBuilder()
    pairs = []
    for k, values in enumerate(series):
        index = build.strings(f"names {k}", names)
        doubles = build.doubles(f"v{k}", values, index=index)
        passed = ["PASSED"] * len(values)
        pairs.append((doubles, build.statuses(f"s{k}", statuses or passed, index=index)))
    build.bar_chart("B", pairs, stack=stack, legend=[f"series {k}" for k in range(len(series))])
    return build.document()


def picture_of(document: Document, width: int, height: int = 20) -> Picture:
    return render(draw(document, document.metrics[0]), width, height, palette=PLAIN)
