"""Documents with one metric of any type, in variants for comparisons."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image as Pillow

from resim_inspect.building.builder import DataRef, DocumentBuilder
from resim_inspect.comparison import Change, CompareOptions, Direction, compare_documents
from resim_inspect.document import Document
from resim_inspect.document.enums import MetricType

NAME = "metric"
LIMIT = 5.0
TYPES = [kind for kind in MetricType if kind is not MetricType.UNSET and kind.known]
MIRRORED = {
    Direction.WORSE: Direction.BETTER,
    Direction.BETTER: Direction.WORSE,
    Direction.GONE: Direction.ADDED,
    Direction.ADDED: Direction.GONE,
    Direction.CHANGED: Direction.CHANGED,
    Direction.SAME: Direction.SAME,
}
"""Direction of the same change with the sides exchanged."""


@dataclass(frozen=True)
class Variant:
    """Content of the metric. What a type has no use for has no effect."""

    values: tuple[Any, ...] = (1.0, 2.0, 3.0)
    """Numbers, states, or pixels' grey values; the first one is that of a scalar."""
    statuses: tuple[str, ...] | None = None
    """Statuses of the samples; PASSED for each by default."""
    status: str = "PASSED"
    unit: str = "m"
    index: tuple[Any, ...] | None = None
    """Times in s, x, or names of bars; 0, 1, 2 … by default."""
    text: str = "one\ntwo"


def document_of(kind: MetricType, variant: Variant, folder: Path) -> Document:
    """A document with one metric of a type, named NAME; its ids depend on the folder's name."""
    build = DocumentBuilder(folder.name)
    BUILDERS[kind](build, variant, folder)
    path = build.write(folder / "metrics.binproto")
    return build.document(path)


def changes_of(
    before: Document, after: Document, options: CompareOptions | None = None
) -> list[Change]:
    """All changes, the metrics first."""
    return compare_documents(before, after, options).changes


def _index(variant: Variant) -> list[float]:
    if variant.index is not None:
        return list(variant.index)
    return [float(position) for position in range(len(variant.values))]


def _statuses(build: DocumentBuilder, variant: Variant, like: DataRef) -> DataRef:
    if variant.statuses is None:
        return build.statuses("statuses", like)
    index = None
    if like.message.is_indexed:
        index = DataRef(like.message.index_data_id.id.data, "index", build._message.metrics_data[0])
    return build.statuses("statuses", variant.statuses, index=index)


def _scalar(build: DocumentBuilder, variant: Variant, _: Path) -> None:
    value = variant.values[0] if variant.values else None
    build.scalar(NAME, value, unit=variant.unit, fails_above=LIMIT, status=variant.status)


def _timed(build: DocumentBuilder, variant: Variant) -> tuple[DataRef, DataRef]:
    clock = build.times("index", _index(variant))
    values = build.doubles("values", list(variant.values), unit=variant.unit, index=clock)
    return values, _statuses(build, variant, values)


def _summary(build: DocumentBuilder, variant: Variant, _: Path) -> None:
    values, statuses = _timed(build, variant)
    build.double_summary(NAME, values, statuses, index=0, fails_above=LIMIT, status=variant.status)


def _over_time(build: DocumentBuilder, variant: Variant, _: Path) -> None:
    build.double_over_time(
        NAME, [_timed(build, variant)], limits=[(LIMIT, None)], status=variant.status
    )


def _line_plot(build: DocumentBuilder, variant: Variant, _: Path) -> None:
    x = build.doubles("x", _index(variant))
    y = build.doubles("y", list(variant.values), unit=variant.unit)
    build.line_plot(NAME, [(x, y, _statuses(build, variant, y))], status=variant.status)


def _bars(build: DocumentBuilder, variant: Variant, _: Path) -> None:
    names = variant.index or ("a", "b", "c")[: len(variant.values)]
    index = build.strings("index", list(names))
    values = build.doubles("values", list(variant.values), unit=variant.unit, index=index)
    build.bar_chart(NAME, [(values, _statuses(build, variant, values))], status=variant.status)


def _batchwise(build: DocumentBuilder, variant: Variant, _: Path) -> None:
    ids = [f"00000000-0000-4000-8000-{position:012}" for position in range(len(variant.values))]
    index = build.uuids("index", ids)
    times = build.times("times", _index(variant), index=index)
    values = build.doubles("values", list(variant.values), unit=variant.unit, index=index)
    series = {"landed": (times, values, _statuses(build, variant, values))}
    build.batchwise_bar_chart(NAME, series, colors=["#336699"], status=variant.status)


def _states(build: DocumentBuilder, variant: Variant, _: Path) -> None:
    clock = build.times("index", _index(variant))
    values = build.strings("values", list(variant.values), index=clock)
    build.states_over_time(
        NAME,
        [(values, _statuses(build, variant, values))],
        states=["ok", "idle", "bad"],
        failures=["bad"],
        status=variant.status,
    )


def _histogram(build: DocumentBuilder, variant: Variant, _: Path) -> None:
    values = build.doubles("values", list(variant.values), unit=variant.unit)
    build.histogram(
        NAME,
        values,
        _statuses(build, variant, values),
        buckets=[(0, 2), (2, 10)],
        lower=0,
        upper=10,
        status=variant.status,
    )


def _plotly(build: DocumentBuilder, variant: Variant, _: Path) -> None:
    trace = {"type": "scatter", "x": _index(variant), "y": list(variant.values)}
    build.plotly(NAME, {"data": [trace], "layout": {"height": 400}}, status=variant.status)


def _text(build: DocumentBuilder, variant: Variant, _: Path) -> None:
    build.text(NAME, variant.text, status=variant.status)


def _picture(variant: Variant, folder: Path) -> str:
    if variant.values:
        folder.mkdir(parents=True, exist_ok=True)
        image = Pillow.new("L", (len(variant.values), 1))
        for position, grey in enumerate(variant.values):
            image.putpixel((position, 0), int(grey))
        image.save(folder / "picture.png")
    return "picture.png"


def _image(build: DocumentBuilder, variant: Variant, folder: Path) -> None:
    build.image(NAME, build.file("file", _picture(variant, folder)), status=variant.status)


def _image_list(build: DocumentBuilder, variant: Variant, folder: Path) -> None:
    file = build.file("file", _picture(variant, folder))
    build.image_list(NAME, [file, file], status=variant.status)


BUILDERS: dict[MetricType, Callable[[DocumentBuilder, Variant, Path], None]] = {
    MetricType.SCALAR: _scalar,
    MetricType.DOUBLE_SUMMARY: _summary,
    MetricType.DOUBLE_OVER_TIME: _over_time,
    MetricType.LINE_PLOT: _line_plot,
    MetricType.BAR_CHART: _bars,
    MetricType.BATCHWISE_BAR_CHART: _batchwise,
    MetricType.STATES_OVER_TIME: _states,
    MetricType.HISTOGRAM: _histogram,
    MetricType.PLOTLY: _plotly,
    MetricType.TEXT: _text,
    MetricType.IMAGE: _image,
    MetricType.IMAGE_LIST: _image_list,
}
